//go:build race

package indextest

// The race detector makes everything some ten times slower; it looks for
// another kind of fault than many searches do.
const (
	bruteLooks  = 100
	churnChecks = 10_000
)
