//go:build !race

package indextest

const (
	bruteLooks  = 1000    // searches held against brute force
	churnChecks = 100_000 // that somebody who was removed is not found
)
