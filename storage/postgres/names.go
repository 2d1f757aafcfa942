package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/models"
)

// Named implements [storage.Names].
func (s *Store) Named(ctx context.Context, keys []string) (map[string]bool, error) {
	named := map[string]bool{}
	err := each(ctx, s.pool, func(rows pgx.Rows) error {
		var key string
		err := rows.Scan(&key)
		named[key] = true
		return err
	}, "SELECT key FROM images WHERE key = ANY ($1)", keys)
	return named, translate(ctx, "storage/postgres.Named", err)
}

// References implements [storage.Names].
func (s *Store) References(ctx context.Context, after string, f func(models.EncounterKey, models.ImageRef) error) error {
	return s.stream(ctx, "storage/postgres.References", func(tx pgx.Tx) error {
		last := after
		return pages(ctx, tx, func(rows pgx.Rows) error {
			key, ref, err := reference(rows)
			if err != nil {
				return err
			}
			last = ref.Key
			return stop(f(key, ref))
		}, `SELECT p.person, e.encounter, i.key, i.length, i.sha256, i.type, i.width, i.height
			FROM images i JOIN encounters e ON e.id = i.encounter JOIN persons p ON p.id = e.person
			WHERE i.key > $1 ORDER BY i.key LIMIT $2`, func() []any { return []any{last} })
	})
}

func reference(rows pgx.Rows) (key models.EncounterKey, ref models.ImageRef, err error) {
	var digest []byte
	err = rows.Scan(&key.Person, &key.Encounter, &ref.Key, &ref.Length, &digest, &ref.Type, &ref.Width, &ref.Height)
	copy(ref.SHA256[:], digest)
	return key, ref, err
}
