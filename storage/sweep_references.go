package storage

import (
	"context"
	"errors"

	"oblik/models"
)

type reference struct {
	encounter models.EncounterKey
	image     models.ImageRef
}

// references are read from the rows in chunks, since no transaction should wait
// for images.
type references struct {
	names Names
	after string
	chunk []reference
	ended bool
}

var errFull = errors.New("the chunk is full")

// next gives the next reference up to a key, or nil.
func (r *references) next(ctx context.Context, last string) (*reference, error) {
	if len(r.chunk) == 0 && !r.ended {
		if err := r.fill(ctx); err != nil {
			return nil, err
		}
	}
	if len(r.chunk) == 0 || r.chunk[0].image.Key > last {
		return nil, nil
	}
	first := &r.chunk[0]
	r.chunk, r.after = r.chunk[1:], first.image.Key
	return first, nil
}

func (r *references) fill(ctx context.Context) error {
	err := r.names.References(ctx, r.after, func(encounter models.EncounterKey, image models.ImageRef) error {
		if len(r.chunk) == referencesAtOnce {
			return errFull
		}
		r.chunk = append(r.chunk, reference{encounter, image})
		return nil
	})
	if errors.Is(err, errFull) {
		return nil
	}
	r.ended = err == nil
	return err
}
