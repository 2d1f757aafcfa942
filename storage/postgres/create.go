package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// Create implements [storage.Encounters]. A record that breaks the rules of
// [models.Encounter] is [models.Invalid].
func (s *Store) Create(ctx context.Context, a storage.Act, r storage.Record) error {
	const op = "storage/postgres.Create"
	if err := r.Check(op); err != nil {
		return err
	}
	return s.change(ctx, op, a, func(tx pgx.Tx) error {
		id, err := insertEncounter(ctx, tx, r.Encounter)
		if err != nil {
			return err
		}
		return insertParts(ctx, tx, op, a.ID, id, r)
	}, r.Encounter.Key.Person)
}

// insertEncounter also makes the person. If there is one already its row is
// locked; one that is being deleted is waited for and made anew.
func insertEncounter(ctx context.Context, tx pgx.Tx, e models.Encounter) (id int64, err error) {
	err = tx.QueryRow(ctx, `
		WITH p AS (INSERT INTO persons (person) VALUES ($1)
			ON CONFLICT (person) DO UPDATE SET person = excluded.person RETURNING id)
		INSERT INTO encounters
			(person, encounter, status, created, updated, type, client_data, contextual, biographic, protection)
		SELECT p.id, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM p RETURNING id`,
		e.Key.Person, e.Key.Encounter, e.Status, e.Created, e.Updated, e.Type,
		e.ClientData, e.Contextual, e.Biographic, e.Protection).Scan(&id)
	return id, err
}

// insertParts writes the galleries, samples and templates of an encounter, and
// gives it its images, in one round trip.
func insertParts(ctx context.Context, tx pgx.Tx, op, act string, id int64, r storage.Record) error {
	var b pgx.Batch
	for i, g := range r.Encounter.Galleries {
		b.Queue("INSERT INTO encounter_galleries (encounter, ordinal, gallery) VALUES ($1, $2, $3)", id, i, g)
	}
	for i, s := range r.Samples {
		b.Queue("INSERT INTO samples (encounter, ordinal, modality, details, forgotten) VALUES ($1, $2, $3, $4, $5)",
			id, i, s.Modality, s.Details, s.Forgotten)
		if t := s.Template; t != nil {
			b.Queue("INSERT INTO templates (encounter, ordinal, weights, dimension, template) VALUES ($1, $2, $3, $4, $5)",
				id, i, t.Format.Weights, t.Format.Dimension, notNull(t.Data))
		}
	}
	attach(&b, op, act, id, r.Samples)
	return tx.SendBatch(ctx, &b).Close()
}

// notNull makes an empty template one that is there.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
