// Package api is what the service does, in plain Go: enrol, verify, identify,
// read and erase. It knows neither HTTP nor a database nor a neural net; it
// joins the seams of matcher and storage, which never meet elsewhere.
//
// One file a use case. The promises that hold across them:
//
//   - Everything is checked before anything is stored; a refusal leaves no state.
//   - An enrolment is stored image first, row last, then put into the index.
//   - An erasure is answered when the rows are gone and the index has
//     forgotten; the images' bytes follow at once, or later from the outbox.
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

// changeTime bounds a change of the store and the index once it has begun. A
// client's deadline no longer ends it then: a commit cut off half-way has an
// unknown outcome, which costs more than these seconds.
const changeTime = 5 * time.Second

// Parts are what a [Service] works with. All but Log are required.
type Parts struct {
	Extractor  matcher.Extractor
	Comparer   matcher.Comparer
	Index      matcher.Index
	Encounters storage.Encounters
	Images     storage.Images
	Galleries  storage.Galleries
	Outbox     storage.Outbox
	Policy     Policy
	Log        *slog.Logger // nil for [slog.Default]
}

// Service carries out the use cases. It is safe for concurrent use. A method
// without a context deadline waits as long as its parts do.
type Service struct {
	Parts
	people  stripes      // serialises the changes of one person
	loading sync.RWMutex // held for writing while the index is filled
	loaded  atomic.Bool
}

// New checks the parts and the policy; its error is of kind [models.Invalid].
func New(p Parts) (*Service, error) {
	if p.Extractor == nil || p.Comparer == nil || p.Index == nil || p.Encounters == nil ||
		p.Images == nil || p.Galleries == nil || p.Outbox == nil {
		return nil, models.Errorf("api.New", models.Invalid, "a part is missing")
	}
	if err := p.Policy.Validate(); err != nil {
		return nil, err
	}
	if p.Log == nil {
		p.Log = slog.Default()
	}
	return &Service{Parts: p}, nil
}

// change runs f as the only change of a person's records in store and index,
// so that a deletion racing with an enrolment leaves no stale index entry.
func (s *Service) change(ctx context.Context, person models.PersonID, f func(context.Context) error) error {
	if !s.loading.TryRLock() {
		return models.Errorf("api", models.Unavailable, "the index is being loaded")
	}
	defer s.loading.RUnlock()
	lock := s.people.of(person)
	lock.Lock()
	defer lock.Unlock()
	if err := ctx.Err(); err != nil {
		return models.Errorf("api", models.Deadline, "before the change began: %w", err)
	}
	ctx, cancel := settled(ctx)
	defer cancel()
	return f(ctx)
}

// settled gives a context for what must be finished whatever the client does.
func settled(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), changeTime)
}

// stripes are locks shared by people: 256 of them cost 2 KB, and two people
// who happen to share one only wait for each other.
type stripes [256]sync.Mutex

func (s *stripes) of(person models.PersonID) *sync.Mutex {
	h := fnv.New32a()
	_, _ = h.Write([]byte(person)) // a hash's Write never fails
	return &s[h.Sum32()%uint32(len(s))]
}
