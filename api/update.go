package api

import (
	"context"

	"oblik/models"
	"oblik/storage"
)

// Update replaces a record by e, all of it: a property or a photograph that e
// does not have is gone. Templates are made anew, and the old ones match nothing
// when it returns; the old photographs are deleted as by [Service.Erase]. The day
// of creation stays. Errors as of [Service.Enroll], but [models.NotFound] for a
// record that is not there, and [models.Forbidden] for one that is not the
// client's to change.
func (s *Service) Update(ctx context.Context, by Caller, e models.Encounter) (Enrolled, error) {
	if err := e.Key.Validate(); err != nil {
		return Enrolled{}, err
	}
	done, err := s.write(ctx, by, e, writing{
		look: func(ctx context.Context) error {
			r, err := s.record(ctx, by, e.Key)
			if err != nil {
				return err
			}
			return by.change(r)
		},
		rows: func(ctx context.Context, a storage.Act, next storage.Record) error {
			return s.Encounters.Update(ctx, a, e.Key, func(r *storage.Record) error {
				if err := by.change(*r); err != nil {
					return err
				}
				created := r.Encounter.Created
				*r = next
				r.Encounter.Created = created
				return nil
			})
		},
		index: func(r storage.Record) error { return s.place(entryOf(r)) },
	})
	if err == nil {
		s.drain(ctx)
	}
	return done, err
}
