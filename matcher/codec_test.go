package matcher

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"oblik/models"
)

const testWeights = "test-weights"

// unitVector draws a direction evenly.
func unitVector(r *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	n := norm(v)
	for i := range v {
		v[i] = float32(float64(v[i]) / n)
	}
	return v
}

func mustEncode(t testing.TB, v []float32) models.Template {
	t.Helper()
	e, err := Encode(testWeights, v)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTemplateKeepsTheDirection(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var worst float64
	for range 1000 {
		a, b := unitVector(r, 128), unitVector(r, 128)
		ta, tb := mustEncode(t, a), mustEncode(t, b)
		va, err := Vector(ta)
		if err != nil {
			t.Fatal(err)
		}
		vb, err := Vector(tb)
		if err != nil {
			t.Fatal(err)
		}
		if n := norm(va); math.Abs(n-1) > 1e-6 {
			t.Fatalf("length %g", n)
		}
		worst = max(worst, math.Abs(Dot(va, vb)-Dot(a, b)))
	}
	t.Logf("float16 moved a cosine by at most %.2g in 1,000 pairs", worst)
	if worst > 2e-4 { // the rounding of a term is 2^-12 of it, and errors of 128 terms cancel
		t.Errorf("float16 moved a cosine by %g", worst)
	}
}

func TestEncodeRefuses(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for name, v := range map[string][]float32{
		"nothing": {}, "zero": {0, 0}, "NaN": {1, nan}, "infinite": {1, inf}, "too long": make([]float32, MaxDimension+1),
	} {
		if _, err := Encode(testWeights, v); models.KindOf(err) != models.Internal || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Encode("", []float32{1}); err == nil {
		t.Error("weights without an id")
	}
}

func TestVectorRefuses(t *testing.T) {
	good := mustEncode(t, []float32{3, 4, 0})
	for name, change := range map[string]func(*models.Template){
		"empty":             func(x *models.Template) { x.Data = nil },
		"magic":             func(x *models.Template) { x.Data[0] ^= 1 },
		"version":           func(x *models.Template) { x.Data[4]++; x.Data = seal(x.Data[:len(x.Data)-4]) },
		"id length":         func(x *models.Template) { x.Data[5] = 255; x.Data = seal(x.Data[:len(x.Data)-4]) },
		"a flipped bit":     func(x *models.Template) { x.Data[len(x.Data)-6] ^= 1 },
		"truncated":         func(x *models.Template) { x.Data = x.Data[:len(x.Data)-1] },
		"a byte more":       func(x *models.Template) { x.Data = append(x.Data, 0) },
		"declared id":       func(x *models.Template) { x.Format.Weights = "others" },
		"declared dim":      func(x *models.Template) { x.Format.Dimension = 4 },
		"negative dim":      func(x *models.Template) { x.Format.Dimension = -1 },
		"an enormous dim":   func(x *models.Template) { x.Format.Dimension = math.MaxInt },
		"not a unit vector": func(x *models.Template) { x.Data = resealed(x.Data, 0x7BFF) },
		"NaN":               func(x *models.Template) { x.Data = resealed(x.Data, 0x7E00) },
	} {
		bad := models.Template{Format: good.Format, Data: bytes.Clone(good.Data)}
		change(&bad)
		if _, err := Vector(bad); models.KindOf(err) != models.Integrity {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Halves(bad); models.KindOf(err) != models.Integrity {
			t.Errorf("halves, %s: %v", name, err)
		}
	}
}

// resealed sets the first value of a template and mends its checksum.
func resealed(data []byte, half uint16) []byte {
	at := 8 + len(testWeights)
	data[at], data[at+1] = byte(half), byte(half>>8)
	return seal(data[:len(data)-4])
}

func FuzzVector(f *testing.F) {
	good, err := Encode(testWeights, []float32{1, 2, 3})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.Data, testWeights, 3)
	f.Add(good.Data[:10], testWeights, 3)
	f.Add([]byte("OBLT\x01\x00\x00\x00"), "", 0)
	f.Fuzz(func(t *testing.T, data []byte, weights string, dim int) {
		x := models.Template{Format: models.Format{Weights: weights, Dimension: dim}, Data: data}
		v, err := Vector(x)
		if err != nil {
			if models.KindOf(err) != models.Integrity {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if len(v) != dim || math.Abs(norm(v)-1) > 1e-5 {
			t.Fatalf("%d values of length %g", len(v), norm(v))
		}
		halves, err := Halves(x)
		if err != nil {
			t.Fatal(err)
		}
		again := make([]float32, dim)
		if err := FromHalves(halves, again); err != nil || !slices.Equal(again, v) {
			t.Fatalf("of the halves %v, %v; of the template %v", again, err, v)
		}
	})
}

func BenchmarkVector(b *testing.B) {
	x := mustEncode(b, unitVector(rand.New(rand.NewPCG(1, 1)), 128))
	for b.Loop() {
		if _, err := Vector(x); err != nil {
			b.Fatal(err)
		}
	}
}
