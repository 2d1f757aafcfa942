package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"oblik/models"
	"oblik/storage"
)

// The parts of one of a person's records, or of all if $2 is NULL. They come in
// one order, so that they can be put together as they come.
const (
	ofPerson = ` FROM encounters e JOIN persons p ON p.id = e.person `
	ofKey    = ` WHERE p.person = $1 AND ($2::text IS NULL OR e.encounter = $2) ORDER BY e.encounter `

	selectEncounters = `SELECT e.id, p.person, e.encounter, e.status, e.created, e.updated, e.type,
		e.client_data, e.contextual, e.biographic, e.protection` + ofPerson + ofKey
	selectGalleries = `SELECT e.id, g.gallery` + ofPerson +
		`JOIN encounter_galleries g ON g.encounter = e.id` + ofKey + `, g.ordinal`
	selectSamples = `SELECT e.id, s.modality, s.details, s.forgotten, t.weights, t.dimension, t.template,
		i.key, i.length, i.sha256, i.type, i.width, i.height` + ofPerson +
		`JOIN samples s ON s.encounter = e.id
		LEFT JOIN templates t ON t.encounter = s.encounter AND t.ordinal = s.ordinal
		LEFT JOIN images i ON i.encounter = s.encounter AND i.ordinal = s.ordinal` + ofKey + `, s.ordinal`
)

// records reads the record of an encounter, or with nil all of a person's. It
// takes one round trip.
func records(ctx context.Context, tx pgx.Tx, person models.PersonID, only *models.EncounterID) ([]row[storage.Record], error) {
	var all []row[storage.Record]
	var b pgx.Batch
	b.Queue(selectEncounters, person, only).Query(func(rows pgx.Rows) (err error) {
		all, err = pgx.CollectRows(rows, encounter)
		return err
	})
	b.Queue(selectGalleries, person, only).Query(func(rows pgx.Rows) error {
		var id int64
		var g models.GalleryID
		in := follower[storage.Record]{all: all}
		return forEach(rows, func() { e := &in.find(id).Encounter; e.Galleries = append(e.Galleries, g) }, &id, &g)
	})
	b.Queue(selectSamples, person, only).Query(func(rows pgx.Rows) error {
		in := follower[storage.Record]{all: all}
		for rows.Next() {
			id, s, err := sample(rows)
			if err != nil {
				return err
			}
			r := in.find(id)
			r.Samples = append(r.Samples, s)
		}
		return rows.Err()
	})
	err := tx.SendBatch(ctx, &b).Close()
	return all, err
}

func encounter(rows pgx.CollectableRow) (r row[storage.Record], err error) {
	e := &r.value.Encounter
	err = rows.Scan(&r.id, &e.Key.Person, &e.Key.Encounter, &e.Status, &e.Created, &e.Updated, &e.Type,
		&e.ClientData, &e.Contextual, &e.Biographic, &e.Protection)
	e.Created, e.Updated = e.Created.UTC(), e.Updated.UTC()
	return r, err
}

func sample(rows pgx.Rows) (id int64, s storage.StoredSample, err error) {
	var weights, key, mime *string
	var dimension, width, height *int
	var length *int64
	var template, digest []byte
	if err := rows.Scan(&id, &s.Modality, &s.Details, &s.Forgotten, &weights, &dimension, &template,
		&key, &length, &digest, &mime, &width, &height); err != nil {
		return id, s, err
	}
	if weights != nil {
		s.Template = &models.Template{Format: models.Format{Weights: *weights, Dimension: *dimension}, Data: template}
	}
	if key != nil {
		s.Image = &models.ImageRef{Key: *key, Length: *length, Type: *mime, Width: *width, Height: *height}
		copy(s.Image.SHA256[:], digest)
	}
	return id, s, nil
}
