package api_test

import (
	"context"
	"sync"
	"testing"

	"oblik/api"
	"oblik/models"
)

// watch counts the stages that ended, by name and whether they failed.
type watch struct {
	api.Observer
	mu    sync.Mutex
	ended map[string]int
	open  int
}

func (o *watch) Stage(ctx context.Context, name string) (context.Context, func(error)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open++
	return ctx, func(err error) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.open--
		if err != nil {
			name += " failed"
		}
		o.ended[name]++
	}
}

// The observer hears of each question to a store, and how it ended.
func TestStoresAreObserved(t *testing.T) {
	ctx := context.Background()
	o := &watch{}
	w := newWorld(t, func(p *api.Parts) { p.Observer = o })
	for _, c := range []struct {
		name                    string
		do                      func() error
		records, failed, images int
	}{
		{"Enroll", func() error { _, err := w.Enroll(ctx, by, visit("p", "e", face("ann"), face("ann~0.1"))); return err }, 2, 1, 2}, // one looks if the key is free
		{"Read", func() error { _, err := w.Read(ctx, by, key("p", "e")); return err }, 1, 0, 2},
		{"SetStatus", func() error { return w.SetStatus(ctx, by, key("p", "e"), "INACTIVE") }, 2, 0, 0},
		{"Erase", func() error { return w.Erase(ctx, by, key("p", "e")) }, 4, 0, 2}, // its images are told off the outbox
		{"Read of nobody", func() error {
			_, err := w.Read(ctx, by, key("p", "e"))
			if kindOf(err) == models.NotFound {
				err = nil
			}
			return err
		}, 0, 1, 0},
	} {
		o.ended = map[string]int{}
		if err := c.do(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if o.open != 0 || o.ended[api.StageRecords] != c.records || o.ended[api.StageRecords+" failed"] != c.failed || o.ended[api.StageImages] != c.images {
			t.Errorf("%s: %v, %d not ended", c.name, o.ended, o.open)
		}
	}
}
