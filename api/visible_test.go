package api_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"oblik/api"
	"oblik/models"
)

// only is a client that is limited to some galleries.
func only(galleries ...models.GalleryID) api.Caller {
	c := by
	c.Galleries = append([]models.GalleryID{}, galleries...)
	return c
}

func in(e models.Encounter, galleries ...models.GalleryID) models.Encounter {
	e.Galleries = galleries
	return e
}

// fine stands for no error in a table of kinds.
const fine models.Kind = -1

func kindOf(err error) models.Kind {
	if err == nil {
		return fine
	}
	return models.KindOf(err)
}

// Whom a client that is limited to gallery "a" may read and change. Encounter 1
// is the one that is asked about.
func TestWhoSeesAndChangesWhom(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	desk := only("a", "c")
	w.enroll(t, in(visit("other", "9", face("ann")), "b"))
	people := map[string][][]models.GalleryID{ // the galleries of encounters 1 and 2
		"mine": {{"a"}}, "all mine": {{"a", "c"}}, "shared": {{"a", "b"}}, "theirs": {{"b"}}, "mixed": {{"a"}, {"b"}}, "unknown": {},
	}
	readers := map[string]models.Kind{"mine": fine, "all mine": fine, "shared": fine, "theirs": models.NotFound, "mixed": fine, "unknown": models.NotFound}
	one := map[string]models.Kind{"mine": fine, "all mine": fine, "shared": models.Forbidden, "theirs": models.NotFound, "mixed": fine, "unknown": models.NotFound}
	whole := map[string]models.Kind{"mine": fine, "all mine": fine, "shared": models.Forbidden, "theirs": models.NotFound, "mixed": models.Forbidden, "unknown": models.NotFound}
	fresh := map[string]models.Kind{"mine": fine, "all mine": fine, "shared": models.Forbidden, "theirs": models.Forbidden, "mixed": models.Forbidden, "unknown": fine}
	taken := maps.Clone(fresh)
	taken["mine"], taken["all mine"] = models.Conflict, models.Conflict
	enroll := func(c api.Caller, p models.PersonID, encounter string) error {
		_, err := w.Enroll(ctx, c, in(visit(string(p), encounter, face("bob")), "c"))
		return err
	}
	once := func(p models.PersonID, op string) api.Caller {
		c := desk
		c.Once = &api.Once{Key: [32]byte([]byte(fmt.Sprintf("%32s", string(p)+op)))}
		return c
	}
	for name, op := range map[string]struct {
		want map[string]models.Kind
		do   func(person, own models.PersonID) error // own is a person who is all the desk's, with encounter 3
	}{
		"Read": {readers, func(p, _ models.PersonID) error { _, err := w.Read(ctx, desk, key(p, "1")); return err }},
		"ReadAll": {readers, func(p, _ models.PersonID) error {
			all, err := w.ReadAll(ctx, desk, p)
			if err == nil && len(all) != 1 {
				t.Errorf("%d encounters of %s are visible", len(all), p)
			}
			return err
		}},
		"ReadTemplates": {readers, func(p, _ models.PersonID) error { _, err := w.ReadTemplates(ctx, desk, key(p, "1")); return err }},
		"SetStatus":     {one, func(p, _ models.PersonID) error { return w.SetStatus(ctx, desk, key(p, "1"), models.Inactive) }},
		"SetGalleries": {one, func(p, _ models.PersonID) error {
			return w.SetGalleries(ctx, desk, key(p, "1"), []models.GalleryID{"c"})
		}},
		"Update": {one, func(p, _ models.PersonID) error {
			_, err := w.Update(ctx, desk, in(visit(string(p), "1"), "c"))
			return err
		}},
		"Update, once": {one, func(p, _ models.PersonID) error {
			_, err := w.Update(ctx, once(p, "update"), in(visit(string(p), "1"), "c"))
			return err
		}},
		"Enroll":              {fresh, func(p, _ models.PersonID) error { return enroll(desk, p, "5") }},
		"Enroll, once":        {fresh, func(p, _ models.PersonID) error { return enroll(once(p, "5"), p, "5") }},
		"Enroll, no id":       {fresh, func(p, _ models.PersonID) error { return enroll(desk, p, "") }},
		"Enroll, taken":       {taken, func(p, _ models.PersonID) error { return enroll(desk, p, "1") }},
		"Enroll, taken, once": {taken, func(p, _ models.PersonID) error { return enroll(once(p, "1"), p, "1") }},
		"Erase":               {one, func(p, _ models.PersonID) error { return w.Erase(ctx, desk, key(p, "1")) }},
		"ErasePerson":         {whole, func(p, _ models.PersonID) error { return w.ErasePerson(ctx, desk, p) }},
		"Merge, source":       {whole, func(p, own models.PersonID) error { return w.Merge(ctx, desk, own, p) }},
		"Merge, target":       {whole, func(p, own models.PersonID) error { return w.Merge(ctx, desk, p, own) }},
		"Move, source":        {one, func(p, own models.PersonID) error { return w.Move(ctx, desk, own, p, "1") }},
		"Move, target":        {whole, func(p, own models.PersonID) error { return w.Move(ctx, desk, p, own, "3") }},
	} {
		t.Run(name, func(t *testing.T) {
			texts := map[string]string{}
			for who, encounters := range people {
				person, own := models.PersonID(slug(name, who)), models.PersonID(slug(name, who, "own"))
				w.enroll(t, in(visit(string(own), "3", face("ann")), "a"))
				for i, galleries := range encounters {
					w.enroll(t, in(visit(string(person), fmt.Sprint(i+1), face("ann")), galleries...))
				}
				before, _ := w.ReadAll(ctx, by, person)
				err := op.do(person, own)
				if kindOf(err) != op.want[who] {
					t.Errorf("%s: %v, want %v", who, err, op.want[who])
				}
				texts[who] = fmt.Sprint(err)
				after, _ := w.ReadAll(ctx, by, person)
				if err != nil && fmt.Sprint(before) != fmt.Sprint(after) {
					t.Errorf("%s: refused, and changed", who)
				}
			}
			if op.want["unknown"] == op.want["theirs"] && texts["unknown"] != texts["theirs"] {
				t.Errorf("%q of somebody unknown, %q of somebody invisible", texts["unknown"], texts["theirs"])
			}
		})
	}
	if _, err := w.Read(ctx, by, key("other", "9")); err != nil {
		t.Error(err)
	}
}

