package osia

import (
	"context"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"oblik/models"
)

// mimeError is the type of an Error that is delivered to a callback, where
// there is no status to tell it from a success.
const mimeError = "application/error+json"

// RunTasks works on asynchronous requests and delivers their results until ctx
// ends and what is under way has been given back. It is needed where no host is
// listed any more, too: what was accepted before is over only then.
func (s *Server) RunTasks(ctx context.Context) {
	s.config.Service.RunTasks(ctx, taskRunner{s}, s.config.Tasks)
}

// taskRunner implements [api.TaskRunner].
type taskRunner struct{ s *Server }

// Work does what the stored request asks for, under the policy as it is now.
// The result is what a synchronous request is answered with, or "OK" in place
// of an empty answer.
func (t taskRunner) Work(ctx context.Context, task models.Task) (result []byte, mime string, err error) {
	i := slices.IndexFunc(routes, func(r route) bool { return r.operation == task.Operation })
	if i < 0 {
		return nil, "", notStored()
	}
	r := routes[i]
	defer t.s.recovered(r, &err)
	do, err := t.s.prepareAgain(r, task)
	if err != nil {
		return nil, "", err
	}
	a, err := do(ctx)
	switch {
	case err != nil:
		return nil, "", err
	case a.body == nil:
		a.body = []byte(`"OK"`)
	}
	if a.mime == "" {
		a.mime = fiber.MIMEApplicationJSON
	}
	return a.body, a.mime, nil
}

// prepareAgain rebuilds the call that was stored.
func (s *Server) prepareAgain(r route, task models.Task) (do work, err error) {
	c := call{taskID: task.ID}
	if c.request, c.by.Once, err = decodeRequest(task.Request); err != nil {
		return nil, err
	}
	if r.scope == scopeWrite {
		c.by.Once = onceOf(task, c.request, c.by.Once)
	}
	if c.query, err = parseQuery(c.rawURL, r.query); err != nil {
		return nil, err
	}
	if err := s.fill(&c, r, task.Client); err != nil {
		return nil, err
	}
	c.by.Task = task.ID
	return r.prepare(&c)
}

// Fault implements [api.TaskRunner].
func (t taskRunner) Fault(err error) ([]byte, string) {
	f := faultOf(err)
	t.s.logCause(route{operation: "task"}, f)
	return f.body(), mimeError
}

// Deliver posts the result to the callback. OSIA's answer is 204; any success
// is one.
func (t taskRunner) Deliver(ctx context.Context, task models.Task) error {
	const op = "callback"
	if t.s.config.Outbound == nil {
		return models.Errorf(op, models.Invalid, "the operator has listed no host")
	}
	to, err := callbackOf(task)
	if err != nil {
		return err
	}
	result, mime, err := t.s.standing(ctx, task)
	if err != nil {
		return err
	}
	status, err := t.s.config.Outbound.Post(ctx, to, mime, result)
	if err != nil {
		return err
	}
	if status < 200 || status > 299 {
		return models.Errorf(op, models.Unavailable, "answered %d", status)
	}
	return nil
}

// callbackOf adds the task's ids to the callback's own query string.
func callbackOf(task models.Task) (string, error) {
	u, err := url.Parse(task.Callback)
	if err != nil {
		return "", models.Errorf("callback", models.Invalid, "not a URL") // the cause quotes it
	}
	ids := url.Values{"transactionId": {task.Transaction}, "taskId": {task.ID}}.Encode()
	if u.RawQuery != "" {
		ids = u.RawQuery + "&" + ids
	}
	u.RawQuery = ids
	return u.String(), nil
}
