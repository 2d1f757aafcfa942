package api_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"oblik/api"
	"oblik/matcher"
	"oblik/models"
	"oblik/storage"
)

// filtered is a filter of one member.
func filtered(name, value string) api.Filter { return api.Filter{name: []byte(value)} }

func described(e models.Encounter, biographic string) models.Encounter {
	e.Biographic = []byte(biographic)
	return e
}

func TestIdentifyWithAFilter(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, described(visit("p1", "new", face("ann~0.1")), `{"gender":"F","yearOfBirth":1990}`))
	w.enroll(t, described(visit("p1", "old", face("ann~0.4")), `{"gender":"F","yearOfBirth":1980}`))
	w.enroll(t, described(visit("p2", "e", face("ann~0.2")), `{"gender":"M","yearOfBirth":1980}`))
	for _, person := range []string{"p1", "p3"} { // what is not searched does not fit either
		other := described(visit(person, "other", face("ann")), `{"gender":"F","yearOfBirth":1980,"region":"other"}`)
		other.Galleries = []models.GalleryID{"other"}
		w.enroll(t, other)
		asleep := described(visit(person, "asleep", face("ann")), `{"gender":"F","yearOfBirth":1980,"region":"asleep"}`)
		asleep.Status = models.Inactive
		w.enroll(t, asleep)
	}
	w.enroll(t, visit("p4", "e", face("ann~0.3")))
	for i := range 5 {
		w.enroll(t, described(visit(fmt.Sprintf("crowd%d", i), "e", face(fmt.Sprintf("name%d", i))), `{"gender":"F"}`))
	}
	for _, c := range []struct {
		filter api.Filter
		want   string // encounters, best first
	}{
		{nil, "p1/new p2/e p4/e"},
		{api.Filter{}, "p1/new p2/e p4/e"},
		{filtered("encounterType", `"test"`), "p1/new p2/e p4/e"},
		{filtered("encounterType", `"visa"`), ""},
		{filtered("gender", `"F"`), "p1/new"},
		{filtered("yearOfBirth", `1980`), "p2/e p1/old"},
		{filtered("yearOfBirthMin", `1985`), "p1/new"},
		{filtered("yearOfBirthMax", `1985`), "p2/e p1/old"},
		{filtered("region", `["asleep","other"]`), ""},
		{filtered("biometricType", `["IRIS"]`), ""},
		{filtered("biometricType", `["FACE"]`), "p1/new p2/e p4/e"},
	} {
		got, err := w.Identify(ctx, by, "main", faces("ann"), api.IdentifyOptions{Filter: c.filter, Threshold: ptr(60)})
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		var names []string
		for _, x := range got.Candidates {
			names = append(names, fmt.Sprintf("%s/%s", x.Person, x.Encounter))
			if want := w.scoreOf(t, "ann", models.EncounterKey{Person: x.Person, Encounter: x.Encounter}, 9); math.Abs(x.Score.Value-want) > 1e-3 {
				t.Errorf("%s: %s/%s scores %g, want %g", c.filter, x.Person, x.Encounter, x.Score.Value, want)
			}
		}
		if strings.Join(names, " ") != c.want || got.Candidates == nil {
			t.Errorf("%s: %q, want %q", c.filter, names, c.want)
		}
	}
}

// scoreOf is the definition: 1:1, lowered for the number of templates in the gallery.
func (w world) scoreOf(t testing.TB, name string, key models.EncounterKey, n int) float64 {
	t.Helper()
	probe, err := matcher.Encode(format.Weights, vector(name))
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.store.Read(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	score, err := w.parts.Comparer.Compare(probe, *r.Samples[0].Template)
	if err != nil {
		t.Fatal(err)
	}
	return score.Less(n).Value
}

// The other encounter of a person is named only if it reaches the threshold itself.
func TestFilteredCandidateBelowTheThreshold(t *testing.T) {
	w := newWorld(t)
	w.enroll(t, described(visit("p", "1", face("ann")), `{"gender":"F"}`))
	w.enroll(t, described(visit("p", "2", face("ann~1.5")), `{"gender":"M"}`))
	low := w.scoreOf(t, "ann", models.EncounterKey{Person: "p", Encounter: "2"}, 2)
	for limit, want := range map[float64]int{low - 0.1: 1, low + 0.1: 0} {
		got, err := w.Identify(context.Background(), by, "main", faces("ann"), api.IdentifyOptions{Filter: filtered("gender", `"M"`), Threshold: &limit})
		if err != nil || len(got.Candidates) != want {
			t.Errorf("threshold %g, score %g: %+v, %v", limit, low, got, err)
		}
	}
}

// vanished are records of which one is gone when a filter asks for it.
type vanished struct {
	storage.Encounters
	person models.PersonID
}

func (v vanished) ReadAll(ctx context.Context, person models.PersonID) ([]storage.Record, error) {
	if person == v.person {
		return nil, models.Errorf("test", models.NotFound, "as asked")
	}
	return v.Encounters.ReadAll(ctx, person)
}

func TestFilteredCandidateErasedMeanwhile(t *testing.T) {
	w := newWorld(t, func(p *api.Parts) { p.Encounters = vanished{p.Encounters, "p"} })
	w.enroll(t, described(visit("p", "1", face("ann")), `{"gender":"F"}`))
	w.enroll(t, described(visit("q", "1", face("ann~0.1")), `{"gender":"F"}`))
	got, err := w.Identify(context.Background(), by, "main", faces("ann"), api.IdentifyOptions{Filter: filtered("gender", `"F"`)})
	if err != nil || len(got.Candidates) != 1 || got.Candidates[0].Person != "q" {
		t.Errorf("%+v, %v", got, err)
	}
}

// The trail names the filter's members, never their values.
func TestFilterInTheTrail(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, described(visit("p", "1", face("ann")), `{"region":"s3cret"}`))
	if _, err := w.Identify(ctx, by, "main", faces("ann"), api.IdentifyOptions{Filter: filtered("region", `"s3cret"`)}); err != nil {
		t.Fatal(err)
	}
	var last string
	if err := w.store.Events(ctx, 0, func(e storage.Event) error { last = string(e.Details); return nil }); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(last, `"filter":["region"]`) || strings.Contains(last, "s3cret") {
		t.Error(last)
	}
}

func TestFilterFaultOfASearch(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, func(p *api.Parts) { p.Policy.FilterKeys = []string{"badge"} })
	w.enroll(t, described(visit("p", "1", face("ann")), `{"badge":7}`))
	for _, f := range []api.Filter{filtered("gender", `"F"`), filtered("badge", `null`)} {
		o := api.IdentifyOptions{Filter: f}
		_, err := w.Identify(ctx, by, "main", faces("ann"), o)
		_, stored := w.IdentifyStored(ctx, by, "main", models.EncounterKey{Person: "p"}, o)
		for _, err := range []error{err, stored, w.CheckIdentify(by, "main", o)} {
			wantKind(t, err, models.Invalid)
			if !api.IsFilterFault(err) {
				t.Error(err)
			}
		}
	}
	got, err := w.Identify(ctx, by, "main", faces("ann"), api.IdentifyOptions{Filter: filtered("badge", `7`)})
	if err != nil || len(got.Candidates) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}
