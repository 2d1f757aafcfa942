package osia

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"oblik/models"
)

const (
	keysEvery   = 5 * time.Minute  // between two looks at the provider's keys
	keysUnknown = 30 * time.Second // between two looks because of a kid that is not known
	keysTime    = 5 * time.Second  // for one look
	keysBytes   = 1 << 20          // of a provider's answer
)

// FetchKeys gives the keys that a provider publishes at url as a JWK set (RFC
// 7517), read again every 5 minutes and, at most each 30 s, when a token names a
// kid that is not known; its request then waits up to 5 s. Keys that the
// provider has withdrawn are void at the next reading. If it can't be read, or
// offers no key at all, those read last are good for maxAge. A provider that is
// away at the start is no error.
//
// The url is https, or http to this machine; else it is [models.Invalid]. No
// redirect is followed. Keys that [NewKeys] would refuse, and those for
// encryption, are left out. Reading ends with ctx.
func FetchKeys(ctx context.Context, url string, maxAge time.Duration, log *slog.Logger) (*Keys, error) {
	return fetchKeys(ctx, url, maxAge, keysEvery, keysUnknown, log)
}

func fetchKeys(ctx context.Context, url string, maxAge, every, unknown time.Duration, log *slog.Logger) (*Keys, error) {
	bad := func(text string, args ...any) error {
		return models.Errorf("token keys", models.Invalid, text, args...)
	}
	if err := checkProvider(url); err != nil {
		return nil, bad("%w", err)
	}
	if maxAge <= 0 {
		return nil, bad("the keys' greatest age must be above 0")
	}
	cache := &keyCache{Storage: jwkset.NewMemoryStorage(), maxAge: maxAge}
	source, err := jwkset.NewStorageFromHTTP(url, jwkset.HTTPClientStorageOptions{
		Client: providerClient(), Ctx: ctx, HTTPTimeout: keysTime, RefreshInterval: every, NoErrorReturnFirstHTTPReq: true,
		Storage:             cache,
		RefreshErrorHandler: func(_ context.Context, err error) { log.Warn("token keys could not be read", "error", withoutURL(err)) },
	})
	if err != nil {
		return nil, bad("%w", withoutURL(err))
	}
	client, err := jwkset.NewHTTPClient(jwkset.HTTPClientOptions{
		HTTPURLs:          map[string]jwkset.Storage{url: source},
		RateLimitWaitMax:  keysTime, // for waiting and reading
		RefreshUnknownKID: rate.NewLimiter(rate.Every(unknown), 1),
	})
	if err != nil {
		return nil, bad("%w", withoutURL(err))
	}
	find, err := keyfunc.New(keyfunc.Options{Storage: &remoteKeys{Storage: client, cache: cache}})
	if err != nil {
		return nil, bad("%w", err)
	}
	return &Keys{find.Keyfunc}, nil
}

// checkProvider accepts https, and http to this machine.
func checkProvider(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("the provider's URL can't be read")
	}
	ip := net.ParseIP(u.Hostname())
	here := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !here) {
		return errors.New("the provider's URL must be https, without a user; http to this machine only")
	}
	return nil
}

// providerClient follows no redirect, and ends an answer that is too long.
func providerClient() *http.Client {
	return &http.Client{
		Timeout:       keysTime,
		Transport:     bounded{http.DefaultTransport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded cuts an answer off after keysBytes; what is left is no JSON.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(q *http.Request) (*http.Response, error) {
	a, err := b.RoundTripper.RoundTrip(q)
	if err != nil {
		return nil, err
	}
	a.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(a.Body, keysBytes), a.Body}
	return a, nil
}

// withoutURL leaves out the provider's URL, which might hold a secret.
func withoutURL(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// keyCache holds the set read last, for maxAge.
type keyCache struct {
	jwkset.Storage
	maxAge time.Duration
	read   atomic.Pointer[time.Time] // nil before the first
}

// KeyReplaceAll takes a set that was read, but for what can't be used.
func (c *keyCache) KeyReplaceAll(ctx context.Context, given []jwkset.JWK) error {
	var sound []jwkset.JWK
	for _, key := range given {
		algorithm, m := algorithmOf(key.Key()), key.Marshal()
		if algorithm != "" && (m.ALG == "" || m.ALG.String() == algorithm) && (m.USE == "" || m.USE == jwkset.UseSig) {
			sound = append(sound, key)
		}
	}
	if len(sound) == 0 || len(sound) > maxKeys {
		return fmt.Errorf("%d keys that can be used; 1 to %d are accepted", len(sound), maxKeys)
	}
	if err := c.Storage.KeyReplaceAll(ctx, sound); err != nil {
		return err
	}
	now := time.Now()
	c.read.Store(&now)
	return nil
}

func (c *keyCache) stale() bool {
	read := c.read.Load()
	return read == nil || time.Since(*read) > c.maxAge
}

// KeyRead implements [jwkset.Storage].
func (c *keyCache) KeyRead(ctx context.Context, kid string) (jwkset.JWK, error) {
	if c.stale() {
		return jwkset.JWK{}, jwkset.ErrKeyNotFound
	}
	return c.Storage.KeyRead(ctx, kid)
}

// KeyReadAll implements [jwkset.Storage].
func (c *keyCache) KeyReadAll(ctx context.Context) ([]jwkset.JWK, error) {
	if c.stale() {
		return nil, jwkset.ErrKeyNotFound
	}
	return c.Storage.KeyReadAll(ctx)
}

// remoteKeys looks into the cache. What is not there makes jwkset's client, its
// embedded Storage, read the provider again; all who ask meanwhile wait for that
// one reading.
type remoteKeys struct {
	jwkset.Storage
	cache   *keyCache
	reading singleflight.Group
}

// KeyRead implements [jwkset.Storage].
func (r *remoteKeys) KeyRead(ctx context.Context, kid string) (jwkset.JWK, error) {
	if key, err := r.cache.KeyRead(ctx, kid); err == nil {
		return key, nil
	}
	r.again(ctx, kid)
	return r.cache.KeyRead(ctx, kid)
}

// KeyReadAll implements [jwkset.Storage].
func (r *remoteKeys) KeyReadAll(ctx context.Context) ([]jwkset.JWK, error) {
	if r.cache.stale() {
		r.again(ctx, "")
	}
	return r.cache.KeyReadAll(ctx)
}

func (r *remoteKeys) again(ctx context.Context, kid string) {
	_, _, _ = r.reading.Do("", func() (any, error) { return r.Storage.KeyRead(ctx, kid) }) // the cache tells what came of it
}
