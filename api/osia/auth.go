package osia

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/golang-jwt/jwt/v5"
)

const (
	maxToken  = 8 << 10          // bytes of a token
	maxClient = 255              // bytes of a client's name
	leeway    = 30 * time.Second // what two clocks may differ by, for exp and nbf
)

// Auth says whose requests are accepted: those with a JWT (RFC 7519) signed
// with one of Keys, of this issuer, for this audience, with an expiry.
type Auth struct {
	Keys             *Keys
	Issuer, Audience string
	// Certificates are those a client has to show over TLS, as its token's; nil
	// if none is asked for. The listener must be configured by them, too.
	Certificates *Certificates
}

// claims of a token. OSIA names none for scopes: "scope" is RFC 8693's, a
// string of words; "scp" is a string or an array. The client is the subject;
// where there is none, it is RFC 9068's client_id, else OpenID's azp.
type claims struct {
	jwt.RegisteredClaims
	Scope    json.RawMessage `json:"scope"`
	SCP      json.RawMessage `json:"scp"`
	ClientID string          `json:"client_id"`
	AZP      string          `json:"azp"`
}

// identity is what a token says of its holder.
type identity struct {
	client string // may be empty
	scopes []string
}

// parser fixes the algorithms, whatever a token's header says (RFC 8725); each
// key serves for one of them only.
func (a Auth) parser() *jwt.Parser {
	return jwt.NewParser(jwt.WithValidMethods([]string{algRSA, algECDSA, algEd25519}), jwt.WithStrictDecoding(),
		jwt.WithIssuer(a.Issuer), jwt.WithAudience(a.Audience), jwt.WithExpirationRequired(), jwt.WithLeeway(leeway))
}

// invalidToken is the fault's Detail if there was a token; see challenge.
const invalidToken = "invalid_token"

// verify reads the token in the request's Authorization headers. Whatever is
// wrong with it, the answer has the same text; the cause, for the log, is in our
// own words.
//
// A long body's token is checked twice, before the body is read and after. That
// costs less than 0.1 ms; to remember tokens instead would keep a key in force
// that its provider has withdrawn.
func (a Auth) verify(headers [][]byte) (identity, error) {
	if len(headers) == 0 {
		return identity{}, &Fault{Code: codeToken, cause: errors.New("no Authorization header")}
	}
	who, err := a.read(headers)
	if err != nil {
		return identity{}, &Fault{Code: codeToken, Detail: invalidToken, cause: err}
	}
	return who, nil
}

func (a Auth) read(headers [][]byte) (who identity, err error) {
	if len(headers) != 1 {
		return who, errors.New("not one Authorization header")
	}
	scheme, token, _ := strings.Cut(string(headers[0]), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > maxToken {
		return who, errors.New("not a bearer token")
	}
	var c claims
	if _, err := a.parser().ParseWithClaims(token, &c, a.key); err != nil {
		return who, tokenFault(err)
	}
	for _, who.client = range []string{c.Subject, c.ClientID, c.AZP} {
		if who.client != "" {
			break
		}
	}
	if who.client != "" && !soundClient(who.client) {
		return who, errors.New("its client's name is too long or has control characters")
	}
	scopes, err := words(c.Scope)
	if err != nil {
		return who, err
	}
	more, err := words(c.SCP)
	who.scopes = slices.Concat(scopes, more)
	return who, err
}

func (a Auth) key(t *jwt.Token) (any, error) {
	if _, critical := t.Header["crit"]; critical {
		return nil, errCritical
	}
	return a.Keys.find(t)
}

// soundClient says whether a name may stand in the audit trail and the log.
func soundClient(name string) bool {
	return name != "" && len(name) <= maxClient && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

// words reads a claim that is a string of words or an array of them.
func words(claim json.RawMessage) ([]string, error) {
	if len(claim) == 0 {
		return nil, nil
	}
	var list []string
	if json.Unmarshal(claim, &list) == nil {
		return list, nil
	}
	var text string
	if json.Unmarshal(claim, &text) != nil {
		return nil, errors.New("its scopes are neither a string nor an array of strings") // the cause quotes them
	}
	return strings.Fields(text), nil
}

// authenticate says who asks: by the token and, where certificates are asked
// for, by one that is the token's client's. With a certificate that is not, the
// client is the token's.
func (s *Server) authenticate(f *fiber.Ctx) (identity, error) {
	who, err := s.config.Auth.verify(f.Request().Header.PeekAll(fiber.HeaderAuthorization))
	if err != nil || s.config.Auth.Certificates == nil {
		return who, err
	}
	conn, _ := f.Context().Conn().(*connection)
	if err := s.config.Auth.Certificates.check(conn.tls(), s.config.Policy.names(who.client)); err != nil {
		return identity{client: who.client}, &Fault{Code: codeCertificate, cause: err}
	}
	return who, nil
}
