package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"

	"oblik/api/conformance"
	"oblik/models"
)

// conformanceCallbacks say where results are called back to.
type conformanceCallbacks struct {
	NoAsync        bool          `help:"Do not test asynchronous calls."`
	CallbackListen string        `help:"Address to receive callbacks on." default:"127.0.0.1:0"`
	CallbackURL    string        `name:"callback-url" help:"What the service is told to call back; the address listened on if not given."`
	CallbackCert   string        `help:"Certificate chain for callbacks over https, a PEM file." type:"path"`
	CallbackKey    string        `help:"Its private key, a PEM file." type:"path"`
	CallbackWait   time.Duration `help:"Time for one callback to come." default:"20s"`
}

// receive listens for callbacks until stop is called.
func (c conformanceCallbacks) receive(ctx context.Context) (inbox *conformance.Inbox, stop func(), err error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", c.CallbackListen)
	if err != nil {
		return nil, nil, models.Errorf("conformance", models.Invalid, "--callback-listen: %w", err)
	}
	scheme := "http"
	if c.CallbackCert != "" || c.CallbackKey != "" {
		pair, err := tls.LoadX509KeyPair(c.CallbackCert, c.CallbackKey)
		if err != nil {
			return nil, nil, errors.Join(models.Errorf("conformance", models.Invalid, "--callback-cert and --callback-key: %w", err), listener.Close())
		}
		scheme, listener = "https", tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	}
	url := c.CallbackURL
	if url == "" {
		url = scheme + "://" + listener.Addr().String()
	}
	inbox = conformance.NewInbox(url, c.CallbackWait)
	server := &http.Server{Handler: inbox, ReadHeaderTimeout: c.CallbackWait, ReadTimeout: c.CallbackWait}
	go server.Serve(listener) //nolint:errcheck // ends when stop closes it
	return inbox, func() { _ = server.Close() }, nil
}
