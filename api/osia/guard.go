package osia

import (
	"bytes"
	"errors"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// guard refuses, before routing, what two HTTP parsers in a row may read
// differently (request smuggling, RFC 9112, section 6), and methods that fiber
// would answer without our Error body.
func (s *Server) guard(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	known := map[string]bool{}
	for _, method := range fiber.DefaultMethods {
		known[method] = true
	}
	return func(ctx *fasthttp.RequestCtx) {
		uri := ctx.Request.Header.RequestURI()
		switch {
		case len(uri) == 0 || uri[0] != '/' || ambiguous(ctx.Request.Header.RawHeaders()):
			ctx.SetConnectionClose()
			render(&ctx.Response, &Fault{Code: codeHTTP})
		case !known[string(ctx.Method())]:
			render(&ctx.Response, &Fault{Code: codeMethod})
		default:
			next(ctx)
		}
	}
}

// ambiguous finds two lengths, a length beside a transfer coding, two hosts,
// or a folded line.
func ambiguous(headers []byte) bool {
	lengths, codings, hosts := 0, 0, 0
	for line := range bytes.Lines(headers) {
		if line[0] == ' ' || line[0] == '\t' {
			return true
		}
		name, _, _ := bytes.Cut(line, []byte(":"))
		switch string(bytes.ToLower(name)) {
		case "content-length":
			lengths++
		case "transfer-encoding":
			codings++
		case "host":
			hosts++
		}
	}
	return lengths+codings > 1 || hosts > 1
}

// strangersBody is the longest body read for a client without a valid token:
// so little that all connections together hold no memory worth an attack.
const strangersBody = 4 << 10

// admit decides how long a body may be once the headers have been read.
func (s *Server) admit(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	length := h.ContentLength() // negative: chunked, or none
	if length >= 0 && length <= strangersBody {
		return fasthttp.RequestConfig{}
	}
	if _, err := s.config.Auth.verify(s.tokens, h.PeekAll(fiber.HeaderAuthorization)); err != nil {
		return fasthttp.RequestConfig{MaxRequestBodySize: strangersBody}
	}
	return fasthttp.RequestConfig{}
}

// httpError answers what fiber and fasthttp found wrong.
func (s *Server) httpError(c *fiber.Ctx, err error) error {
	code := codeInternal
	var e *fiber.Error
	if errors.As(err, &e) {
		switch e.Code {
		case fiber.StatusNotFound:
			code = codePath
		case fiber.StatusMethodNotAllowed:
			code = codeMethod
		case fiber.StatusRequestTimeout:
			code = codeSlow
		case fiber.StatusRequestEntityTooLarge:
			code = codeBodySize
		case fiber.StatusRequestHeaderFieldsTooLarge:
			code = codeHeaders
		case fiber.StatusBadRequest, fiber.StatusBadGateway:
			code = codeHTTP
		}
	}
	if code == codeBodySize {
		drain(c.Context().Conn())
		if _, err := s.config.Auth.verify(s.tokens, c.Request().Header.PeekAll(fiber.HeaderAuthorization)); err != nil {
			code = codeToken // a body is too large for a stranger from 4 KiB on
		}
	}
	render(c.Response(), &Fault{Code: code})
	return nil
}

// drain takes the rest of a body that is too large, within bounds: closing
// with bytes unread resets the connection, and the client might never read why.
func drain(conn net.Conn) {
	const most, pause, longest = 64 << 20, 250 * time.Millisecond, 2 * time.Second
	buffer := make([]byte, 64<<10)
	end := time.Now().Add(longest)
	for n := 0; n < most && time.Now().Before(end); {
		if conn.SetReadDeadline(time.Now().Add(pause)) != nil {
			return
		}
		k, err := conn.Read(buffer)
		if err != nil {
			return // the end, or a pause: the client waits for the answer
		}
		n += k
	}
}
