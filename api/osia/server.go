// Package osia speaks OSIA Biometrics v1.6.1 over HTTP: a table of its 22
// operations (routes.go), strict reading of its bodies (json.go, shape.go and
// a file for each group of schemas), bearer tokens with its scopes (auth.go),
// and one table of errors (errors.go). What an operation does is in oblik/api.
//
// Where the standard is silent or this server departs from it:
//
//   - An operation that is not implemented yet answers 501; callback, 400.
//   - Unknown query parameters and unknown keys are refused, 400.
//   - 401, 405, 408, 413, 431, 501 and 503 carry OSIA's Error body too.
//   - encounterId is optional in a body; it must be the path's where the path
//     has one, and is ignored where the service makes it.
//   - createdDate and updatedDate are the service's own.
//   - imageRef is refused, template and templateRef are only kept.
//   - Face counts, quality and "extrapolated" stand in "others".
//   - An unknown record, person and gallery are one 404 with one text.
package osia

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/golang-jwt/jwt/v5"

	"oblik/api"
	"oblik/models"
)

// Config says what a server serves and within which bounds. Zero numbers mean
// the defaults.
type Config struct {
	Service *api.Service
	Auth    Auth
	Log     *slog.Logger // nil for [slog.Default]
	// Alive tells /readyz whether faces can be extracted; nil if nothing can say.
	Alive func(context.Context) error

	// BodyLimit of one request in bytes; 20 MiB: two images of 6 MiB are 16 MiB
	// in base64, and 4 MiB are left for everything else.
	BodyLimit int
	// Concurrency is the number of requests being worked on; one more is told
	// 503 at once. 64.
	Concurrency int
	// Connections open at once; each of a client with a token may hold a body,
	// so they bound memory. 256.
	Connections int
	// Timeout of the work on one request, once it has arrived. 10 s.
	Timeout time.Duration
	// ReadTimeout from the first byte of a request to its last, 30 s: a slow
	// sender holds a connection no longer. WriteTimeout likewise, 30 s.
	// IdleTimeout between requests, 60 s.
	ReadTimeout, WriteTimeout, IdleTimeout time.Duration
}

// headerLimit bounds the request line and the headers together, in bytes; it
// leaves room for a token of maxToken.
const headerLimit = 16 << 10

func (c Config) withDefaults() Config {
	or(&c.BodyLimit, 20<<20)
	or(&c.Concurrency, 64)
	or(&c.Connections, 256)
	or(&c.Timeout, 10*time.Second)
	or(&c.ReadTimeout, 30*time.Second)
	or(&c.WriteTimeout, 30*time.Second)
	or(&c.IdleTimeout, 60*time.Second)
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

func or[T int | time.Duration](v *T, usual T) {
	if *v == 0 {
		*v = usual
	}
}

// Server is an HTTP server.
type Server struct {
	config Config
	app    *fiber.App
	tokens *jwt.Parser
	slots  chan struct{} // one for each request being worked on

	mu       sync.Mutex
	listener net.Listener // nil before Serve
	stopped  bool
}

// New makes a server. Its error is of kind [models.Invalid].
func New(c Config) (*Server, error) {
	c = c.withDefaults()
	if c.Service == nil || len(c.Auth.Key) == 0 || c.Auth.Issuer == "" || c.Auth.Audience == "" {
		return nil, models.Errorf("osia.New", models.Invalid, "a service, a key, an issuer and an audience are needed")
	}
	if c.BodyLimit < 0 || c.Concurrency < 0 || c.Connections < 0 || c.Timeout < 0 ||
		c.ReadTimeout < 0 || c.WriteTimeout < 0 || c.IdleTimeout < 0 {
		return nil, models.Errorf("osia.New", models.Invalid, "a limit is negative")
	}
	s := &Server{config: c, tokens: c.Auth.parser(), slots: make(chan struct{}, c.Concurrency)}
	s.app = fiber.New(fiber.Config{
		AppName:                      "oblik",
		BodyLimit:                    c.BodyLimit,
		Concurrency:                  c.Connections,
		ReadTimeout:                  c.ReadTimeout,
		WriteTimeout:                 c.WriteTimeout,
		IdleTimeout:                  c.IdleTimeout,
		ReadBufferSize:               headerLimit,
		CaseSensitive:                true,
		StrictRouting:                true,
		DisablePreParseMultipartForm: true,
		DisableStartupMessage:        true,
		ReduceMemoryUsage:            true,
		ErrorHandler:                 s.httpError,
	})
	for _, r := range routes {
		s.app.Add(r.method, r.path, s.serve(r))
	}
	s.app.Get("/livez", s.live)
	s.app.Get("/readyz", s.ready)
	s.app.Server().Handler = s.guard(s.app.Handler())
	s.app.Server().HeaderReceived = s.admit
	s.app.Server().CloseOnShutdown = true
	return s, nil
}

// Serve answers on a listener, plain or TLS, until [Server.Shutdown]; it then
// returns nil, at once if that came first.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	if s.listener = l; s.stopped {
		s.mu.Unlock()
		return l.Close()
	}
	s.mu.Unlock()
	if err := s.app.Listener(l); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Shutdown takes no more connections and waits for the requests under way, at
// most until ctx is done. fasthttp forgets a shutdown that comes before it has
// begun to serve; so the listener is closed here as well.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stopped = true
	l := s.listener
	s.mu.Unlock()
	err := s.app.ShutdownWithContext(ctx)
	if l == nil {
		return err
	}
	if closing := l.Close(); closing != nil && !errors.Is(closing, net.ErrClosed) {
		err = errors.Join(err, closing)
	}
	return err
}
