// Package storagetest holds the tests that every implementation of the seams
// in package storage passes: what the comments there promise, one test a
// promise, and a model check that compares concurrent clients with a map.
package storagetest

import (
	"slices"
	"testing"

	"oblik/storage"
)

// Stores is what is tested: the seams over one empty set of data, and what a
// test needs beyond them.
type Stores struct {
	Images     storage.Images
	Encounters storage.Encounters
	Mover      storage.Mover
	Galleries  storage.Galleries
	Outbox     storage.Outbox
	Tasks      storage.Tasks
	Attempts   storage.Attempts
	Acts       storage.Acts
	Trail      storage.Trail
	Names      storage.Names
	Changes    storage.Changes
	// Beside opens the same data to one user more; nil for stores of one user.
	Beside func(t testing.TB) Stores
	// Damage changes an image behind the store's back.
	Damage Damage
	// Reopen closes the stores and opens them again over the same data, as a
	// program does that is started again; acts under way may be given up.
	Reopen func(t testing.TB) Stores
}

// Damage replaces a stored image behind the store's back by what f makes of it.
type Damage func(t testing.TB, key string, f func([]byte) []byte)

// Open gives empty stores; it registers their closing with t.Cleanup.
type Open func(t testing.TB) Stores

type test struct {
	name string
	run  func(*testing.T, Stores)
}

// Run runs every test but the model check, each over stores of its own.
func Run(t *testing.T, open Open) {
	for _, test := range slices.Concat(imageTests, recordTests, updateTests, moverTests, galleryTests,
		actTests, claimTests, trailTests, nameTests, changeTests, taskTests, taskErasureTests, attemptTests, sweepTests) {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// RunImages runs the tests of images alone, for a store that keeps no rows.
func RunImages(t *testing.T, open func(t testing.TB) (storage.Images, Damage)) {
	for _, test := range imageTests {
		t.Run(test.name, func(t *testing.T) {
			images, damage := open(t)
			test.run(t, Stores{Images: images, Damage: damage})
		})
	}
}
