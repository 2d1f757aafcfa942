package worker

import (
	"crypto/sha256"
	"slices"
	"sync"
	"sync/atomic"

	"oblik/models"
)

const (
	maxCrashes  = 3    // of one file, after which it is refused unread
	maxSuspects = 4096 // files remembered, the latest: a quarter of a megabyte
)

// bans remembers the images that ended workers. One that does costs its sender
// an error and the service a restart of a worker; the same one over and over
// would keep the workers restarting. An image that is read after all is
// forgotten, since a worker can end for other reasons. All of it is in memory:
// a restart of the service forgets. Images that took too long are not
// counted: on a busy machine any may.
type bans struct {
	count atomic.Int32 // of the list: nothing is locked while it is empty

	mu   sync.Mutex
	list []suspect // oldest first
}

type suspect struct {
	length  int // nothing of another length is hashed
	digest  [sha256.Size]byte
	crashes int
}

// refuse is an error of kind [models.BannedImage] if an image is refused.
func (b *bans) refuse(image []byte) error {
	if b.has(image) {
		return models.Errorf("worker", models.BannedImage, "this very file has ended the process that read it %d times", maxCrashes)
	}
	return nil
}

// has says whether an image is refused.
func (b *bans) has(image []byte) (refused bool) {
	b.with(image, func(at int) { refused = b.list[at].crashes >= maxCrashes })
	return refused
}

// clear forgets an image that was read without harm.
func (b *bans) clear(image []byte) {
	b.with(image, func(at int) { b.list = slices.Delete(b.list, at, at+1) })
}

// add counts a crash.
func (b *bans) add(image []byte) {
	digest := sha256.Sum256(image)
	b.mu.Lock()
	defer b.mu.Unlock()
	if at := b.find(digest); at >= 0 {
		b.list[at].crashes++
		return
	}
	b.list = append(b.list, suspect{len(image), digest, 1})
	if len(b.list) > maxSuspects {
		b.list = slices.Delete(b.list, 0, 1)
	}
	b.count.Store(int32(len(b.list))) //nolint:gosec // at most maxSuspects
}

// with calls found with an image's place in the list, if it is there.
func (b *bans) with(image []byte, found func(at int)) {
	if b.count.Load() == 0 {
		return
	}
	b.mu.Lock()
	likely := slices.ContainsFunc(b.list, func(s suspect) bool { return s.length == len(image) })
	b.mu.Unlock()
	if !likely {
		return
	}
	digest := sha256.Sum256(image)
	b.mu.Lock()
	defer b.mu.Unlock()
	if at := b.find(digest); at >= 0 {
		found(at)
		b.count.Store(int32(len(b.list))) //nolint:gosec // at most maxSuspects
	}
}

// find gives the place of a digest, -1 if it is not listed.
func (b *bans) find(digest [sha256.Size]byte) int {
	return slices.IndexFunc(b.list, func(s suspect) bool { return s.digest == digest })
}
