package api

import (
	"slices"

	"oblik/models"
	"oblik/storage"
)

// unlimited is true where the policy leaves a client every gallery.
func (l Limits) unlimited() bool {
	return l.Galleries == nil || slices.Contains(l.Galleries, models.AllGalleries)
}

func (l Limits) has(id models.GalleryID) bool { return slices.Contains(l.Galleries, id) }

// own are those of the galleries that the client may know of.
func (l Limits) own(galleries []models.GalleryID) []models.GalleryID {
	if l.unlimited() {
		return galleries
	}
	return slices.DeleteFunc(slices.Clone(galleries), func(id models.GalleryID) bool { return !l.has(id) })
}

// sees says if a record in these galleries is visible.
func (l Limits) sees(galleries []models.GalleryID) bool {
	return l.unlimited() || slices.ContainsFunc(galleries, l.has)
}

// holds is nil if all the galleries are the client's, else [models.Forbidden].
func (l Limits) holds(galleries []models.GalleryID) error {
	if l.unlimited() || len(l.own(galleries)) == len(galleries) {
		return nil
	}
	return models.Errorf("policy", models.Forbidden, "a gallery is not the client's")
}

// change is nil if these records of one person may be changed. If none of them
// is visible the person is unknown; if not all of their galleries are the
// client's it is [models.Forbidden].
func (l Limits) change(records ...storage.Record) error {
	if !slices.ContainsFunc(records, func(r storage.Record) bool { return l.sees(r.Encounter.Galleries) }) {
		return unknown()
	}
	for _, r := range records {
		if err := l.holds(r.Encounter.Galleries); err != nil {
			return err
		}
	}
	return nil
}

// unknown is the one answer about somebody who never was there, is erased, or
// is not for this client to see.
func unknown() error {
	return models.Errorf("api", models.NotFound, "unknown person or encounter")
}

// known gives a store's NotFound, which names what it looked for, in the words
// of unknown.
func known(err error) error {
	if err != nil && models.KindOf(err) == models.NotFound {
		return unknown()
	}
	return err
}
