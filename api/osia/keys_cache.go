package osia

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	"golang.org/x/sync/singleflight"
)

// keyCache holds the set read last, for maxAge.
type keyCache struct {
	jwkset.Storage
	maxAge time.Duration
	read   atomic.Pointer[time.Time] // nil before the first
}

// KeyReplaceAll takes a set that was read, but for what can't be used.
func (c *keyCache) KeyReplaceAll(ctx context.Context, given []jwkset.JWK) error {
	var sound []jwkset.JWK
	for _, key := range given {
		algorithm, m := algorithmOf(key.Key()), key.Marshal()
		if algorithm != "" && (m.ALG == "" || m.ALG.String() == algorithm) && (m.USE == "" || m.USE == jwkset.UseSig) {
			sound = append(sound, key)
		}
	}
	if len(sound) == 0 || len(sound) > maxKeys {
		return fmt.Errorf("%d keys that can be used; 1 to %d are accepted", len(sound), maxKeys)
	}
	if err := c.Storage.KeyReplaceAll(ctx, sound); err != nil {
		return err
	}
	now := time.Now()
	c.read.Store(&now)
	return nil
}

func (c *keyCache) stale() bool {
	read := c.read.Load()
	return read == nil || time.Since(*read) > c.maxAge
}

// KeyRead implements [jwkset.Storage].
func (c *keyCache) KeyRead(ctx context.Context, kid string) (jwkset.JWK, error) {
	if c.stale() {
		return jwkset.JWK{}, jwkset.ErrKeyNotFound
	}
	return c.Storage.KeyRead(ctx, kid)
}

// KeyReadAll implements [jwkset.Storage].
func (c *keyCache) KeyReadAll(ctx context.Context) ([]jwkset.JWK, error) {
	if c.stale() {
		return nil, jwkset.ErrKeyNotFound
	}
	return c.Storage.KeyReadAll(ctx)
}

// remoteKeys looks into the cache. What is not there makes jwkset's client, its
// embedded Storage, read the provider again; all who ask meanwhile wait for that
// one reading.
type remoteKeys struct {
	jwkset.Storage
	cache   *keyCache
	reading singleflight.Group
}

// KeyRead implements [jwkset.Storage].
func (r *remoteKeys) KeyRead(ctx context.Context, kid string) (jwkset.JWK, error) {
	if key, err := r.cache.KeyRead(ctx, kid); err == nil {
		return key, nil
	}
	r.again(ctx, kid)
	return r.cache.KeyRead(ctx, kid)
}

// KeyReadAll implements [jwkset.Storage].
func (r *remoteKeys) KeyReadAll(ctx context.Context) ([]jwkset.JWK, error) {
	if r.cache.stale() {
		r.again(ctx, "")
	}
	return r.cache.KeyReadAll(ctx)
}

func (r *remoteKeys) again(ctx context.Context, kid string) {
	_, _, _ = r.reading.Do("", func() (any, error) { return r.Storage.KeyRead(ctx, kid) }) // the cache tells what came of it
}
