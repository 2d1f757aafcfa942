package local

import (
	"context"
	"database/sql"
	"time"

	"oblik/models"
	"oblik/storage"
)

// Create implements [storage.Encounters]. A record that breaks the rules of
// [models.Encounter] is [models.Invalid].
func (s *Store) Create(ctx context.Context, a storage.Act, r storage.Record) error {
	const op = "storage/local.Create"
	if err := r.Check(op); err != nil {
		return err
	}
	return s.change(ctx, op, a, func(tx *sql.Tx, own *intended) error {
		for _, image := range r.ImageKeys() {
			if err := own.take(op, image); err != nil {
				return err
			}
		}
		id, err := insertEncounter(ctx, tx, r.Encounter)
		if err != nil {
			return err
		}
		return insertParts(ctx, tx, id, r)
	})
}

func insertEncounter(ctx context.Context, tx *sql.Tx, e models.Encounter) (int64, error) {
	if _, err := tx.ExecContext(ctx,
		"INSERT INTO persons (person) VALUES (?) ON CONFLICT DO NOTHING", e.Key.Person); err != nil {
		return 0, err
	}
	res, err := tx.ExecContext(ctx, `
		INSERT INTO encounters
			(person, encounter, status, created, updated, type, client_data, contextual, biographic, protection)
		VALUES ((SELECT id FROM persons WHERE person = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Key.Person, e.Key.Encounter, e.Status, micros(e.Created), micros(e.Updated), e.Type,
		e.ClientData, e.Contextual, e.Biographic, e.Protection)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// insertParts writes what hangs on an encounter's row.
func insertParts(ctx context.Context, tx *sql.Tx, id int64, r storage.Record) error {
	for i, g := range r.Encounter.Galleries {
		if _, err := tx.ExecContext(ctx,
			"INSERT INTO encounter_galleries (encounter, ordinal, gallery) VALUES (?, ?, ?)", id, i, g); err != nil {
			return err
		}
	}
	for i, sample := range r.Samples {
		if err := insertSample(ctx, tx, id, i, sample); err != nil {
			return err
		}
	}
	return nil
}

func insertSample(ctx context.Context, tx *sql.Tx, encounter int64, ordinal int, s storage.StoredSample) error {
	var weights, dimension, template, key, length, digest any
	var image models.ImageRef
	if t := s.Template; t != nil {
		weights, dimension, template = t.Format.Weights, t.Format.Dimension, notNull(t.Data)
	}
	if i := s.Image; i != nil {
		image, key, length, digest = *i, i.Key, i.Length, i.SHA256[:]
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO samples
			(encounter, ordinal, modality, weights, dimension, template, image_key, image_length, image_sha256,
			image_type, image_width, image_height, forgotten, details)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		encounter, ordinal, s.Modality, weights, dimension, template, key, length, digest,
		image.Type, image.Width, image.Height, s.Forgotten, s.Details)
	return err
}

// micros is a time as it is stored; PostgreSQL keeps no more either.
func micros(t time.Time) int64 { return t.UnixMicro() }

// notNull makes an empty template one that is there.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
