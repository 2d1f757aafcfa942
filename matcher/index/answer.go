package index

import (
	"cmp"
	"slices"
	"sync"

	"oblik/matcher"
	"oblik/models"
)

// best is a person's best row at the moment of the answer.
type best struct {
	similarity float64
	person     uint32
	entry      uint32 // the encounter's first
}

// answer makes the candidates, all of one moment. It reports false if too much
// has changed since the query began for that: then it has to be asked anew.
func (x *Index) answer(lock sync.Locker, q *query) ([]models.Candidate, bool) {
	lock.Lock()
	defer lock.Unlock()
	list, ok := x.standing(q)
	if !ok {
		return nil, false
	}
	slices.SortFunc(list, func(a, b best) int { return cmp.Compare(b.similarity, a.similarity) })
	n := x.compared(q.options)
	if !x.complete(q, list, n) {
		return nil, false
	}
	return x.candidates(q, list, n), true
}

// complete reports whether nobody is missing. Whoever is below the cut has not
// been looked at. The cut is the similarity of somebody who was among the best
// when it was set, or the least that n templates allow for; either may have
// changed since.
func (x *Index) complete(q *query, list []best, n int) bool {
	if most := q.options.Max; len(list) >= most && list[most-1].similarity >= q.cut() {
		return true
	}
	return q.cut() == q.floor && floorOf(x.calibration, q.options.Threshold, n) >= q.floor
}

// standing is each person's best row: of those found, the ones still there as
// they were; and of those put or moved since the query began all.
func (x *Index) standing(q *query) ([]best, bool) {
	born := make(map[place]struct{})
	if !x.births.since(q.born, func(at place) { born[at] = struct{}{} }) {
		return nil, false
	}
	exclude := x.excluded(q.options)
	bests := make(map[uint32]best)
	consider := func(at place, similarity float64) {
		owner := x.ownerAt(at)
		b := best{similarity, x.entries.at(owner).person, x.entries.head(owner)}
		if b.person == exclude {
			return
		}
		if have, ok := bests[b.person]; !ok || x.better(b, have) {
			bests[b.person] = b
		}
	}
	for _, f := range q.found {
		if _, ok := born[f.place]; !ok && x.alive(f.place) {
			consider(f.place, f.exact)
		}
	}
	s := newScorer(x)
	for at := range born {
		if x.alive(at) && x.inGallery(x.ownerAt(at), q.options.Gallery) {
			consider(at, s.score(q.vector, at))
		}
	}
	list := make([]best, 0, len(bests))
	for _, b := range bests {
		list = append(list, b)
	}
	return list, true
}

// better orders the rows of one person: the higher similarity, then the lower id.
func (x *Index) better(a, b best) bool {
	if a.similarity != b.similarity {
		return a.similarity > b.similarity
	}
	return a.entry != b.entry && x.entries.encounter(a.entry) < x.entries.encounter(b.entry)
}

// candidates ranks the list, which is sorted by similarity. Ids are read only
// of those at the top and their equals.
func (x *Index) candidates(q *query, list []best, n int) []models.Candidate {
	type ranked struct {
		models.Candidate
		entry uint32
	}
	most := q.options.Max
	end := min(most, len(list))
	for end > 0 && end < len(list) && list[end].similarity == list[most-1].similarity {
		end++
	}
	var top []ranked
	for _, b := range list[:end] {
		if score := x.calibration.Score(b.similarity).Less(n); score.Value >= q.options.Threshold {
			person := models.PersonID(x.ids.text(x.people.at(b.person).id))
			top = append(top, ranked{models.Candidate{Person: person, Score: score}, b.entry})
		}
	}
	slices.SortFunc(top, func(a, b ranked) int { return matcher.ByRank(a.Candidate, b.Candidate) })
	answer := make([]models.Candidate, 0, min(len(top), most))
	for _, t := range top[:min(len(top), most)] {
		t.Encounter = x.entries.encounter(t.entry)
		t.Galleries = slices.Clone(x.sets.byNumber[x.entries.at(t.entry).set].names)
		answer = append(answer, t.Candidate)
	}
	return answer
}
