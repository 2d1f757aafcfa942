package osia

import (
	"context"
	"crypto"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"oblik/models"
)

// provider publishes keys over HTTP on a loopback port.
type provider struct {
	*httptest.Server
	mu     sync.Mutex
	keys   map[string]crypto.PublicKey
	extra  func(http.ResponseWriter, *http.Request) bool // true if it has answered
	looked atomic.Int32
}

func newProvider(t testing.TB, keys map[string]crypto.PublicKey) *provider {
	p := &provider{keys: keys}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		p.looked.Add(1)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.extra == nil || !p.extra(w, q) {
			_, _ = io.WriteString(w, p.set(t))
		}
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *provider) publish(keys map[string]crypto.PublicKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = keys
}

// answer makes the provider answer otherwise; nil for its keys.
func (p *provider) answer(f func(http.ResponseWriter, *http.Request) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.extra = f
}

func (p *provider) set(t testing.TB) string {
	var set jwkset.JWKSMarshal
	for kid, key := range p.keys {
		jwk, err := jwkset.NewJWKFromKey(key, jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: kid}})
		if err != nil {
			t.Error(err)
		}
		set.Keys = append(set.Keys, jwk.Marshal())
	}
	text, err := json.Marshal(set)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

func (p *provider) fetch(t testing.TB, maxAge, every, unknown time.Duration) *Keys {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	keys, err := fetchKeys(ctx, p.URL, maxAge, every, unknown, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func kid(id string) map[string]any { return map[string]any{"kid": id} }

// A provider changes its key: the new one is taken when the first token comes
// with it, for all who ask meanwhile; the old one is void with the next reading.
func TestRotation(t *testing.T) {
	one, two := rsaKey(t), ecKey(t)
	p := newProvider(t, map[string]crypto.PublicKey{"1": one.Public()})
	keys := p.fetch(t, time.Hour, time.Hour, time.Nanosecond)
	w := newWorld(t, func(c *Config) { c.Auth.Keys = keys })
	old := signed(t, jwt.SigningMethodRS256, one, tokenClaims("x"), kid("1"))
	next := signed(t, jwt.SigningMethodES256, two, tokenClaims("x"), kid("2"))
	w.want(w.asks(old), 200, 0)
	w.want(w.asks(signed(t, jwt.SigningMethodRS256, one, tokenClaims("x"), nil)), 200, 0) // without a kid
	w.want(w.asks(next), 401, 40100)
	w.want(w.asks(signed(t, jwt.SigningMethodES256, two, tokenClaims("x"), kid("1"))), 401, 40100)

	p.publish(map[string]crypto.PublicKey{"1": one.Public(), "2": two.Public()})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if a := w.asks(next); a.status != 200 {
				t.Errorf("the new key: %d %s", a.status, a.body)
			}
		})
	}
	all.Wait()
	w.want(w.asks(old), 200, 0)

	p.publish(map[string]crypto.PublicKey{"2": two.Public()})
	w.want(w.asks(signed(t, jwt.SigningMethodES256, two, tokenClaims("x"), kid("3"))), 401, 40100) // makes it read
	w.want(w.asks(old), 401, 40100)
	w.want(w.asks(next), 200, 0)
}

func TestKeysAreReadAgainByThemselves(t *testing.T) {
	one, two := edKey(t), edKey(t)
	p := newProvider(t, map[string]crypto.PublicKey{"1": one.Public()})
	keys := p.fetch(t, time.Hour, 5*time.Millisecond, time.Hour)
	w := newWorld(t, func(c *Config) { c.Auth.Keys = keys })
	old := signed(t, jwt.SigningMethodEdDSA, one, tokenClaims("x"), kid("1"))
	w.want(w.asks(old), 200, 0)
	p.publish(map[string]crypto.PublicKey{"2": two.Public()})
	w.eventually("the end of the old key", func() bool { return w.asks(old).status == 401 })
	w.want(w.asks(signed(t, jwt.SigningMethodEdDSA, two, tokenClaims("x"), kid("2"))), 200, 0)
}

// Strangers' kids do not become requests to the provider.
func TestUnknownKidsAreRateLimited(t *testing.T) {
	one := edKey(t)
	p := newProvider(t, map[string]crypto.PublicKey{"1": one.Public()})
	keys := p.fetch(t, time.Hour, time.Hour, time.Hour)
	w := newWorld(t, func(c *Config) { c.Auth.Keys = keys })
	for i := range 50 {
		w.want(w.asks(signed(t, jwt.SigningMethodEdDSA, edKey(t), tokenClaims("x"), kid(fmt.Sprint("stranger-", i)))), 401, 40100)
	}
	if n := p.looked.Load(); n != 2 {
		t.Errorf("%d readings, want the first and one more", n)
	}
	w.want(w.asks(signed(t, jwt.SigningMethodEdDSA, one, tokenClaims("x"), kid("1"))), 200, 0)
}

