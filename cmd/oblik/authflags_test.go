package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"oblik/api/osia"
)

// authFile writes a file of PEM blocks, or of text if kind is empty.
func authFile(t testing.TB, kind string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if kind != "" {
		content = pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// authFiles are a public key and an authority's certificate.
func authFiles(t testing.TB) (key, ca string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(secret.Public())
	if err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, x, x, secret.Public(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return authFile(t, "PUBLIC KEY", public), authFile(t, "CERTIFICATE", der)
}

// The service says at once why it does not start.
func TestServeRefusesItsGuards(t *testing.T) {
	key, ca := authFiles(t)
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"two kinds of keys":    {[]string{"--token-keys", key, "--jwks-url", "https://idp.example/keys"}, "exclude each other"},
		"keys of a stranger":   {[]string{"--jwks-url", "http://idp.example/keys"}, "must be https"},
		"keys for no time":     {[]string{"--jwks-url", "https://idp.example/keys", "--jwks-max-age", "0s"}, "greatest age"},
		"a certificate as key": {[]string{"--token-keys", key + "," + ca}, "only PUBLIC KEY belongs"},
		"no key":               {[]string{"--token-keys", filepath.Join(t.TempDir(), "none")}, "no such file"},
		"CRL alone":            {[]string{"--client-crl", ca}, "--client-crl needs --client-ca"},
		"no CRL":               {[]string{"--client-ca", ca, "--client-crl", ca}, "only X509 CRL belongs"},
		"a key as authority":   {[]string{"--client-ca", key}, "only CERTIFICATE belongs"},
		"no TLS":               {[]string{"--client-ca", ca}, "--client-ca needs --tls-cert"},
		"a policy's slip":      {[]string{"--policy", authFile(t, "", []byte(`{"clients":{"desk":{"operation":[]}}}`))}, `/clients/desk: unknown key "operation"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs, status := oblik(t, append([]string{"serve", "--insecure-loopback", "--listen", "127.0.0.1:0",
				"--weights-dir", weightsDir, "--data-dir", t.TempDir()}, c.args...)...)
			if status != exitError || !strings.Contains(errs, c.says) {
				t.Errorf("status %d, %s", status, errs)
			}
		})
	}
}

// A token of the service's own key is of no use where other keys are accepted.
func TestTokenWhereOthersSign(t *testing.T) {
	key, _ := authFiles(t)
	args := []string{"token", "--client", "desk", "--scope", "abis.verify", "--data-dir", t.TempDir()}
	if out, errs, status := oblik(t, args...); status != exitMatch || strings.Count(out, ".") != 2 {
		t.Errorf("status %d, %s%s", status, out, errs)
	}
	for _, env := range []string{"OBLIK_TOKEN_KEYS=" + key, "OBLIK_JWKS_URL=https://idp.example/keys"} {
		if out, errs, status := oblikEnv(t, []string{env}, args...); status != exitError || out != "" || !strings.Contains(errs, "ask the identity provider") {
			t.Errorf("%s: status %d, %s%s", env, status, out, errs)
		}
	}
}

// Each kind of keys is loaded; only the service's own is made.
func TestKeysThatAreLoaded(t *testing.T) {
	key, _ := authFiles(t)
	provider := httptest.NewServer(http.NotFoundHandler())
	defer provider.Close()
	for _, f := range []authFlags{
		{},
		{TokenKeys: []string{key, key}},
		{JWKSURL: provider.URL, JWKSMaxAge: time.Hour},
	} {
		dir := filepath.Join(t.TempDir(), "data")
		f.Issuer, f.Audience = "i", "a"
		auth, policy, err := f.load(dataFlags{DataDir: dir}, slog.New(slog.DiscardHandler))
		if err != nil || auth.Keys == nil || policy != nil || auth.Certificates != nil {
			t.Errorf("%+v: %+v, %v, %v", f, auth, policy, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "token-key.pem")); (err == nil) == f.otherKeys() {
			t.Errorf("%+v: own key: %v", f, err)
		}
	}
}

// auditor keeps a log for a test.
type auditor struct {
	mu   sync.Mutex
	text strings.Builder
}

func (a *auditor) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text.Write(p)
}

func (a *auditor) says(text string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Contains(a.text.String(), text)
}

func TestPolicyIsReadAgainOnSIGHUP(t *testing.T) {
	path := authFile(t, "", []byte(`{"others":{}}`))
	policy, err := osia.LoadPolicy(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	log := &auditor{}
	follow(ctx, osia.Auth{}, policy, slog.New(slog.NewTextHandler(log, nil)))
	for content, says := range map[string]string{`{"others":{"rate":5}}`: "policy read again", `{"others":{"rat":5}}`: `unknown key`} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(20 * time.Second); !log.says(says); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the log does not say %q: %s", says, log.text.String())
			}
		}
	}
}

// Without anything to read again SIGHUP does not end the process either.
func TestSIGHUPEndsNothing(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	follow(ctx, osia.Auth{}, nil, slog.New(slog.DiscardHandler))
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
}

// A service that takes tokens of another's key and holds clients to a policy.
func TestServeWithKeysAndPolicyOfTheOperator(t *testing.T) {
	public, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	policy := authFile(t, "", []byte(`{"clients":{"clerk":{"operations":["readGalleries"],"rate":0.001,"burst":3}}}`))
	s := startServer(t, t.TempDir(), nil, "--token-keys", authFile(t, "PUBLIC KEY", der), "--policy", policy)
	ask := func(want int, code int, path string) {
		t.Helper()
		var f fault
		if status := s.do(http.MethodGet, path, nil, &f); status != want || f.Code != code {
			t.Errorf("%s: %d %+v, want %d, %d", path, status, f, want, code)
		}
	}
	ask(401, 40100, "/v1/galleries/x") // the token of the service's own key
	for _, client := range []string{"clerk", "kiosk"} {
		s.token, err = osia.IssueToken(secret, osia.Token{Issuer: "oblik", Audience: "oblik", Subject: client, Scopes: osia.Scopes(), Lifetime: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		if client == "kiosk" {
			ask(403, 40301, "/v1/persons/p/encounters/e")
			continue
		}
		ask(403, 40301, "/v1/persons/p/encounters/e") // it counts, too
		for range 2 {
			if status := s.do(http.MethodGet, "/v1/galleries", nil, nil); status != http.StatusOK {
				t.Error(status)
			}
		}
		ask(429, 42900, "/v1/galleries")
	}
	s.stop()
}
