package api_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"oblik/api"
	"oblik/matcher"
	"oblik/models"
	"oblik/storage"
)

// nodes are two services on one database; the second hears of what the first
// changes only what a test notes in the journal.
type nodes struct {
	first, second world
	journal       *journal
}

func newNodes(t *testing.T, change ...func(*api.Parts)) nodes {
	t.Helper()
	n := nodes{first: newWorld(t)}
	n.journal = newJournal(n.first.store)
	n.second = n.first
	n.second.parts.Index, n.second.parts.Changes = newIndex(t), n.journal
	for _, f := range change {
		f(&n.second.parts)
	}
	var err error
	if n.second.Service, err = api.New(n.second.parts); err != nil {
		t.Fatal(err)
	}
	n.load(t)
	return n
}

func (n nodes) load(t *testing.T) {
	t.Helper()
	if err := n.second.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// tend runs the second's housekeeping until the test ends.
func (n nodes) tend(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); n.second.Tend(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
}

// named is whom a node finds by a photograph, best first.
func (w world) named(t *testing.T, photo string, o api.IdentifyOptions) (people []models.PersonID) {
	t.Helper()
	o.Threshold = ptr(80)
	found, err := w.Identify(context.Background(), by, "main", faces(photo), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found.Candidates {
		people = append(people, c.Person)
	}
	return people
}

func (n nodes) wantNamed(t *testing.T, photo string, want ...models.PersonID) {
	t.Helper()
	if got := n.second.named(t, photo, api.IdentifyOptions{}); !slices.Equal(got, want) {
		t.Errorf("%s: %v are named, want %v", photo, got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// changed is what another service did: whether the index was amiss then, and whom
// a search names.
type changed struct {
	change func(*api.Service) error
	amiss  bool
	want   []models.PersonID
}

// What another service changed shows in the very next search, though the index
// has not heard of it: nobody is named who is erased, INACTIVE or in other
// galleries, and who was merged or photographed anew is found.
func TestSearchAfterAChangeElsewhere(t *testing.T) {
	ctx := context.Background()
	change := func(f func(*api.Service) error, amiss bool, want ...models.PersonID) changed {
		return changed{f, amiss, want}
	}
	update := func(photo string) func(*api.Service) error {
		return func(s *api.Service) error {
			_, err := s.Update(ctx, by, visit("p", "1", face(photo)))
			return err
		}
	}
	galleries := func(all ...models.GalleryID) func(*api.Service) error {
		return func(s *api.Service) error { return s.SetGalleries(ctx, by, key("p", "1"), all) }
	}
	for name, c := range map[string]changed{
		"erased":               change(func(s *api.Service) error { return s.ErasePerson(ctx, by, "p") }, true),
		"encounter erased":     change(func(s *api.Service) error { return s.Erase(ctx, by, key("p", "1")) }, true),
		"inactive":             change(func(s *api.Service) error { return s.SetStatus(ctx, by, key("p", "1"), models.Inactive) }, true),
		"in another gallery":   change(galleries("other"), true),
		"in another, too":      change(galleries("main", "other"), true, "p"),
		"merged":               change(func(s *api.Service) error { return s.Merge(ctx, by, "r", "p") }, true, "r"),
		"another merged":       change(func(s *api.Service) error { return s.Merge(ctx, by, "p", "r") }, false, "p"),
		"moved":                change(func(s *api.Service) error { return s.Move(ctx, by, "r", "p", "1") }, true, "r"),
		"another face":         change(update("dora"), true),
		"another photograph":   change(update("ann~0.1"), true, "p"),
		"somebody else erased": change(func(s *api.Service) error { return s.ErasePerson(ctx, by, "q") }, false, "p"),
	} {
		for _, filter := range []api.Filter{nil, filtered("encounterType", `"test"`)} {
			t.Run(fmt.Sprintf("%s, %d filters", name, len(filter)), func(t *testing.T) {
				n := newNodes(t)
				for _, e := range []models.Encounter{
					visit("p", "1", face("ann~0.3")), visit("q", "2", face("bob")), visit("q", "1", face("carl")), visit("r", "9", face("emil")),
				} {
					n.first.enroll(t, e)
				}
				n.load(t)
				n.wantNamed(t, "ann", "p")
				must(t, c.change(n.first.Service))
				n.journal.note(false, "p", "q", "r")
				if got := n.second.named(t, "ann", api.IdentifyOptions{Filter: filter}); !slices.Equal(got, c.want) {
					t.Errorf("%v are named, want %v", got, c.want)
				}
				if amiss := n.second.Following().Amiss; (amiss > 0) != c.amiss {
					t.Errorf("%d amiss", amiss)
				}
			})
		}
	}
}

// The score is that of the photograph on record now.
func TestScoreOfAReplacedPhotograph(t *testing.T) {
	n := newNodes(t)
	n.first.enroll(t, visit("p", "1", face("ann")))
	n.load(t)
	_, err := n.first.Update(context.Background(), by, visit("p", "1", face("ann~0.5")))
	must(t, err)
	found, err := n.second.Identify(context.Background(), by, "main", faces("ann"), api.IdentifyOptions{})
	must(t, err)
	want := n.first.scoreOf(t, "ann", key("p", "1"), 1)
	if len(found.Candidates) != 1 || fmt.Sprintf("%.3f", found.Candidates[0].Score.Value) != fmt.Sprintf("%.3f", want) {
		t.Errorf("%+v, want a score of %g", found.Candidates, want)
	}
}

// stubborn is an index that does not give up one person.
type stubborn struct {
	matcher.Index
	person models.PersonID
}

func (s stubborn) Replace(person models.PersonID, entries ...models.Entry) error {
	if person == s.person {
		return nil
	}
	return s.Index.Replace(person, entries...)
}

// Whoever the index has otherwise than the records, again and again, is left out;
// the others are named.
func TestWhoKeepsDifferingIsLeftOut(t *testing.T) {
	n := newNodes(t, func(p *api.Parts) { p.Index = stubborn{p.Index, "p"} })
	n.first.enroll(t, visit("p", "1", face("ann")))
	n.first.enroll(t, visit("q", "1", face("ann~0.1")))
	n.load(t)
	n.wantNamed(t, "ann", "p", "q")
	must(t, n.first.ErasePerson(context.Background(), by, "p"))
	n.wantNamed(t, "ann", "q")
	if f := n.second.Following(); f.Amiss != 3 {
		t.Errorf("%+v", f)
	}
}

// Whoever is still to be named by the records, and whose change elsewhere the index
// can't take over because another change of theirs hangs, is not passed over in
// silence.
func TestWhoCannotBeTakenOverIsNotPassedOver(t *testing.T) {
	ctx := context.Background()
	for _, filter := range []api.Filter{nil, filtered("encounterType", `"test"`)} {
		hanging := &hangingRows{gate: make(chan struct{})}
		n := newNodes(t, func(p *api.Parts) {
			hanging.Encounters = p.Encounters
			p.Encounters = hanging
		})
		n.first.enroll(t, visit("p", "1", face("ann")))
		n.load(t)
		held := make(chan error, 1)
		go func() { _, err := n.second.Enroll(ctx, by, visit("p", "2", face("ann"))); held <- err }()
		<-hanging.gate // it is at its rows
		must(t, n.first.SetGalleries(ctx, by, key("p", "1"), []models.GalleryID{"main", "other"}))
		_, err := n.second.Identify(ctx, by, "main", faces("ann"), api.IdentifyOptions{Threshold: ptr(80), Filter: filter})
		wantKind(t, err, models.Unavailable)
		must(t, n.first.SetStatus(ctx, by, key("p", "1"), models.Inactive))
		if got := n.second.named(t, "ann", api.IdentifyOptions{Filter: filter}); len(got) > 0 {
			t.Errorf("%v are named", got)
		}
		hanging.gate <- struct{}{}
		must(t, <-held)
		n.wantNamed(t, "ann", "p")
	}
}

// What a search is answered from can be looked up.
func TestTrailNamesTheIndex(t *testing.T) {
	ctx := context.Background()
	n := newNodes(t)
	n.first.enroll(t, visit("p", "1", face("ann")))
	n.journal.note(false, "p")
	n.load(t)
	n.wantNamed(t, "ann", "p")
	_, err := n.second.Verify(ctx, by, "p", "main", faces("ann"), nil)
	must(t, err)
	var last []map[string]any
	must(t, n.first.store.Events(ctx, 0, func(e storage.Event) error {
		last = append(last, detailsOf(t, e))
		return nil
	}))
	identify, verify := last[len(last)-2], last[len(last)-1]
	if identify["index"] != 1.0 || identify["weights"] != format.Weights || identify["threshold"] != 80.0 {
		t.Errorf("identify: %v", identify)
	}
	if verify["weights"] != format.Weights || verify["threshold"] != 40.0 {
		t.Errorf("verify: %v", verify)
	}
}
