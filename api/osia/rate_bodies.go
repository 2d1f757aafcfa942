package osia

import (
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// bodies bounds the long bodies that are promised: all together, and those of
// one client to half of it, whatever the number of its connections. fasthttp
// makes a body's buffer before a byte of it has come, so the promise is what
// counts, not what has arrived; the gate counts that.
//
// A body is known by its connection's request header, which fasthttp keeps in
// one place from admit to the handler, or to what answers an error. Should a
// request break off without either, its room comes back with its time.
type bodies struct {
	most  int           // bytes, of all clients
	lasts time.Duration // the longest a request can be under way

	mu      sync.Mutex
	open    map[*fasthttp.RequestHeader]promise
	clients map[string]int // bytes
	all     int            // bytes
}

// promise is of one request; of no bytes, if it was refused.
type promise struct {
	client string
	bytes  int
	ends   time.Time
}

func newBodies(most int, lasts time.Duration) *bodies {
	return &bodies{most: most, lasts: lasts, open: map[*fasthttp.RequestHeader]promise{}, clients: map[string]int{}}
}

// take is false if there is no room for so many bytes of this client.
func (b *bodies) take(h *fasthttp.RequestHeader, client string, bytes int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end(h) // of a request that broke off before
	if !b.fits(client, bytes) {
		now := time.Now()
		for h, p := range b.open {
			if now.After(p.ends) {
				b.end(h)
			}
		}
	}
	fits := b.fits(client, bytes)
	if !fits {
		bytes = 0
	}
	b.open[h] = promise{client, bytes, time.Now().Add(b.lasts)}
	b.clients[client] += bytes
	b.all += bytes
	return fits
}

func (b *bodies) fits(client string, bytes int) bool {
	return b.all+bytes <= b.most && b.clients[client]+bytes <= b.most/2
}

// done gives back what a request took, and says whether it was refused.
func (b *bodies) done(h *fasthttp.RequestHeader) (refused bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.end(h)
}

func (b *bodies) end(h *fasthttp.RequestHeader) (refused bool) {
	p, there := b.open[h]
	if !there {
		return false
	}
	delete(b.open, h)
	b.all -= p.bytes
	if b.clients[p.client] -= p.bytes; b.clients[p.client] <= 0 {
		delete(b.clients, p.client)
	}
	return p.bytes == 0
}
