package postgres

import (
	"context"

	"oblik/models"
	"oblik/storage"
)

// Move implements [storage.Mover].
func (s *Store) Move(ctx context.Context, a storage.Act, target, source models.PersonID, encounter models.EncounterID) error {
	return s.give(ctx, "storage/postgres.Move", a, target, source, &encounter)
}
