package osia

import (
	"bufio"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// logged waits for what the log gets from here on.
func (w *world) logged(from int, wants ...string) {
	w.Helper()
	has := func() bool {
		for _, want := range wants {
			if !strings.Contains(w.log.String()[from:], want) {
				return false
			}
		}
		return true
	}
	for end := time.Now().Add(10 * time.Second); !has(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			w.Errorf("the log lacks %q: %s", wants, w.log.String()[from:])
			return
		}
	}
}

// The log tells why a token is refused, and nothing of what is in it.
func TestReasonsOfTokens(t *testing.T) {
	known := edKey(t)
	provider := newProvider(t, map[string]crypto.PublicKey{"1": known.Public()})
	remote := newWorld(t, func(c *Config) { c.Auth.Keys = provider.fetch(t, time.Hour, time.Hour, time.Nanosecond) })
	w := newWorld(t)
	claims := func(change jwt.MapClaims) jwt.MapClaims {
		c := tokenClaims("s3cret")
		for k, v := range change {
			if c[k] = v; v == nil {
				delete(c, k)
			}
		}
		return c
	}
	with := func(change jwt.MapClaims) string {
		return signed(t, jwt.SigningMethodEdDSA, w.key, claims(change), kid("s3cret"))
	}
	past := time.Now().Add(-time.Hour).Unix()
	for name, c := range map[string]struct {
		w              *world
		header, reason string
	}{
		"none":           {w, "", "no Authorization header"},
		"basic":          {w, "Basic s3cret", "not a bearer token"},
		"no JWT":         {w, "Bearer s3cret", "not a sound JWT"},
		"no JSON":        {w, "Bearer s3cret.s3cret.s3cret", "not a sound JWT"},
		"claim's type":   {w, with(jwt.MapClaims{"exp": "s3cret"}), "not a sound JWT"},
		"expired":        {w, with(jwt.MapClaims{"exp": past}), "it has expired"},
		"early":          {w, with(jwt.MapClaims{"nbf": time.Now().Add(time.Hour).Unix()}), "it is not valid yet (nbf)"},
		"issuer":         {w, with(jwt.MapClaims{"iss": "s3cret"}), "another issuer (iss)"},
		"audience":       {w, with(jwt.MapClaims{"aud": "s3cret"}), "another audience (aud)"},
		"all of these":   {w, with(jwt.MapClaims{"exp": past, "iss": "s3cret", "aud": "s3cret"}), "it has expired, another issuer (iss), another audience (aud)"},
		"no expiry":      {w, with(jwt.MapClaims{"exp": nil}), "exp, iss or aud is missing"},
		"client":         {w, with(jwt.MapClaims{"sub": "s3cret\n"}), "its client's name is too long or has control characters"},
		"scopes":         {w, with(jwt.MapClaims{"scope": map[string]any{"s3cret": 5}}), "its scopes are neither a string nor an array of strings"},
		"scopes, number": {w, with(jwt.MapClaims{"scp": 3141592}), "its scopes are neither a string nor an array of strings"},
		"crit": {w, signed(t, jwt.SigningMethodEdDSA, w.key, claims(nil), map[string]any{"crit": []string{"s3cret"}}),
			"it has a header that must be understood (crit)"},
		"signature":     {w, signed(t, jwt.SigningMethodEdDSA, known, claims(nil), kid("s3cret")), "its signature is wrong, or its algorithm not accepted"},
		"HS256":         {w, signed(t, jwt.SigningMethodHS256, []byte("x"), claims(nil), nil), "its signature is wrong, or its algorithm not accepted"},
		"ES256":         {w, signed(t, jwt.SigningMethodES256, ecKey(t), claims(nil), nil), "there is no key for its algorithm"},
		"s3cret's alg":  {w, signed(t, jwt.SigningMethodEdDSA, w.key, claims(nil), map[string]any{"alg": "s3cret"}), "there is no key for its algorithm"},
		"kid":           {remote, signed(t, jwt.SigningMethodEdDSA, known, claims(nil), kid("s3cret")), "its key (kid) is not known"},
		"kid's another": {remote, signed(t, jwt.SigningMethodEdDSA, edKey(t), claims(nil), kid("1")), "its signature is wrong, or its algorithm not accepted"},
	} {
		t.Run(name, func(t *testing.T) {
			from := len(c.w.log.String())
			reply := c.w.send("GET", "/v1/galleries"+tx, "", func(q *http.Request) {
				if q.Header.Set("Authorization", c.header); c.header == "" {
					q.Header.Del("Authorization")
				}
			})
			c.w.want(reply, 401, 40100)
			quoted := `reason="` + c.reason + `"`
			c.w.logged(from, "msg=request operation=readGalleries status=401 code=40100 client=\"\"", quoted)
			for _, secret := range []string{"s3cret", "3141592"} {
				if strings.Contains(c.w.log.String()[from:], secret) {
					t.Errorf("the log quotes the token: %s", c.w.log.String()[from:])
				}
			}
		})
	}
}

