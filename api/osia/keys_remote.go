package osia

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
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
