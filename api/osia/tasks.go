package osia

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"oblik/api"
	"oblik/models"
)

// accept stores a request that names a callback, and answers 202. All that can
// be wrong with it without a look into the stores has been found before; what
// the stores say goes to the callback.
//
// With an Idempotency-Key the task's id is a digest of it, so that the same
// request is one task however often it is sent.
func (s *Server) accept(ctx context.Context, r route, c *call) (answer, error) {
	if err := s.checkCallback(r, c); err != nil {
		return answer{}, err
	}
	t := models.Task{
		Client: c.by.Client, Operation: r.operation, Transaction: c.transaction,
		Person: c.holds.Person, Encounter: c.holds.Encounter,
		Callback: c.callback, Priority: r.rank + c.priority, Request: encodeRequest(c.request, c.by.Once),
	}
	if once := c.by.Once; once != nil {
		sum := digest([]byte("task"), once.Key[:])
		t.ID = hex.EncodeToString(sum[:16])
	}
	kept, err := c.service.Submit(ctx, t, s.config.Tasks)
	if err == nil && c.by.Once != nil {
		kept, err = s.sameTask(ctx, c, t, kept)
	}
	if err != nil {
		return answer{}, err
	}
	c.taskID = kept.ID
	body, err := json.Marshal(struct {
		TaskID string `json:"taskId"`
	}{kept.ID})
	return answer{status: http.StatusAccepted, body: body}, err
}

// checkCallback refuses a callback that will not be called, and one for which
// a photograph would be written to a disk that is to hold none.
func (s *Server) checkCallback(r route, c *call) error {
	if s.config.Outbound == nil {
		return &Fault{Code: codeCallback, Detail: "the operator has listed no host"}
	}
	if err := s.config.Outbound.Check(c.callback); err != nil {
		return &Fault{Code: codeCallback, Detail: detail(err, models.Invalid), cause: err}
	}
	images := r.body == requiredBody && r.operation != "updateEncounterGalleries"
	if images && c.service.Policy.ForgetImages {
		return &Fault{Code: codeCallback, Detail: "photographs are not kept here, and this one would have to wait on a disk"}
	}
	return nil
}

// sameTask gives the task that is kept under a request's idempotency key if it
// is this request's. Once its own request is gone the claim tells: if the change
// was made, it is; if it came to nothing the key is free again, as it is
// without a callback, and the request becomes a task of its own.
func (s *Server) sameTask(ctx context.Context, c *call, t, kept models.Task) (models.Task, error) {
	if kept.Request != nil {
		_, once, err := decodeRequest(kept.Request)
		if err == nil && (once == nil || once.Body != c.by.Once.Body || kept.Callback != t.Callback) {
			err = models.Errorf("task", models.Reused, "the key came with another body or callback")
		}
		return kept, err
	}
	free, err := c.service.ClaimFree(ctx, c.by.Once)
	if err != nil || !free {
		return kept, err
	}
	t.ID = ""
	return c.service.Submit(ctx, t, s.config.Tasks)
}

// readTaskStatus answers with the state as a JSON string. A task of another
// client is unknown.
func readTaskStatus(c *call) (work, error) {
	id, err := c.id("taskId")
	service, by := c.service, c.by
	return func(ctx context.Context) (answer, error) {
		state, err := service.TaskStatus(ctx, by, id)
		if err != nil {
			return answer{}, noTask(err)
		}
		return marshal(state)
	}, err
}

// redeliver asks for a task's result again.
func redeliver(c *call) (work, error) {
	id, err := c.id("taskId")
	service, by := c.service, c.by
	return silent(func(ctx context.Context) error { return noTask(service.Redeliver(ctx, by, id)) }), err
}

// noTask gives an unknown task its own code.
func noTask(err error) error {
	if err != nil && models.KindOf(err) == models.NotFound {
		return &Fault{Code: codeTask, cause: err}
	}
	return err
}

// onceOf is the claim of a task's change: the client's own, or one made of the
// task's id, since a task may be worked on more than once.
func onceOf(t models.Task, q request, given *api.Once) *api.Once {
	if given != nil {
		return given
	}
	return &api.Once{Key: digest([]byte("task"), []byte(t.ID)), Body: digest(q.body)}
}
