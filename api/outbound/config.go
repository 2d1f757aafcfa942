package outbound

import (
	"crypto/x509"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"oblik/models"
)

// Config says which hosts may be called.
type Config struct {
	// Hosts are names or addresses, IPv6 in brackets, each with or without a port:
	// "desk.example", "desk.example:8443", "10.1.2.3", "[fd00::1]:8443". The match
	// is exact. Without a port it is 443, with InsecureHTTP 80 too. A host listed
	// as an address may be one of a private network.
	Hosts []string
	// Networks are private ones in which a listed name may have its address.
	Networks []netip.Prefix
	// InsecureHTTP allows http: for trying it on one machine.
	InsecureHTTP bool
	// CAFile names a PEM file of certificates trusted beside the system's; empty
	// for none.
	CAFile string
	// Timeout of one call, from looking the name up to the end of the answer;
	// 0 for 10 s.
	Timeout time.Duration
}

const (
	usualTimeout = 10 * time.Second
	maxTimeout   = 5 * time.Minute
	maxHosts     = 1000
	maxCAFile    = 1 << 20 // bytes
)

// Check fills in the default, and refuses, as [models.Invalid], what can't be
// meant.
func (c Config) Check() (Config, error) {
	if c.Timeout == 0 {
		c.Timeout = usualTimeout
	}
	switch {
	case len(c.Hosts) == 0 || len(c.Hosts) > maxHosts:
		return c, bad("there must be 1 to %d hosts", maxHosts)
	case c.Timeout < 0 || c.Timeout > maxTimeout:
		return c, bad("a timeout of %v is not within 0..%v", c.Timeout, maxTimeout)
	}
	for _, h := range c.Hosts {
		if _, _, err := split(h); err != nil {
			return c, err
		}
	}
	for _, n := range c.Networks {
		if !n.IsValid() || n != n.Masked() || n.Addr().Is4In6() {
			return c, bad("%q is not a network: it is written 10.0.0.0/8 or fd00::/8, without bits beyond its length", n)
		}
	}
	return c, nil
}

func bad(text string, args ...any) error {
	return models.Errorf("outbound", models.Invalid, text, args...)
}

// name is a DNS name whose last label does not begin with a digit: what does
// is read as an address by some resolvers ("127.1", "0x7f000001").
var name = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

const maxName = 253

// split reads an entry of Hosts; port is empty if there is none.
func split(entry string) (host, port string, err error) {
	host = lower(entry)
	if h, p, err := net.SplitHostPort(host); err == nil {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 || p != strconv.FormatUint(n, 10) {
			return "", "", bad("%q has no port within 1..65535", entry)
		}
		host, port = h, p
		if strings.Contains(h, ":") {
			host = "[" + h + "]"
		}
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
		if a, err := netip.ParseAddr(host); err != nil || !a.Is6() || a.Is4In6() || a.Zone() != "" || a.String() != host || inner == host {
			return "", "", bad("%q is not an IPv6 address in its shortest form", entry)
		}
		return host, port, nil
	}
	if a, err := netip.ParseAddr(host); (err != nil || !a.Is4()) && (len(host) > maxName || !name.MatchString(host)) {
		return "", "", bad("%q is neither a name nor an address, with or without a port", entry)
	}
	return host, port, nil
}

func lower(s string) string { return strings.ToLower(s) }

// roots are the certificates that are trusted.
func (c Config) roots() (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, bad("the system's certificates: %w", err)
	}
	if c.CAFile == "" {
		return pool, nil
	}
	info, err := os.Stat(c.CAFile)
	if err != nil {
		return nil, bad("%w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxCAFile {
		return nil, bad("%s is not a file of at most %d bytes", c.CAFile, maxCAFile)
	}
	data, err := os.ReadFile(filepath.Clean(c.CAFile))
	if err != nil {
		return nil, bad("%w", err)
	}
	if !pool.AppendCertsFromPEM(data) {
		return nil, bad("%s holds no certificate in PEM", c.CAFile)
	}
	return pool, nil
}
