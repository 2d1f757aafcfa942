package osia

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
)

// reason is what the log says of why somebody was not let in, as an attribute;
// the answer does not say it. The causes of these codes are in our own words,
// here and in auth.go and certificate.go: those of the libraries quote strangers.
func reason(f *Fault) []any {
	if f.cause != nil && (f.Code == codeToken || f.Code == codeCertificate || f.Code == codeHTTP) {
		return []any{"reason", f.cause.Error()}
	}
	return nil
}

var errCritical = errors.New("a header that must be understood (RFC 7515, crit)")

// tokenReasons are in the order in which they are looked for.
var tokenReasons = []struct {
	err  error
	text string
}{
	{jwt.ErrTokenMalformed, "not a sound JWT"},
	{errCritical, "it has a header that must be understood (crit)"},
	{jwkset.ErrKeyNotFound, "its key (kid) is not known"},
	{jwt.ErrTokenUnverifiable, "there is no key for its algorithm"},
	{jwt.ErrTokenSignatureInvalid, "its signature is wrong, or its algorithm not accepted"},
	{jwt.ErrTokenExpired, "it has expired"},
	{jwt.ErrTokenNotValidYet, "it is not valid yet (nbf)"},
	{jwt.ErrTokenInvalidIssuer, "another issuer (iss)"},
	{jwt.ErrTokenInvalidAudience, "another audience (aud)"},
	{jwt.ErrTokenRequiredClaimMissing, "exp, iss or aud is missing"},
}

// tokenFault says what is wrong with a token, all of it if it is of its claims.
func tokenFault(err error) error {
	var all []string
	for _, r := range tokenReasons {
		if errors.Is(err, r.err) {
			all = append(all, r.text)
			if !errors.Is(err, jwt.ErrTokenInvalidClaims) {
				break
			}
		}
	}
	if all == nil {
		return errors.New("not acceptable")
	}
	return errors.New(strings.Join(all, ", "))
}

// handshakeFault says why a TLS handshake failed; nil if it did not, and for a
// client that just went away.
func handshakeFault(conn net.Conn, err error) error {
	t, ok := conn.(*tls.Conn)
	if !ok || t.ConnectionState().HandshakeComplete {
		return nil
	}
	var header tls.RecordHeaderError
	var chain *tls.CertificateVerificationError
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var broken *net.OpError
	switch {
	case errors.As(err, &header):
		return errors.New("TLS: the client does not speak it")
	case errors.Is(err, errRevoked):
		return errors.New("TLS: the client's certificate is revoked")
	case errors.As(err, &chain) && errors.As(chain.Err, &unknown):
		return errors.New("TLS: the client's certificate is of an unknown authority")
	case errors.As(err, &chain) && errors.As(chain.Err, &invalid) && invalid.Reason == x509.Expired:
		return errors.New("TLS: the client's certificate has expired or is not valid yet")
	case errors.As(err, &chain):
		return errors.New("TLS: the client's certificate is not acceptable")
	case errors.As(err, &broken) && broken.Op == "remote error":
		return errors.New("TLS: the client ends it: " + broken.Err.Error()) // of a table of crypto/tls
	case errors.As(err, &broken):
		return nil
	case err.Error() == "tls: client didn't provide a certificate": // crypto/tls has no better mark of it
		return errors.New("TLS: the client shows no certificate")
	}
	return errors.New("TLS: it could not be agreed on")
}
