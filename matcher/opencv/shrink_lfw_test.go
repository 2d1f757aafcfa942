package opencv_test

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gocv.io/x/gocv"

	"oblik/matcher"
	"oblik/matcher/weights"
)

// shown is what one photograph gave, shrunk and in full; nil where it was
// refused.
type shown struct{ shrunk, full []float32 }

// matches says whether two photographs match; one that was refused never does.
func matches(a, b []float32, least float64) bool {
	return a != nil && b != nil && cosine(a, b) >= least
}

// enlargedLFW is a photograph of LFW with sides of so many pixels.
func enlargedLFW(t *testing.T, file string, side int) []byte {
	t.Helper()
	mat := gocv.IMRead(file, gocv.IMReadColor)
	defer mat.Close()
	if mat.Empty() {
		t.Fatalf("no photograph %s", file)
	}
	gocv.Resize(mat, &mat, image.Pt(side, side), 0, 0, gocv.InterpolationLanczos4)
	return encoded(t, mat, ".jpg")
}

// pairsOfLFW are n pairs of LFW's list, two files each, spread evenly; n more
// than there are gives all.
func pairsOfLFW(t *testing.T, dir string, n int) (pairs [][2]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "pairs.txt"))
	if err != nil {
		t.Fatal(err)
	}
	file := func(name, number string) string {
		i, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, "images", name, fmt.Sprintf("%s_%04d.jpg", name, i))
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		switch w := strings.Fields(line); len(w) {
		case 3:
			pairs = append(pairs, [2]string{file(w[0], w[1]), file(w[0], w[2])})
		case 4:
			pairs = append(pairs, [2]string{file(w[0], w[1]), file(w[2], w[3])})
		}
	}
	if n >= len(pairs) {
		return pairs
	}
	some := make([][2]string, n)
	for i := range some {
		some[i] = pairs[i*len(pairs)/n]
	}
	return some
}

// Enlarged photographs of LFW give the same templates and decisions shrunk as
// in full: at 12 megapixels, and where the detector gets just twice the pixels
// it needs. SHRUNK_PAIRS=3000 takes the whole list, in half an hour a size.
func TestShrunkLFW(t *testing.T) {
	n := 24
	if text := os.Getenv("SHRUNK_PAIRS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 {
			t.Fatalf("SHRUNK_PAIRS=%s is no number of pairs", text)
		}
	}
	pairs := pairsOfLFW(t, filepath.Join(shared(t), "lfw"), n)
	_, table, err := weights.Table("../../.cache/weights", "sface-2021dec-int8bq")
	if err != nil {
		t.Fatal(err)
	}
	scale, err := matcher.ParseCalibration(table)
	if err != nil {
		t.Fatal(err)
	}
	for _, side := range []int{1281, 3464} {
		t.Run(strconv.Itoa(side), func(t *testing.T) { shrunkLFW(t, pairs, side, scale) })
	}
}

func shrunkLFW(t *testing.T, pairs [][2]string, side int, scale *matcher.Calibration) {
	b := newBoth(t)
	seen := map[string]shown{}
	var cosines []float64
	differ, others, refused := map[float64]int{}, 0, [2]int{}
	look := func(file string) shown {
		shrunk, full, err := b.try(enlargedLFW(t, file, side))
		var s shown
		if err[0] == nil {
			s.shrunk = vector(t, shrunk)
		}
		if err[1] == nil {
			s.full = vector(t, full)
		}
		for i := range err {
			if err[i] != nil {
				refused[i]++
			}
		}
		if err[0] == nil && err[1] == nil {
			cosines = append(cosines, cosine(s.shrunk, s.full))
			if apart(shrunk, full) > 1 {
				others++
			}
		}
		return s
	}
	for _, pair := range pairs {
		for _, f := range pair {
			if _, ok := seen[f]; !ok {
				seen[f] = look(f)
			}
		}
		x, y := seen[pair[0]], seen[pair[1]]
		for _, score := range []float64{30, 40} {
			if least := scale.Similarity(score); matches(x.shrunk, y.shrunk, least) != matches(x.full, y.full, least) {
				differ[score]++
			}
		}
	}
	slices.Sort(cosines)
	low, mid := cosines[len(cosines)/20], cosines[len(cosines)/2]
	t.Logf("%d photographs, %d refused shrunk and %d in full, another face in %d: cosine at least %.4f, 5th percentile %.4f, median %.5f; of %d decisions %d differ at score 30, %d at 40",
		len(seen), refused[0], refused[1], others, cosines[0], low, mid, len(pairs), differ[30], differ[40])
	if !(mid > 0.998) || !(low > 0.98) {
		t.Errorf("cosines of the templates: 5th percentile %.4f, median %.5f; above 0.98 and 0.998 expected", low, mid)
	}
	if most := 1 + len(pairs)/200; max(differ[30], differ[40], others, refused[0]-refused[1]) > most {
		t.Errorf("%d and %d of %d decisions differ, %d faces, %d more are refused; at most %d each expected",
			differ[30], differ[40], len(pairs), others, refused[0]-refused[1], most)
	}
}
