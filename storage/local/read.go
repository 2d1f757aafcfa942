package local

import (
	"context"
	"database/sql"
	"time"

	"oblik/models"
	"oblik/storage"
)

// Read implements [storage.Encounters].
func (s *Store) Read(ctx context.Context, key models.EncounterKey) (r storage.Record, err error) {
	const op = "storage/local.Read"
	err = s.view(ctx, op, func(tx *sql.Tx) error {
		_, found, err := records(ctx, tx, key.Person, "AND e.encounter = ?", key.Encounter)
		if err == nil && len(found) == 0 {
			err = models.Errorf(op, models.NotFound, "no such encounter")
		}
		if err == nil {
			r = found[0]
		}
		return err
	})
	return r, err
}

// ReadAll implements [storage.Encounters].
func (s *Store) ReadAll(ctx context.Context, person models.PersonID) (all []storage.Record, err error) {
	const op = "storage/local.ReadAll"
	err = s.view(ctx, op, func(tx *sql.Tx) error {
		_, all, err = records(ctx, tx, person, "ORDER BY e.encounter")
		if err == nil && len(all) == 0 {
			err = models.Errorf(op, models.NotFound, "no such person")
		}
		return err
	})
	return all, err
}

// records reads a person's encounters, narrowed or ordered by the end of the
// query, and their row ids.
func records(ctx context.Context, tx *sql.Tx, person models.PersonID, end string, args ...any) (ids []int64, all []storage.Record, err error) {
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var id, created, updated int64
		e := models.Encounter{Key: models.EncounterKey{Person: person}}
		if err := rows.Scan(&id, &e.Key.Encounter, &e.Status, &created, &updated, &e.Type,
			&e.ClientData, &e.Contextual, &e.Biographic, &e.Protection); err != nil {
			return err
		}
		e.Created, e.Updated = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
		ids, all = append(ids, id), append(all, storage.Record{Encounter: e})
		return nil
	}, `SELECT e.id, e.encounter, e.status, e.created, e.updated, e.type,
			e.client_data, e.contextual, e.biographic, e.protection
		FROM encounters e JOIN persons p ON p.id = e.person
		WHERE p.person = ? `+end, append([]any{person}, args...)...)
	for i := 0; err == nil && i < len(all); i++ {
		if all[i].Encounter.Galleries, err = galleries(ctx, tx, ids[i]); err == nil {
			all[i].Samples, err = samples(ctx, tx, ids[i])
		}
	}
	return ids, all, err
}

func galleries(ctx context.Context, tx *sql.Tx, encounter int64) (ids []models.GalleryID, err error) {
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var g models.GalleryID
		defer func() { ids = append(ids, g) }()
		return rows.Scan(&g)
	}, "SELECT gallery FROM encounter_galleries WHERE encounter = ? ORDER BY ordinal", encounter)
	return ids, err
}

func samples(ctx context.Context, tx *sql.Tx, encounter int64) (all []storage.StoredSample, err error) {
	err = each(ctx, tx, func(rows *sql.Rows) error {
		s, err := sample(rows)
		all = append(all, s)
		return err
	}, `SELECT modality, weights, dimension, template, image_key, image_length, image_sha256,
			image_type, image_width, image_height, forgotten, details
		FROM samples WHERE encounter = ? ORDER BY ordinal`, encounter)
	return all, err
}

func sample(rows *sql.Rows) (s storage.StoredSample, err error) {
	var weights, key sql.NullString
	var dimension, length sql.NullInt64
	var template, digest []byte
	var image models.ImageRef
	if err := rows.Scan(&s.Modality, &weights, &dimension, &template, &key, &length, &digest,
		&image.Type, &image.Width, &image.Height, &s.Forgotten, &s.Details); err != nil {
		return s, err
	}
	if weights.Valid {
		s.Template = &models.Template{
			Format: models.Format{Weights: weights.String, Dimension: int(dimension.Int64)},
			Data:   template,
		}
	}
	if key.Valid {
		image.Key, image.Length = key.String, length.Int64
		copy(image.SHA256[:], digest)
		s.Image = &image
	}
	return s, nil
}
