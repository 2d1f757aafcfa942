package outbound

import (
	"net"
	"net/netip"
	"net/url"

	"oblik/models"
)

// literal says whether a host is an address.
func literal(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// Check says whether a URL may be called, as far as it tells by itself: nothing
// is resolved and nobody asked. The error is of kind [models.Invalid].
func (c *Client) Check(rawURL string) error {
	_, err := c.parse(rawURL)
	return err
}

const maxURL = 4096 // bytes

// parse leaves nothing to a second reading of the URL: what it returns is what
// is called.
func (c *Client) parse(rawURL string) (*url.URL, error) {
	bad := func(text string) (*url.URL, error) { return nil, models.Errorf("url", models.Invalid, "%s", text) }
	if len(rawURL) > maxURL {
		return bad("it is too long")
	}
	for _, b := range []byte(rawURL) {
		if b <= ' ' || b > '~' || b == '\\' || b == '#' {
			return bad("it has a fragment, or characters that a URL has not")
		}
	}
	u, err := url.Parse(rawURL)
	if err != nil || u.Opaque != "" || u.Host == "" {
		return bad("it is not an absolute URL") // the cause quotes it
	}
	port := u.Port()
	switch {
	case u.Scheme == "https" && port == "":
		port = "443"
	case u.Scheme == "http" && port == "":
		port = "80"
	}
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !c.plain):
		return bad("its scheme is not accepted")
	case u.User != nil:
		return bad("it has a user")
	case !c.hosts[net.JoinHostPort(lower(u.Hostname()), port)]:
		return bad("its host and port are not listed")
	}
	return u, nil
}
