// Package osia speaks OSIA Biometrics v1.6.1 over HTTP: a table of its 22
// operations (routes.go), strict reading of its bodies (json.go, shape.go and
// a file for each group of schemas), bearer tokens with its scopes (auth.go),
// and one table of errors (errors.go). What an operation does is in oblik/api.
//
// A request with a callback is stored and answered later (tasks.go). Who may do
// what beyond OSIA's scopes, and how often, is the operator's policy (policy.go).
//
// Where the standard is silent or this server departs from it is told in the
// README, "What OSIA leaves open and what Oblik answers".
package osia

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"oblik/api"
)

// keptBody is how large a body buffer a connection keeps between two requests,
// in bytes. Larger ones are the garbage collector's; fasthttp has this limit
// for the whole process only.
const keptBody = 64 << 10

func init() { fasthttp.SetBodySizePoolLimit(keptBody, keptBody) }

// Server is an HTTP server.
type Server struct {
	config   Config
	app      *fiber.App
	observer api.Observer
	limits   *limits // of requests
	bodies   *bodies
	slots    chan struct{} // one for each request being worked on
	gate     *gate

	work     context.Context // of every operation; ended by Shutdown
	end      context.CancelFunc
	shutdown sync.Once
}

// New makes a server. Its error is of kind [models.Invalid].
func New(c Config) (*Server, error) {
	c, err := c.check()
	if err != nil {
		return nil, err
	}
	s := &Server{
		config: c, observer: c.Service.Observer, limits: newLimits(c.Policy), slots: make(chan struct{}, c.Concurrency),
		gate:   newGate(c.Connections, largestBodies*c.BodyLimit),
		bodies: newBodies(largestBodies*c.BodyLimit, c.BodyTimeout+c.Timeout+writeTimeout),
	}
	s.work, s.end = context.WithCancel(context.Background())
	s.app = fiber.New(fiber.Config{
		AppName:                      "oblik",
		BodyLimit:                    c.BodyLimit,
		Concurrency:                  2 * c.Connections, // never reached: the gate refuses earlier, see there
		ReadTimeout:                  c.ReadTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		ReadBufferSize:               headerLimit,
		CaseSensitive:                true,
		StrictRouting:                true,
		DisablePreParseMultipartForm: true,
		DisableStartupMessage:        true,
		// With it fasthttp 1.51 loses the answers to pipelined requests, and
		// puts no time on the first byte of a connection.
		ReduceMemoryUsage: false,
		ErrorHandler:      s.httpError,
	})
	for _, r := range routes {
		s.app.Add(r.method, r.path, s.serve(r))
	}
	s.app.Get("/livez", s.live)
	s.app.Get("/readyz", s.ready)
	if c.Docs {
		s.pages(s.app)
	}
	server := s.app.Server()
	server.Handler = s.guard(s.app.Handler())
	server.HeaderReceived = s.admit
	server.ConnState = s.gate.changed
	return s, nil
}

// Serve answers on a listener, plain or TLS, until [Server.Shutdown]; it then
// returns nil, at once if that came first.
func (s *Server) Serve(l net.Listener) error {
	if !s.gate.use(l) {
		return l.Close()
	}
	return s.app.Server().Serve(s.gate)
}

// Load is how many requests are being worked on, and how many may be.
func (s *Server) Load() (now, most int) { return len(s.slots), cap(s.slots) }

// answerTime is what Shutdown leaves for writing the last answers.
const answerTime = time.Second

// Shutdown takes no more operations: who asks for one is told 503 as long as
// others are running. It returns when none is, so that what they work with can
// be closed. Operations
// have until ctx is done; then their contexts end, and what they have to finish
// nevertheless takes up to 5 s (oblik/api). Answers get 1 s to be written, then
// all connections are cut: a client that has sent half a request keeps nobody.
//
// fasthttp's own Shutdown waits for every connection, and serves on if its
// context ends first; it is not used.
func (s *Server) Shutdown(ctx context.Context) (err error) {
	s.shutdown.Do(func() {
		s.gate.drain()
		defer context.AfterFunc(ctx, s.end)()
		for range cap(s.slots) {
			s.slots <- struct{}{} // for good
		}
		err = s.gate.stop()
		select {
		case <-s.gate.empty:
		case <-time.After(answerTime):
		}
		s.gate.cut(func(bool) bool { return true })
		s.end()
	})
	return err
}
