package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"oblik/models"
)

// dialContext opens a connection.
type dialContext func(ctx context.Context, network, address string) (net.Conn, error)

// dialer resolves a name and dials the first of its addresses that is allowed
// and answers. Only listed hosts get here; of these an address was listed as
// such, so it needs no check. The check is the socket's last step before it
// connects, of the very address it connects to.
func dialer(networks []netip.Prefix, resolver *net.Resolver) dialContext {
	var v4, v6 []netip.Prefix
	for _, n := range networks {
		if n.Addr().Is4() {
			v4 = append(v4, n)
		} else {
			v6 = append(v6, n)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	named := &net.Dialer{Resolver: resolver, Control: guard.Safe}
	listed := &net.Dialer{}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		if literal(host) {
			return listed.DialContext(ctx, network, address)
		}
		return named.DialContext(ctx, network, address)
	}
}

// transport is HTTP/1.1, in which an answer's headers can be bounded in bytes.
// Compressed answers are not asked for, nor inflated.
func transport(dial dialContext, roots *x509.CertPool, timeout time.Duration) *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    timeout,
		ResponseHeaderTimeout:  timeout,
		MaxResponseHeaderBytes: maxHeaders,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxIdleHost,
		IdleConnTimeout:        idleTime,
		DisableCompression:     true,
	}
}

// failure names the host and what was wrong, in our words: the causes quote
// URLs, addresses of the inner network and what strangers answer.
func failure(op, host string, err error) error {
	if errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedNetwork) {
		return models.Errorf(op, models.Invalid, "the address of %s is not allowed", host)
	}
	return models.Errorf(op, models.Unavailable, "%s: %s", host, reason(err))
}

func reason(err error) string {
	var slow net.Error
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &name) && !name.IsTimeout:
		return "the name can't be resolved"
	case errors.Is(err, context.Canceled):
		return "given up"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return "no answer in time"
	case errors.As(err, &certificate):
		return "its certificate is not trusted"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection is refused"
	default:
		return "the connection broke, or the answer is not sound HTTP"
	}
}
