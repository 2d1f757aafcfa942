package api

import (
	"math"
	"slices"

	"oblik/models"
)

// Bounds of one request. They keep strangers' input small; no deployment has
// been seen to need more.
const (
	MaxSamples    = 32        // in an encounter or in one set of probes
	MaxGalleries  = 64        // of an encounter
	MaxTypeLength = 256       // bytes of an encounter's type
	MaxBlock      = 64 << 10  // bytes of each block of opaque data
	MaxReadBytes  = 128 << 20 // bytes of images in one answer
)

// Policy holds the numbers a deployment may choose. Scores are on the scale
// of [models.Score].
type Policy struct {
	VerifyThreshold   float64 // a match scores at least this, unless the client asks for more
	VerifyFloor       float64 // a client's threshold may not be lower: it would decide for the service
	IdentifyThreshold float64 // a candidate scores at least this, already lowered for the size of the gallery
	IdentifyFloor     float64 // see VerifyFloor
	DefaultCandidates int     // the longest list if the client names none, 1..models.MaxCandidates
	MinInterEye       float64 // least distance between the eyes to enrol, pixels
	// ComparableFace is the ratio of linear sizes (square root of the box's
	// area) from which on another face counts beside the chosen one, 0..1:
	// whose photograph it is would be a guess.
	ComparableFace float64
	// MaxOutside is the part of the face's box that may lie beyond the edges of
	// a photograph to enrol, 0..1. Unrelated people whose faces are both cut off
	// below are confused 5 times as often as the score says: FMR 4.9e-4 at score
	// 40 instead of 1e-4, measured on faces of LFW cut off that way.
	MaxOutside float64
	// MinSampleScore is what any two face samples of one encounter score at
	// least, 0 for no check: below it they do not seem to show one person. One
	// in ten pairs of unrelated people scores 10, and about 0.4 % of mated pairs
	// of LFW score less.
	MinSampleScore float64
	MaxImageBytes  int // of one image, bytes
	// ForgetImages keeps templates only: no image is ever written. Templates can
	// then not be made anew with other weights, and nobody can look at a photograph.
	ForgetImages bool
	// LockAfter is how many verifications of one person in a row may fail before
	// each further one has to wait, 0 for no lock at all; LockStop is how many
	// may fail until an operator unlocks the person. See lock.go.
	LockAfter, LockStop int
	// FilterKeys are the attributes of an encounter's biographic and contextual
	// data that a search may filter on, besides encounterType and biometricType.
	FilterKeys []string
	// IncludeSelf makes a search with what is on record of a person name this
	// person too. Without it only others are named, as a search for a person who
	// is on record twice needs it.
	IncludeSelf bool
}

// DefaultPolicy is FMR 1 in 10,000 for verify and FPIR 1 in 100 for identify,
// among unrelated people of the calibration set.
func DefaultPolicy() Policy {
	return Policy{
		VerifyThreshold: 40, VerifyFloor: 30,
		IdentifyThreshold: 20, IdentifyFloor: 10,
		DefaultCandidates: 10,
		MinInterEye:       30,
		ComparableFace:    0.5,
		MaxOutside:        0.1,
		MinSampleScore:    10,
		MaxImageBytes:     6 << 20,
		LockAfter:         5, LockStop: 50,
		FilterKeys: []string{"dateOfBirth", "gender", "nationality", "region", "yearOfBirth", "enrollmentDate"},
	}
}

// Validate reports, as [models.Invalid], a number out of its range or a
// threshold below its floor.
func (p Policy) Validate() error {
	bad := func(text string, args ...any) error { return models.Errorf("policy", models.Invalid, text, args...) }
	switch {
	case !within(p.VerifyFloor, 0, models.MaxScore), !within(p.IdentifyFloor, 0, models.MaxScore):
		return bad("a floor is not within 0..%g", models.MaxScore)
	case !within(p.VerifyThreshold, p.VerifyFloor, models.MaxScore):
		return bad("verify threshold %g is not within %g..%g", p.VerifyThreshold, p.VerifyFloor, models.MaxScore)
	case !within(p.IdentifyThreshold, p.IdentifyFloor, models.MaxScore):
		return bad("identify threshold %g is not within %g..%g", p.IdentifyThreshold, p.IdentifyFloor, models.MaxScore)
	case p.DefaultCandidates < 1 || p.DefaultCandidates > models.MaxCandidates:
		return bad("%d candidates are not within 1..%d", p.DefaultCandidates, models.MaxCandidates)
	case !within(p.MinInterEye, 0, 10_000):
		return bad("least inter-eye distance %g px is not within 0..10000", p.MinInterEye)
	case !within(p.ComparableFace, 0, 1):
		return bad("comparable face %g is not within 0..1", p.ComparableFace)
	case !within(p.MaxOutside, 0, 1):
		return bad("face outside the photograph %g is not within 0..1", p.MaxOutside)
	case !within(p.MinSampleScore, 0, models.MaxScore):
		return bad("least score of an encounter's samples %g is not within 0..%g", p.MinSampleScore, models.MaxScore)
	case p.MaxImageBytes < 1:
		return bad("largest image of %d bytes", p.MaxImageBytes)
	case p.LockAfter < 0 || p.LockAfter > 0 && p.LockStop < p.LockAfter:
		return bad("a lock after %d failures that stops at %d", p.LockAfter, p.LockStop)
	case len(p.FilterKeys) > maxFilterKeys || slices.ContainsFunc(p.FilterKeys, badFilterKey):
		return bad("attributes to filter on: at most %d names of 1..%d bytes, neither %s nor %s",
			maxFilterKeys, models.MaxIDLength, encounterType, biometricType)
	}
	return nil
}

func badFilterKey(name string) bool {
	return name == "" || len(name) > models.MaxIDLength || name == encounterType || name == biometricType
}

// threshold is the one a client asked for, or the default if it asked for none.
// Too low a one is refused, never raised in silence: the client would take the
// answer for one to its own question. [Limits].Coarse alone raises it, which
// the interface's README says.
func threshold(by Caller, asked *float64, usual, floor float64) (float64, error) {
	if asked == nil {
		return usual, nil
	}
	if !within(*asked, floor, models.MaxScore) {
		return 0, models.Errorf("threshold", models.Invalid, "the threshold must be within %g..%g", floor, models.MaxScore)
	}
	if by.Coarse {
		return math.Ceil(*asked/coarseStep) * coarseStep, nil
	}
	return *asked, nil
}

func (p Policy) verifyThreshold(by Caller, asked *float64) (float64, error) {
	floor := math.Max(p.VerifyFloor, by.VerifyFloor)
	return threshold(by, asked, math.Max(p.VerifyThreshold, floor), floor)
}

func (p Policy) identifyThreshold(by Caller, asked *float64) (float64, error) {
	floor := math.Max(p.IdentifyFloor, by.IdentifyFloor)
	return threshold(by, asked, math.Max(p.IdentifyThreshold, floor), floor)
}

// coarseStep divides models.MaxScore.
const coarseStep = 10

// within is false for NaN.
func within(x, low, high float64) bool {
	return x >= low && x <= high && !math.IsInf(x, 0)
}
