package opencv_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"oblik/matcher"
)

// keeper is an embedder that remembers the vector before it is stored.
type keeper struct {
	matcher.Embedder
	last []float32
}

func (k *keeper) Embed(crop []byte) (v []float32, err error) {
	k.last, err = k.Embedder.Embed(crop)
	return k.last, err
}

// What storing vectors in float16 does to the cosines of real photographs.
func TestHalfPrecisionOnPhotographs(t *testing.T) {
	const images = 400
	files, err := filepath.Glob(filepath.Join(shared(t), "lfw", "images", "*", "*.jpg"))
	if err != nil || len(files) < images {
		t.Fatalf("%d photographs, %v", len(files), err)
	}
	s := stages(t, matcher.DefaultParams())
	k := &keeper{Embedder: s.Embedder}
	s.Embedder = k
	pipeline := matcher.NewPipeline(s, matcher.DefaultParams(), nil)
	var exact, stored [][]float32
	for _, f := range files[:images] {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		x, err := pipeline.Extract(context.Background(), data)
		if err != nil {
			t.Fatal(err)
		}
		v, err := matcher.Vector(x.Template)
		if err != nil {
			t.Fatal(err)
		}
		exact, stored = append(exact, k.last), append(stored, v)
	}
	var worst, sum float64
	pairs := 0
	for i := range exact {
		for j := range i {
			moved := math.Abs(cosine(exact[i], exact[j]) - cosine(stored[i], stored[j]))
			worst, sum, pairs = max(worst, moved), sum+moved, pairs+1
		}
	}
	t.Logf("%d pairs: the cosine moved by %.2g on average, %.2g at most", pairs, sum/float64(pairs), worst)
	if worst > 5e-4 { // a tenth of a score
		t.Errorf("float16 moved a cosine by %g", worst)
	}
}
