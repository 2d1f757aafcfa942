package storagetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"oblik/models"
	"oblik/storage"
)

// of gives the keys of a person's records, by encounter.
func (s state) of(person models.PersonID) (keys []models.EncounterKey) {
	for key := range s {
		if key.Person == person {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b models.EncounterKey) int {
		return strings.Compare(string(a.Encounter), string(b.Encounter))
	})
	return keys
}

// one gives a key if there is a record, else none.
func (s state) one(key models.EncounterKey) []models.EncounterKey {
	if _, found := s[key]; found {
		return []models.EncounterKey{key}
	}
	return nil
}

func (s state) with(r storage.Record) state {
	after := maps.Clone(s)
	after[r.Encounter.Key] = r
	return after
}

func (s state) without(keys []models.EncounterKey) (answer, state) {
	if len(keys) == 0 {
		return refused(models.NotFound), s
	}
	after := maps.Clone(s)
	for _, key := range keys {
		delete(after, key)
	}
	return answer{kind: ok}, after
}

// give hands records to target.
func (s state) give(target models.PersonID, keys []models.EncounterKey) (answer, state) {
	if len(keys) == 0 || len(s.of(target)) == 0 {
		return refused(models.NotFound), s
	}
	_, after := s.without(keys)
	for _, key := range keys {
		r := s[key]
		r.Encounter.Key.Person = target
		if _, taken := s[r.Encounter.Key]; taken {
			return refused(models.Conflict), s
		}
		after[r.Encounter.Key] = r
	}
	return answer{kind: ok}, after
}

func (s state) records(keys []models.EncounterKey) answer {
	if len(keys) == 0 {
		return refused(models.NotFound)
	}
	a := answer{kind: ok}
	for _, key := range keys {
		a.records = append(a.records, s[key])
	}
	return a
}

func (s state) templates(keys []models.EncounterKey, gallery models.GalleryID) answer {
	in := state{}
	for _, key := range keys {
		if gallery == models.AllGalleries || slices.Contains(s[key].Encounter.Galleries, gallery) {
			in[key] = s[key]
		}
	}
	if len(in) == 0 {
		return refused(models.NotFound)
	}
	return answer{kind: ok, entries: lines(in.entries(func(r storage.Record) bool {
		return r.Encounter.Status == models.Active && len(entry(r).Templates) > 0
	}))}
}

func (s state) entries(which func(storage.Record) bool) (all []models.Entry) {
	for _, r := range s {
		if which(r) {
			all = append(all, entry(r))
		}
	}
	return all
}

// lines are entries as text, sorted: their order does not count, that of an
// encounter's templates does.
func lines(entries []models.Entry) (text []string) {
	for _, e := range entries {
		text = append(text, fmt.Sprintf("%v %v %v %x", e.Key, e.Status, e.Galleries, e.Templates))
	}
	slices.Sort(text)
	return text
}

// normal is a record as every store gives it.
func normal(r storage.Record) storage.Record {
	r.Encounter.Created, r.Encounter.Updated = r.Encounter.Created.UTC(), r.Encounter.Updated.UTC()
	if len(r.Samples) == 0 {
		r.Samples = nil
	}
	return r
}
