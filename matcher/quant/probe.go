package quant

import "math"

// The length of a stored vector, as decoding a template allows it, and what
// rounding adds to the bounds as a part of the probe's length: see the proof.
const (
	leastLength    = 0.99
	greatestLength = 1.01
	rounding       = 1e-7
)

// greatestCode is the greatest |code|, of a probe and of a row.
const greatestCode = 127

// Probe is the vector that is looked for, in codes, and what they leave out.
type Probe struct {
	Codes []int8 // -127..127

	step  float64 // the similarity that a code of 1 stands for
	sum   float64 // of the codes' magnitudes
	apart float64 // what does not depend on the row: the length of the codes' error, and rounding
}

// NewProbe makes the codes of v, finite and at most 4096 components.
func NewProbe(v []float32) Probe {
	var greatest, square, lost float64
	for _, x := range v {
		greatest = max(greatest, math.Abs(float64(x)))
		square += float64(x) * float64(x)
	}
	p := Probe{Codes: make([]int8, len(v)), step: greatest / greatestCode}
	if greatest == 0 {
		p.step = 1 // any will do
	}
	for i, x := range v {
		code := math.Round(float64(x) / p.step)
		p.Codes[i] = int8(code)
		p.sum += math.Abs(code)
		f := float64(x) - p.step*code
		lost += f * f
	}
	p.apart = math.Sqrt(lost) + rounding*math.Sqrt(square)
	return p
}

// Bounds says within what limits the exact similarity of a row of class c lies
// whose codes' product with the probe's is dot.
func (p Probe) Bounds(c Class, dot int32) (lo, hi float64) {
	return clamp(-p.upper(c, -float64(dot))), clamp(p.upper(c, float64(dot)))
}

// upper is the upper bound, which may be beyond 1. It never falls as dot rises.
func (p Probe) upper(c Class, dot float64) float64 {
	scale := p.step * c.Step()
	product := scale*dot + scale*p.sum/2
	if product < 0 {
		return product/greatestLength + p.apart
	}
	return product/leastLength + p.apart
}

func clamp(s float64) float64 { return max(-1, min(1, s)) }

// Cut is the least dot whose upper bound reaches s: every row of class c whose
// exact similarity is s or more has at least that. It costs some 10 ns.
func (p Probe) Cut(c Class, s float64) int32 {
	if !(s > -1) {
		return math.MinInt32
	}
	length := leastLength
	if s < p.apart {
		length = greatestLength
	}
	scale := p.step * c.Step()
	dot := math.Ceil((s-p.apart)*length/scale - p.sum/2)
	dot = max(math.MinInt32, min(math.MaxInt32, dot))
	for p.upper(c, dot) < s && dot < math.MaxInt32 { // the inverse is rounded: it may be one off
		dot++
	}
	for p.upper(c, dot-1) >= s && dot > math.MinInt32 {
		dot--
	}
	return int32(dot)
}
