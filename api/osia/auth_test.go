package osia

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"maps"
	"net/http"
	"strings"
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
			wanted := `Bearer error="insufficient_scope", scope="` + r.scope + `"`
			switch {
			case scope == r.scope:
				if a.status == 401 || a.status == 403 || a.status >= 500 {
					t.Errorf("%s with %s: %d %s", r.operation, scope, a.status, a.body)
				}
			case w.want(a, 403, 40300).header.Get("WWW-Authenticate") != wanted:
				t.Errorf("%s with %s: %v", r.operation, scope, a.header)
			}
		}
		a := w.want(w.send(r.method, fill(r.path)+tx, "", func(q *http.Request) { q.Header.Del("Authorization") }), 401, 40100)
		if a.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s without a token: %v", r.operation, a.header)
		}
	}
	if len(routes) != 22 || len(Scopes()) != 7 {
		t.Errorf("%d routes, %d scopes", len(routes), len(Scopes()))
	}
}

// signed is an Authorization header with more in the token's header.
func signed(t testing.TB, m jwt.SigningMethod, key any, c jwt.MapClaims, more map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(m, c)
	maps.Copy(token.Header, more)
	s, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + s
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
		return signed(t, m, key, c, map[string]any{"kid": "../../key"})
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
		"client_id":         {ours(jwt.MapClaims{"client_id": "kiosk"}), 200},
		"subject 300 bytes": {ours(jwt.MapClaims{"sub": strings.Repeat("a", 300)}), 401},
		"subject of lines":  {ours(jwt.MapClaims{"sub": "a\nb"}), 401},
		"subject a number":  {ours(jwt.MapClaims{"sub": 7}), 401},
		"exp a text":        {ours(jwt.MapClaims{"exp": "soon"}), 401},
		"exp 1e300":         {ours(jwt.MapClaims{"exp": 1e300}), 401},
		"crit":              {signed(t, jwt.SigningMethodEdDSA, w.key, with(nil), map[string]any{"crit": []string{"b64"}}), 401},
		"RS256":             {signed(t, jwt.SigningMethodRS256, rsaKey(t), with(nil), nil), 401},
		"ES256":             {signed(t, jwt.SigningMethodES256, ecKey(t), with(nil), nil), 401},
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
				(text != (&Fault{Code: codeToken}).Error() || a.header.Get("WWW-Authenticate") != `Bearer error="invalid_token"`) {
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
		"a long name":   func(t *Token) { t.Subject = strings.Repeat("a", 256) },
		"a name's line": func(t *Token) { t.Subject = "a\x00b" },
	} {
		c := good
		change(&c)
		if _, err := IssueToken(key, c); err == nil {
			t.Errorf("%s: a token was issued", name)
		}
	}
}

// The client is the subject; without one, what OAuth 2.0 providers write.
func TestClientOfAToken(t *testing.T) {
	w := newWorld(t)
	v := w.server.config.Auth
	for want, c := range map[string]jwt.MapClaims{
		"sub":       {"sub": "sub", "client_id": "client_id", "azp": "azp"},
		"client_id": {"client_id": "client_id", "azp": "azp"},
		"azp":       {"sub": "", "azp": "azp"},
		"":          {},
	} {
		maps.Copy(c, jwt.MapClaims{"iss": "test", "aud": "abis", "exp": time.Now().Add(time.Hour).Unix()})
		who, err := v.verify([][]byte{[]byte(signed(t, jwt.SigningMethodEdDSA, w.key, c, nil))})
		if err != nil || who.client != want {
			t.Errorf("%q: %q, %v", want, who.client, err)
		}
	}
}

func BenchmarkVerifyToken(b *testing.B) {
	own := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	for name, c := range map[string]struct {
		method jwt.SigningMethod
		key    crypto.Signer
	}{
		"EdDSA": {jwt.SigningMethodEdDSA, own}, "RS256": {jwt.SigningMethodRS256, rsaKey(b)}, "ES256": {jwt.SigningMethodES256, ecKey(b)},
	} {
		keys, err := NewKeys(c.key.Public())
		if err != nil {
			b.Fatal(err)
		}
		v := Auth{Keys: keys, Issuer: "test", Audience: "abis"}
		header := [][]byte{[]byte(signed(b, c.method, c.key, tokenClaims("x"), nil))}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := v.verify(header); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
