// Package matchertest holds the suites and samples that every implementation
// of the matcher's seams is tested with.
package matchertest
