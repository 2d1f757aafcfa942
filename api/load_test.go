package api_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oblik/api"
	"oblik/matcher"
	"oblik/models"
)

func TestLoad(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann")))
	again, err := api.New(w.parts)
	if err != nil {
		t.Fatal(err)
	}
	_, err = again.Identify(ctx, by, "main", faces("ann"), api.IdentifyOptions{})
	wantKind(t, err, models.Unavailable)
	wantKind(t, again.Ready(), models.Unavailable)
	if err := w.parts.Index.Remove(visit("p", "e").Key); err != nil {
		t.Fatal(err)
	}
	if err := again.Load(ctx); err != nil || again.Ready() != nil {
		t.Fatal(err)
	}
	found, err := again.Identify(ctx, by, "main", faces("ann"), api.IdentifyOptions{})
	if err != nil || len(found.Candidates) != 1 {
		t.Errorf("%+v, %v", found, err)
	}
}

// flip changes a bit of a stored template in the closed database's file.
func flip(t *testing.T, dir string, key models.EncounterKey, entries []models.Entry) {
	t.Helper()
	file := filepath.Join(dir, "oblik.db")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Key != key {
			continue
		}
		template := e.Templates[0].Data
		if bytes.Count(raw, template) != 1 {
			t.Fatal("the template is not in the file, or more than once")
		}
		raw[bytes.Index(raw, template)+len(template)/2] ^= 1
	}
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// One flipped bit costs the record it is in and nothing else.
func TestDamagedTemplate(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	w := worldIn(t, dir)
	for _, e := range []models.Encounter{
		visit("first", "1", face("carl")), visit("twice", "1", face("ann")), visit("twice", "2", face("ann~0.1")),
		visit("once", "1", face("bob")), visit("last", "1", face("dora")),
	} {
		w.enroll(t, e)
	}
	var entries []models.Entry
	if err := w.store.Scan(ctx, func(e models.Entry) error { entries = append(entries, e); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	flip(t, dir, models.EncounterKey{Person: "twice", Encounter: "1"}, entries)
	flip(t, dir, models.EncounterKey{Person: "once", Encounter: "1"}, entries)

	var log bytes.Buffer
	w = worldIn(t, dir, func(p *api.Parts) { p.Log = slog.New(slog.NewTextHandler(&log, nil)) }) // loads
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "encounters=2") ||
		strings.Contains(text, "twice") || strings.Contains(text, "once") {
		t.Errorf("the log says %q", text)
	}
	if n := w.parts.Index.Len(); n != 3 {
		t.Errorf("the index holds %d entries, want 3", n)
	}
	for name, person := range map[string]models.PersonID{"carl": "first", "ann": "twice", "dora": "last"} {
		found, err := w.Identify(ctx, by, "main", faces(name), api.IdentifyOptions{})
		if err != nil || len(found.Candidates) == 0 || found.Candidates[0].Person != person {
			t.Errorf("%s: %+v, %v", person, found, err)
		}
	}
	d, err := w.Verify(ctx, by, "twice", "main", faces("ann", "ann"), nil)
	if err != nil || !d.Match || d.Compared != 2 || d.Encounter != "2" {
		t.Errorf("with one sound reference: %+v, %v", d, err)
	}
	_, err = w.Verify(ctx, by, "once", "main", faces("bob"), nil)
	wantKind(t, err, models.Integrity)
	if _, err := w.Read(ctx, by, visit("once", "1").Key); err != nil {
		t.Error(err)
	}
	checkDamagedIsErased(t, w)
}

func checkDamagedIsErased(t *testing.T, w world) {
	t.Helper()
	ctx := context.Background()
	if err := w.ErasePerson(ctx, by, "once"); err != nil {
		t.Fatal(err)
	}
	if err := w.Erase(ctx, by, visit("twice", "1").Key); err != nil {
		t.Fatal(err)
	}
	_, err := w.Verify(ctx, by, "once", "main", faces("bob"), nil)
	wantKind(t, err, models.NotFound)
	if report := w.swept(t); report != kept(3) || w.parts.Index.Len() != 3 {
		t.Errorf("%+v, %d index entries", report, w.parts.Index.Len())
	}
}

// refusing gives an error of one kind for a batch and of another for one entry.
type refusing struct {
	matcher.Index
	batch, one models.Kind
}

func (refusing) Reset() {}

func (r refusing) Put(entries ...models.Entry) error {
	kind := r.batch
	if len(entries) == 1 {
		kind = r.one
	}
	return models.Errorf("test", kind, "as asked")
}

// An index that fails otherwise than by a damaged template is not loaded.
func TestLoadFailsWithTheIndex(t *testing.T) {
	w := newWorld(t)
	w.enroll(t, visit("p", "1", face("ann")))
	w.enroll(t, visit("p", "2", face("ann")))
	for _, index := range []refusing{{batch: models.Unavailable, one: models.Integrity}, {batch: models.Integrity, one: models.Unavailable}} {
		w.parts.Index = index
		s, err := api.New(w.parts)
		if err != nil {
			t.Fatal(err)
		}
		wantKind(t, s.Load(context.Background()), models.Unavailable)
		wantKind(t, s.Ready(), models.Unavailable)
	}
}
