package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"oblik/api"
	"oblik/matcher"
	"oblik/models"
	"oblik/storage"
)

// safeLog is what a service that runs beside the test logs.
type safeLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *safeLog) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *safeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func detailsOf(t *testing.T, e storage.Event) (d map[string]any) {
	t.Helper()
	if len(e.Details) > 0 {
		must(t, json.Unmarshal(e.Details, &d))
	}
	return d
}

// The index takes over what others change by itself, announced or not.
func TestFollowsOthers(t *testing.T) {
	n := newNodes(t)
	n.tend(t)
	for _, announced := range []bool{true, false} {
		person := models.PersonID(map[bool]string{true: "heard", false: "unheard"}[announced])
		n.first.enroll(t, visit(string(person), "1", face(string(person))))
		n.journal.note(announced, person)
		eventually(t, "an enrolment is not taken over", func() bool { return n.second.parts.Index.Len() == 1 })
		n.wantNamed(t, string(person), person)
		must(t, n.first.ErasePerson(context.Background(), by, person))
		n.journal.note(announced, person)
		eventually(t, "an erasure is not taken over", func() bool { return n.second.parts.Index.Len() == 0 })
	}
	if f := n.second.Following(); f.Sequence != 4 || f.Pending != 0 || f.Amiss != 0 {
		t.Errorf("%+v", f)
	}
}

