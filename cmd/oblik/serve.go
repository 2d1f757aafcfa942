package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"syscall"
	"time"

	"oblik/api"
	"oblik/api/osia"
	"oblik/models"
)

// serviceFlags are everything a service is configured with.
type serviceFlags struct {
	matchFlags
	authFlags
	outboundFlags
	observeFlags
	Listen           string        `help:"Address to listen on." default:"127.0.0.1:8443"`
	TLSCert          string        `name:"tls-cert" help:"Certificate chain, a PEM file." type:"path"`
	TLSKey           string        `name:"tls-key" help:"Its private key, a PEM file." type:"path"`
	InsecureLoopback bool          `help:"Plain HTTP; only on a loopback address."`
	MaxRequests      int           `help:"Requests worked on at once; one more is told to come back." default:"64"`
	RequestTimeout   time.Duration `help:"Time for one request." default:"10s"`
	Docs             bool          `help:"Serve a description of the interface (/openapi.json) and a page to try it (/docs)." default:"true" negatable:""`
	LogLevel         slog.Level    `help:"debug, info, warn or error." default:"info"`
	LogFormat        string        `help:"text, for people, or json: then standard output is JSON, too." enum:"text,json" default:"text"`
}

// serveCmd is the service.
type serveCmd struct {
	serviceFlags
}

const (
	// These start the lines on the standard output that say what the service
	// works with, and, last, that it is ready and where.
	engineIs  = "engine "
	sandboxIs = "sandbox "
	listening = "listening on "
	// drainTime is what the requests under way have when the service is told to
	// stop. Those not done then are cancelled, whatever --request-timeout is; one
	// that has begun to change the store may finish that, within 5 s (oblik/api),
	// and answers have 1 s to be written (oblik/api/osia). Together it is the 10 s
	// after which a container's manager kills.
	drainTime = 4 * time.Second
)

// Run implements the subcommand; it ends when the process is told to stop.
func (c serveCmd) Run(p *program) (err error) {
	if c.Workers == 0 {
		return models.Errorf("serve", models.Invalid,
			"--workers 0 is for tools and tests: a photograph that crashes the decoder would end the service")
	}
	log := newServiceLog(p.err, c.LogLevel, c.LogFormat)
	// A core dump would hold faces and tokens.
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return models.Errorf("serve", models.Internal, "no limit on core dumps: %w", err)
	}
	auth, policy, err := c.load(c.dataFlags, log)
	if err != nil {
		return err
	}
	follow(p.ctx, auth, policy, log)
	listener, scheme, err := c.listen(p.ctx, auth.Certificates)
	if err != nil {
		return err
	}
	defer func() {
		if e := listener.Close(); e != nil && !errors.Is(e, net.ErrClosed) {
			err = errors.Join(err, e)
		}
	}()
	observer, err := c.observer(c.Recogniser)
	if err != nil {
		return err
	}
	metrics, err := c.observeFlags.listen(p.ctx, log)
	if err != nil {
		return err
	}
	s, err := c.prepare(p, 256, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if observer != nil {
		s.Observer = observer
	}
	server, err := c.server(s, auth, policy, log)
	if err != nil {
		return err
	}
	stop := watch(observer, metrics, s, server.Load)
	defer func() { err = errors.Join(err, stop()) }()
	return c.serve(p, s, server, listener, scheme)
}

// server is the service's HTTP side.
func (c serveCmd) server(s *service, auth osia.Auth, policy *osia.Policy, log *slog.Logger) (*osia.Server, error) {
	callbacks, err := c.client(c.CallbackHosts)
	if err != nil {
		return nil, err
	}
	references, err := c.client(c.ImageRefHosts)
	if err != nil {
		return nil, err
	}
	if references != nil {
		s.Fetch = func(ctx context.Context, uri string) ([]byte, error) { return references.Get(ctx, uri, c.MaxImage) }
	}
	return osia.New(osia.Config{
		Service: s.Service, Log: log, Concurrency: c.MaxRequests, Timeout: c.RequestTimeout,
		Auth: auth, Policy: policy, Outbound: callbacks, Docs: c.Docs,
		Tasks: api.TaskPolicy{
			WorkTime: c.RequestTimeout, DeliverTime: c.CallbackTimeout, Attempts: c.CallbackAttempts,
			Retention: c.TaskRetention, Drain: drainTime,
		},
		Alive:     s.alive,
		BodyLimit: bodyLimit(c.MaxImage),
	})
}

// patience is what loading the index may take before the service says that it
// listens; it answers /livez and /readyz from the beginning.
const patience = 5 * time.Second

// serve answers until the process is told to stop, then lets what is under way
// finish. Meanwhile it loads the index and keeps everything in order.
func (c serveCmd) serve(p *program, s *service, server *osia.Server, listener net.Listener, scheme string) error {
	tending, stop := context.WithCancel(context.WithoutCancel(p.ctx))
	var tend sync.WaitGroup
	defer func() { stop(); tend.Wait() }()
	failed, begun := make(chan error, 2), make(chan struct{})
	tend.Go(func() {
		err := passing(s.begin(tending))
		close(begun)
		if err != nil && tending.Err() == nil {
			failed <- err
			return
		}
		s.Tend(tending)
	})
	working, rest := context.WithCancel(context.WithoutCancel(p.ctx))
	var work sync.WaitGroup
	defer func() { rest(); work.Wait() }()
	work.Go(func() { server.RunTasks(working) })
	go func() { failed <- server.Serve(listener) }()
	select {
	case <-begun:
	case <-time.After(patience):
	case <-p.ctx.Done():
	}
	if len(failed) == 0 {
		c.announce(p, s, fmt.Sprintf("%s://%s", scheme, listener.Addr()))
	}
	select {
	case err := <-failed:
		return err
	case <-p.ctx.Done():
		s.Log.Info("stopping")
		rest() // tasks are taken up again by whoever starts next
		drain, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), drainTime)
		defer cancel()
		err := server.Shutdown(drain)
		s.Log.Info("stopped")
		return err
	}
}

// announce says what the service works with, and where it listens. With a log in
// JSON each line of both outputs is an object, and the first is in the log alone.
func (c serveCmd) announce(p *program, s *service, address string) {
	if c.LogFormat == "json" {
		fmt.Fprintf(p.out, "{\"listening\":%q}\n", address)
	} else {
		fmt.Fprintf(p.out, "%s%s\n%s%s\n%s%s\n", engineIs, s.extractor.Engine(), sandboxIs, s.extractor.Sandbox(), listening, address)
	}
	state := "ready"
	if err := s.Ready(); err != nil {
		state = "listening, not ready yet: " + reason(err)
	}
	s.Log.Info(state, "address", address, "version", version(), "data", s.stores.where, "encounters", s.Index.Len(),
		"search", s.kernel, "workers", s.extractor.Ready(), "detector", c.Detector, "recogniser", c.Recogniser)
}

// bodyLimit fits two of the largest images in base64, and 4 MiB beside them.
func bodyLimit(maxImage int) int { return 2*((maxImage+2)/3*4) + 4<<20 }
