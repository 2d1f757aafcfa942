package api_test

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"oblik/models"
	"oblik/storage"
)

// journal stands in for a log of changes that several services write: it tells
// what a test notes in it. Entries are the store's own.
type journal struct {
	storage.Changes
	mu       sync.Mutex
	people   []models.PersonID
	history  int   // raised by a restore
	fails    error // of After
	readings int
	told     chan struct{}
}

func newJournal(of storage.Changes) *journal {
	return &journal{Changes: of, told: make(chan struct{}, 1)}
}

// note says that other services changed these people's records; announced says
// whether it is told at once.
func (j *journal) note(announced bool, people ...models.PersonID) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.people = append(j.people, people...)
	if announced {
		select {
		case j.told <- struct{}{}:
		default:
		}
	}
}

// restored makes the history another one.
func (j *journal) restored() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.history++
	j.people = nil
}

// fail makes each reading fail, or none any more.
func (j *journal) fail(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.fails = err
}

func (j *journal) read() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.readings
}

func (j *journal) place() storage.Place {
	return storage.Place{Seq: int64(len(j.people)), Mark: fmt.Sprint(j.history)}
}

// Head implements [storage.Changes].
func (j *journal) Head(context.Context) (storage.Place, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.place(), nil
}

// After implements [storage.Changes].
func (j *journal) After(_ context.Context, p storage.Place) ([]models.PersonID, storage.Place, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.readings++
	if j.fails != nil {
		return nil, p, j.fails
	}
	if p.Mark != fmt.Sprint(j.history) {
		return nil, p, models.Errorf("test", models.Conflict, "another history")
	}
	people := slices.Clone(j.people[p.Seq:])
	slices.Sort(people)
	return slices.Compact(people), j.place(), nil
}

// Await implements [storage.Changes].
func (j *journal) Await(ctx context.Context) error {
	select {
	case <-j.told:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
