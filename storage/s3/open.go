package s3

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/minio/minio-go/v7"
	"golang.org/x/sync/singleflight"

	"oblik/models"
	"oblik/storage"
)

// The limits of one request. The caller's context bounds all of them together.
const (
	attempts      = 3 // so two retries, 0.2 and 0.4 s apart at most
	dialTimeout   = time.Second
	tlsTimeout    = 2 * time.Second
	headerTimeout = 10 * time.Second // from the end of a request to the begin of its answer
	idleTimeout   = time.Minute
	idlePerHost   = 64 // connections kept open between requests
)

// Store keeps images in one bucket. It is safe for concurrent use.
type Store struct {
	core      minio.Core
	transport *http.Transport
	bucket    string
	prefix    string
	probing   singleflight.Group
	findings  atomic.Pointer[[]string] // of the probe; nil until it has passed
}

var _ storage.Images = (*Store)(nil)

// Open makes no request, so that a server that is down does not keep the
// service from starting. A wrong configuration is [models.Invalid].
func Open(_ context.Context, c Config) (*Store, error) {
	const op = "storage/s3.Open"
	u, err := c.check(op)
	if err != nil {
		return nil, err
	}
	trust, err := authorities(op, c.CAFile)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:       &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   tlsTimeout,
		ResponseHeaderTimeout: headerTimeout,
		IdleConnTimeout:       idleTimeout,
		MaxIdleConns:          idlePerHost,
		MaxIdleConnsPerHost:   idlePerHost,
		DisableCompression:    true, // an image comes as it is stored
	}
	core, err := minio.NewCore(u.Host, &minio.Options{
		Creds: credentialsOf(c), Secure: u.Scheme == "https", Transport: transport, Region: c.Region,
		BucketLookup: addressing[c.PathStyle], MaxRetries: attempts,
	})
	if err != nil {
		return nil, models.Errorf(op, models.Invalid, "the endpoint: %w", err)
	}
	return &Store{core: *core, transport: transport, bucket: c.Bucket, prefix: c.Prefix}, nil
}

// Close gives up the idle connections. Requests under way are not ended.
func (s *Store) Close() error {
	s.transport.CloseIdleConnections()
	return nil
}

// authorities are the system's and those of a file; nil for the system's alone.
func authorities(op, file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file) // #nosec G304 -- the operator names it
	if err != nil {
		return nil, models.Errorf(op, models.Invalid, "the file of authorities: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, models.Errorf(op, models.Invalid, "the file of authorities holds no certificate")
	}
	return pool, nil
}

// name is the object of an image. Two digits of the key make a folder where a
// server keeps objects as files, so that a million images make folders of 4,000;
// the names sort as the keys do.
func (s *Store) name(key string) string { return s.prefix + key[:2] + "/" + key }
