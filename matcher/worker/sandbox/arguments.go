package sandbox

import (
	seccomp "github.com/elastic/go-seccomp-bpf"
	"golang.org/x/net/bpf"
)

// A call that is allowed with some arguments only. This is not done by
// go-seccomp-bpf: where its conditions (1.6) do not hold, it goes on comparing
// the argument with the numbers of other calls, so that somebody who chooses
// the argument can choose what is allowed.
type guarded struct {
	name      string
	ways      [][]test       // alternatives; all tests of one must hold
	otherwise seccomp.Action // where none does
}

// test looks at half an argument.
type test struct {
	at    uint32 // in struct seccomp_data
	cond  bpf.JumpTest
	value uint32
}

const numberAt = 0

// low is where the lower half of argument n is, 0..5; both architectures are
// little-endian. Flags and process ids are there; of an int the kernel does not
// look at the other half.
func low(n uint32) uint32 { return 16 + 8*n }

func is(n, value uint32) test   { return test{low(n), bpf.JumpEqual, value} }
func has(n, bit uint32) test    { return test{low(n), bpf.JumpBitsSet, bit} }
func lacks(n, bits uint32) test { return test{low(n), bpf.JumpBitsNotSet, bits} }

// anyOf are alternatives of is.
func anyOf(n uint32, values ...uint32) (ways [][]test) {
	for _, v := range values {
		ways = append(ways, []test{is(n, v)})
	}
	return ways
}

// isNull tests a whole pointer.
func isNull(n uint32) []test { return []test{is(n, 0), {low(n) + 4, bpf.JumpEqual, 0}} }

// assemble gives instructions that return if the call is the one numbered so,
// and else go on to what follows.
func (g guarded) assemble(number uint32) []bpf.Instruction {
	var body []bpf.Instruction
	for _, tests := range g.ways {
		for i, t := range tests {
			after := 2*(len(tests)-i-1) + 1 // the tests that follow, and the return
			body = append(body, bpf.LoadAbsolute{Off: t.at, Size: 4},
				bpf.JumpIf{Cond: t.cond, Val: t.value, SkipFalse: uint8(after)}) //nolint:gosec // a handful
		}
		body = append(body, returning(seccomp.ActionAllow))
	}
	body = append(body, returning(g.otherwise))
	return append([]bpf.Instruction{
		bpf.LoadAbsolute{Off: numberAt, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: number, SkipTrue: uint8(len(body))}, //nolint:gosec // a handful
	}, body...)
}

// returning ends the filter; a plain ActionErrno is EPERM.
func returning(a seccomp.Action) bpf.Instruction {
	if a == seccomp.ActionErrno {
		a |= 1
	}
	return bpf.RetConstant{Val: uint32(a)}
}