// A database in another state than was followed is noticed, and loaded anew.
func TestRestoredDatabaseIsLoadedAnew(t *testing.T) {
	var log safeLog
	n := newNodes(t, func(p *api.Parts) { p.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	n.first.enroll(t, visit("before", "1", face("ann")))
	n.load(t)
	n.tend(t)
	must(t, n.first.ErasePerson(context.Background(), by, "before"))
	n.first.enroll(t, visit("after", "1", face("bob")))
	n.first.enroll(t, visit("after", "2", face("bob")))
	n.journal.restored()
	eventually(t, "the index is not loaded anew", func() bool { return n.second.Ready() == nil && n.second.parts.Index.Len() == 2 })
	n.wantNamed(t, "ann")
	n.wantNamed(t, "bob", "after")
	if text := log.String(); strings.Count(text, "the index is loaded anew") != 1 || strings.Contains(text, "before") {
		t.Errorf("the log says %q", text)
	}
	n.first.enroll(t, visit("p", "1", face("dora")))
	n.journal.note(true, "p")
	eventually(t, "it does not follow the new history", func() bool { return n.second.parts.Index.Len() == 3 })
}

// A search that the index was taken away under names nobody, and says so.
func TestNoAnswerWhileTheIndexIsLoadedAnew(t *testing.T) {
	n := newNodes(t)
	n.first.enroll(t, visit("p", "1", face("ann")))
	n.load(t)
	must(t, n.first.ErasePerson(context.Background(), by, "p"))
	n.journal.restored()
	_, err := n.second.Identify(context.Background(), by, models.AllGalleries, faces("ann"), api.IdentifyOptions{})
	wantKind(t, err, models.Unavailable)
	wantKind(t, n.second.Ready(), models.Unavailable)
}

// One person whose change hangs keeps nobody else back, and is taken over after it.
func TestHeldPersonKeepsNobodyBack(t *testing.T) {
	ctx := context.Background()
	hanging := &hangingRows{gate: make(chan struct{})}
	n := newNodes(t, func(p *api.Parts) {
		hanging.Encounters = p.Encounters
		p.Encounters = hanging
	})
	n.tend(t)
	held := make(chan error, 1)
	go func() { _, err := n.second.Enroll(ctx, by, visit("held", "1", face("ann"))); held <- err }()
	<-hanging.gate // it is at its rows
	n.first.enroll(t, visit("held", "2", face("ann")))
	n.first.enroll(t, visit("free", "1", face("bob")))
	n.journal.note(true, "held", "free")
	eventually(t, "somebody else is kept back", func() bool { return n.second.parts.Index.Len() == 1 })
	if f := n.second.Following(); f.Pending != 1 || f.Sequence != 0 {
		t.Errorf("%+v", f)
	}
	hanging.gate <- struct{}{}
	must(t, <-held)
	eventually(t, "who was held is not taken over", func() bool { return n.second.Following().Pending == 0 })
	if l := n.second.parts.Index.Len(); l != 3 {
		t.Errorf("%d in the index", l)
	}
	n.wantNamed(t, "ann", "held")
}

// flaky fails to replace until it is told not to.
type flaky struct {
	matcher.Index
	sound *atomic.Bool
}

func (f flaky) Replace(person models.PersonID, entries ...models.Entry) error {
	if !f.sound.Load() {
		return models.Errorf("test", models.Internal, "as asked")
	}
	return f.Index.Replace(person, entries...)
}

// What could not be taken over is tried again, and said once.
func TestPendingIsTriedAgain(t *testing.T) {
	var log safeLog
	var sound atomic.Bool
	n := newNodes(t, func(p *api.Parts) {
		p.Index, p.Log = flaky{p.Index, &sound}, slog.New(slog.NewTextHandler(&log, nil))
	})
	n.tend(t)
	n.first.enroll(t, visit("p", "1", face("ann")))
	n.journal.note(true, "p")
	before := n.journal.read()
	eventually(t, "nothing is read any more", func() bool { return n.journal.read() > before+3 })
	if f := n.second.Following(); f.Pending != 1 {
		t.Errorf("%+v", f)
	}
	sound.Store(true)
	eventually(t, "it is not tried again", func() bool { return n.second.Following().Pending == 0 })
	n.wantNamed(t, "ann", "p")
	if text := log.String(); strings.Count(text, "it is tried again") != 1 {
		t.Errorf("the log says %q", text)
	}
}

// spoiled gives one person's templates with a flipped bit.
type spoiled struct {
	*journal
	key models.EncounterKey
}

func (s spoiled) Entries(ctx context.Context, people ...models.PersonID) ([]models.Entry, error) {
	all, err := s.journal.Entries(ctx, people...)
	for i, e := range all {
		if e.Key == s.key {
			data := bytes.Clone(e.Templates[0].Data)
			data[len(data)/2] ^= 1
			all[i].Templates = []models.Template{{Format: e.Templates[0].Format, Data: data}}
		}
	}
	return all, err
}

// A damaged template costs the encounter it is in and nothing else.
func TestDamagedTemplateIsNotTakenOver(t *testing.T) {
	var j *journal
	n := newNodes(t, func(p *api.Parts) {
		j, _ = p.Changes.(*journal)
		p.Changes = spoiled{j, key("p", "1")}
	})
	n.tend(t)
	n.first.enroll(t, visit("p", "1", face("ann")))
	n.first.enroll(t, visit("p", "2", face("ann~0.2")))
	j.note(true, "p")
	eventually(t, "the sound one is not taken over", func() bool { return n.second.parts.Index.Len() == 1 })
	n.wantNamed(t, "ann", "p")
}

// After an outage the service is ready when the index has caught up, not before, and
// the log says why; what goes to the records alone goes on.
func TestReadyWhenInStepAgain(t *testing.T) {
	ctx := context.Background()
	var a away
	var log safeLog
	n := newNodes(t, func(p *api.Parts) { p.PingRecords, p.Log = a.ping(&a.rows), slog.New(slog.NewTextHandler(&log, nil)) })
	n.tend(t)
	n.first.enroll(t, visit("p", "1", face("ann")))
	n.journal.note(true, "p")
	eventually(t, "it is not taken over", func() bool { return n.second.parts.Index.Len() == 1 })
	a.rows.Store(true)
	eventually(t, "the database is not missed", func() bool { return n.second.Ready() != nil })
	n.journal.fail(models.Errorf("test", models.Unavailable, "as asked"))
	a.rows.Store(false)
	eventually(t, "the database is not found again", func() bool {
		err := n.second.Ready()
		return err != nil && strings.Contains(err.Error(), "not in step")
	})
	eventually(t, "nothing is said", func() bool { return strings.Contains(log.String(), "it is tried again") })
	_, err := n.second.Identify(ctx, by, "main", faces("ann"), api.IdentifyOptions{})
	wantKind(t, err, models.Unavailable)
	if d, err := n.second.Verify(ctx, by, "p", "main", faces("ann"), nil); err != nil || !d.Match {
		t.Errorf("%+v, %v", d, err)
	}
	n.second.enroll(t, visit("q", "1", face("bob")))
	n.first.enroll(t, visit("late", "1", face("carl")))
	n.journal.note(false, "late")
	n.journal.fail(nil)
	eventually(t, "it is not in step again", func() bool { return n.second.Ready() == nil })
	n.wantNamed(t, "carl", "late")
	if f := n.second.Following(); f.Amiss != 0 {
		t.Errorf("%+v", f)
	}
}

// A change of the service's own that a restore of the database undid, before the log
// was read again, is noticed: its history tells nothing of it.
func TestOwnChangeUndoneByARestore(t *testing.T) {
	n := newNodes(t)
	n.tend(t)
	eventually(t, "it does not follow", func() bool { return n.journal.read() > 0 })
	n.journal.fail(models.Errorf("test", models.Unavailable, "as asked"))
	n.second.enroll(t, visit("p", "1", face("ann")))
	must(t, n.first.ErasePerson(context.Background(), by, "p"))
	before := n.journal.read()
	eventually(t, "nothing is read any more", func() bool { return n.journal.read() > before+2 })
	if l := n.second.parts.Index.Len(); l != 1 {
		t.Errorf("%d in the index", l)
	}
	n.journal.fail(nil)
	eventually(t, "what was undone stays", func() bool { return n.second.parts.Index.Len() == 0 })
}

// mergesLate lets something happen between what a merge reads and its rows, and
// loses the answer.
type mergesLate struct {
	storage.Mover
	before func()
}

func (m mergesLate) Merge(ctx context.Context, a storage.Act, target, source models.PersonID) error {
	m.before()
	return errors.Join(m.Mover.Merge(ctx, a, target, source), errLost)
}

// An uncertain merge has given what another service enrolled the moment before, too:
// it is found under its new person once the merge is settled.
func TestUncertainMergeBesideAnEnrolment(t *testing.T) {
	ctx := context.Background()
	store := fragile{abandon: errBroken}
	var n nodes
	n = newNodes(t, func(p *api.Parts) {
		store.Encounters, store.Acts = p.Encounters, p.Acts
		p.Acts, p.Mover = &store, mergesLate{p.Mover, func() { n.first.enroll(t, visit("q", "9", face("carl"))) }}
	})
	n.first.enroll(t, visit("p", "1", face("ann")))
	n.first.enroll(t, visit("q", "2", face("bob")))
	n.load(t)
	wantKind(t, n.second.Merge(ctx, by, "p", "q"), models.Uncertain)
	n.journal.note(true, "q")
	store.abandon = nil
	n.tend(t)
	eventually(t, "what was enrolled meanwhile is not found", func() bool {
		return slices.Equal(n.second.named(t, "carl", api.IdentifyOptions{}), []models.PersonID{"p"})
	})
	n.wantNamed(t, "bob", "p")
}
