package osia

import (
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"oblik/models"
)

// authority is a certificate authority made for a test.
type authority struct {
	testing.TB
	x   *x509.Certificate
	key crypto.Signer
}

func newAuthority(t testing.TB, name string) authority {
	t.Helper()
	key := ecKey(t)
	a := authority{t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage:  x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), SubjectKeyId: []byte(name),
	}, key}
	a.x = a.sign(a.x, key)
	return a
}

func (a authority) sign(x *x509.Certificate, key crypto.Signer) *x509.Certificate {
	a.Helper()
	der, err := x509.CreateCertificate(rand.Reader, x, a.x, key.Public(), a.key)
	if err != nil {
		a.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		a.Fatal(err)
	}
	return signed
}

// issue makes a client's certificate; change may alter it before it is signed.
func (a authority) issue(serial int64, change ...func(*x509.Certificate)) tls.Certificate {
	a.Helper()
	key := ecKey(a)
	x := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "client"}, DNSNames: []string{"tester"},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	for _, f := range change {
		f(x)
	}
	return tls.Certificate{Certificate: [][]byte{a.sign(x, key).Raw}, PrivateKey: key}
}

// crl is a list of revoked serial numbers, good until next.
func (a authority) crl(next time.Time, serials ...int64) []byte {
	a.Helper()
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: next.Add(-time.Hour), NextUpdate: next}
	for _, serial := range serials {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: big.NewInt(serial), RevocationTime: time.Now()})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, a.x, a.key)
	if err != nil {
		a.Fatal(err)
	}
	return der
}

// mutual makes a world whose clients must show certificates of an authority;
// the client it returns makes clients that show one.
func mutual(t testing.TB, a authority, crls ...string) (*world, *Certificates, func(...tls.Certificate) *http.Client) {
	t.Helper()
	certificates, err := LoadCertificates(writePEM(t, "CERTIFICATE", a.x.Raw), crls...)
	if err != nil {
		t.Fatal(err)
	}
	p := loadPolicy(t, `{"clients":{"gate":{"certificates":["gate.example","urn:gate:7","gate@example.org"]}},"others":{}}`)
	w := newWorld(t, func(c *Config) { c.Auth.Certificates, c.Policy = certificates, p })
	own := a.issue(99, func(x *x509.Certificate) {
		x.IPAddresses, x.ExtKeyUsage = []net.IP{net.IPv4(127, 0, 0, 1)}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	})
	config := &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
	certificates.Require(config)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, err := New(w.server.config)
	if err != nil {
		t.Fatal(err)
	}
	w.address = l.Addr().String()
	w.run(server, tls.NewListener(l, config))
	roots := x509.NewCertPool()
	roots.AddCert(a.x)
	return w, certificates, func(shown ...tls.Certificate) *http.Client {
		transport := &http.Transport{TLSClientConfig: &tls.Config{
			RootCAs: roots, MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(4),
			// Whatever the server asks for, this one is shown.
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if len(shown) == 0 {
					return &tls.Certificate{}, nil
				}
				return &shown[0], nil
			},
		}}
		t.Cleanup(transport.CloseIdleConnections)
		return &http.Client{Transport: transport, Timeout: 20 * time.Second}
	}
}

