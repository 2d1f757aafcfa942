package benchmarks

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oblik/matcher"
	"oblik/models"
)

var ctx = context.Background()

// sharedData gives the folder of the development data, which is not in a
// user's checkout.
func sharedData(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("DEVELOPMENT_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the development data is not here; set DEVELOPMENT_DATA to its folder")
	}
	return dir
}

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// unit draws a direction, all alike likely, moved towards centre by pull.
func unit(r *rand.Rand, centre []float32, dim int, pull float64) []float32 {
	v := make([]float32, dim)
	var n float64
	for i := range v {
		x := r.NormFloat64() / math.Sqrt(float64(dim))
		if centre != nil {
			x += pull * float64(centre[i])
		}
		v[i] = float32(x)
		n += x * x
	}
	for i := range v {
		v[i] = float32(float64(v[i]) / math.Sqrt(n))
	}
	return v
}

// cluster makes people with some photographs each, whose vectors gather around
// the person's own direction.
func cluster(t testing.TB, seed uint64, people, each, dim int, pull float64) *Set {
	t.Helper()
	r := rng(seed)
	var refs []Ref
	var vectors [][]float32
	for p := range people {
		centre := unit(r, nil, dim, 0)
		for k := range each {
			refs = append(refs, Ref{Person: fmt.Sprintf("P%05d", p), Number: k + 1})
			vectors = append(vectors, unit(r, centre, dim, pull))
		}
	}
	s, err := NewSet(refs, vectors, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rawExtractor takes the file itself for the vector; an empty one has no face,
// one whose length is no multiple of 4 is not upright.
type rawExtractor struct{}

func (rawExtractor) Format() models.Format { return models.Format{Weights: "raw", Dimension: 8} }

func (rawExtractor) Extract(_ context.Context, s models.Sample) (models.Extraction, error) {
	if len(s.Image) == 0 {
		return models.Extraction{}, models.Errorf("detect", models.NoFace, "none")
	}
	if len(s.Image)%4 != 0 {
		return models.Extraction{}, models.Errorf("detect", models.NotUpright, "turn it")
	}
	v := make([]float32, len(s.Image)/4)
	if err := binary.Read(bytes.NewReader(s.Image), binary.LittleEndian, v); err != nil {
		return models.Extraction{}, err
	}
	template, err := matcher.Encode("raw", v)
	return models.Extraction{Template: template}, err
}

func rawFactory() (matcher.Extractor, func(), error) { return rawExtractor{}, func() {}, nil }

// writeSet writes the vectors as files of a data set.
func writeSet(t testing.TB, s *Set) string {
	t.Helper()
	dir := t.TempDir()
	for i, r := range s.Refs {
		var b bytes.Buffer
		if err := binary.Write(&b, binary.LittleEndian, s.Vector(i)); err != nil {
			t.Fatal(err)
		}
		writeImage(t, dir, r, b.Bytes())
	}
	return dir
}

func writeImage(t testing.TB, dir string, r Ref, data []byte) {
	t.Helper()
	person := filepath.Join(dir, r.Person)
	if err := os.MkdirAll(person, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(person, fileName(r)), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func fileName(r Ref) string { return fmt.Sprintf("%s_%04d.jpg", r.Person, r.Number) }

func options(images, pairs string) Options {
	return Options{Images: images, Pairs: pairs, Factory: rawFactory, Workers: 2, Replicates: 100,
		Now: time.Date(2025, 1, 31, 0, 0, 0, 0, time.UTC), WeightsSHA256: strings.Repeat("0a", 32),
		Detector: "none", LongSide: 320, DataSet: "made up", Tool: "test", Stages: &StageTimes{}}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %g, want %g ± %g", what, got, want, tolerance)
	}
}
