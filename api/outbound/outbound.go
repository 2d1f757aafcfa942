// Package outbound asks addresses that strangers name: it delivers results to
// callbacks and fetches images by reference. Whoever names an address in a
// request makes this service call it from inside its network; so each call
// passes these, in this order:
//
//  1. The URL is https (http where the operator says so) without user, password
//     and fragment, and its host and port are on the operator's list.
//  2. The name is resolved once, and the address it has is checked at the moment
//     it is dialled: an answer that changes between the check and the call (DNS
//     rebinding) changes nothing. Addresses that are not of the public Internet
//     are refused: private, loopback, link-local, shared (CGNAT), multicast,
//     unspecified, documentation, and IPv6 that embeds IPv4 (mapped, NAT64,
//     6to4, Teredo); the table is IANA's, of code.dny.dev/ssrf. A host that is
//     listed as an address, and the networks that are listed, are exempt. A
//     NAT64 prefix of the operator's own can't be told from a public address.
//  3. TLS 1.2 or newer, with the system's roots and one file more. Redirects are
//     not followed, proxies of the environment not asked.
//  4. The time of a call, the answer's headers and its body have bounds.
//
// Errors and logs name the host alone: the rest of a URL may hold secrets.
package outbound

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"time"

	"oblik/models"
)

const (
	maxHeaders  = 16 << 10 // bytes of an answer's headers
	maxAnswer   = 4 << 10  // bytes of a callback's answer that are read
	maxIdle     = 32       // connections kept for a further call, of all hosts
	maxIdleHost = 4
	idleTime    = 30 * time.Second
)

// Client calls the hosts its operator has listed. It is safe for concurrent use.
type Client struct {
	hosts   map[string]bool // as host:port
	plain   bool            // http too
	timeout time.Duration
	http    *http.Client
}

// New makes a client. Its error is of kind [models.Invalid].
func New(c Config) (*Client, error) { return build(c, nil) }

// build takes the resolver that tests replace; nil for the system's.
func build(c Config, resolver *net.Resolver) (*Client, error) {
	c, err := c.Check()
	if err != nil {
		return nil, err
	}
	roots, err := c.roots()
	if err != nil {
		return nil, err
	}
	client := &Client{hosts: map[string]bool{}, plain: c.InsecureHTTP, timeout: c.Timeout}
	for _, h := range c.Hosts {
		host, port, err := split(h)
		if err != nil {
			return nil, err
		}
		if port != "" {
			client.hosts[net.JoinHostPort(host, port)] = true
			continue
		}
		client.hosts[net.JoinHostPort(host, "443")] = true
		if c.InsecureHTTP {
			client.hosts[net.JoinHostPort(host, "80")] = true
		}
	}
	client.http = &http.Client{
		Timeout:       c.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     transport(dialer(c.Networks, resolver), roots, c.Timeout),
	}
	return client, nil
}

// Close ends the connections that are kept.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Post sends a body, and returns the status of the answer; its body is read no
// further than 4 KiB and dropped. The error is of kind [models.Invalid] for an
// address that is not acceptable, else [models.Unavailable].
func (c *Client) Post(ctx context.Context, rawURL, mime string, body []byte) (status int, err error) {
	const op = "callback"
	q, err := c.request(ctx, op, http.MethodPost, rawURL, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	q.Header.Set("Content-Type", mime)
	a, err := c.http.Do(q)
	if err != nil {
		return 0, failure(op, q.URL.Hostname(), err)
	}
	defer func() { _ = a.Body.Close() }()
	// What is read lets the connection be used again; nothing depends on it.
	_, _ = io.CopyN(io.Discard, a.Body, maxAnswer)
	return a.StatusCode, nil
}

// Get fetches at most limit bytes. The error is of kind [models.Invalid] for an
// address that is not acceptable or has no such thing, [models.LargeImage] for
// more bytes, else [models.Unavailable].
func (c *Client) Get(ctx context.Context, rawURL string, limit int) (data []byte, err error) {
	const op = "fetch"
	q, err := c.request(ctx, op, http.MethodGet, rawURL, nil)
	if err != nil {
		return nil, err
	}
	host := q.URL.Hostname()
	a, err := c.http.Do(q)
	if err != nil {
		return nil, failure(op, host, err)
	}
	defer func() { _ = a.Body.Close() }()
	switch {
	case a.StatusCode >= http.StatusInternalServerError:
		return nil, models.Errorf(op, models.Unavailable, "%s answers %d", host, a.StatusCode)
	case a.StatusCode != http.StatusOK:
		return nil, models.Errorf(op, models.Invalid, "%s answers %d", host, a.StatusCode)
	case a.ContentLength > int64(limit):
		return nil, tooLarge(op, limit)
	}
	data, err = io.ReadAll(io.LimitReader(a.Body, int64(limit)+1))
	switch {
	case err != nil:
		return nil, failure(op, host, err)
	case len(data) > limit:
		return nil, tooLarge(op, limit)
	}
	return data, nil
}

func tooLarge(op string, limit int) error {
	return models.Errorf(op, models.LargeImage, "more than %d bytes", limit)
}

func (c *Client) request(ctx context.Context, op, method, rawURL string, body io.Reader) (*http.Request, error) {
	u, err := c.parse(rawURL)
	if err != nil {
		return nil, err
	}
	q, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, models.Errorf(op, models.Invalid, "not a URL") // the cause quotes it
	}
	q.URL, q.Host = u, u.Host // as it was checked
	q.Header.Set("User-Agent", "oblik")
	return q, nil
}
