package quant

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/x448/float16"
	"pgregory.net/rapid"
)

func TestBoundsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.SampledFrom(dimensions).Draw(t, "dimensions")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		p, x := normal(r, dim), normal(r, dim)
		same, heavy := rapid.Float64Range(-1, 1).Draw(t, "same"), rapid.IntRange(1, 40).Draw(t, "heavy")
		p[0] *= float64(heavy)
		for i := range x {
			x[i] = same*p[i] + (1-math.Abs(same))*x[i]
		}
		v := unit(t, stored(p, 1))
		checkBounds(t, compare(t, v, stored(x, rapid.Float64Range(0.9911, 1.0089).Draw(t, "length"))))
	})
}

// TestBoundsAreReached builds rows whose every error has its greatest size and
// the worst sign: bounds nearer by a twentieth would not hold.
func TestBoundsAreReached(t *testing.T) {
	const half = 64
	step := Class(4).Step()
	under := float32(step/2) * (1 - 1.0/1024) // nearly half a step, and code 0
	for name, rows := range map[string]struct {
		length     float64 // of the row
		probe, row float32 // components of the first half, the probe's in eighths
		rest       float32 // the probe's in the second half, where the row has the rest of its length
	}{
		// The row's error is along the probe's codes, the row along the probe's error.
		"errors of row and probe": {0.9902, 1, under, 0.499 / greatestCode},
		// The products are negative and the row too long: the length counts for most.
		"too long": {1.0099, 1, -90.5 / 1024, 0},
		// As near as float16 comes to the same with positive products.
		"too short": {0.9901, 1, (63.5 - 1.0/32) / 1024, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 1))
			rest := float32(math.Sqrt(rows.length*rows.length/half - float64(rows.row)*float64(rows.row)))
			v, x := make([]float32, 2*half), make([]uint16, 2*half)
			for i := range half {
				one, two := float32(1-2*r.IntN(2)), float32(1-2*r.IntN(2))
				v[i], v[half+i] = one*rows.probe/8, two*rows.rest/8
				x[i], x[half+i] = float16.Fromfloat32(one*rows.row).Bits(), float16.Fromfloat32(two*rest).Bits()
			}
			c := compare(t, v, x)
			checkBounds(t, c)
			_, hi := c.probe.Bounds(c.class, c.dot)
			if apart := hi - c.probe.step*step*float64(c.dot); c.class != 4 || hi-c.exact > apart/25 {
				t.Errorf("class %d: %g is %g below its bound, which is %g away", c.class, c.exact, hi-c.exact, apart)
			}
			for i := range v {
				v[i] = -v[i]
			}
			checkBounds(t, compare(t, v, x))
		})
	}
}
