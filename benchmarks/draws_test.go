package benchmarks

import (
	"testing"

	"oblik/models"
)

// allEnrolled searches once with everyone enrolled.
func allEnrolled(t *testing.T, s *Set) *searches {
	t.Helper()
	m := newMeter("search", len(s.Refs), nil)
	found, err := searchGalleries(ctx, s, s.enrollable(), 1, Resampling{Seed: 1, Workers: 2}, m)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Whichever of the two photographs is enrolled: A and C are found, B's other
// photograph lies nearer to C's, and D and E are alike to the last bit, which is
// no first rank.
func TestRankOne(t *testing.T) {
	s := planar(t, map[Ref]float64{
		{"A", 1}: 0, {"A", 2}: 1, {"B", 1}: 30, {"B", 2}: 50, {"C", 1}: 40, {"C", 2}: 40.5,
		{"D", 1}: 200, {"D", 2}: 200, {"E", 1}: 200, {"E", 2}: 200,
	})
	found := allEnrolled(t, s)
	if len(found.mated) != 5 || found.rank1 != 2 {
		t.Errorf("%d of %d came first, want 2 of 5", found.rank1, len(found.mated))
	}
}

// A photograph is not compared with those of a name that is a label error of
// its own, neither for its rank nor for the false positives.
func TestSearchesLeaveLabelErrorsOut(t *testing.T) {
	s := planar(t, map[Ref]float64{{"A", 1}: 0, {"A", 2}: 10, {"B", 1}: 5, {"B", 2}: 5, {"C", 1}: 90, {"C", 2}: 90})
	with, without := allEnrolled(t, s), allEnrolled(t, s.Without(labelErrors(t, [2]string{"A", "B"})))
	if with.rank1 != 2 || without.rank1 != 3 {
		t.Errorf("%d of 3 came first, %d without the label error; want 2 and 3", with.rank1, without.rank1)
	}
	near(t, "highest with it", float64(with.nonMated[0].Similarity), 0.99619, 1e-4)       // 5 degrees
	near(t, "highest without it", float64(without.nonMated[0].Similarity), 0.17365, 1e-4) // 80 degrees
}

// Of people without a template nobody is enrolled, and their photographs are no
// searches; a failed photograph of an enrolled person is one that finds nobody.
func TestSearchesWithFailures(t *testing.T) {
	s := planar(t, map[Ref]float64{{"A", 1}: 0, {"A", 2}: 1, {"B", 1}: 90},
		Failure{Ref{"A", 3}, models.PoorFace}, Failure{Ref{"Z", 1}, models.NotUpright})
	found := allEnrolled(t, s)
	if !found.everyone || len(found.mated) != 2 || found.mated[0].Similarity != lost || found.rank1 != 1 || len(found.nonMated) != 3 {
		t.Errorf("%+v", found)
	}
}
