package storagetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

var recordTests = []test{
	{"create and read", createAndRead},
	{"create conflicts", createConflicts},
	{"create refuses", createRefuses},
	{"create races", createRaces},
	{"not found", notFound},
	{"read all in order", readAllInOrder},
	{"templates", templates},
	{"scan", scan},
	{"delete", deleteEncounter},
	{"delete person", deletePerson},
	{"outbox", outbox},
	{"cancelled", cancelled},
	{"reopen", reopen},
}

func createAndRead(t *testing.T, s Stores) {
	full := record("p1", "e1", "g2", "g1", "g3") // galleries keep their order
	full.Encounter.Status = models.Inactive
	picture(&full, 2)
	full.Samples[1].Modality = "FINGER"
	full.Samples[2].Image.Type, full.Samples[2].Image.Width, full.Samples[2].Image.Height = "", 0, 0
	full.Samples[2].Template = template("w-3", 7)
	full.Samples = append(full.Samples,
		storage.StoredSample{Modality: models.Face, Template: template("w-2", 1), Forgotten: true},
		storage.StoredSample{Modality: "UNKNOWN", Details: []byte("null")})

	bare := storage.Record{Encounter: models.Encounter{
		Key: models.EncounterKey{Person: "p1", Encounter: "e2"}, Status: models.Active,
		Galleries: []models.GalleryID{"g1"}, Created: time.Unix(0, 0), Updated: time.Unix(-1, 0),
	}}
	large := record("p2", "e1")
	large.Encounter.ClientData = random(3 << 20)
	large.Encounter.Biographic = []byte(`"` + strings.Repeat("é", 1<<20) + `"`)
	large.Samples[0].Template = template("w", 64<<10)
	large.Samples[0].Details = random(1 << 20)

	longest := record(strings.Repeat("p", models.MaxIDLength), strings.Repeat("e", models.MaxIDLength),
		models.GalleryID(strings.Repeat("g", models.MaxIDLength)))
	all := []storage.Record{full, bare, large, longest}
	for _, r := range all {
		Must(t, create(s, r))
	}
	for _, want := range all {
		wantRecord(t, s, want)
	}
}

func createConflicts(t *testing.T, s Stores) {
	first := record("p1", "e1")
	Must(t, create(s, first))
	WantKind(t, create(s, record("p1", "e1", "g9")), models.Conflict)
	wantRecord(t, s, first)
	// The refused one left nothing, and ids are unique within a person only,
	// and as they are written.
	wantGalleries(t, s, "g1")
	for _, r := range []storage.Record{record("p1", "e2"), record("p2", "e1"), record("P1", "e1"), record("p1", "E1")} {
		Must(t, create(s, r))
	}
	Must(t, erase(s, first.Encounter.Key))
	Must(t, create(s, record("p1", "e1"))) // the key is free again
}

func createRefuses(t *testing.T, s Stores) {
	for name, change := range map[string]func(*storage.Record){
		"no person":         func(r *storage.Record) { r.Encounter.Key.Person = "" },
		"a strange id":      func(r *storage.Record) { r.Encounter.Key.Encounter = "a/../b" },
		"no status":         func(r *storage.Record) { r.Encounter.Status = "" },
		"no gallery":        func(r *storage.Record) { r.Encounter.Galleries = nil },
		"the gallery ALL":   func(r *storage.Record) { r.Encounter.Galleries = []models.GalleryID{"g", models.AllGalleries} },
		"a gallery twice":   func(r *storage.Record) { r.Encounter.Galleries = []models.GalleryID{"g", "h", "g"} },
		"a strange image":   func(r *storage.Record) { r.Samples[0].Image = &models.ImageRef{Key: "../x"} },
		"a strange gallery": func(r *storage.Record) { r.Encounter.Galleries = []models.GalleryID{"a\nb"} },
	} {
		r := record("p1", "e1")
		change(&r)
		if err := create(s, r); err == nil || models.KindOf(err) != models.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.Encounters.ReadAll(context.Background(), "p1")
	WantKind(t, err, models.NotFound)
}

// createRaces: of many who create one key exactly one wins.
func createRaces(t *testing.T, s Stores) {
	const racers = 32
	var won, lost atomic.Int32
	var wg sync.WaitGroup
	for i := range racers {
		wg.Go(func() {
			r := record("p1", "e1")
			r.Encounter.Type = fmt.Sprint(i)
			switch err := create(s, r); {
			case err == nil:
				won.Add(1)
			case models.KindOf(err) == models.Conflict:
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || lost.Load() != racers-1 {
		t.Fatalf("%d won and %d lost", won.Load(), lost.Load())
	}
}
