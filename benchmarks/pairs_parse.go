package benchmarks

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"oblik/models"
)

func parseHeader(text string) (folds, perFold int, err error) {
	fields := strings.Fields(text)
	if len(fields) == 1 {
		fields = []string{"1", fields[0]}
	}
	if len(fields) != 2 {
		return 0, 0, errors.New("the header is not FOLDS<tab>N")
	}
	folds, err1 := parseCount(fields[0], maxFolds)
	perFold, err2 := parseCount(fields[1], maxPerFold)
	return folds, perFold, errors.Join(err1, err2)
}

func parsePair(text string) (Pair, error) {
	f := strings.Split(strings.TrimRight(text, "\r"), "\t")
	switch len(f) {
	case 3:
		f = []string{f[0], f[1], f[0], f[2]}
	case 4:
	default:
		return Pair{}, fmt.Errorf("%d fields, not 3 or 4", len(f))
	}
	a, err1 := parseNamed(f[0], f[1])
	b, err2 := parseNamed(f[2], f[3])
	if err := errors.Join(err1, err2); err != nil {
		return Pair{}, err
	}
	if a == b {
		return Pair{}, errors.New("an image paired with itself")
	}
	return Pair{a, b}, nil
}

func parseNamed(name, number string) (Ref, error) {
	if name == "" || len(name) > maxNameBytes || strings.ContainsAny(name, "/\\\x00") {
		return Ref{}, errors.New("a name is empty, too long or holds a slash")
	}
	n, err := parseCount(number, maxNumber)
	return Ref{Person: name, Number: n}, err
}

func parseCount(text string, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("a number is not within 1..%d", most)
	}
	return n, nil
}

func badPairs(line int, err error) error {
	return models.Errorf("pairs", models.Invalid, "line %d: %w", line, err)
}
