package osia

import (
	"bytes"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// strangersBody is the longest body read for a client whose token does not
// allow more: so little that all connections together hold no memory worth an
// attack.
const strangersBody = 4 << 10

// admit decides how long a body may be, and take, once the headers have been
// read.
func (s *Server) admit(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	const chunked = -1
	length := h.ContentLength()
	if length != chunked && length <= strangersBody {
		return fasthttp.RequestConfig{}
	}
	client, _, err := s.welcome(h)
	promised := length
	if length == chunked {
		promised = s.config.BodyLimit
	}
	// Without room the gate would refuse it too, but after fasthttp has made a
	// buffer for it.
	if err != nil || length > s.config.BodyLimit || length > s.gate.room() || !s.bodies.take(h, client, promised) {
		return fasthttp.RequestConfig{MaxRequestBodySize: strangersBody}
	}
	return fasthttp.RequestConfig{ReadTimeout: s.config.BodyTimeout}
}

// welcome is whose request a longer body belongs to, and of what operation, as
// far as they are known, and why it is not read.
func (s *Server) welcome(h *fasthttp.RequestHeader) (client, operation string, err error) {
	who, err := s.config.Auth.verify(h.PeekAll(fiber.HeaderAuthorization))
	if err != nil {
		return "", "", err
	}
	path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	r, err := find(string(h.Method()), string(path))
	if err != nil {
		return who.client, "", err
	}
	if err := permit(who.scopes, r.scope); err != nil {
		return who.client, r.operation, err
	}
	if _, err := s.config.Policy.grant(who.client, r.operation); err != nil {
		return who.client, r.operation, err
	}
	if r.body == noBody {
		return who.client, r.operation, &Fault{Code: codeBodySize}
	}
	return who.client, r.operation, s.limits.empty(who.client)
}

// find is the route that fiber will take.
func find(method, path string) (route, error) {
	code := codePath
	for _, r := range routes {
		if !fits(r.path, path) {
			continue
		}
		if r.method == method {
			return r, nil
		}
		code = codeMethod
	}
	return route{}, &Fault{Code: code}
}

// fits compares a path with a route's, in which :name stands for one step.
func fits(pattern, path string) bool {
	steps := strings.Split(pattern, "/")
	given := strings.Split(path, "/")
	if len(steps) != len(given) {
		return false
	}
	for i, step := range steps {
		if strings.HasPrefix(step, ":") && given[i] != "" {
			continue
		}
		if step != given[i] {
			return false
		}
	}
	return true
}

// tellMethods adds the header Allow, which HTTP demands of a 405: the methods of
// the path (RFC 9110, section 15.5.6).
func tellMethods(answer *fasthttp.Response, path string) {
	if answer.StatusCode() != fiber.StatusMethodNotAllowed {
		return
	}
	var methods []string
	for _, r := range routes {
		if fits(r.path, path) {
			methods = append(methods, r.method)
		}
	}
	if methods != nil { // else it is fiber's own path, and fiber has told
		answer.Header.Set(fiber.HeaderAllow, strings.Join(methods, ", "))
	}
}
