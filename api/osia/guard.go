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
		defer s.bodies.done(&ctx.Request.Header)
		switch {
		case ambiguous(&ctx.Request.Header):
			ctx.SetConnectionClose()
			s.refuse(&ctx.Response, &Fault{Code: codeHTTP})
		case !known[string(ctx.Method())]:
			_, err := find(string(ctx.Method()), string(ctx.Path()))
			s.refuse(&ctx.Response, faultOf(err))
			tellMethods(&ctx.Response, string(ctx.Path()))
		default:
			next(ctx)
		}
		if s.gate.stopping() {
			ctx.SetConnectionClose()
		}
	}
}

// ambiguous finds a version other than 1.0 and 1.1, a target that is no path, a
// transfer coding other than chunked or in HTTP/1.0, two lengths, a length
// beside a coding, two hosts, a folded line, a lone CR and a NUL. A request
// line without a version is HTTP/1.0 to fasthttp.
func ambiguous(h *fasthttp.RequestHeader) bool {
	version, uri := string(h.Protocol()), h.RequestURI()
	if version != "HTTP/1.1" && version != "HTTP/1.0" || len(uri) == 0 || uri[0] != '/' || bytes.ContainsAny(uri, " \t\r\x00") {
		return true
	}
	lengths, codings, hosts := 0, 0, 0
	for line := range bytes.Lines(h.RawHeaders()) {
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		if bytes.ContainsAny(line, "\r\x00") || len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
			return true
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch string(bytes.ToLower(name)) {
		case "content-length":
			lengths++
		case "transfer-encoding":
			if codings++; version == "HTTP/1.0" || string(bytes.Trim(value, " \t")) != "chunked" {
				return true
			}
		case "host":
			hosts++
		}
	}
	return lengths+codings > 1 || hosts > 1
}

// httpError answers what fiber and fasthttp found wrong.
func (s *Server) httpError(c *fiber.Ctx, err error) error {
	refused := s.bodies.done(&c.Request().Header)
	conn, ours := c.Context().Conn().(*connection)
	code := codeOf(err)
	if ours && conn.refused || refused && code == codeBodySize {
		code = codeBusy
	}
	fault := error(&Fault{Code: code})
	if ours && code == codeHTTP {
		fault = &Fault{Code: code, cause: conn.failed}
	}
	var whose []any
	// After a chunked body fasthttp has forgotten the headers.
	if h := &c.Request().Header; code == codeBodySize && len(h.RawHeaders()) > 0 {
		client, operation, why := s.welcome(h)
		whose = []any{"client", cutTo(client, 64), "operation", operation}
		if why != nil {
			fault = why
		} else if length := h.ContentLength(); length >= 0 && length <= s.config.BodyLimit {
			fault = &Fault{Code: codeBusy} // admit saw no room
		}
	}
	if ours && (code == codeBodySize || code == codeBusy || code == codeHeaders) {
		drain(conn.Conn)
	}
	s.refuse(c.Response(), faultOf(fault), whose...)
	tellMethods(c.Response(), c.Path())
	return nil
}

// refuse answers what did not come as far as an operation, and logs it, with
// whose it was if that is known: a client whose token has expired must not be
// invisible.
func (s *Server) refuse(r *fasthttp.Response, f *Fault, whose ...any) {
	render(r, f)
	line := append([]any{"status", f.Status(), "code", f.Code}, whose...)
	s.config.Log.Info("refused", append(line, reason(f)...)...)
}

func codeOf(err error) int32 {
	var e *fiber.Error
	if !errors.As(err, &e) {
		return codeInternal
	}
	switch e.Code {
	case fiber.StatusNotFound:
		return codePath
	case fiber.StatusMethodNotAllowed:
		return codeMethod
	case fiber.StatusRequestTimeout:
		return codeSlow
	case fiber.StatusRequestEntityTooLarge:
		return codeBodySize
	case fiber.StatusRequestHeaderFieldsTooLarge:
		return codeHeaders
	case fiber.StatusBadRequest, fiber.StatusBadGateway:
		return codeHTTP
	}
	return codeInternal
}

// drain takes the rest of a request that is too large, within bounds: closing
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
