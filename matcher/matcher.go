// Package matcher turns a photograph of a face into a template and two
// templates into a score. Its parts meet at three seams: an [Extractor] makes
// templates, a [Comparer] scores two of them, an [Index] searches many.
//
// The recipe of extraction is in pipeline.go, a line a stage; the numbers it
// was tuned with are in params.go. This package holds no cgo, so its logic is
// tested without OpenCV; matcher/opencv implements the stages and
// matcher/worker runs them in processes of their own, since strangers' images
// meet native code there.
package matcher

import (
	"context"

	"oblik/models"
)

// Extractor makes templates. It is safe for concurrent use.
type Extractor interface {
	// Extract finds the faces of s.Image and makes the template of the chosen
	// one. Errors have one of the image kinds, [models.NoFace],
	// [models.Crashed], [models.Deadline] or [models.Unavailable].
	Extract(ctx context.Context, s models.Sample) (models.Extraction, error)
	// Format is that of every template it makes.
	Format() models.Format
}

// Comparer scores two templates of one person or of two.
type Comparer interface {
	// Compare returns [models.Mismatch] if the formats differ from each other
	// or from the comparer's, and [models.Integrity] for a damaged template.
	Compare(probe, reference models.Template) (models.Score, error)
}

// Index searches the templates of many people. It is safe for concurrent use.
type Index interface {
	// Put adds entries; one with the key of an earlier one replaces it.
	Put(entries ...models.Entry) error
	// Remove forgets entries; unknown keys are no error.
	Remove(keys ...models.EncounterKey) error
	// Replace makes entries, all of one person, that person's only ones; none
	// forgets the person. A search sees what was there before or after, nothing
	// between. [models.Integrity], and nothing changes, if a template is damaged.
	Replace(person models.PersonID, entries ...models.Entry) error
	// Reset forgets everything.
	Reset()
	// Search gives the best candidates, one a person, best first, ties by
	// person id. INACTIVE entries are left out.
	Search(ctx context.Context, probe models.Template, o models.SearchOptions) ([]models.Candidate, error)
	// Len is the number of entries held, INACTIVE ones included.
	Len() int
}
