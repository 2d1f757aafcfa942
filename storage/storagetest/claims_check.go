package storagetest

import (
	"context"
	"testing"

	"oblik/models"
	"oblik/storage"
)

// claiming is an act with a claim that is new, or c, and the outcome "done".
func claiming(c *storage.Claim) storage.Act {
	a := newAct()
	if c == nil {
		c = &storage.Claim{Key: [32]byte(random(32)), Body: [32]byte(random(32))}
	}
	a.Claim, a.Outcome = c, []byte(`{"status":200}`)
	return a
}

// wantOutcome asks for a claim, by another act and without one.
func wantOutcome(t testing.TB, s Stores, c storage.Claim, want string) {
	t.Helper()
	key := storage.NewKey()
	for range 2 {
		got, err := s.Acts.Outcome(context.Background(), c)
		Must(t, err)
		if string(got) != want {
			t.Fatalf("the outcome is %q, want %q", got, want)
		}
		if want == "" {
			return
		}
		again := claiming(&c)
		got, err = s.Acts.Begin(context.Background(), again, []string{key}, ample)
		Must(t, err)
		if string(got) != want {
			t.Fatalf("the outcome of another act is %q, want %q", got, want)
		}
		WantKind(t, s.Encounters.Create(context.Background(), again, record("again", "e")), models.Unavailable)
	}
	named, err := s.Names.Named(context.Background(), []string{key})
	Must(t, err)
	if len(named) != 0 {
		t.Fatal("an act that did not begin names an image")
	}
}

// wantClaimRefused asks for a claim, by another act and without one.
func wantClaimRefused(t testing.TB, s Stores, c storage.Claim, kind models.Kind) {
	t.Helper()
	_, err := s.Acts.Outcome(context.Background(), c)
	WantKind(t, err, kind)
	outcome, err := s.Acts.Begin(context.Background(), claiming(&c), newKeys(1), ample)
	WantKind(t, err, kind)
	if outcome != nil {
		t.Fatalf("a refused act has the outcome %q", outcome)
	}
}

func otherBody(c storage.Claim) storage.Claim {
	c.Body[0] ^= 1
	return c
}
