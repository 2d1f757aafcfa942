package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"time"

	"oblik/api/conformance"
)

// ownCertificate makes one for this machine that is its own authority.
func ownCertificate(t testing.TB) (cert, key string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, x, x, secret.Public(), secret)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	return authFile(t, "CERTIFICATE", der), authFile(t, "PRIVATE KEY", private)
}

// Callbacks come over TLS, by the address the service is told.
func TestConformanceByCallbacksOverTLS(t *testing.T) {
	cert, key := ownCertificate(t)
	set, inbox := embeddedSet(t), freeAddress(t)
	s := set.start(t, nil, "--callback-hosts", inbox, "--callback-ca-file", cert)
	report, status := conform(t, conformant(t, set, inbox), "--url", s.url, "--only", "^readGalleries/async",
		"--callback-cert", cert, "--callback-key", key, "--callback-url", "https://"+inbox+"/below")
	if status != exitMatch || report.Count(conformance.Passed) != 2 {
		t.Errorf("status %d, %+v", status, report.Results)
	}
}
