package benchmarks

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	_ "embed" // the list of label errors
	"encoding/hex"
	"io"

	"oblik/models"
)

// maxLabelErrors bounds a list of label errors.
const maxLabelErrors = 10_000

//go:embed label_errors.txt
var knownLabelErrors []byte

// LabelErrors is a set of pairs of names under which a data set holds one
// person, or a photograph of the other. The two are neither mated nor
// non-mated: such a pair is not counted at all. It holds digests, no names.
type LabelErrors struct{ digests map[[32]byte]struct{} }

// KnownLabelErrors are those of LFW that come with this package. They were
// found among the highest non-mated similarities and then checked by name or
// image; leaving them out can only lower an FMR, so reports give their figures
// with them and without.
func KnownLabelErrors() (*LabelErrors, error) {
	return ParseLabelErrors(bytes.NewReader(knownLabelErrors))
}

// ParseLabelErrors reads a list: a digest in hex a line (see
// [LabelErrorDigest]), lines that start with # are remarks.
func ParseLabelErrors(r io.Reader) (*LabelErrors, error) {
	l := &LabelErrors{digests: map[[32]byte]struct{}{}}
	s := bufio.NewScanner(r)
	for line := 1; s.Scan(); line++ {
		text := s.Bytes()
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		var d [32]byte
		if n, err := hex.Decode(d[:], text[:min(len(text), 64)]); err != nil || n != 32 || len(text) != 64 {
			return nil, models.Errorf("labels", models.Invalid, "line %d is not a SHA-256 in hex", line)
		}
		if len(l.digests) >= maxLabelErrors {
			return nil, models.Errorf("labels", models.Invalid, "more than %d label errors", maxLabelErrors)
		}
		l.digests[d] = struct{}{}
	}
	if err := s.Err(); err != nil {
		return nil, models.Errorf("labels", models.Invalid, "%w", err)
	}
	return l, nil
}

// LabelErrorDigest is the SHA-256 of the two names in byte order, with a
// newline between them.
func LabelErrorDigest(a, b string) [32]byte {
	if a > b {
		a, b = b, a
	}
	buf := make([]byte, 0, 256)
	buf = append(append(append(buf, a...), '\n'), b...)
	return sha256.Sum256(buf)
}

// Contains tells whether the two names, in either order, are in the list.
func (l *LabelErrors) Contains(a, b string) bool {
	_, ok := l.digests[LabelErrorDigest(a, b)]
	return ok
}

// Len is the number of pairs of names.
func (l *LabelErrors) Len() int { return len(l.digests) }
