package benchmarks

import (
	"slices"

	"oblik/models"
)

// Failure is a photograph that gave no template.
type Failure struct {
	Ref  Ref
	Kind models.Kind // e.g. [models.NoFace]
}

// Set is the vectors of a data set's photographs, sorted by person, so that
// the photographs of one person are neighbours.
type Set struct {
	Dim      int
	Refs     []Ref     // one for each vector
	Person   []int32   // of each vector: an index into People
	Vectors  []float32 // len(Refs) x Dim
	People   []string  // sorted; those whose photographs all failed included
	Failures []Failure
	excluded [][]int32 // by person: who is not compared with them; nil for most
	left     int       // pairs of names not counted
}

// NewSet sorts vectors by person; vectors and refs correspond and all vectors
// have the same length.
func NewSet(refs []Ref, vectors [][]float32, failures []Failure) (*Set, error) {
	order := make([]int, len(refs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return compareRefs(refs[a], refs[b]) })
	s := &Set{Failures: failures}
	for _, r := range refs {
		s.People = append(s.People, r.Person)
	}
	for _, f := range failures {
		s.People = append(s.People, f.Ref.Person)
	}
	slices.Sort(s.People)
	s.People = slices.Compact(s.People)
	for _, i := range order {
		if s.Dim == 0 {
			s.Dim = len(vectors[i])
		}
		if s.Dim == 0 || len(vectors[i]) != s.Dim {
			return nil, models.Errorf("set", models.Mismatch, "vectors of %d and %d dimensions", s.Dim, len(vectors[i]))
		}
		p, _ := slices.BinarySearch(s.People, refs[i].Person)
		s.Refs = append(s.Refs, refs[i])
		s.Person = append(s.Person, int32(p)) //nolint:gosec // <= maxImages
		s.Vectors = append(s.Vectors, vectors[i]...)
	}
	s.excluded = make([][]int32, len(s.People))
	return s, nil
}

// Without is the set with the pairs of names in l not counted.
func (s *Set) Without(l *LabelErrors) *Set {
	t := *s
	t.left = 0
	t.excluded = make([][]int32, len(s.People))
	for a := range s.People {
		for b := a + 1; b < len(s.People); b++ {
			if l.Contains(s.People[a], s.People[b]) {
				t.excluded[a] = append(t.excluded[a], int32(b))
				t.excluded[b] = append(t.excluded[b], int32(a))
				t.left++
			}
		}
	}
	return &t
}

// Of is the set of the people that keep accepts, label errors left out as
// before.
func (s *Set) Of(keep func(person string) bool, l *LabelErrors) (*Set, error) {
	var refs []Ref
	var vectors [][]float32
	var failures []Failure
	for i, r := range s.Refs {
		if keep(r.Person) {
			refs, vectors = append(refs, r), append(vectors, s.Vector(i))
		}
	}
	for _, f := range s.Failures {
		if keep(f.Ref.Person) {
			failures = append(failures, f)
		}
	}
	t, err := NewSet(refs, vectors, failures)
	if err != nil || l == nil {
		return t, err
	}
	return t.Without(l), nil
}

// Vector is that of photograph i.
func (s *Set) Vector(i int) []float32 { return s.Vectors[i*s.Dim : (i+1)*s.Dim : (i+1)*s.Dim] }

// LabelErrors is the number of pairs of names that are not counted.
func (s *Set) LabelErrors() int { return s.left }

// counted tells whether photographs of persons a and b may be compared.
func (s *Set) counted(a, b int32) bool {
	return len(s.excluded[a]) == 0 || !slices.Contains(s.excluded[a], b)
}

// sizes gives the number of vectors of each person.
func (s *Set) sizes() []int64 {
	n := make([]int64, len(s.People))
	for _, p := range s.Person {
		n[p]++
	}
	return n
}

// enrollable is the number of people with a vector.
func (s *Set) enrollable() int {
	people := 0
	for _, n := range s.sizes() {
		if n > 0 {
			people++
		}
	}
	return people
}

// lost gives, for each person, the mated pairs that a failure makes a miss.
func (s *Set) lost() []int64 {
	ok, all := s.sizes(), s.sizes()
	for _, f := range s.Failures {
		p, _ := slices.BinarySearch(s.People, f.Ref.Person)
		all[p]++
	}
	lost := make([]int64, len(all))
	for p := range all {
		lost[p] = all[p]*(all[p]-1)/2 - ok[p]*(ok[p]-1)/2
	}
	return lost
}
