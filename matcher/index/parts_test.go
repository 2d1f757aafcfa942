package index

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"oblik/models"
)

func TestExtents(t *testing.T) {
	start := 0
	for i := range 40 {
		if extentStart(i) != start {
			t.Fatalf("extent %d starts at %d, want %d", i, extentStart(i), start)
		}
		for _, at := range []int{0, 1, extentRows(i) - 1} {
			if e, n := locate(start + at); e != i || n != at {
				t.Fatalf("row %d is at %d of extent %d, want %d of %d", start+at, n, e, at, i)
			}
		}
		start += extentRows(i)
	}
}

// Any id comes back as it was given, and no other is taken for it.
func TestIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newIDs()
		defer s.reset()
		form := rapid.OneOf(rapid.StringN(0, 128, 128), rapid.StringMatching(`[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`),
			rapid.StringMatching(`[0-9a-f-]{36}`))
		texts := rapid.SliceOfNDistinct(form, 1, 30, rapid.ID[string]).Draw(t, "ids")
		if err := s.reserve(texts...); err != nil {
			t.Fatal(err)
		}
		var refs []idRef
		for _, text := range texts {
			refs = append(refs, s.keep(text))
		}
		for i, r := range refs {
			if got := s.text(r); got != texts[i] {
				t.Fatalf("%q came back as %q", texts[i], got)
			}
			for j, text := range texts {
				if pool, packed := packID(text); s.is(r, pool, packed) != (i == j) {
					t.Fatalf("%q and %q", texts[i], text)
				}
			}
		}
	})
}

func TestLongIDIsRefused(t *testing.T) {
	x := open(t, models.Format{Weights: "suite", Dimension: 4}, nil)
	for _, key := range []models.EncounterKey{
		{Person: models.PersonID(strings.Repeat("p", 129)), Encounter: "e"},
		{Person: "p", Encounter: models.EncounterID(strings.Repeat("e", 129))},
	} {
		if err := x.Put(models.Entry{Key: key}); models.KindOf(err) != models.Invalid || x.Len() != 0 {
			t.Errorf("an id of 129 bytes: %v, %d held", err, x.Len())
		}
	}
	if err := x.Replace("p", models.Entry{Key: models.EncounterKey{Person: "q", Encounter: "e"}}); models.KindOf(err) != models.Invalid {
		t.Errorf("another person's entry: %v", err)
	}
}

// The table of people grows and finds everybody, whoever comes or goes.
func TestPersons(t *testing.T) {
	p := newPersons(newIDs())
	defer p.reset()
	name := func(i int) string { return fmt.Sprint("person", i) }
	numbers := make(map[int]uint32)
	for i := range 5000 {
		if err := p.ids.reserve(name(i)); err != nil {
			t.Fatal(err)
		}
		if err := p.reserve(); err != nil {
			t.Fatal(err)
		}
		numbers[i] = p.add(name(i))
		if gone := i / 2; i%3 == 0 && numbers[gone] != 0 {
			p.drop(numbers[gone])
			numbers[gone] = 0
		}
	}
	for i, n := range numbers {
		if got := p.find(name(i)); got != n {
			t.Fatalf("%s is %d, want %d", name(i), got, n)
		}
	}
}

func TestBirths(t *testing.T) {
	b := newBirths()
	for i := range 3 * ringSize {
		b.add(place{1, uint32(i)})
	}
	next := uint32(2 * ringSize)
	if !b.since(2*ringSize, func(p place) {
		if p.row != next {
			t.Fatalf("row %d, want %d", p.row, next)
		}
		next++
	}) || next != 3*ringSize {
		t.Errorf("as many as there is room for: up to %d", next)
	}
	if b.since(2*ringSize-1, func(place) { t.Fatal("called") }) {
		t.Error("more than there is room for")
	}
}
