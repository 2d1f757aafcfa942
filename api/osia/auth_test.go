package osia

import (
	"crypto/ed25519"
	"encoding/base64"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// fill puts ids in the place of a route's parameters.
func fill(path string) string {
	steps := strings.Split(path, "/")
	for i, step := range steps {
		if strings.HasPrefix(step, ":") {
			steps[i] = "x"
		}
	}
	return strings.Join(steps, "/")
}

func TestEveryRouteNeedsItsScope(t *testing.T) {
	w := newWorld(t)
	for _, r := range routes {
		for _, scope := range Scopes() {
			a := w.send(r.method, fill(r.path)+tx, "", func(q *http.Request) {
				q.Header.Set("Authorization", "Bearer "+w.token(scope))
			})
			switch {
			case scope != r.scope:
				w.want(a, 403, 40300)
			case r.handle == nil:
				w.want(a, 501, 50101)
			case a.status == 401 || a.status == 403 || a.status >= 500:
				t.Errorf("%s with %s: %d %s", r.operation, scope, a.status, a.body)
			}
		}
		w.want(w.send(r.method, fill(r.path)+tx, "", func(q *http.Request) { q.Header.Del("Authorization") }), 401, 40100)
	}
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	public, ok := w.key.Public().(ed25519.PublicKey)
	if !ok {
		t.Fatal("no public key")
	}
	now := time.Now()
	with := func(change jwt.MapClaims) jwt.MapClaims {
		c := jwt.MapClaims{"iss": "test", "aud": "abis", "exp": now.Add(time.Hour).Unix(), "scope": "abis.gallery.read"}
		for k, v := range change {
			if c[k] = v; v == nil {
				delete(c, k)
			}
		}
		return c
	}
	sign := func(m jwt.SigningMethod, key any, c jwt.MapClaims) string {
		token := jwt.NewWithClaims(m, c)
		token.Header["kid"] = "../../key"
		s, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + s
	}
	ours := func(c jwt.MapClaims) string { return sign(jwt.SigningMethodEdDSA, w.key, with(c)) }
	good := ours(nil)
	for name, c := range map[string]struct {
		header string
		status int
	}{
		"good":              {good, 200},
		"lower case scheme": {"bearer" + good[6:], 200},
		"scp string":        {ours(jwt.MapClaims{"scope": nil, "scp": "a abis.gallery.read"}), 200},
		"scp array":         {ours(jwt.MapClaims{"scope": nil, "scp": []string{"abis.gallery.read"}}), 200},
		"aud array":         {ours(jwt.MapClaims{"aud": []string{"x", "abis"}}), 200},
		"expired, leeway":   {ours(jwt.MapClaims{"exp": now.Add(-10 * time.Second).Unix()}), 200},
		"no scope":          {ours(jwt.MapClaims{"scope": nil}), 403},
		"longer scope":      {ours(jwt.MapClaims{"scope": "abis.gallery.read.more"}), 403},
		"expired":           {ours(jwt.MapClaims{"exp": now.Add(-time.Minute).Unix()}), 401},
		"no exp":            {ours(jwt.MapClaims{"exp": nil}), 401},
		"nbf in the future": {ours(jwt.MapClaims{"nbf": now.Add(time.Minute).Unix()}), 401},
		"issuer":            {ours(jwt.MapClaims{"iss": "other"}), 401},
		"no issuer":         {ours(jwt.MapClaims{"iss": nil}), 401},
		"audience":          {ours(jwt.MapClaims{"aud": "other"}), 401},
		"no audience":       {ours(jwt.MapClaims{"aud": nil}), 401},
		"scope of numbers":  {ours(jwt.MapClaims{"scope": 7}), 401},
		"none":              {sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, with(nil)), 401},
		"HS256":             {sign(jwt.SigningMethodHS256, []byte(public), with(nil)), 401},
		"another key":       {sign(jwt.SigningMethodEdDSA, ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", 32))), with(nil)), 401},
		"signature cut":     {good[:len(good)-2], 401},
		"basic":             {"Basic " + base64.StdEncoding.EncodeToString([]byte("a:b")), 401},
		"nothing":           {"Bearer ", 401},
		"9 KB":              {"Bearer " + strings.Repeat("a", 9<<10), 401},
		"100 KB":            {"Bearer " + strings.Repeat("a", 100<<10), 431},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.send("GET", "/v1/galleries"+tx, "", func(q *http.Request) { q.Header.Set("Authorization", c.header) })
			if c.status == 200 {
				w.want(a, 200, 0)
				return
			}
			if _, text := w.want(a, c.status, c.status*100).fault(t); c.status == 401 &&
				(text != (&Fault{Code: codeToken}).Error() || a.header.Get("WWW-Authenticate") != "Bearer") {
				t.Errorf("%q, %v", text, a.header)
			}
		})
	}
	two := w.send("GET", "/v1/galleries"+tx, "", func(q *http.Request) { q.Header["Authorization"] = []string{good, good} })
	w.want(two, 401, 40100)
}

func TestIssueTokenRefuses(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	good := Token{Issuer: "i", Audience: "a", Scopes: []string{"abis.verify"}, Lifetime: time.Hour}
	if _, err := IssueToken(key, good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Token){
		"no scope":      func(t *Token) { t.Scopes = nil },
		"unknown scope": func(t *Token) { t.Scopes = []string{"abis.verify", "all"} },
		"no lifetime":   func(t *Token) { t.Lifetime = 0 },
		"a long life":   func(t *Token) { t.Lifetime = 400 * 24 * time.Hour },
		"no issuer":     func(t *Token) { t.Issuer = "" },
	} {
		c := good
		change(&c)
		if _, err := IssueToken(key, c); err == nil {
			t.Errorf("%s: a token was issued", name)
		}
	}
}

func TestKeyIsMadeOnceAndKeptSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token.key")
	keys := make([]ed25519.PrivateKey, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = LoadOrCreateKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, key := range keys {
		if !key.Equal(keys[0]) {
			t.Error("two keys were made")
		}
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
	for _, mode := range []fs.FileMode{0o640, 0o604} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadOrCreateKey(path); err == nil {
			t.Errorf("a key of mode %v was taken", mode)
		}
	}
}

func TestKeyFilesThatAreRefused(t *testing.T) {
	for name, content := range map[string]string{
		"empty":    "",
		"no PEM":   "secret",
		"no PKCS8": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n",
		"type":     "-----BEGIN PUBLIC KEY-----\nc2VjcmV0\n-----END PUBLIC KEY-----\n",
	} {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadOrCreateKey(path); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadOrCreateKey(filepath.Join(t.TempDir(), "no", "such", "folder")); err == nil {
		t.Error("a key in a folder that is not there")
	}
}
