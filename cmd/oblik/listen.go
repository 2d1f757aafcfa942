package main

import (
	"context"
	"crypto/tls"
	"net"

	"oblik/api/osia"
	"oblik/models"
)

// listen opens the port: TLS 1.2 or newer, with clients' certificates if clients
// is not nil, or plain HTTP on loopback alone.
func (c serveCmd) listen(ctx context.Context, clients *osia.Certificates) (net.Listener, string, error) {
	bad := func(text string, args ...any) error { return models.Errorf("serve", models.Invalid, text, args...) }
	address, err := net.ResolveTCPAddr("tcp", c.Listen)
	if err != nil {
		return nil, "", bad("--listen: %w", err)
	}
	withTLS := c.TLSCert != "" || c.TLSKey != ""
	switch {
	case withTLS && (c.TLSCert == "" || c.TLSKey == ""):
		return nil, "", bad("--tls-cert and --tls-key are needed together")
	case withTLS && c.InsecureLoopback:
		return nil, "", bad("--insecure-loopback and --tls-cert exclude each other")
	case !withTLS && !c.InsecureLoopback:
		return nil, "", bad("either --tls-cert and --tls-key, or --insecure-loopback for trying it on this machine")
	case clients != nil && !withTLS:
		return nil, "", bad("--client-ca needs --tls-cert and --tls-key")
	case c.InsecureLoopback && (address.IP == nil || !address.IP.IsLoopback()):
		return nil, "", bad("--insecure-loopback listens on a loopback address only, not on %s", c.Listen)
	}
	var config *tls.Config
	if withTLS {
		pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return nil, "", bad("--tls-cert and --tls-key: %w", err)
		}
		config = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
		if clients != nil {
			clients.Require(config)
		}
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", address.String())
	if err != nil {
		return nil, "", models.Errorf("serve", models.Unavailable, "%w", err)
	}
	if withTLS {
		return tls.NewListener(listener, config), "https", nil
	}
	return listener, "http", nil
}
