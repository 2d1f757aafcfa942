package storagetest

import (
	"pgregory.net/rapid"

	"oblik/models"
	"oblik/storage"
)

// step is what one client does next.
type step struct {
	verb   string
	key    models.EncounterKey // of what it is done to; its person alone for some verbs
	other  models.PersonID     // who is merged into key's person or gives an encounter to it
	record storage.Record      // what is stored, or what an update brings
	// An update with keep leaves the images that are there.
	keep    bool
	gallery models.GalleryID
}

// verbs of the steps; those that are there more than once come more often.
var verbs = []string{"create", "create", "create", "update", "update", "update", "merge", "move", "move",
	"delete", "deletePerson", "read", "read", "readAll", "templates", "templates"}

// programs draws the steps of all clients between two stops.
func programs() *rapid.Generator[[][]step] {
	return rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(drawStep), stepsAtOnce, stepsAtOnce), clients, clients)
}

func drawStep(t *rapid.T) step {
	person := func(label string) models.PersonID {
		return models.PersonID(rapid.SampledFrom([]string{"p1", "p2", "p3"}).Draw(t, label))
	}
	s := step{
		verb: rapid.SampledFrom(verbs).Draw(t, "verb"),
		key: models.EncounterKey{Person: person("person"),
			Encounter: models.EncounterID(rapid.SampledFrom([]string{"e1", "e2", "e3"}).Draw(t, "encounter"))},
	}
	switch s.verb {
	case "merge", "move":
		s.other = person("other")
	case "templates":
		s.gallery = rapid.SampledFrom([]models.GalleryID{"g1", "g2", "g3", models.AllGalleries}).Draw(t, "gallery")
	case "create", "update":
		s.record = drawRecord(t, s.key)
		s.keep = rapid.Bool().Draw(t, "keep")
	}
	return s
}

func drawRecord(t *rapid.T, key models.EncounterKey) storage.Record {
	r := record(string(key.Person), string(key.Encounter), rapid.SliceOfNDistinct(
		rapid.SampledFrom([]models.GalleryID{"g1", "g2", "g3"}), 1, 3, rapid.ID).Draw(t, "galleries")...)
	r.Encounter.Created = r.Encounter.Created.UTC()
	r.Encounter.Status = rapid.SampledFrom([]models.Status{models.Active, models.Inactive}).Draw(t, "status")
	r.Encounter.Type = storage.NewKey()[:8] // tells this record from every other
	r.Encounter.Biographic = rapid.SliceOfN(rapid.Byte(), 1, 3000).Draw(t, "biographic")
	r.Samples = nil
	for range rapid.IntRange(0, 2).Draw(t, "samples") {
		s := storage.StoredSample{Modality: models.Face}
		if rapid.Bool().Draw(t, "template") {
			s.Template = template("w", rapid.IntRange(1, 400).Draw(t, "size"))
		}
		if rapid.Bool().Draw(t, "image") {
			s.Image = &models.ImageRef{Key: storage.NewKey(), Length: 1}
		}
		r.Samples = append(r.Samples, s)
	}
	return r
}

// change is what an update does to a record: it depends on all there was, so
// that one that is lost is seen.
func (s step) change(r *storage.Record) {
	marks := r.Encounter.Type + "+" + s.record.Encounter.Type
	marks = marks[max(0, len(marks)-60):]
	samples := s.record.Samples
	for _, old := range r.Samples {
		if s.keep && old.Image != nil && len(samples) < 4 {
			samples = append(samples[:len(samples):len(samples)], old)
		}
	}
	key := r.Encounter.Key
	*r = s.record
	r.Encounter.Key, r.Encounter.Type, r.Samples = key, marks, samples
}
