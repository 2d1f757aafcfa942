package observe

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler answers GET /metrics, two scrapes at once at most, and 404 else. It
// asks nobody who he is: it belongs on a listener of its own that only the
// operator's network reaches.
func (o *Observer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 2, ErrorHandling: promhttp.ContinueOnError,
	}))
	return mux
}

// Serve answers plain HTTP on l until it is closed; then it returns nil.
func (o *Observer) Serve(l net.Listener) error {
	server := &http.Server{
		Handler: o.Handler(), MaxHeaderBytes: 16 << 10,
		ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	err := server.Serve(l)
	if closing := server.Close(); closing != nil && !errors.Is(closing, net.ErrClosed) {
		return closing
	}
	if errors.Is(err, net.ErrClosed) || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
