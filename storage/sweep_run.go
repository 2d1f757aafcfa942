package storage

import (
	"context"
)

// Sizes of what a sweep holds in memory: some 100 kB and 30 MB.
const (
	listedAtOnce     = 1000
	referencesAtOnce = 100_000
)

// Sweep compares images with records both ways. It is safe beside every change:
// what looks wrong is looked at again before it is a finding. That an image is
// not listed proves nothing, and that nothing names a listed one only if it is
// still there. A sweep that is not quick reads every image a record names.
func Sweep(ctx context.Context, images Images, names Names, o SweepOptions) (SweepReport, error) {
	if o.Found == nil {
		o.Found = func(Finding) {}
	}
	s := sweeper{images: images, names: names, SweepOptions: o, named: references{names: names}}
	err := images.List(ctx, func(key string, length int64) error {
		s.listed = append(s.listed, listed{key, length})
		s.report.Images++
		if len(s.listed) < listedAtOnce {
			return nil
		}
		return s.compare(ctx, key)
	})
	if err == nil {
		err = s.compare(ctx, beyondKeys)
	}
	if err == nil {
		err = s.confirm(ctx)
	}
	return s.report, err
}

// beyondKeys comes after every key, which are hexadecimal digits.
const beyondKeys = "g"

type listed struct {
	key    string
	length int64
}

// sweeper walks along the images and the references to them, both by key.
type sweeper struct {
	SweepOptions
	images Images
	names  Names
	report SweepReport
	listed []listed   // not yet compared
	named  references // not yet compared
	faults []Finding  // not yet confirmed
}

// compare looks at all images and references up to a key.
func (s *sweeper) compare(ctx context.Context, last string) error {
	lengths := map[string]int64{}
	for _, image := range s.listed {
		lengths[image.key] = image.length
	}
	for {
		r, err := s.named.next(ctx, last)
		if err != nil {
			return err
		}
		if r == nil {
			break
		}
		s.report.References++
		length, there := lengths[r.image.Key]
		delete(lengths, r.image.Key)
		if s.Quick && there && length == r.image.Length {
			continue
		}
		if err := s.read(ctx, *r); err != nil {
			return err
		}
	}
	s.listed = s.listed[:0]
	return s.orphans(ctx, lengths)
}
