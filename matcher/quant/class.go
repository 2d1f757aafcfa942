package quant

import "github.com/x448/float16"

// Class is the step of a row's codes, 0 to Classes-1. A greater class has a
// smaller step.
type Class uint8

// Classes is the number of classes. The first holds components up to 1.99, the
// others up to 0.996, 0.498, 0.249 and 0.1245. A unit vector of more than 64
// dimensions may be of any of them, one of fewer is not of the last.
const Classes = 5

// Step is the similarity that a code of 1 stands for, 2^-(6+c).
func (c Class) Step() float64 { return 1 / float64(int(64)<<c) }

// dense is the greatest |code| whose cell holds more than 256 float16: the
// high byte of those components is kept.
const dense = 4

const (
	signBit  = 0x8000
	exponent = 10 // the exponent's place in float16: a step of a class is 1<<exponent in the bits
)

// starts are the bits of (k-0.5) * 2^-6, the least float16 of the cell of the
// code k >= 1 in class 0. In class c it is 2^c times less: starts[k] - c<<exponent.
var starts = makeStarts()

func makeStarts() (s [129]uint16) {
	for k := 1; k < len(s); k++ {
		s[k] = float16.Fromfloat32((float32(k) - 0.5) / 64).Bits() // exact: 8 bits of 11
	}
	return s
}

// classOf is the greatest class that holds components up to the float16 bits greatest.
func classOf(greatest uint16) Class {
	for c := Class(Classes - 1); c > 0; c-- {
		if greatest < starts[128]-uint16(c)<<exponent {
			return c
		}
	}
	if greatest >= starts[128] {
		panic("quant: a component beyond 1.99")
	}
	return 0
}
