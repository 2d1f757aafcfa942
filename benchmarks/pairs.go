package benchmarks

import (
	"bufio"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"oblik/models"
)

// Bounds of a list of pairs; LFW's View 2 has 10 folds of 2 x 300 pairs.
const (
	maxPairsBytes = 16 << 20
	maxFolds      = 100
	maxPerFold    = 100_000
)

// Pair is two photographs of one person (mated) or of two.
type Pair struct{ A, B Ref }

// Mated tells whether the pair is of one person.
func (p Pair) Mated() bool { return p.A.Person == p.B.Person }

// Pairs is LFW's pairs.txt: folds of as many mated as non-mated pairs.
type Pairs struct{ Folds [][]Pair }

// ReadPairs reads the file called name; see [ParsePairs].
func ReadPairs(name string) (p *Pairs, err error) {
	f, err := os.Open(name) //nolint:gosec // the caller's choice of file is the point
	if err != nil {
		return nil, models.Errorf("pairs", models.NotFound, "%w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return ParsePairs(f)
}

// ParsePairs reads a list of pairs: a header "FOLDS<tab>N" (or "N" for one
// fold), then for each fold N lines "NAME<tab>1<tab>4" and N lines
// "NAME<tab>1<tab>OTHER<tab>2". Errors are of kind [models.Invalid] and tell
// the line, never a name.
func ParsePairs(r io.Reader) (*Pairs, error) {
	limited := &io.LimitedReader{R: r, N: maxPairsBytes + 1}
	s := bufio.NewScanner(limited)
	s.Buffer(nil, 4096)
	if !s.Scan() {
		return nil, badPairs(1, errors.Join(s.Err(), errors.New("no header")))
	}
	folds, perFold, err := parseHeader(s.Text())
	if err != nil {
		return nil, badPairs(1, err)
	}
	p := &Pairs{Folds: make([][]Pair, folds)}
	line := 1
	for s.Scan() {
		line++
		if strings.TrimSpace(s.Text()) == "" {
			continue
		}
		last := slices.IndexFunc(p.Folds, func(f []Pair) bool { return len(f) < 2*perFold })
		if last < 0 {
			return nil, badPairs(line, errors.New("more pairs than the header says"))
		}
		pair, err := parsePair(s.Text())
		if err == nil && pair.Mated() != (len(p.Folds[last]) < perFold) {
			err = errors.New("not in the order of N mated, then N non-mated pairs")
		}
		if err != nil {
			return nil, badPairs(line, err)
		}
		p.Folds[last] = append(p.Folds[last], pair)
	}
	if s.Err() != nil || limited.N <= 0 {
		return nil, badPairs(line+1, errors.Join(s.Err(), errors.New("a line or the list is too long, or can't be read")))
	}
	if len(p.Folds[folds-1]) < 2*perFold {
		return nil, badPairs(line, errors.New("fewer pairs than the header says"))
	}
	return p, nil
}

// People gives the fold, from 0, of every person of the list. Figures across
// folds are honest only if nobody is in two of them: that is an error.
func (p *Pairs) People() (map[string]int, error) {
	folds := map[string]int{}
	for i, fold := range p.Folds {
		for _, pair := range fold {
			for _, name := range []string{pair.A.Person, pair.B.Person} {
				if f, ok := folds[name]; ok && f != i {
					return nil, models.Errorf("pairs", models.Invalid, "a person is in folds %d and %d", f+1, i+1)
				}
				folds[name] = i
			}
		}
	}
	return folds, nil
}
