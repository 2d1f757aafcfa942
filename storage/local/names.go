package local

import (
	"context"
	"database/sql"
	"encoding/json"

	"oblik/models"
	"oblik/storage"
)

var _ storage.Names = (*Store)(nil)

// Named implements [storage.Names].
func (s *Store) Named(ctx context.Context, keys []string) (names map[string]bool, err error) {
	err = s.view(ctx, "storage/local.Named", func(tx *sql.Tx) error {
		names, err = named(ctx, tx, keys)
		return err
	})
	return names, err
}

func named(ctx context.Context, tx *sql.Tx, keys []string) (map[string]bool, error) {
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	found, err := column(ctx, tx, `
		SELECT k.value FROM json_each(?) k
		WHERE EXISTS (SELECT 1 FROM samples WHERE image_key = k.value)
			OR EXISTS (SELECT 1 FROM act_images WHERE image_key = k.value)
			OR EXISTS (SELECT 1 FROM outbox WHERE image_key = k.value)`, string(list))
	names := map[string]bool{}
	for _, key := range found {
		names[key] = true
	}
	return names, err
}

// References implements [storage.Names], on one snapshot. What is said of
// [Store.Scan] holds for it.
func (s *Store) References(ctx context.Context, after string, f func(models.EncounterKey, models.ImageRef) error) error {
	return s.stream(ctx, "storage/local.References", func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var key models.EncounterKey
			var ref models.ImageRef
			var digest []byte
			if err := rows.Scan(&key.Person, &key.Encounter, &ref.Key, &ref.Length, &digest,
				&ref.Type, &ref.Width, &ref.Height); err != nil {
				return err
			}
			copy(ref.SHA256[:], digest)
			return stop(f(key, ref))
		}, references, after)
	})
}

// references follows the index of image keys: nothing is sorted.
const references = `
	SELECT p.person, e.encounter, s.image_key, s.image_length, s.image_sha256, s.image_type, s.image_width, s.image_height
	FROM samples s CROSS JOIN encounters e ON e.id = s.encounter CROSS JOIN persons p ON p.id = e.person
	WHERE s.image_key > ? ORDER BY s.image_key`
