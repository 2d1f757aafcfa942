package storage

import (
	"context"
	"time"

	"oblik/models"
)

// Act is one change, or one question that leaves a trace: who asked for what,
// about whom. What it holds is written to the audit trail as it is.
type Act struct {
	ID          string // random, from [NewKey]
	Client      string // the token's subject, or the tool
	Operation   string // OSIA's operationId, or the tool's command
	Transaction string // the client's own mark of the request
	Person      models.PersonID
	Encounter   models.EncounterID
	Details     []byte // what else belongs into the trail, as JSON; nil if nothing; never a template, a name or an image
	Claim       *Claim // nil without an idempotency key
	// Outcome is stored with the claim when the act ends, and given to whoever
	// makes the claim again; not empty if Claim is set.
	Outcome []byte
}

// Claim says that a request is to have its effect once, however often it is
// sent.
type Claim struct {
	Key  [32]byte // digest of client, route and the client's idempotency key
	Body [32]byte // digest of the request's body
}

// Lease is how long somebody may keep something to himself.
type Lease = time.Duration

// ClaimLife is how long a claim and its outcome are kept.
const ClaimLife = 24 * time.Hour

// Acts keeps the changes under way. Times are those of the store's own clock.
type Acts interface {
	// Begin records durably, in one transaction, that a has begun and will store
	// images under these keys; it is given up when lease is over. If the claim
	// was made before, nothing is begun: by an act that has ended, its outcome is
	// returned; by one under way, [models.InProgress]; with another body,
	// [models.Reused]. If that act's time is over it is abandoned and a begins.
	Begin(ctx context.Context, a Act, images []string, lease Lease) (outcome []byte, err error)
	// Outcome looks a claim up as Begin does, and begins nothing; nil if the
	// claim is free.
	Outcome(ctx context.Context, c Claim) ([]byte, error)
	// Abandon ends an act without its change: the images are queued in the
	// [Outbox]; its claim is free again or, if a.Outcome is not empty, settled
	// with it. A change of a that is being made at this moment is waited for. When
	// it returns nil, a either was committed before, and stands, or can't be any
	// more: that is what it returns. Abandoning twice is no error.
	Abandon(ctx context.Context, a Act) (committed bool, err error)
	// Reap abandons the acts whose time is over and forgets claims older than
	// [ClaimLife]. It returns how many acts there were.
	Reap(ctx context.Context) (int, error)
}

// Event is a line of the audit trail. Claim and Outcome of its act are empty.
type Event struct {
	Seq  int64 // grows; gaps are possible
	Time time.Time
	Act
}

// Trail is the audit trail. Nothing is changed or removed in it.
type Trail interface {
	// Append adds a line for an act that changes nothing, durably before it
	// returns. Those that do are added by their change.
	Append(ctx context.Context, a Act) error
	// Events calls f with the lines after a sequence number, in order, until f
	// returns an error.
	Events(ctx context.Context, after int64, f func(Event) error) error
}