func key(person models.PersonID, encounter models.EncounterID) models.EncounterKey {
	return models.EncounterKey{Person: person, Encounter: encounter}
}

// slug makes an id of words.
func slug(words ...string) string {
	id := []byte(fmt.Sprint(words))
	return string(slices.DeleteFunc(id, func(b byte) bool { return b < '0' || b > 'z' || b > '9' && b < 'a' && (b < 'A' || b > 'Z') }))
}

// A record can't be put where its client may not look.
func TestNobodyWritesIntoGalleriesOfOthers(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, in(visit("p", "1", face("ann")), "a"))
	for name, c := range map[string]struct {
		by        api.Caller
		galleries []models.GalleryID
		want      models.Kind
	}{
		"its own":     {only("a", "c"), []models.GalleryID{"a"}, fine},
		"another's":   {only("a"), []models.GalleryID{"b"}, models.Forbidden},
		"both":        {only("a"), []models.GalleryID{"a", "b"}, models.Forbidden},
		"all allowed": {only("c", models.AllGalleries), []models.GalleryID{"a"}, fine},
		"none":        {only(), []models.GalleryID{"a"}, models.Forbidden},
		"ALL itself":  {only("a"), []models.GalleryID{models.AllGalleries}, models.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, created := w.Enroll(ctx, c.by, in(visit("", "", face("ann")), c.galleries...))
			_, updated := w.Update(ctx, c.by, in(visit("p", "1", face("ann")), c.galleries...))
			for call, err := range map[string]error{
				"CheckGalleries": api.CheckGalleries(c.by, c.galleries),
				"CheckEncounter": w.CheckEncounter(c.by, in(visit("", "", face("ann")), c.galleries...)),
				"Enroll":         created, "Update": updated,
				"SetGalleries": w.SetGalleries(ctx, c.by, key("p", "1"), c.galleries),
			} {
				if kindOf(err) != c.want {
					t.Errorf("%s: %v, want %v", call, err, c.want)
				}
			}
		})
	}
}

// Of a record's galleries a client hears of its own alone.
func TestGalleriesOfOthersAreNotNamed(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, in(visit("p", "1", face("ann")), "watch", "a"))
	e, err := w.Read(ctx, only("a", "c"), key("p", "1"))
	if err != nil || !slices.Equal(e.Galleries, []models.GalleryID{"a"}) {
		t.Errorf("%v, %v", e.Galleries, err)
	}
	all, err := w.ReadAll(ctx, only("c", "watch"), "p")
	if err != nil || len(all) != 1 || !slices.Equal(all[0].Galleries, []models.GalleryID{"watch"}) {
		t.Errorf("%+v, %v", all, err)
	}
}
