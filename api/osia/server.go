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
//   - A writing operation takes an Idempotency-Key header, see once.go.
//   - An image that the deployment does not keep is read as an imageRef that says so.
//   - An unknown record, person and gallery are one 404 with one text.
package osia

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/golang-jwt/jwt/v5"
	"github.com/valyala/fasthttp"
)

// keptBody is how large a body buffer a connection keeps between two requests,
// in bytes. Larger ones are the garbage collector's; fasthttp has this limit
// for the whole process only.
const keptBody = 64 << 10

func init() { fasthttp.SetBodySizePoolLimit(keptBody, keptBody) }

// Server is an HTTP server.
type Server struct {
	config Config
	app    *fiber.App
	tokens *jwt.Parser
	slots  chan struct{} // one for each request being worked on
	gate   *gate

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
		config: c, tokens: c.Auth.parser(), slots: make(chan struct{}, c.Concurrency),
		gate: newGate(c.Connections, largestBodies*c.BodyLimit),
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

// answerTime is what Shutdown leaves for writing the last answers.
const answerTime = time.Second

// Shutdown takes no more connections and no more operations (503), and returns
// when none is running, so that what they work with can be closed. Operations
// have until ctx is done; then their contexts end, and what they have to finish
// nevertheless takes up to 5 s (oblik/api). Answers get 1 s to be written, then
// all connections are cut: a client that has sent half a request keeps nobody.
//
// fasthttp's own Shutdown waits for every connection, and serves on if its
// context ends first; it is not used.
func (s *Server) Shutdown(ctx context.Context) (err error) {
	s.shutdown.Do(func() {
		err = s.gate.stop()
		defer context.AfterFunc(ctx, s.end)()
		for range cap(s.slots) {
			s.slots <- struct{}{} // for good
		}
		select {
		case <-s.gate.empty:
		case <-time.After(answerTime):
		}
		s.gate.cut(func(bool) bool { return true })
		s.end()
	})
	return err
}
