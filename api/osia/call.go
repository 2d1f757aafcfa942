package osia

import (
	"context"
	"fmt"
	"log/slog"
	"mime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"oblik/api"
)

// call is one request on its way through an operation.
type call struct {
	context.Context
	query
	service *api.Service
	by      api.Caller
	fiber   *fiber.Ctx
}

// answer is a success: 200 with a JSON body, or 204 without.
type answer struct{ body []byte }

// serve is the way of every operation: token, scope, parameters, body type,
// a free slot, the operation, one line in the log.
func (s *Server) serve(r route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		start := time.Now()
		var q query
		result, err := s.run(c, r, &q)
		status, code := fiber.StatusOK, int32(0)
		switch {
		case err != nil:
			fault := faultOf(err)
			status, code = fault.Status(), fault.Code
			s.logCause(r, fault)
			render(c.Response(), fault)
		case result.body == nil:
			status = fiber.StatusNoContent
			c.Status(status)
		default:
			c.Response().Header.SetContentType(fiber.MIMEApplicationJSON)
			c.Response().SetBodyRaw(result.body)
		}
		s.config.Log.Info("request", "operation", r.operation, "status", status, "code", code,
			"ms", time.Since(start).Milliseconds(), "transaction", q.transaction[:min(len(q.transaction), 64)])
		return nil
	}
}

func (s *Server) run(c *fiber.Ctx, r route, q *query) (result answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.Error("panic", "operation", r.operation, "value", fmt.Sprintf("%.200v", p), "stack", string(debug.Stack()))
			err = &Fault{Code: codeInternal}
		}
	}()
	who, err := s.config.Auth.verify(s.tokens, c.Request().Header.PeekAll(fiber.HeaderAuthorization))
	if err != nil {
		return answer{}, err
	}
	if err := permit(who.scopes, r.scope); err != nil {
		return answer{}, err
	}
	if r.handle == nil {
		return answer{}, &Fault{Code: codeNotYet, Detail: r.operation}
	}
	if *q, err = parseQuery(string(c.Request().URI().QueryString()), r.query); err != nil {
		return answer{}, err
	}
	if err := checkBody(c, r); err != nil {
		return answer{}, err
	}
	by := api.Caller{Client: who.client, Operation: r.operation, Transaction: q.transaction}
	if r.scope == scopeWrite {
		if by.Once, err = once(c, who.client); err != nil {
			return answer{}, err
		}
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		return answer{}, &Fault{Code: codeBusy}
	}
	ctx, cancel := context.WithTimeout(s.work, s.config.Timeout)
	defer cancel()
	return r.handle(&call{Context: ctx, query: *q, service: s.config.Service, by: by, fiber: c})
}

// checkBody leaves the body unread. fiber would inflate a compressed one
// without a bound; so none is accepted.
func checkBody(c *fiber.Ctx, r route) error {
	if !r.body {
		return nil
	}
	h := &c.Request().Header
	if len(h.Peek(fiber.HeaderContentEncoding)) > 0 {
		return &Fault{Code: codeEncoding}
	}
	if len(c.Request().Body()) == 0 {
		return &Fault{Code: codeJSON, Detail: "the body is empty"}
	}
	kind, params, err := mime.ParseMediaType(string(h.ContentType()))
	charset, given := params["charset"]
	if err != nil || kind != fiber.MIMEApplicationJSON || given && !strings.EqualFold(charset, "utf-8") {
		return &Fault{Code: codeContentType}
	}
	return nil
}

// logCause logs what a stranger is not shown: the causes of our own faults.
func (s *Server) logCause(r route, f *Fault) {
	if f.Code >= codeInternal && f.cause != nil {
		s.config.Log.Error("fault", "operation", r.operation, "code", f.Code, slog.Any("error", f.cause))
	}
}

// decodeBody reads the body with f. The body is fiber's; nothing f returns lies in it.
func decodeBody[T any](c *call, f func(*reader) T) (T, error) {
	return decode(c.fiber.Request().Body(), c.service.Policy.MaxImageBytes, f)
}
