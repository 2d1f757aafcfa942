package osia

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"oblik/models"
)

func rsaKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, minRSA)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func edKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// tokenClaims are those of a token of the client, with every scope.
func tokenClaims(client string) jwt.MapClaims {
	return jwt.MapClaims{"iss": "test", "aud": "abis", "sub": client, "exp": time.Now().Add(time.Hour).Unix(), "scope": strings.Join(Scopes(), " ")}
}

// asks sends a request with an Authorization header.
func (w *world) asks(header string) reply {
	w.Helper()
	return w.send("GET", "/v1/galleries"+tx, "", func(q *http.Request) { q.Header.Set("Authorization", header) })
}

func writePEM(t testing.TB, kind string, blocks ...[]byte) string {
	t.Helper()
	var text []byte
	for _, block := range blocks {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: block})...)
	}
	return writeFile(t, string(text))
}

func writeFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func publicPEM(t testing.TB, key crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestStaticKeys(t *testing.T) {
	first, second, r, e := edKey(t), edKey(t), rsaKey(t), ecKey(t)
	keys, err := LoadKeys(
		writePEM(t, "PUBLIC KEY", publicPEM(t, first.Public()), publicPEM(t, r.Public())),
		writePEM(t, "PUBLIC KEY", publicPEM(t, e.Public()), publicPEM(t, second.Public())))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *Config) { c.Auth.Keys = keys })
	kid := func(key crypto.PublicKey) map[string]any {
		jwk, err := jwkset.NewJWKFromKey(key, jwkset.JWKOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]any{"kid": thumbprint(jwk.Marshal())}
	}
	c := tokenClaims("x")
	rsaText := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: publicPEM(t, r.Public())})
	for name, v := range map[string]struct {
		header string
		status int
	}{
		"first":                   {signed(t, jwt.SigningMethodEdDSA, first, c, nil), 200},
		"second":                  {signed(t, jwt.SigningMethodEdDSA, second, c, nil), 200},
		"RSA":                     {signed(t, jwt.SigningMethodRS256, r, c, nil), 200},
		"ECDSA":                   {signed(t, jwt.SigningMethodES256, e, c, nil), 200},
		"kid":                     {signed(t, jwt.SigningMethodEdDSA, second, c, kid(second.Public())), 200},
		"kid of the other":        {signed(t, jwt.SigningMethodEdDSA, second, c, kid(first.Public())), 401},
		"kid of another type":     {signed(t, jwt.SigningMethodEdDSA, second, c, kid(r.Public())), 200}, // no key of this algorithm has it
		"kid unknown":             {signed(t, jwt.SigningMethodRS256, r, c, map[string]any{"kid": "provider-1"}), 200},
		"kid a path":              {signed(t, jwt.SigningMethodRS256, r, c, map[string]any{"kid": "../../../etc/passwd"}), 200},
		"kid a list":              {signed(t, jwt.SigningMethodRS256, r, c, map[string]any{"kid": []string{"a"}}), 200},
		"HS256 with the RSA PEM":  {signed(t, jwt.SigningMethodHS256, rsaText, c, nil), 401},
		"HS256 with the RSA DER":  {signed(t, jwt.SigningMethodHS256, publicPEM(t, r.Public()), c, kid(r.Public())), 401},
		"HS256 with the Ed25519":  {signed(t, jwt.SigningMethodHS256, []byte(first.Public().(ed25519.PublicKey)), c, nil), 401}, //nolint:errcheck // it is one
		"PS256":                   {signed(t, jwt.SigningMethodPS256, r, c, nil), 401},
		"RS512":                   {signed(t, jwt.SigningMethodRS512, r, c, nil), 401},
		"none":                    {signed(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, c, kid(r.Public())), 401},
		"another RSA key":         {signed(t, jwt.SigningMethodRS256, rsaKey(t), c, nil), 401},
		"another key, jwk inside": {signed(t, jwt.SigningMethodES256, ecKey(t), c, map[string]any{"jwk": map[string]string{"kty": "EC"}, "jku": "https://x.example"}), 401},
	} {
		t.Run(name, func(t *testing.T) {
			if a := w.asks(v.header); a.status != v.status {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
}

// RFC 7638, section 3.1.
func TestThumbprint(t *testing.T) {
	m := jwkset.JWKMarshal{KTY: jwkset.KtyRSA, ALG: jwkset.AlgRS256, KID: "2011-04-29", E: "AQAB", N: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4" +
		"cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs" +
		"tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2" +
		"QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbI" +
		"SD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqb" +
		"w0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}
	if got := thumbprint(m); got != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
		t.Error(got)
	}
}

func TestKeyFilesOfOthersThatAreRefused(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(edKey(t))
	if err != nil {
		t.Fatal(err)
	}
	many := make([][]byte, maxKeys+1)
	for i := range many {
		many[i] = publicPEM(t, edKey(t).Public())
	}
	for name, path := range map[string]string{
		"RSA of 1024 bits": writePEM(t, "PUBLIC KEY", publicPEM(t, small.Public())),
		"P-384":            writePEM(t, "PUBLIC KEY", publicPEM(t, p384.Public())),
		"a private key":    writePEM(t, "PRIVATE KEY", private),
		"no key":           writePEM(t, "PUBLIC KEY", []byte("secret")),
		"too many":         writePEM(t, "PUBLIC KEY", many...),
		"no PEM":           writeFile(t, "secret"),
		"empty":            writeFile(t, ""),
		"large":            writeFile(t, strings.Repeat("secret ", maxKeyFile)),
		"no file":          filepath.Join(t.TempDir(), "none"),
	} {
		if _, err := LoadKeys(path); models.KindOf(err) != models.Invalid || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadKeys(); models.KindOf(err) != models.Invalid {
		t.Error("no files:", err)
	}
}
