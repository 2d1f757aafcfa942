package api

import "oblik/storage"

// Caller says who asks, for the audit trail. It holds no name and no secret.
type Caller struct {
	Client      string // the token's subject, or the tool; may be empty
	Operation   string // OSIA's operationId, or the tool's command
	Transaction string // the client's own mark of the request; may be empty
	Once        *Once  // of a change: nil if it may take effect as often as it is asked for
}

// Once makes a change take effect once, however often it is asked for: the same
// key and body are given the first outcome again, for a day. The same key with
// another body is [models.Reused]; while the first is being worked on it is
// [models.InProgress].
type Once struct {
	Key  [32]byte // digest of client, route and the client's idempotency key
	Body [32]byte // digest of the request's body
}

func (c Caller) claim() *storage.Claim {
	if c.Once == nil {
		return nil
	}
	return &storage.Claim{Key: c.Once.Key, Body: c.Once.Body}
}
