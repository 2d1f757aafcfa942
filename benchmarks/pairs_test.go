package benchmarks

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oblik/models"
)

const samplePairs = "2\t1\nA\t1\t2\nA\t1\tB\t3\nC\t1\t2\nC\t2\tD\t1\n"

func TestParsePairs(t *testing.T) {
	p, err := ParsePairs(strings.NewReader(samplePairs))
	if err != nil {
		t.Fatal(err)
	}
	want := Pair{Ref{"C", 2}, Ref{"D", 1}}
	if len(p.Folds) != 2 || len(p.Folds[1]) != 2 || p.Folds[1][1] != want || p.Folds[1][1].Mated() || !p.Folds[0][0].Mated() {
		t.Errorf("%+v", p.Folds)
	}
	folds, err := p.People()
	if err != nil || len(folds) != 4 || folds["B"] != 0 || folds["D"] != 1 {
		t.Errorf("%v, %v", folds, err)
	}
}

func TestParsePairsRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":         "",
		"header":        "a\tb\n",
		"huge header":   "1\t99999999999\n",
		"many folds":    "101\t1\n",
		"too few":       "2\t1\nA\t1\t2\nA\t1\tB\t3\n",
		"too many":      samplePairs + "E\t1\t2\n",
		"order":         "1\t1\nA\t1\tB\t3\nA\t1\t2\n",
		"fields":        "1\t1\nA\t1\nA\t1\tB\t3\n",
		"number":        "1\t1\nA\t1\t-2\nA\t1\tB\t3\n",
		"itself":        "1\t1\nA\t1\t1\nA\t1\tB\t3\n",
		"path":          "1\t1\n../A\t1\t2\nA\t1\tB\t3\n",
		"no name":       "1\t1\n\t1\t2\nA\t1\tB\t3\n",
		"endless line":  "1\t1\n" + strings.Repeat("A", 10_000),
		"endless blank": "1\t1\n" + strings.Repeat("\n", maxPairsBytes),
	} {
		_, err := ParsePairs(strings.NewReader(text))
		if models.KindOf(err) != models.Invalid {
			t.Errorf("%s: %v, want an error of kind invalid", name, err)
		}
	}
}

func TestPeopleInTwoFolds(t *testing.T) {
	p, err := ParsePairs(strings.NewReader("2\t1\nA\t1\t2\nA\t1\tB\t3\nC\t1\t2\nC\t2\tA\t1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.People(); models.KindOf(err) != models.Invalid {
		t.Errorf("%v, want an error of kind invalid", err)
	}
}

func TestLFWPairs(t *testing.T) {
	dir := filepath.Join(sharedData(t), "lfw")
	p, err := ReadPairs(filepath.Join(dir, "pairs.txt"))
	if err != nil {
		t.Fatal(err)
	}
	folds, err := p.People()
	if err != nil {
		t.Fatal(err)
	}
	d, err := OpenDataSet(filepath.Join(dir, "images"))
	if err != nil {
		t.Fatal(err)
	}
	there := map[Ref]bool{}
	for _, r := range d.Refs() {
		there[r] = true
		if _, ok := folds[r.Person]; !ok {
			t.Error("a photograph of nobody in the list")
		}
	}
	for _, fold := range p.Folds {
		for _, pair := range fold {
			if !there[pair.A] || !there[pair.B] {
				t.Error("a pair without its photograph")
			}
		}
	}
	if len(p.Folds) != 5 || len(d.Refs()) != 3811 {
		t.Errorf("%d folds, %d photographs", len(p.Folds), len(d.Refs()))
	}
}

func TestLabelErrors(t *testing.T) {
	digest := LabelErrorDigest("Ann", "Bea")
	if got := hex.EncodeToString(digest[:]); got != "dcd4cfb082ce12fb29bf14cd5554ec1721b1210e5ccb45706676c9c4d70b56fd" {
		t.Errorf("the digest is %s", got)
	}
	l, err := ParseLabelErrors(strings.NewReader("# remark\n\n" + hex.EncodeToString(digest[:]) + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !l.Contains("Ann", "Bea") || !l.Contains("Bea", "Ann") || l.Contains("Ann", "Ann") || l.Len() != 1 {
		t.Error("membership")
	}
	for _, bad := range []string{"abc", strings.Repeat("zz", 32), strings.Repeat("ab", 33)} {
		if _, err := ParseLabelErrors(strings.NewReader(bad)); models.KindOf(err) != models.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// The list that is shipped is the one of the development data, as digests.
func TestKnownLabelErrors(t *testing.T) {
	l, err := KnownLabelErrors()
	if err != nil || l.Len() != 5 {
		t.Fatalf("%d label errors, %v", l.Len(), err)
	}
	data, err := os.ReadFile(filepath.Join(sharedData(t), "lfw", "aliases.txt"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range bytes.Lines(data) {
		names := strings.Split(strings.TrimSpace(string(line)), "\t")
		if strings.HasPrefix(names[0], "#") || len(names) != 2 {
			continue
		}
		if n++; !l.Contains(names[1], names[0]) {
			t.Errorf("line %d is not in the list", n)
		}
	}
	if n != l.Len() {
		t.Errorf("%d names, %d digests", n, l.Len())
	}
}

func FuzzParsePairs(f *testing.F) {
	f.Add([]byte(samplePairs))
	f.Add([]byte("300\nA\t1\t2\n"))
	f.Add([]byte("10\t300\nA\t1\t2\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePairs(bytes.NewReader(data))
		if err != nil {
			if models.KindOf(err) != models.Invalid {
				t.Fatal(err)
			}
			return
		}
		for _, fold := range p.Folds {
			mated := 0
			for _, pair := range fold {
				if pair.A == pair.B || pair.A.Number < 1 || pair.B.Number > maxNumber || pair.A.Person == "" {
					t.Fatalf("%+v", pair)
				}
				if pair.Mated() {
					mated++
				}
			}
			if len(fold) == 0 || mated*2 != len(fold) {
				t.Fatalf("%d mated of %d", mated, len(fold))
			}
		}
	})
}
