package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"oblik/models"
	"oblik/storage"
)

// attach queues what gives an encounter its samples' images, which are the
// act's or the encounter's already.
func attach(b *pgx.Batch, op, act string, encounter int64, samples []storage.StoredSample) {
	var c columns
	for i, s := range samples {
		if s.Image != nil {
			c.add(i, *s.Image)
		}
	}
	if len(c.keys) == 0 {
		return
	}
	b.Queue(`
		UPDATE images i
		SET act = NULL, encounter = $2, ordinal = n.ordinal,
			length = n.length, sha256 = n.sha256, type = n.type, width = n.width, height = n.height
		FROM unnest($3::text[], $4::int[], $5::bigint[], $6::bytea[], $7::text[], $8::int[], $9::int[])
			AS n (key, ordinal, length, sha256, type, width, height)
		WHERE i.key = n.key AND (i.act = $1 OR i.encounter = $2)`,
		act, encounter, c.keys, c.ordinals, c.lengths, c.digests, c.types, c.widths, c.heights).
		Exec(func(tag pgconn.CommandTag) error {
			if tag.RowsAffected() != int64(len(c.keys)) {
				return models.Errorf(op, models.Invalid, "an image is named twice or is not the act's")
			}
			return nil
		})
}

// columns are references to images, turned by 90 degrees.
type columns struct {
	keys, types               []string
	ordinals, widths, heights []int
	lengths                   []int64
	digests                   [][]byte
}

func (c *columns) add(ordinal int, ref models.ImageRef) {
	c.keys, c.types = append(c.keys, ref.Key), append(c.types, ref.Type)
	c.ordinals, c.widths, c.heights = append(c.ordinals, ordinal), append(c.widths, ref.Width), append(c.heights, ref.Height)
	c.lengths, c.digests = append(c.lengths, ref.Length), append(c.digests, ref.SHA256[:])
}

// queueImages puts images at the end of the outbox, in their order; which ones,
// the end of the query says.
const queueImages = `
	UPDATE images i
	SET act = NULL, encounter = NULL, ordinal = NULL, queued = q.place,
		length = NULL, sha256 = NULL, type = NULL, width = NULL, height = NULL
	FROM (SELECT key, nextval('outbox_order') AS place FROM (SELECT key FROM images `

// The ends of queueImages: of acts, and of an encounter but those it keeps.
const (
	ofActs      = `WHERE act = ANY ($1) ORDER BY act, ordinal) s) q WHERE i.key = q.key`
	ofEncounter = `WHERE encounter = $1 AND key <> ALL ($2) ORDER BY ordinal) s) q WHERE i.key = q.key`
)
