package osia

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"oblik/models"
)

const (
	maxCAFile  = 1 << 20  // bytes
	maxCRLFile = 16 << 20 // bytes
)

// Certificates are those that clients have to show: issued by an authority of
// the operator's, not revoked, and with a subject alternative name (DNS name,
// URI or e-mail address) that is one of the names of the token's client: a
// token that was stolen is of no use without its holder's certificate.
type Certificates struct {
	authorities []*x509.Certificate
	crls        []string
	revoked     atomic.Pointer[map[string]bool] // by revocation
}

// LoadCertificates reads the authorities' certificates and lists of revoked ones
// (CRL, RFC 5280), both PEM. What can't be used is [models.Invalid]: a list that
// no authority has signed, or that is out of date.
func LoadCertificates(authorities string, crls ...string) (*Certificates, error) {
	bad := func(err error) error { return models.Errorf("client CA", models.Invalid, "%s: %w", authorities, err) }
	blocks, err := readPEM(authorities, "CERTIFICATE", maxCAFile)
	if err != nil {
		return nil, bad(err)
	}
	c := &Certificates{crls: crls}
	for _, block := range blocks {
		authority, err := x509.ParseCertificate(block)
		if err != nil {
			return nil, bad(err)
		}
		if !authority.IsCA {
			return nil, bad(errors.New("a certificate in it is no authority's"))
		}
		c.authorities = append(c.authorities, authority)
	}
	return c, c.Reload()
}

// Reload reads the lists of revoked certificates again. After an error, those
// read before stay in force.
func (c *Certificates) Reload() error {
	revoked := map[string]bool{}
	for _, path := range c.crls {
		if err := c.revoke(revoked, path); err != nil {
			return models.Errorf("client CRL", models.Invalid, "%s: %w", path, err)
		}
	}
	c.revoked.Store(&revoked)
	return nil
}

func (c *Certificates) revoke(revoked map[string]bool, path string) error {
	blocks, err := readPEM(path, "X509 CRL", maxCRLFile)
	if err != nil {
		return err
	}
	for _, block := range blocks {
		list, err := x509.ParseRevocationList(block)
		if err != nil {
			return err
		}
		signed := func(a *x509.Certificate) bool { return list.CheckSignatureFrom(a) == nil }
		if !slices.ContainsFunc(c.authorities, signed) {
			return errors.New("the list is signed by none of the client authorities")
		}
		if !list.NextUpdate.IsZero() && time.Now().After(list.NextUpdate) {
			return fmt.Errorf("the list is out of date since %s", list.NextUpdate.UTC().Format(time.RFC3339))
		}
		for _, entry := range list.RevokedCertificateEntries {
			revoked[revocation(list.RawIssuer, entry.SerialNumber.Bytes())] = true
		}
	}
	return nil
}

// revocation is an issuer and one of its serial numbers.
func revocation(issuer, serial []byte) string { return string(issuer) + "\x00" + string(serial) }

// Require makes a listener's TLS ask each client for such a certificate; without
// one there is no connection.
func (c *Certificates) Require(t *tls.Config) {
	t.ClientAuth = tls.RequireAndVerifyClientCert
	t.ClientCAs = x509.NewCertPool()
	for _, authority := range c.authorities {
		t.ClientCAs.AddCert(authority)
	}
	t.VerifyConnection = c.sound // also when a session is resumed
}

var errRevoked = errors.New("the certificate is revoked")

// sound is an error unless there is a chain without a revoked certificate.
func (c *Certificates) sound(state tls.ConnectionState) error {
	revoked := *c.revoked.Load()
	for _, chain := range state.VerifiedChains {
		if !slices.ContainsFunc(chain, func(x *x509.Certificate) bool {
			return revoked[revocation(x.RawIssuer, x.SerialNumber.Bytes())]
		}) {
			return nil
		}
	}
	if len(state.VerifiedChains) == 0 {
		return errors.New("no certificate was shown")
	}
	return errRevoked
}

// check is an error unless the connection's certificate is still good, and one
// of names is its. A certificate for "*.x" is not one for "a.x".
func (c *Certificates) check(state tls.ConnectionState, names []string) error {
	if err := c.sound(state); err != nil {
		return err
	}
	leaf := state.VerifiedChains[0][0]
	if time.Now().After(leaf.NotAfter) {
		return errors.New("the certificate has expired since the connection was opened")
	}
	for _, name := range names {
		if named(leaf, name) {
			return nil
		}
	}
	return errors.New("the certificate is another client's")
}

func named(x *x509.Certificate, name string) bool {
	for _, host := range x.DNSNames {
		if strings.EqualFold(host, name) {
			return true
		}
	}
	for _, u := range x.URIs {
		if u.String() == name {
			return true
		}
	}
	return slices.Contains(x.EmailAddresses, name)
}