// over asks over TLS as the token's client; the error is that of the connection.
func (w *world) over(client *http.Client, name string) (reply, error) {
	w.Helper()
	q, err := http.NewRequest(http.MethodGet, "https://"+w.address+"/v1/galleries"+tx, nil)
	if err != nil {
		w.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+w.tokenOf(name))
	a, err := client.Do(q)
	if err != nil {
		return reply{}, err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	return reply{a.StatusCode, a.Header, body}, err
}

func TestClientCertificates(t *testing.T) {
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "theirs")
	crl := writePEM(t, "X509 CRL", ours.crl(time.Now().Add(time.Hour), 7, 8))
	w, _, show := mutual(t, ours, crl)
	uri := func(text string) func(*x509.Certificate) {
		return func(x *x509.Certificate) {
			u, err := url.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			x.DNSNames, x.URIs = nil, []*url.URL{u}
		}
	}
	dns := func(names ...string) func(*x509.Certificate) {
		return func(x *x509.Certificate) { x.DNSNames = names }
	}
	none := dns()
	impostor := newAuthority(t, "ours") // the same name, another key
	for name, c := range map[string]struct {
		shown  []tls.Certificate
		client string
		status int // 0 for a TLS alert
	}{
		"its own":                   {[]tls.Certificate{ours.issue(2)}, "tester", 200},
		"its own, upper case":       {[]tls.Certificate{ours.issue(2, dns("TESTER"))}, "tester", 200},
		"DNS name of the policy":    {[]tls.Certificate{ours.issue(2, dns("a.example", "gate.example"))}, "gate", 200},
		"URI of the policy":         {[]tls.Certificate{ours.issue(2, uri("urn:gate:7"))}, "gate", 200},
		"e-mail of the policy":      {[]tls.Certificate{ours.issue(2, none, func(x *x509.Certificate) { x.EmailAddresses = []string{"gate@example.org"} })}, "gate", 200},
		"a listed client's id":      {[]tls.Certificate{ours.issue(2, dns("gate"))}, "gate", 401},
		"another client's":          {[]tls.Certificate{ours.issue(2)}, "gate", 401},
		"another client's, other":   {[]tls.Certificate{ours.issue(2, dns("gate.example"))}, "tester", 401},
		"a wildcard":                {[]tls.Certificate{ours.issue(2, dns("*.example"))}, "gate", 401},
		"another URI":               {[]tls.Certificate{ours.issue(2, uri("urn:gate:70"))}, "gate", 401},
		"the common name alone":     {[]tls.Certificate{ours.issue(2, none, func(x *x509.Certificate) { x.Subject.CommonName = "tester" })}, "tester", 401},
		"a token without a name":    {[]tls.Certificate{ours.issue(2, dns(""))}, "", 401},
		"none":                      {nil, "tester", 0},
		"expired":                   {[]tls.Certificate{ours.issue(2, func(x *x509.Certificate) { x.NotAfter = time.Now().Add(-time.Minute) })}, "tester", 0},
		"not yet":                   {[]tls.Certificate{ours.issue(2, func(x *x509.Certificate) { x.NotBefore = time.Now().Add(time.Minute) })}, "tester", 0},
		"another authority's":       {[]tls.Certificate{theirs.issue(2)}, "tester", 0},
		"one of a false authority":  {[]tls.Certificate{impostor.issue(2)}, "tester", 0},
		"self-signed":               {[]tls.Certificate{{Certificate: [][]byte{theirs.x.Raw}, PrivateKey: theirs.key}}, "tester", 0},
		"a server's":                {[]tls.Certificate{ours.issue(2, func(x *x509.Certificate) { x.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })}, "tester", 0},
		"revoked":                   {[]tls.Certificate{ours.issue(7)}, "tester", 0},
		"revoked, too":              {[]tls.Certificate{ours.issue(8)}, "tester", 0},
		"another one's private key": {[]tls.Certificate{{Certificate: ours.issue(2).Certificate, PrivateKey: ecKey(t)}}, "tester", 0},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := w.over(show(c.shown...), c.client)
			switch {
			case c.status == 0:
				if err == nil || strings.Contains(err.Error(), "Timeout") {
					t.Errorf("%d %s, %v", a.status, a.body, err)
				}
			case err != nil:
				t.Error(err)
			case c.status == 200:
				w.want(a, 200, 0)
			default:
				if w.want(a, 401, 40101).header.Get("WWW-Authenticate") != `Bearer error="invalid_token"` {
					t.Errorf("%v", a.header)
				}
			}
		})
	}
}

