package osia

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The scopes of OSIA's ABIS interface. They must not be changed.
const (
	scopeWrite      = "abis.encounter.write"
	scopeRead       = "abis.encounter.read"
	scopeIdentify   = "abis.identify"
	scopeVerify     = "abis.verify"
	scopeGallery    = "abis.gallery.read"
	scopeTaskRead   = "abis.task.read"
	scopeTaskUpdate = "abis.task.update"
)

// Scopes are all there are.
func Scopes() []string {
	return []string{scopeWrite, scopeRead, scopeIdentify, scopeVerify, scopeGallery, scopeTaskRead, scopeTaskUpdate}
}

// maxToken bounds a token, in bytes.
const maxToken = 8 << 10

// leeway is what two clocks may differ by, for exp and nbf.
const leeway = 30 * time.Second

// Auth says which tokens are accepted: JWT (RFC 7519) signed with Ed25519, of
// this issuer, for this audience, with an expiry. The algorithm is fixed here,
// whatever a token's header says (RFC 8725), and its kid is not looked at.
type Auth struct {
	Key              ed25519.PublicKey
	Issuer, Audience string
}

// claims of a token. OSIA names none for scopes: "scope" is RFC 8693's, a
// string of words; "scp" is a string or an array.
type claims struct {
	jwt.RegisteredClaims
	Scope json.RawMessage `json:"scope"`
	SCP   json.RawMessage `json:"scp"`
}

func (a Auth) parser() *jwt.Parser {
	return jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithStrictDecoding(),
		jwt.WithIssuer(a.Issuer), jwt.WithAudience(a.Audience), jwt.WithExpirationRequired(), jwt.WithLeeway(leeway))
}

// identity is what a token says of its holder.
type identity struct {
	client string // the subject; may be empty
	scopes []string
}

// verify reads the token in the request's Authorization headers. Whatever is
// wrong, the fault is the same.
func (a Auth) verify(parser *jwt.Parser, headers [][]byte) (identity, error) {
	who, err := a.read(parser, headers)
	if err != nil {
		return identity{}, &Fault{Code: codeToken, cause: err}
	}
	return who, nil
}

func (a Auth) read(parser *jwt.Parser, headers [][]byte) (who identity, err error) {
	if len(headers) != 1 {
		return who, errors.New("not one Authorization header")
	}
	scheme, token, _ := strings.Cut(string(headers[0]), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > maxToken {
		return who, errors.New("not a bearer token")
	}
	var c claims
	if _, err := parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return a.Key, nil }); err != nil {
		return who, err
	}
	scopes, err := words(c.Scope)
	if err != nil {
		return who, err
	}
	more, err := words(c.SCP)
	return identity{c.Subject, append(scopes, more...)}, err
}

// words reads a claim that is a string of words or an array of them.
func words(claim json.RawMessage) ([]string, error) {
	if len(claim) == 0 {
		return nil, nil
	}
	var list []string
	if json.Unmarshal(claim, &list) == nil {
		return list, nil
	}
	var text string
	if err := json.Unmarshal(claim, &text); err != nil {
		return nil, err
	}
	return strings.Fields(text), nil
}

// permit is a fault unless scopes hold the one that is needed.
func permit(scopes []string, needed string) error {
	if slices.Contains(scopes, needed) {
		return nil
	}
	return &Fault{Code: codeScope}
}
