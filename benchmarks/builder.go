package benchmarks

import (
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"oblik/models"
)

// parseRef tells whether the path ends in NAME/NAME_0001.jpg.
func parseRef(p string) (Ref, bool) {
	dir, file := path.Split(p)
	ext := path.Ext(file)
	switch strings.ToLower(ext) {
	case ".jpg", ".jpeg", ".png":
	default:
		return Ref{}, false
	}
	person := path.Base(path.Clean(dir))
	rest, ok := strings.CutPrefix(strings.TrimSuffix(file, ext), person+"_")
	if !ok || len(person) > maxNameBytes {
		return Ref{}, false
	}
	n, err := strconv.ParseUint(rest, 10, 32)
	if err != nil || n < 1 || n > maxNumber {
		return Ref{}, false
	}
	return Ref{Person: person, Number: int(n)}, true
}

// builder collects images in any order, each with where it lies.
type builder[T any] struct {
	items   []located[T]
	entries int
	skipped int
}

type located[T any] struct {
	ref   Ref
	place T
}

// add takes the file at path p if it is an image of the set.
func (b *builder[T]) add(p string, place T) error {
	ref, ok := parseRef(p)
	if !ok {
		return b.skip(false)
	}
	if len(b.items) >= maxImages {
		return models.Errorf("dataset", models.Invalid, "more than %d images", maxImages)
	}
	b.items = append(b.items, located[T]{ref, place})
	return nil
}

// skip counts an entry that is no image; folders are not told of.
func (b *builder[T]) skip(folder bool) error {
	b.entries++
	if b.entries > maxEntries {
		return models.Errorf("dataset", models.Invalid, "more than %d entries that are no images", maxEntries)
	}
	if !folder {
		b.skipped++
	}
	return nil
}

func (b *builder[T]) set(read func(T) ([]byte, error), closing func() error) (*DataSet, error) {
	slices.SortFunc(b.items, func(x, y located[T]) int { return compareRefs(x.ref, y.ref) })
	refs := make([]Ref, len(b.items))
	for i, it := range b.items {
		refs[i] = it.ref
		if i > 0 && refs[i] == refs[i-1] {
			err := models.Errorf("dataset", models.Invalid, "an image is there twice")
			return nil, errors.Join(err, closing())
		}
	}
	items := b.items
	return &DataSet{refs: refs, skipped: b.skipped, close: closing,
		read: func(i int) ([]byte, error) { return read(items[i].place) }}, nil
}

func compareRefs(a, b Ref) int {
	if c := strings.Compare(a.Person, b.Person); c != 0 {
		return c
	}
	return a.Number - b.Number
}
