package benchmarks

import "math/rand/v2"

// gallery is one random draw: who is enrolled, with which photograph.
type gallery struct {
	reference []int32 // by person: the vector enrolled, -1 if none
	vectors   []int   // all that are enrolled
}

// drawGallery enrols n people, each with one of their photographs. A person
// whose photographs all failed can't be enrolled.
func drawGallery(s *Set, n int, rng *rand.Rand) gallery {
	g := gallery{reference: make([]int32, len(s.People))}
	first := make([]int, len(s.People))
	sizes := s.sizes()
	var people []int
	at := 0
	for p := range s.People {
		g.reference[p] = -1
		first[p] = at
		at += int(sizes[p])
		if sizes[p] > 0 {
			people = append(people, p)
		}
	}
	rng.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
	for _, p := range people[:min(n, len(people))] {
		i := first[p] + rng.IntN(int(sizes[p]))
		g.reference[p] = int32(i) //nolint:gosec // <= maxImages
		g.vectors = append(g.vectors, i)
	}
	return g
}

// bestOther is the highest similarity of photograph i to a reference of
// somebody else, names that are label errors left out.
func (s *Set) bestOther(g gallery, i int) float32 {
	v, p, best := s.Vector(i), s.Person[i], float32(lost)
	for _, j := range g.vectors {
		if q := s.Person[j]; q != p && s.counted(p, q) {
			best = max(best, cosine(v, s.Vector(j)))
		}
	}
	return best
}
