package main

import (
	"context"
	"errors"
	"log/slog"
	"net"

	monitor "oblik/api/observe"
	"oblik/api/osia"
	"oblik/models"
)

// observeFlags say who may watch the service.
type observeFlags struct {
	MetricsListen string  `help:"Address for Prometheus to ask at /metrics: plain HTTP without a token, so a loopback address or one that only the operator's network reaches. Without it there are no metrics." placeholder:"ADDRESS"`
	OTLPEndpoint  string  `name:"otlp-endpoint" help:"Where traces go, by OTLP over HTTP, as http://127.0.0.1:4318. Without it there are none." placeholder:"URL"`
	OTLPSample    float64 `name:"otlp-sample" help:"Part of the requests that are traced, 0..1." default:"0.1"`
}

// observer is nil if nobody watches.
func (f observeFlags) observer(recogniser string) (*monitor.Observer, error) {
	if f.MetricsListen == "" && f.OTLPEndpoint == "" {
		return nil, nil //nolint:nilnil // nobody watches
	}
	return monitor.New(monitor.Config{
		Version: version(), Operations: osia.Operations(), Weights: []string{recogniser},
		Endpoint: f.OTLPEndpoint, Sample: f.OTLPSample,
	})
}

// listen opens the metrics' port; nil if there is none.
func (f observeFlags) listen(ctx context.Context, log *slog.Logger) (net.Listener, error) {
	if f.MetricsListen == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	address, err := net.ResolveTCPAddr("tcp", f.MetricsListen)
	if err != nil {
		return nil, models.Errorf("serve", models.Invalid, "--metrics-listen: %w", err)
	}
	if !address.IP.IsLoopback() && !address.IP.IsPrivate() {
		log.Warn("the metrics are on an address that is neither loopback nor private, without a token: see who can reach it", "address", address.String())
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address.String())
	if err != nil {
		return nil, models.Errorf("serve", models.Unavailable, "--metrics-listen: %w", err)
	}
	return l, nil
}

// watch serves the metrics on l and sends traces until stop is called, which
// takes a second at most. load is how many requests are worked on and how many
// may be. o and l may be nil.
func watch(o *monitor.Observer, l net.Listener, s *service, load func() (now, most int)) (stop func() error) {
	if o == nil {
		return func() error { return nil }
	}
	o.Add(sources(s, load)...)
	served := make(chan error, 1)
	if l == nil {
		served <- nil
	} else {
		s.Log.Info("metrics", "address", "http://"+l.Addr().String()+"/metrics")
		go func() { served <- o.Serve(l) }()
	}
	return func() (err error) {
		if l != nil {
			err = l.Close()
		}
		err = errors.Join(err, <-served)
		if lost := o.Close(); lost != nil {
			s.Log.Warn("the last traces were lost", "error", lost)
		}
		return err
	}
}