// While the provider is away or answers nonsense, the keys read last are good
// until they are too old.
func TestProviderIsDown(t *testing.T) {
	one := edKey(t)
	good := signed(t, jwt.SigningMethodEdDSA, one, tokenClaims("x"), kid("1"))
	for name, broken := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"500": func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusInternalServerError)
			return true
		},
		"HTML": func(w http.ResponseWriter, _ *http.Request) bool { _, _ = io.WriteString(w, "<html>"); return true },
		"no keys": func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = io.WriteString(w, `{"keys":[]}`)
			return true
		},
		"2 MB": func(w http.ResponseWriter, _ *http.Request) bool {
			_, _ = io.WriteString(w, `{"x":"`+strings.Repeat("a", 2<<20)+`"}`)
			return true
		},
		"a redirect": func(w http.ResponseWriter, q *http.Request) bool {
			http.Redirect(w, q, "/other", http.StatusFound)
			return true
		},
		"cut off": func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t, map[string]crypto.PublicKey{"1": one.Public()})
			v := Auth{Keys: p.fetch(t, time.Hour, 2*time.Millisecond, time.Hour), Issuer: "test", Audience: "abis"}
			old := Auth{Keys: p.fetch(t, 500*time.Millisecond, 2*time.Millisecond, time.Hour), Issuer: "test", Audience: "abis"}
			accepted := func(v Auth) bool { _, err := v.verify([][]byte{[]byte(good)}); return err == nil }
			w := &world{TB: t}
			w.eventually("the keys", func() bool { return accepted(v) && accepted(old) })
			p.answer(broken)
			seen := p.looked.Load()
			w.eventually("readings that fail", func() bool { return p.looked.Load() > seen+5 })
			w.eventually("the end of the keys", func() bool { return !accepted(old) })
			if !accepted(v) {
				t.Error("the keys read last are void already")
			}
			p.answer(nil)
			w.eventually("the keys again", func() bool { return accepted(old) })
		})
	}
}

// A provider that is away at the start is read when the first token comes.
func TestProviderComesLater(t *testing.T) {
	one := edKey(t)
	p := newProvider(t, map[string]crypto.PublicKey{"1": one.Public()})
	p.answer(func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	keys := p.fetch(t, time.Hour, time.Hour, time.Nanosecond)
	w := newWorld(t, func(c *Config) { c.Auth.Keys = keys })
	for _, head := range []map[string]any{kid("1"), nil} {
		w.want(w.asks(signed(t, jwt.SigningMethodEdDSA, one, tokenClaims("x"), head)), 401, 40100)
	}
	p.answer(nil)
	w.want(w.asks(signed(t, jwt.SigningMethodEdDSA, one, tokenClaims("x"), nil)), 200, 0)
}

// Keys that can't be used are left out, whatever else is in the set.
func TestKeysOfASetThatAreLeftOut(t *testing.T) {
	good, enc, wrong, leaked := rsaKey(t), rsaKey(t), rsaKey(t), edKey(t)
	member := func(key any, o jwkset.JWKMetadataOptions, private bool) jwkset.JWKMarshal {
		jwk, err := jwkset.NewJWKFromKey(key, jwkset.JWKOptions{Metadata: o, Marshal: jwkset.JWKMarshalOptions{Private: private}})
		if err != nil {
			t.Fatal(err)
		}
		return jwk.Marshal()
	}
	set, err := json.Marshal(jwkset.JWKSMarshal{Keys: []jwkset.JWKMarshal{
		{KTY: "MLK", KID: "unknown"},
		member([]byte("0123456789abcdef0123456789abcdef"), jwkset.JWKMetadataOptions{KID: "secret"}, true),
		member(enc.Public(), jwkset.JWKMetadataOptions{KID: "enc", USE: jwkset.UseEnc}, false),
		member(wrong.Public(), jwkset.JWKMetadataOptions{KID: "ps", ALG: jwkset.AlgPS256}, false),
		member(leaked, jwkset.JWKMetadataOptions{KID: "leaked"}, true),
		member(good.Public(), jwkset.JWKMetadataOptions{KID: "good", ALG: jwkset.AlgRS256, USE: jwkset.UseSig}, false),
	}})
	if err != nil {
		t.Fatal(err)
	}
	p := newProvider(t, nil)
	p.answer(func(w http.ResponseWriter, _ *http.Request) bool { _, _ = w.Write(set); return true })
	keys := p.fetch(t, time.Hour, time.Hour, time.Hour)
	w := newWorld(t, func(c *Config) { c.Auth.Keys = keys })
	w.want(w.asks(signed(t, jwt.SigningMethodRS256, good, tokenClaims("x"), kid("good"))), 200, 0)
	for id, v := range map[string]struct {
		method jwt.SigningMethod
		key    any
	}{
		"secret": {jwt.SigningMethodHS256, []byte("0123456789abcdef0123456789abcdef")},
		"enc":    {jwt.SigningMethodRS256, enc}, "ps": {jwt.SigningMethodRS256, wrong}, "leaked": {jwt.SigningMethodEdDSA, leaked},
	} {
		for _, head := range []map[string]any{kid(id), nil} {
			w.want(w.asks(signed(t, v.method, v.key, tokenClaims("x"), head)), 401, 40100)
		}
	}
	head := kid("good")
	maps.Copy(head, map[string]any{"jku": p.URL})
	w.want(w.asks(signed(t, jwt.SigningMethodHS256, []byte("x"), tokenClaims("x"), head)), 401, 40100)
}

func TestProvidersThatAreRefused(t *testing.T) {
	for _, url := range []string{"", "keys", "http://idp.example/keys", "http://10.0.0.1/keys", "ftp://localhost/keys", "https://user:secret@idp.example/", "file:///etc/keys", "https://", "http://localhost.idp.example/", "%"} {
		if _, err := FetchKeys(context.Background(), url, time.Hour, slog.Default()); models.KindOf(err) != models.Invalid || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := FetchKeys(context.Background(), "http://127.0.0.1:1/keys", 0, slog.Default()); models.KindOf(err) != models.Invalid {
		t.Error("no age:", err)
	}
}
