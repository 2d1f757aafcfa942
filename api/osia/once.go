package osia

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/gofiber/fiber/v2"

	"oblik/api"
)

// headerOnce is the header of draft-ietf-httpapi-idempotency-key-header, which
// OSIA does not know; it is optional.
const (
	headerOnce = "Idempotency-Key"
	maxOnceKey = 255 // bytes
)

// once reads the idempotency key of a writing operation: 1 to 255 visible ASCII
// characters. A token that names no client has none: it would share those of
// all such tokens. It holds for this client, method and path; the digest of the
// body, and of the status that is in no body, tells another request from the same
// one sent again.
func once(c *fiber.Ctx, client string, q query) (*api.Once, error) {
	given := c.Request().Header.PeekAll(headerOnce)
	if len(given) == 0 {
		return nil, nil //nolint:nilnil // it is optional
	}
	if client == "" || len(given) > 1 || len(given[0]) == 0 || len(given[0]) > maxOnceKey {
		return nil, &Fault{Code: codeOnce}
	}
	for _, b := range given[0] {
		if b <= ' ' || b > '~' {
			return nil, &Fault{Code: codeOnce}
		}
	}
	return &api.Once{
		Key:  digest([]byte(client), c.Request().Header.Method(), c.Request().URI().Path(), given[0]),
		Body: digest(c.Request().Body(), []byte(q.status)),
	}, nil
}

// digest is the SHA-256 of parts, each led by its length.
func digest(parts ...[]byte) (sum [32]byte) {
	h := sha256.New()
	for _, p := range parts {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(p)))
		_, _ = h.Write(length[:]) // a hash's Write never fails
		_, _ = h.Write(p)
	}
	h.Sum(sum[:0])
	return sum
}
