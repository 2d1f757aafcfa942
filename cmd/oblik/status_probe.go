package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"oblik/models"
)

// probeFlags say where the service is.
type probeFlags struct {
	URL              string `name:"url" help:"The service, as https://HOST:PORT with the name of its certificate. Default: --listen, on this machine." placeholder:"URL"`
	CAFile           string `name:"ca-file" help:"Certificates to trust besides the system's, a PEM file." type:"path"`
	ClientCert       string `help:"Certificate to show to a service that demands one, a PEM file." type:"path"`
	ClientKey        string `help:"Its private key, a PEM file." type:"path"`
	Listen           string `help:"Address that the service listens on." default:"127.0.0.1:8443"`
	InsecureLoopback bool   `help:"The service speaks plain HTTP on a loopback address."`
}

// checks asks the service whether it lives and is ready.
func (f probeFlags) checks(ctx context.Context) []check {
	bad := func(err error, next string) []check { return []check{{"service", partWrong, err.Error(), next}} }
	base, err := f.base()
	if err != nil {
		return bad(err, "Correct --url or --listen.")
	}
	client, err := f.client()
	if err != nil {
		return bad(err, "Correct --ca-file, --client-cert or --client-key.")
	}
	defer client.CloseIdleConnections()
	if _, _, err := ask(ctx, client, base+"/livez"); err != nil {
		return bad(err, f.afterFailure(ctx, client, base, err))
	}
	status, detail, err := ask(ctx, client, base+"/readyz")
	switch {
	case err != nil:
		return bad(err, "Ask again; if it stays so, read the service's log.")
	case status != http.StatusOK:
		return []check{{"service", partWrong, "it runs and is not ready: " + detail, "Wait while the index is loaded; else mend what is named: the service then goes on by itself."}}
	case detail != "":
		return []check{{"service", partWrong, "it verifies and identifies, and can't enrol: " + detail, imagesNext(models.Unavailable)}}
	}
	return []check{{"service", partWell, "ready at " + base, ""}}
}

// afterFailure is what to do about a service that can't be asked for err.
func (f probeFlags) afterFailure(ctx context.Context, client *http.Client, base string, err error) string {
	var untrusted *tls.CertificateVerificationError
	var told *net.OpError
	switch {
	case errors.As(err, &untrusted):
		return "Give --url with the name of the service's certificate, and --ca-file if its authority is your own."
	case errors.As(err, &told) && told.Op == "remote error" && strings.Contains(told.Err.Error(), "certificate"):
		return "The service demands a client's certificate: give --client-cert and --client-key."
	case speaksPlain(ctx, client, base, err):
		return "It answers, but by plain HTTP: add --insecure-loopback, or give --url http://HOST:PORT."
	}
	return "Start the service (systemctl start oblik), and read its log if it does not stay."
}

// speaksPlain says whether what fails with err as https answers by HTTP. A server
// may wait for the rest of what it takes for a request; on a loopback address it
// is asked.
func speaksPlain(ctx context.Context, client *http.Client, base string, err error) bool {
	u, bad := url.Parse(base)
	if bad != nil || u.Scheme != "https" {
		return false
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		_, _, err := ask(ctx, client, "http://"+u.Host+"/livez")
		return err == nil
	}
	return errors.Is(err, http.ErrSchemeMismatch)
}

// base is the service's URL without a path.
func (f probeFlags) base() (string, error) {
	if f.URL != "" {
		u, err := url.Parse(f.URL)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" || u.User != nil || u.RawQuery != "" {
			return "", errors.New("--url is not http(s)://HOST:PORT")
		}
		return u.Scheme + "://" + u.Host, nil
	}
	host, port, err := net.SplitHostPort(f.Listen)
	if err != nil {
		return "", fmt.Errorf("--listen: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "https"
	if f.InsecureLoopback {
		scheme = "http"
	}
	return scheme + "://" + net.JoinHostPort(host, port), nil
}

// client asks the service itself: no proxy, no redirect.
func (f probeFlags) client() (*http.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.CAFile != "" {
		text, err := os.ReadFile(f.CAFile)
		if err != nil {
			return nil, err
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			return nil, err
		}
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, errors.New("--ca-file holds no certificate")
		}
	}
	if f.ClientCert != "" || f.ClientKey != "" {
		pair, err := tls.LoadX509KeyPair(f.ClientCert, f.ClientKey)
		if err != nil {
			return nil, fmt.Errorf("--client-cert and --client-key: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return &http.Client{
		Timeout:       statusTime,
		Transport:     &http.Transport{TLSClientConfig: config, TLSHandshakeTimeout: statusTime / 2},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// ask gives an answer's status and what it says is amiss.
func ask(ctx context.Context, client *http.Client, address string) (status int, detail string, err error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	a, err := client.Do(q)
	if err != nil {
		return 0, "", err
	}
	defer a.Body.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(io.LimitReader(a.Body, 4<<10))
	if err != nil {
		return 0, "", err
	}
	var said struct{ Detail, Message string }
	if json.Unmarshal(text, &said) != nil {
		return 0, "", errors.New("what answers there is not this service")
	}
	return a.StatusCode, said.Detail + said.Message, nil
}
