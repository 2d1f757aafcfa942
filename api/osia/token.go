package osia

import (
	"crypto/ed25519"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"oblik/models"
)

// maxLifetime bounds a token: there is no way yet to revoke one.
const maxLifetime = 366 * 24 * time.Hour

// Token says what to put into a token.
type Token struct {
	Issuer, Audience string // as in [Auth]
	Subject          string // who it is for; may be empty
	Scopes           []string
	Lifetime         time.Duration // 1 s..366 days
}

// IssueToken signs a token. An unknown scope or a lifetime out of range is
// [models.Invalid].
func IssueToken(key ed25519.PrivateKey, t Token) (string, error) {
	bad := func(text string, args ...any) error { return models.Errorf("token", models.Invalid, text, args...) }
	if t.Lifetime < time.Second || t.Lifetime > maxLifetime {
		return "", bad("the lifetime must be within 1 s and %v", maxLifetime)
	}
	if len(t.Scopes) == 0 {
		return "", bad("a scope is needed; there are %s", strings.Join(Scopes(), ", "))
	}
	for _, scope := range t.Scopes {
		if !slices.Contains(Scopes(), scope) {
			return "", bad("unknown scope %q; there are %s", scope, strings.Join(Scopes(), ", "))
		}
	}
	if t.Subject != "" && !soundClient(t.Subject) {
		return "", bad("a client's name has at most %d bytes and no control characters", maxClient)
	}
	if len(key) != ed25519.PrivateKeySize || t.Issuer == "" || t.Audience == "" {
		return "", bad("a key, an issuer and an audience are needed")
	}
	now := time.Now()
	content := jwt.MapClaims{
		"iss": t.Issuer, "aud": t.Audience, "iat": now.Unix(), "nbf": now.Unix(),
		"exp": now.Add(t.Lifetime).Unix(), "jti": rand.Text(), "scope": strings.Join(t.Scopes, " "),
	}
	if t.Subject != "" {
		content["sub"] = t.Subject
	}
	signed, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, content).SignedString(key)
	if err != nil {
		return "", models.Errorf("token", models.Internal, "%w", err)
	}
	return signed, nil
}
