package api

import (
	"oblik/models"
	"oblik/storage"
)

// Caller says who asks, for the audit trail. It holds no name and no secret.
type Caller struct {
	Client      string // the token's subject, or the tool; may be empty
	Operation   string // OSIA's operationId, or the tool's command
	Transaction string // the client's own mark of the request; may be empty
	Once        *Once  // of a change: nil if it may take effect as often as it is asked for
	Task        string // of a change: the task it is made for, and not any more once that was wiped; empty for none
	Priority    int    // 0..9 among requests of one kind, the highest first
	Limits
}

// Limits are what a client may do, where the operator allows it less than
// everybody. The zero value allows everything.
type Limits struct {
	// Galleries are the only ones the client may see and change; nil for all.
	// [models.AllGalleries] among them allows all. A record is visible if it is
	// in one of them, else it is unknown to the client: [models.NotFound]. It may
	// be changed if all its galleries are among them, before and after the
	// change, else [models.Forbidden]. So it is with a person who gets one more
	// record: all there are must be the client's to change.
	Galleries []models.GalleryID
	// VerifyFloor and IdentifyFloor are the client's own lowest thresholds, in
	// force where they are above the policy's; 0 for the policy's.
	VerifyFloor, IdentifyFloor float64
	// Coarse raises the thresholds the client asks for to multiples of
	// [coarseStep]: who is not shown scores could find them by trying.
	Coarse bool
}

// Once makes a change take effect once, however often it is asked for: the same
// key and body are given the first outcome again, for a day. The same key with
// another body is [models.Reused]; while the first is being worked on it is
// [models.InProgress].
type Once struct {
	Key  [32]byte // digest of client, route and the client's idempotency key
	Body [32]byte // digest of what the request asks for: its body, and what its query adds
}

func (c Caller) claim() *storage.Claim {
	if c.Once == nil {
		return nil
	}
	return &storage.Claim{Key: c.Once.Key, Body: c.Once.Body}
}