// A long body is refused before it is read; the log tells whose it was.
func TestReasonsOfBodiesThatAreNotRead(t *testing.T) {
	p := loadPolicy(t, `{"clients":{"kiosk":{"operations":["readGalleries"]}},"others":{}}`)
	w := newWorld(t, func(c *Config) { c.Policy = p })
	expired := tokenClaims("tester")
	expired["exp"] = time.Now().Add(-time.Hour).Unix()
	for token, wants := range map[string][]string{
		w.token(scopeRead): {"msg=refused status=403 code=40300 client=tester operation=verifyFromBio\n"},
		w.tokenOf("kiosk"): {"msg=refused status=403 code=40301 client=kiosk operation=verifyFromBio\n"},
		strings.TrimPrefix(signed(t, jwt.SigningMethodEdDSA, w.key, expired, nil), "Bearer "): {
			"msg=refused status=401 code=40100 client=\"\" operation=\"\" reason=\"it has expired\"\n"},
	} {
		from := len(w.log.String())
		conn := w.dial()
		w.write(conn, "POST /v1/verify"+tx+" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+token+"\r\nContent-Length: 100000\r\n\r\n")
		w.answer(bufio.NewReader(conn))
		w.logged(from, wants...)
	}
}

// A certificate that is not the token's client's, and TLS that fails.
func TestReasonsOfCertificates(t *testing.T) {
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "theirs")
	w, _, show := mutual(t, ours, writePEM(t, "X509 CRL", ours.crl(time.Now().Add(time.Hour), 7)))
	past := func(x *x509.Certificate) { x.NotAfter = time.Now().Add(-time.Minute) }
	server := func(x *x509.Certificate) { x.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }
	distrustful, old := show(ours.issue(2)), show(ours.issue(2))
	config(t, distrustful).RootCAs = x509.NewCertPool()
	config(t, old).MinVersion, config(t, old).MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	for reason, client := range map[string]*http.Client{
		"TLS: the client shows no certificate":                          show(),
		"TLS: the client's certificate is revoked":                      show(ours.issue(7)),
		"TLS: the client's certificate has expired or is not valid yet": show(ours.issue(2, past)),
		"TLS: the client's certificate is of an unknown authority":      show(theirs.issue(2)),
		"TLS: the client's certificate is not acceptable":               show(ours.issue(2, server)),
		"TLS: the client ends it: tls: bad certificate":                 distrustful,
		"TLS: it could not be agreed on":                                old,
	} {
		from := len(w.log.String())
		if a, err := w.over(client, "tester"); err == nil {
			t.Errorf("%s: %d %s", reason, a.status, a.body)
		}
		w.logged(from, `msg=refused status=400 code=40099 reason="`+reason+`"`)
	}
	from := len(w.log.String())
	if _, err := w.over(show(ours.issue(2)), "gate"); err != nil {
		t.Error(err)
	}
	w.logged(from, "operation=readGalleries status=401 code=40101 client=gate", `reason="the certificate is another client's"`)
	from = len(w.log.String())
	conn := w.dial()
	w.write(conn, "GET /hidden HTTP/1.1\r\nHost: hidden\r\n\r\n")
	_, _ = io.ReadAll(conn)
	w.logged(from, `reason="TLS: the client does not speak it"`)
	if strings.Contains(w.log.String(), "hidden") {
		t.Errorf("the log quotes the request: %s", w.log.String())
	}
}

func config(t testing.TB, client *http.Client) *tls.Config {
	t.Helper()
	transport, ok := client.Transport.(*http.Transport)
	if !ok {
		t.Fatal("another transport")
	}
	return transport.TLSClientConfig
}
