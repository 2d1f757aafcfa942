package benchmarks

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oblik/matcher"
	"oblik/models"
)

// numbered makes a photograph's vector of its only byte, turned by an angle.
type numbered struct {
	format models.Format
	turn   float64
	tell   *Cosines
}

func (n numbered) Format() models.Format { return n.format }
func (n numbered) Engine() string        { return "numbered" }

func (n numbered) Extract(_ context.Context, s models.Sample) (models.Extraction, error) {
	vector := func(turn float64) []float32 {
		sin, cos := math.Sincos(float64(s.Image[0]) + turn)
		return []float32{float32(cos), float32(sin)}
	}
	if n.tell != nil {
		n.tell.Add(vector(0), vector(0.02))
	}
	t, err := matcher.Encode("w", vector(n.turn))
	return models.Extraction{Template: t}, err
}

func TestEngines(t *testing.T) {
	dir := t.TempDir()
	var list strings.Builder
	list.WriteString("2\t1\n")
	const people = 60
	for i := range people {
		name := fmt.Sprintf("p%02d", i)
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{"1", "2"} {
			file := filepath.Join(dir, name, name+"_000"+n+".jpg")
			if err := os.WriteFile(file, []byte{byte(i)}, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	list.WriteString("p00\t1\t2\np00\t1\tp01\t1\np02\t1\t2\np02\t1\tp03\t1\n")
	pairs := filepath.Join(t.TempDir(), "pairs.txt")
	if err := os.WriteFile(pairs, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	cosines := &Cosines{}
	engine := func(turn float64, tell *Cosines) Factory {
		return func() (matcher.Extractor, func(), error) {
			return numbered{format: models.Format{Weights: "w", Dimension: 2}, turn: turn, tell: tell}, func() {}, nil
		}
	}
	r, err := Engines(context.Background(), EnginesOptions{
		Options:  Options{Images: dir, Pairs: pairs, Replicates: 100, Factory: engine(0, cosines)},
		Second:   engine(0.1, nil),
		SameCrop: cosines,
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		got  Likeness
		want float64
	}{"one crop": {r.SameCrop, math.Cos(0.02)}, "one photograph": {r.EndToEnd, math.Cos(0.1)}} {
		if c.got.Count != 2*people || math.Abs(c.got.Least-c.want) > 1e-3 || math.Abs(c.got.Median-c.want) > 1e-3 {
			t.Errorf("%s: %+v, cosine %.4f expected", name, c.got, c.want)
		}
	}
	if r.Engines[0].Engine != "numbered" || r.Engines[0].MatedPairs != people || r.Engines[1].Accuracy != 1 {
		t.Errorf("%+v", r.Engines)
	}
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil || !strings.Contains(text.String(), "cosine between them") {
		t.Errorf("%v\n%s", err, text.String())
	}
}

func TestLikeness(t *testing.T) {
	var c Cosines
	for i := range 1000 {
		sin, cos := math.Sincos(float64(i) / 1000)
		c.Add([]float32{1, 0}, []float32{float32(cos) * 3, float32(sin) * 3}) // lengths make no difference
	}
	l := c.likeness()
	for name, d := range map[string]float64{
		"least": l.Least - math.Cos(0.999), "1st percentile": l.Percentile - math.Cos(0.989), "median": l.Median - math.Cos(0.499),
	} {
		if math.Abs(d) > 1e-5 {
			t.Errorf("%s is off by %g: %+v", name, d, l)
		}
	}
	if (&Cosines{}).likeness() != (Likeness{}) {
		t.Error("nothing is not alike")
	}
}
