package osia

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/gofiber/fiber/v2"

	"oblik/api"
	"oblik/models"
)

// call is one request of an operation, as it has just come or as a task that
// was stored.
type call struct {
	request
	query
	service *api.Service
	by      api.Caller
	scores  bool // whether the client may see scores
	refs    bool // whether images may come by reference
	// holds is whose data the request or its result hold; set by prepare.
	holds  models.EncounterKey
	taskID string // of the task it was made; empty for a synchronous answer
}

// work does what a request asks for. What it holds stays valid after the
// request's memory has been used again.
type work func(context.Context) (answer, error)

// answer is a success. The zero value is 204 without a body.
type answer struct {
	status int    // 0 for 200, or 204 without a body
	mime   string // empty for JSON
	body   []byte
}

// serve is the way of every operation: who asks, what may he, parameters, body
// type, a free slot, the operation, one line in the log.
func (s *Server) serve(r route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		start := time.Now()
		ctx, done := s.observer.Request(s.work, r.operation, string(c.Request().Header.Peek("Traceparent")))
		var call call
		result, err := s.run(ctx, c, r, &call)
		var status int
		var code int32
		var why []any
		if err != nil {
			fault := faultOf(err)
			status, code, why = fault.Status(), fault.Code, reason(fault)
			s.logCause(r, fault)
			render(c.Response(), fault)
		} else {
			status = respond(c, result)
		}
		done(status, code)
		line := []any{"operation", r.operation, "status", status, "code", code, "client", cutTo(call.by.Client, 64),
			"ms", time.Since(start).Milliseconds(), "transaction", cutTo(call.transaction, 64)}
		if call.taskID != "" {
			line = append(line, "task", call.taskID)
		}
		s.config.Log.Info("request", append(line, why...)...)
		return nil
	}
}

func cutTo(s string, most int) string { return s[:min(len(s), most)] }

// respond writes a success and returns its status.
func respond(c *fiber.Ctx, a answer) int {
	if a.body == nil {
		c.Status(fiber.StatusNoContent)
		return fiber.StatusNoContent
	}
	if a.status == 0 {
		a.status = fiber.StatusOK
	}
	if a.mime == "" {
		a.mime = fiber.MIMEApplicationJSON
	}
	c.Status(a.status)
	c.Response().Header.SetContentType(a.mime)
	c.Response().SetBodyRaw(a.body)
	return a.status
}

func (s *Server) run(ctx context.Context, f *fiber.Ctx, r route, c *call) (result answer, err error) {
	defer s.recovered(r, &err)
	who, err := s.authenticate(f)
	c.by.Client = who.client
	if err != nil {
		return answer{}, err
	}
	// A request that is refused below counts, too: its body has been read.
	if err := s.limits.take(who.client); err != nil {
		return answer{}, err
	}
	if err := permit(who.scopes, r.scope); err != nil {
		return answer{}, err
	}
	if c.query, err = parseQuery(string(f.Request().URI().QueryString()), r.query); err != nil {
		return answer{}, err
	}
	if err := s.fill(c, r, who.client); err != nil {
		return answer{}, err
	}
	if err := checkBody(f, r); err != nil {
		return answer{}, err
	}
	if r.scope == scopeWrite {
		if c.by.Once, err = once(f, who.client, c.query); err != nil {
			return answer{}, err
		}
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		return answer{}, &Fault{Code: codeBusy}
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	c.request = requestOf(f, r)
	do, err := r.prepare(c)
	switch {
	case err != nil:
		return answer{}, err
	case c.callback != "":
		return s.accept(ctx, r, c)
	}
	return do(ctx)
}

// recovered turns a panic into a fault; it would end the process.
func (s *Server) recovered(r route, err *error) {
	if p := recover(); p != nil {
		s.config.Log.Error("panic", "operation", r.operation, "value", fmt.Sprintf("%.200v", p), "stack", string(debug.Stack()))
		*err = &Fault{Code: codeInternal}
	}
}

// fill sets what the call may do; the query has been read.
func (s *Server) fill(c *call, r route, client string) error {
	granted, err := s.config.Policy.grant(client, r.operation)
	if err != nil {
		return err
	}
	c.service, c.scores, c.refs = s.config.Service, granted.scores, s.config.Service.Fetch != nil
	c.by = api.Caller{
		Client: client, Operation: r.operation, Transaction: c.transaction, Once: c.by.Once, Priority: c.priority, Limits: granted.limits,
	}
	return nil
}

// logCause logs what a stranger is not shown: the causes of our own faults.
func (s *Server) logCause(r route, f *Fault) {
	if f.Code >= codeInternal && f.cause != nil {
		s.config.Log.Error("fault", "operation", r.operation, "code", f.Code, slog.Any("error", f.cause))
	}
}
