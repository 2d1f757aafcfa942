package osia

import (
	"log/slog"
	"time"

	"oblik/api"
	"oblik/api/outbound"
	"oblik/models"
)

// Config says what a server serves and within which bounds. Zero numbers mean
// the defaults.
type Config struct {
	Service *api.Service
	Auth    Auth
	Log     *slog.Logger // nil for [slog.Default]
	// Policy says what each client may do, beyond its token's scopes; nil for
	// whatever these allow.
	Policy *Policy
	// Outbound delivers the results of asynchronous requests; nil for none.
	Outbound *outbound.Client
	Tasks    api.TaskPolicy
	// Docs serves the description of the interface and a page to try it.
	Docs bool
	// Alive tells /readyz whether faces can be extracted; nil if nothing can say.
	Alive func() error

	// BodyLimit of one request in bytes; 20 MiB: two images of 6 MiB are 16 MiB
	// in base64, and 4 MiB are left for everything else. All requests together
	// hold at most [largestBodies] times as much.
	BodyLimit int
	// Concurrency is the number of requests being worked on; one more is told
	// 503 at once. 64.
	Concurrency int
	// Connections open at once, 256; one address (of IPv6, one /64) has at most
	// half of them, so behind a proxy half is all there are. One more is closed
	// unanswered.
	Connections int
	// Timeout of the work on one request, once it has arrived. 10 s.
	Timeout time.Duration
	// ReadTimeout from the opening of a connection, or from the first byte of a
	// later request, to the end of the headers and of a short body; 10 s. It
	// includes the TLS handshake.
	ReadTimeout time.Duration
	// BodyTimeout of a longer body, which only a token's holder may send; 30 s.
	BodyTimeout time.Duration
}

const (
	// headerLimit bounds the request line and the headers together, in bytes;
	// it leaves room for a token of maxToken.
	headerLimit = 16 << 10
	// writeTimeout of one answer.
	writeTimeout = 30 * time.Second
	// idleTimeout between two requests of a connection.
	idleTimeout = 60 * time.Second
	// largestBodies of the longest kind may be in memory at once, or more of
	// shorter ones: 16 of 20 MiB are 320 MiB. The buffers they are read into are
	// up to twice as large, and fasthttp makes some before it is refused: 1.8 GB
	// is the most that 200 connections with a token brought the process to.
	largestBodies = 16
)

// check fills in the defaults. Its error is of kind [models.Invalid].
func (c Config) check() (Config, error) {
	if c.Service == nil || c.Auth.Keys == nil || c.Auth.Issuer == "" || c.Auth.Audience == "" {
		return c, models.Errorf("osia.New", models.Invalid, "a service, keys, an issuer and an audience are needed")
	}
	or(&c.BodyLimit, 20<<20)
	or(&c.Concurrency, 64)
	or(&c.Connections, 256)
	or(&c.Timeout, 10*time.Second)
	or(&c.ReadTimeout, 10*time.Second)
	or(&c.BodyTimeout, 30*time.Second)
	if err := c.Tasks.Validate(); err != nil {
		return c, err
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.BodyLimit < 0 || c.Concurrency < 0 || c.Connections < 2 || c.Timeout < 0 || c.ReadTimeout < 0 || c.BodyTimeout < 0 {
		return c, models.Errorf("osia.New", models.Invalid, "a limit is negative, or there are fewer than 2 connections")
	}
	return c, nil
}

func or[T int | time.Duration](v *T, usual T) {
	if *v == 0 {
		*v = usual
	}
}
