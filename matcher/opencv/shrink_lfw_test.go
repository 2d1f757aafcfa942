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

// shown is what one photograph gave, shrunk and in full.
type shown struct{ shrunk, full []float32 }

// enlargedLFW is a photograph of LFW as one of 12 megapixels, 3464x3464.
func enlargedLFW(t *testing.T, file string) []byte {
	t.Helper()
	mat := gocv.IMRead(file, gocv.IMReadColor)
	defer mat.Close()
	if mat.Empty() {
		t.Fatalf("no photograph %s", file)
	}
	gocv.Resize(mat, &mat, image.Pt(3464, 3464), 0, 0, gocv.InterpolationLanczos4)
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
// in full. SHRUNK_PAIRS=3000 takes the whole list, in half an hour.
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
	b := newBoth(t)
	seen := map[string]shown{}
	var cosines []float64
	differ := map[float64]int{}
	for _, pair := range pairs {
		for _, f := range pair {
			if _, ok := seen[f]; ok {
				continue
			}
			shrunk, full, c := b.extract(t, enlargedLFW(t, f))
			seen[f] = shown{vector(t, shrunk), vector(t, full)}
			cosines = append(cosines, c)
			if apart(shrunk, full) > 1 {
				t.Errorf("%s: another face was chosen", filepath.Base(f))
			}
		}
		x, y := seen[pair[0]], seen[pair[1]]
		for _, score := range []float64{30, 40} {
			if least := scale.Similarity(score); (cosine(x.shrunk, y.shrunk) >= least) != (cosine(x.full, y.full) >= least) {
				differ[score]++
			}
		}
	}
	slices.Sort(cosines)
	low, mid := cosines[len(cosines)/20], cosines[len(cosines)/2]
	t.Logf("%d photographs: cosine at least %.4f, 5th percentile %.4f, median %.5f; of %d decisions %d differ at score 30, %d at 40",
		len(cosines), cosines[0], low, mid, len(pairs), differ[30], differ[40])
	if !(mid > 0.998) || !(low > 0.98) {
		t.Errorf("cosines of the templates: 5th percentile %.4f, median %.5f; above 0.98 and 0.998 expected", low, mid)
	}
	if most := 1 + len(pairs)/200; differ[30] > most || differ[40] > most {
		t.Errorf("%d and %d of %d decisions differ, at most %d expected", differ[30], differ[40], len(pairs), most)
	}
}