// A certificate that is revoked while its connection is open, or its session
// could be resumed, is refused from then on.
func TestRevocationIsReadAgain(t *testing.T) {
	ours := newAuthority(t, "ours")
	path := writePEM(t, "X509 CRL", ours.crl(time.Now().Add(time.Hour)))
	w, certificates, show := mutual(t, ours, path)
	open, resumed, other := show(ours.issue(5)), show(ours.issue(5)), show(ours.issue(6))
	ask := func(client *http.Client, status int) {
		t.Helper()
		if a, err := w.over(client, "tester"); err != nil || a.status != status {
			t.Errorf("%d %s, %v, want %d", a.status, a.body, err, status)
		}
	}
	for _, client := range []*http.Client{open, resumed, other} {
		ask(client, 200)
	}
	resumed.CloseIdleConnections()
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := certificates.Reload(); models.KindOf(err) != models.Invalid {
		t.Error(err)
	}
	ask(open, 200)
	data, err := os.ReadFile(writePEM(t, "X509 CRL", ours.crl(time.Now().Add(time.Hour), 5)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := certificates.Reload(); err != nil {
		t.Fatal(err)
	}
	ask(open, 401)
	ask(other, 200)
	if a, err := w.over(resumed, "tester"); err == nil {
		t.Errorf("a resumed session: %d %s", a.status, a.body)
	}
}

// Where certificates are asked for, a listener without them lets nobody in.
func TestNoCertificateWithoutTLS(t *testing.T) {
	certificates, err := LoadCertificates(writePEM(t, "CERTIFICATE", newAuthority(t, "ours").x.Raw))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *Config) { c.Auth.Certificates = certificates })
	w.want(w.send("GET", "/v1/galleries"+tx, ""), 401, 40101)
}

func TestCertificateFilesThatAreRefused(t *testing.T) {
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "theirs")
	ca := writePEM(t, "CERTIFICATE", ours.x.Raw)
	later := time.Now().Add(time.Hour)
	for name, c := range map[string]struct{ ca, crl, says string }{
		"no CA":           {writeFile(t, ""), "", "no PEM block CERTIFICATE"},
		"no certificate":  {writePEM(t, "CERTIFICATE", []byte("x")), "", "x509"},
		"a client's":      {writePEM(t, "CERTIFICATE", ours.issue(2).Certificate[0]), "", "no authority's"},
		"with a key":      {writePEM(t, "PRIVATE KEY", []byte("x")), "", "PRIVATE KEY"},
		"CRL no PEM":      {ca, writeFile(t, "x"), "no PEM block X509 CRL"},
		"CRL no CRL":      {ca, writePEM(t, "X509 CRL", []byte("x")), "x509"},
		"another's CRL":   {ca, writePEM(t, "X509 CRL", theirs.crl(later, 1)), "signed by none"},
		"a false CRL":     {ca, writePEM(t, "X509 CRL", newAuthority(t, "ours").crl(later, 1)), "signed by none"},
		"an old CRL":      {ca, writePEM(t, "X509 CRL", ours.crl(time.Now().Add(-time.Minute), 1)), "out of date"},
		"one of two CRLs": {ca, writePEM(t, "X509 CRL", ours.crl(later, 1), theirs.crl(later, 1)), "signed by none"},
	} {
		var crls []string
		if c.crl != "" {
			crls = []string{c.crl}
		}
		if _, err := LoadCertificates(c.ca, crls...); models.KindOf(err) != models.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A certificate may run out while its connection is open.
func TestCertificateThatHasRunOut(t *testing.T) {
	ours := newAuthority(t, "ours")
	c, err := LoadCertificates(writePEM(t, "CERTIFICATE", ours.x.Raw))
	if err != nil {
		t.Fatal(err)
	}
	for until, good := range map[time.Duration]bool{time.Hour: true, -time.Second: false} {
		x, err := x509.ParseCertificate(ours.issue(2, func(x *x509.Certificate) { x.NotAfter = time.Now().Add(until) }).Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		state := tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{x, ours.x}}}
		if err := c.check(state, []string{"tester"}); (err == nil) != good {
			t.Errorf("%v: %v", until, err)
		}
	}
}
