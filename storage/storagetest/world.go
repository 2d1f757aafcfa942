package storagetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"oblik/models"
	"oblik/storage"
)

// world is the stores, what the map should hold at a stop, and what was done.
type world struct {
	stores Stores
	state  state
	images map[string]bool // of all acts begun since the outbox was empty
	line   int64           // the trail's last
	clock  atomic.Int64    // grows with every question and every answer
	mu     sync.Mutex      // guards tally
	tally  map[string]int  // answers by verb and kind
	steps  int
	rounds int
}

func newWorld(s Stores) *world {
	return &world{stores: s, state: state{}, images: map[string]bool{}, tally: map[string]int{}}
}

// round lets the clients run their programs at one time, and compares.
func (w *world) round(programs [][]step) error {
	histories := make([][]line, len(programs))
	var wg sync.WaitGroup
	for client, program := range programs {
		wg.Go(func() {
			for _, s := range program {
				histories[client] = append(histories[client], w.do(client, s))
			}
		})
		w.steps += len(program)
	}
	wg.Wait()
	w.rounds++
	history := slices.Concat(histories...)
	end, err := w.look()
	if err != nil {
		return err
	}
	// What is seen at the stop is one more step, after all others.
	now := w.clock.Add(1)
	history = append(history, line{step: step{verb: "look"}, answer: answer{all: end}, call: now, end: w.clock.Add(1)})
	err = explain(w.state, history)
	w.state = end
	return errors.Join(err, w.checkImages(history), w.checkTrail(history))
}

// do takes one step and gives it as a line of the history.
func (w *world) do(client int, s step) line {
	l := line{client: client, step: s, call: w.clock.Add(1)}
	l.answer = s.take(w.stores)
	l.end = w.clock.Add(1)
	w.mu.Lock()
	w.tally[s.verb+" "+l.answer.kind]++
	w.mu.Unlock()
	return l
}

// empty removes everybody and starts anew.
func (w *world) empty() error {
	for _, person := range []models.PersonID{"p1", "p2", "p3"} {
		if err := erasePerson(w.stores, person); err != nil && models.KindOf(err) != models.NotFound {
			return err
		}
	}
	pending, err := w.stores.Outbox.Pending(context.Background(), 1<<20)
	for i := 0; err == nil && i < len(pending); i++ {
		err = w.stores.Outbox.Done(context.Background(), pending[i])
	}
	w.state, w.images = state{}, map[string]bool{}
	return errors.Join(err, w.stores.Trail.Events(context.Background(), w.line, func(e storage.Event) error { w.line = e.Seq; return nil }))
}
