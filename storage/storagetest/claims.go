package storagetest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"oblik/models"
	"oblik/storage"
)

var claimTests = []test{
	{"claims: under way", claimUnderWay},
	{"claims: after the change", claimSettled},
	{"claims: after a refusal", claimRefused},
	{"claims: free after giving up", claimFreed},
	{"claims: taken over", claimTakenOver},
	{"claims: one of many wins", claimRace},
	{"claims: survive a restart", claimReopened},
	{"claims: of no change", claimWithoutOutcome},
}

func claimUnderWay(t *testing.T, s Stores) {
	a := claiming(nil)
	wantOutcome(t, s, *a.Claim, "")
	beginFor(t, s, a, ample)
	wantClaimRefused(t, s, *a.Claim, models.InProgress)
	wantClaimRefused(t, s, otherBody(*a.Claim), models.Reused)
	beginFor(t, s, claiming(nil), ample) // another claim is free
	Must(t, s.Encounters.Create(context.Background(), a, record("p", "e")))
}

func claimSettled(t *testing.T, s Stores) {
	a := beginFor(t, s, claiming(nil), ample)
	Must(t, s.Encounters.Create(context.Background(), a, record("p", "e")))
	wantOutcome(t, s, *a.Claim, string(a.Outcome))
	wantClaimRefused(t, s, otherBody(*a.Claim), models.Reused)
	a.Outcome = []byte("something else")
	wantAbandoned(t, s, a, true)
	wantOutcome(t, s, *a.Claim, `{"status":200}`)
}

// claimRefused: a refusal is an outcome too, and stays.
func claimRefused(t *testing.T, s Stores) {
	ctx := context.Background()
	Must(t, create(s, record("p", "e")))
	a := beginFor(t, s, claiming(nil), ample)
	WantKind(t, s.Encounters.Create(ctx, a, record("p", "e")), models.Conflict)
	wantClaimRefused(t, s, *a.Claim, models.InProgress)
	a.Outcome = []byte(`{"status":409}`)
	wantAbandoned(t, s, a, false)
	Must(t, erase(s, models.EncounterKey{Person: "p", Encounter: "e"}))
	wantOutcome(t, s, *a.Claim, `{"status":409}`)
}

func claimFreed(t *testing.T, s Stores) {
	ctx := context.Background()
	abandoned, reaped := claiming(nil), claiming(nil)
	beginFor(t, s, abandoned, ample)
	abandoned.Outcome = nil
	wantAbandoned(t, s, abandoned, false)
	beginFor(t, s, reaped, spent)
	_, err := s.Acts.Reap(ctx)
	Must(t, err)
	for _, c := range []*storage.Claim{abandoned.Claim, reaped.Claim} {
		wantOutcome(t, s, *c, "")
		other := otherBody(*c)
		beginFor(t, s, claiming(&other), ample)
	}
}

func claimTakenOver(t *testing.T, s Stores) {
	ctx := context.Background()
	keys := newKeys(2)
	first := beginFor(t, s, claiming(nil), spent, keys...)
	wantOutcome(t, s, *first.Claim, "")
	second := claiming(first.Claim)
	second.Outcome = []byte("second")
	beginFor(t, s, second, ample)
	wantPending(t, s, keys)
	WantKind(t, s.Encounters.Create(ctx, first, record("p", "e")), models.Unavailable)
	first.Outcome = []byte("first")
	wantAbandoned(t, s, first, false) // does not touch the second's claim
	wantClaimRefused(t, s, *first.Claim, models.InProgress)
	Must(t, s.Encounters.Create(ctx, second, record("p", "e")))
	wantOutcome(t, s, *first.Claim, "second")
}

func claimRace(t *testing.T, s Stores) {
	const racers = 10
	claim := claiming(nil).Claim
	var won, waiting atomic.Int32
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			outcome, err := s.Acts.Begin(context.Background(), claiming(claim), newKeys(1), ample)
			switch {
			case err == nil && outcome == nil:
				won.Add(1)
			case err != nil && models.KindOf(err) == models.InProgress:
				waiting.Add(1)
			default:
				t.Errorf("%q %v", outcome, err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || waiting.Load() != racers-1 {
		t.Fatalf("%d won and %d were told to wait", won.Load(), waiting.Load())
	}
}

func claimReopened(t *testing.T, s Stores) {
	a := beginFor(t, s, claiming(nil), ample)
	Must(t, s.Encounters.Create(context.Background(), a, record("p", "e")))
	s = s.Reopen(t)
	wantOutcome(t, s, *a.Claim, string(a.Outcome))
}

// claimWithoutOutcome: a claim can't be settled with nothing, nor by an act
// that has not made it.
func claimWithoutOutcome(t *testing.T, s Stores) {
	ctx := context.Background()
	a := beginFor(t, s, claiming(nil), ample)
	empty := a
	empty.Outcome = nil
	WantKind(t, s.Encounters.Create(ctx, empty, record("p", "e")), models.Invalid)
	other := a
	other.Claim = claiming(nil).Claim
	WantKind(t, s.Encounters.Create(ctx, other, record("p", "e")), models.Invalid)
	wantScan(t, s, nil)
}
