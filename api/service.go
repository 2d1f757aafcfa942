// Package api is what the service does, in plain Go: enrol, verify, identify,
// read and erase. It knows neither HTTP nor a database nor a neural net; it
// joins the seams of matcher and storage, which never meet elsewhere.
//
// One file a use case. The promises that hold across them:
//
//   - Everything is checked before anything is stored; a refusal leaves no state.
//   - A change is one act (package storage): begun, images stored, rows
//     committed, then the index; whatever fails, it is made whole or not at all.
//   - Whether a change was made is never guessed: where it can't be known the
//     answer is [models.Uncertain], and asking again tells the truth.
//   - An erasure is answered when the rows are gone and the index has
//     forgotten; the images' bytes follow at once, or later from the outbox.
//   - A verification by id and a search are answered when their line stands in
//     the audit trail.
//   - Several services may work on one database. What one has erased none names:
//     candidates are confirmed against the records (confirm.go), and each index
//     follows what the others change (follow.go).
//   - Unknown, erased and not in the gallery are one answer, with one text.
//   - No id, image, template or name is logged or put into an error's text.
package api

import (
	"context"
	"hash/fnv"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"oblik/matcher"
	"oblik/models"
	"oblik/storage"
)

// Parts are what a [Service] works with. Those that say nothing else are required.
type Parts struct {
	Extractor  matcher.Extractor
	Comparer   matcher.Comparer
	Index      matcher.Index
	Encounters storage.Encounters
	Images     storage.Images
	Mover      storage.Mover
	Galleries  storage.Galleries
	Outbox     storage.Outbox
	Acts       storage.Acts
	Trail      storage.Trail
	Tasks      storage.Tasks
	Attempts   storage.Attempts
	Changes    storage.Changes
	Policy     Policy
	Observer   Observer // nil for none
	// Workers is how many extractions run at once; 0 for no bound.
	Workers int
	// Fetch gets an image by its URI, for [models.Sample].Ref; nil where references
	// are not fetched. Its errors are of kind Invalid, LargeImage or Unavailable.
	Fetch func(ctx context.Context, uri string) ([]byte, error)
	Log   *slog.Logger // nil for [slog.Default]
	// PingRecords and PingImages ask a store whether it is there now; nil for
	// one that always is.
	PingRecords, PingImages func(context.Context) error
	// StoreTime bounds what one request waits for the stores; 0 for 5 s. It must
	// be well below the 15 s that an act has.
	StoreTime time.Duration
}

// Service carries out the use cases. It is safe for concurrent use. Besides its
// context's deadline a method waits for the stores no longer than
// [Parts].StoreTime, and a bit to find out what became of a change.
type Service struct {
	Parts
	people  stripes      // serialises the changes of one person
	loading sync.RWMutex // held for writing while the index is filled
	loaded  atomic.Bool
	step    follower // what the index has of the others' changes
	records health
	images  health
	doubts  doubts
	late    late
	turns   turns         // to extract
	guesses guesses       // of verifications
	untidy  chan struct{} // tells Tend that there is something to do
	tasks   taskState
}

// New checks the parts and the policy; its error is of kind [models.Invalid].
func New(p Parts) (*Service, error) {
	if p.Extractor == nil || p.Comparer == nil || p.Index == nil || p.Encounters == nil ||
		p.Images == nil || p.Galleries == nil || p.Outbox == nil || p.Acts == nil || p.Trail == nil ||
		p.Mover == nil || p.Tasks == nil || p.Attempts == nil || p.Changes == nil {
		return nil, models.Errorf("api.New", models.Invalid, "a part is missing")
	}
	if err := p.Policy.Validate(); err != nil {
		return nil, err
	}
	return build(p), nil
}

func build(p Parts) *Service {
	if p.Log == nil {
		p.Log = slog.Default()
	}
	if p.Observer == nil {
		p.Observer = silence{}
	}
	if p.StoreTime == 0 {
		p.StoreTime = 5 * time.Second
	}
	s := &Service{
		Parts:   p,
		records: health{name: "database", ping: p.PingRecords},
		images:  health{name: "image store", ping: p.PingImages},
		untidy:  make(chan struct{}, 1),
	}
	for i := range s.people {
		s.people[i] = make(chan struct{}, 1)
	}
	s.step.reading, s.step.reads = make(chan struct{}, 1), make(chan struct{}, followReads)
	return s
}

// alone runs f as the only change of a person's records in store and index,
// so that a deletion racing with an enrolment leaves no stale index entry.
func (s *Service) alone(ctx context.Context, person models.PersonID, f func() error) error {
	if !s.loading.TryRLock() {
		return models.Errorf("api", models.Unavailable, "the index is being loaded")
	}
	defer s.loading.RUnlock()
	lock := s.people.of(person)
	select {
	case lock <- struct{}{}:
	case <-ctx.Done(): // others of this person took the time
		return models.Errorf("api", models.Deadline, "before the change: %w", ctx.Err())
	}
	defer func() { <-lock }()
	return f()
}

// stripes are locks shared by people: 256 of them cost 2 KB, and two people
// who happen to share one only wait for each other.
type stripes [256]chan struct{}

func (s *stripes) of(person models.PersonID) chan struct{} { return s[stripe(person)] }

// stripe is the number of a person's lock.
func stripe(person models.PersonID) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(person)) // a hash's Write never fails
	return int(h.Sum32() % uint32(len(stripes{})))
}
