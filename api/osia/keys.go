package osia

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"oblik/models"
)

// The algorithms a token may be signed with, one for each type of key.
const (
	algRSA     = "RS256"
	algECDSA   = "ES256"
	algEd25519 = "EdDSA"
)

const (
	minRSA     = 2048     // bits
	maxKeys    = 64       // of one set; a token without a kid is tried with each
	maxKeyFile = 64 << 10 // bytes
)

// Keys are the public keys that tokens may be signed with: given ones, or those
// that a provider publishes (see [FetchKeys]).
type Keys struct{ find jwt.Keyfunc }

// staticKey is one of a set that does not change.
type staticKey struct {
	public         crypto.PublicKey
	algorithm, kid string
}

// NewKeys takes RSA keys of 2048 bits and more, ECDSA on P-256 and Ed25519. A
// token's kid chooses a key by its thumbprint (RFC 7638); by another kid, or
// without one, those of the token's algorithm are tried in their order.
func NewKeys(public ...crypto.PublicKey) (*Keys, error) {
	bad := func(text string, args ...any) error {
		return models.Errorf("token keys", models.Invalid, text, args...)
	}
	if len(public) == 0 || len(public) > maxKeys {
		return nil, bad("%d keys; 1 to %d are accepted", len(public), maxKeys)
	}
	keys := make([]staticKey, len(public))
	for i, key := range public {
		algorithm := algorithmOf(key)
		if algorithm == "" {
			return nil, bad("key %d is neither RSA of at least %d bits, nor ECDSA on P-256, nor Ed25519", i+1, minRSA)
		}
		jwk, err := jwkset.NewJWKFromKey(key, jwkset.JWKOptions{})
		if err != nil {
			return nil, bad("key %d: %w", i+1, err)
		}
		keys[i] = staticKey{key, algorithm, thumbprint(jwk.Marshal())}
	}
	return &Keys{func(t *jwt.Token) (any, error) { return choose(keys, t) }}, nil
}

func choose(keys []staticKey, t *jwt.Token) (any, error) {
	kid, _ := t.Header["kid"].(string)
	var fitting jwt.VerificationKeySet
	for _, key := range keys {
		if key.algorithm != t.Method.Alg() {
			continue
		}
		if key.kid == kid {
			return key.public, nil
		}
		fitting.Keys = append(fitting.Keys, key.public)
	}
	return fitting, nil
}

// algorithmOf is what a key is used for; empty if it is not accepted.
func algorithmOf(key crypto.PublicKey) string {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() >= minRSA {
			return algRSA
		}
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return algECDSA
		}
	case ed25519.PublicKey:
		return algEd25519
	}
	return ""
}

// thumbprint is RFC 7638: the digest of the members a key can't do without, in
// the order of their names.
func thumbprint(m jwkset.JWKMarshal) string {
	members := map[string]string{"kty": m.KTY.String()}
	for name, value := range map[string]string{"crv": m.CRV.String(), "x": m.X, "y": m.Y, "e": m.E, "n": m.N} {
		if value != "" {
			members[name] = value
		}
	}
	text, _ := json.Marshal(members) // of strings: it can't fail
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// LoadKeys reads public keys (PEM, PUBLIC KEY) from files, in their order. What
// can't be used is [models.Invalid].
func LoadKeys(paths ...string) (*Keys, error) {
	var all []crypto.PublicKey
	for _, path := range paths {
		blocks, err := readPEM(path, "PUBLIC KEY", maxKeyFile)
		if err != nil {
			return nil, models.Errorf("token keys", models.Invalid, "%s: %w", path, err)
		}
		for _, block := range blocks {
			key, err := x509.ParsePKIXPublicKey(block)
			if err != nil {
				return nil, models.Errorf("token keys", models.Invalid, "%s: %w", path, err)
			}
			all = append(all, key)
		}
	}
	return NewKeys(all...)
}

// readPEM gives the blocks of a file that has nothing but such of one type.
func readPEM(path, kind string, most int64) (blocks [][]byte, err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	rest, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(rest)) > most {
		return nil, errors.New("the file is too large")
	}
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != kind {
			return nil, errors.New("it holds a PEM block " + block.Type + ", where only " + kind + " belongs")
		}
		blocks = append(blocks, block.Bytes)
	}
	if len(blocks) == 0 {
		return nil, errors.New("it holds no PEM block " + kind)
	}
	return blocks, nil
}
