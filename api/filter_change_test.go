package api_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
)

// slowMover holds a move between its rows and the index.
type slowMover struct {
	storage.Mover
	moved, release chan struct{}
}

func (h slowMover) Move(ctx context.Context, a storage.Act, target, source models.PersonID, encounter models.EncounterID) error {
	defer func() { close(h.moved); <-h.release }()
	return h.Mover.Move(ctx, a, target, source, encounter)
}

// A search with a filter that comes between a move's rows and the index finds the
// person all the same.
func TestFilteredSearchBesideAMove(t *testing.T) {
	ctx := context.Background()
	h := slowMover{moved: make(chan struct{}), release: make(chan struct{})}
	w := newWorld(t, func(p *api.Parts) { h.Mover = p.Mover; p.Mover = h })
	e := visit("source", "e", face("ann"))
	e.Biographic = []byte(`{"gender":"F"}`)
	w.enroll(t, e)
	w.enroll(t, visit("target", "other"))
	moved := make(chan error, 1)
	go func() { moved <- w.Move(ctx, by, "target", "source", "e") }()
	<-h.moved
	type found struct {
		api.Identified
		error
	}
	searched := make(chan found, 1)
	go func() {
		x, err := w.Identify(ctx, by, "main", faces("ann"), api.IdentifyOptions{Filter: api.Filter{"gender": json.RawMessage(`"F"`)}})
		searched <- found{x, err}
	}()
	w.eventually(t, func() bool { return w.calls.Load() == 2 }) // the probe's face is extracted
	time.AfterFunc(20*time.Millisecond, func() { close(h.release) })
	if x := <-searched; x.error != nil || len(x.Candidates) != 1 || x.Candidates[0].Person != "target" {
		t.Errorf("found %+v, %v", x.Candidates, x.error)
	}
	if err := <-moved; err != nil {
		t.Error(err)
	}
}
