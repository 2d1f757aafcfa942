package scan

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func product(a, b []int8) (sum int32) {
	for i := range a {
		sum += int32(a[i]) * int32(b[i])
	}
	return sum
}

// wanted is what a scan must append, by a plain loop.
func wanted(rows [][]int8, q Query) (hits []Hit) {
	for i, row := range rows {
		if dot := product(q.Codes, row); dot >= q.Cut {
			hits = append(hits, Hit{Row: uint32(i), Dot: dot})
		}
	}
	return hits
}

// cutAmong is a cut of which something can go wrong: at a row's own product or
// just above, at the ends, and below all.
func cutAmong(r *rand.Rand, rows [][]int8, codes []int8) int32 {
	dot := product(codes, rows[r.IntN(len(rows))])
	return []int32{dot, dot + 1, 0, 1, math.MinInt32, math.MaxInt32}[r.IntN(6)]
}

func TestKernelsAgreeWithALoop(t *testing.T) {
	for _, k := range Kernels() {
		t.Run(string(k), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 1))
			for _, dim := range []int{1, 2, 3, 4, 5, 6, 7, 8, 31, 32, 33, 34, 63, 100, 127, 128, 130, 512, 4095, 4096} {
				for n := 1; n <= MaxQueries; n++ {
					checkScan(t, r, k, dim, n, Lanes*(1+r.IntN(3)))
				}
			}
			checkScan(t, r, k, 4, 3, 2*step+Lanes)
			checkScan(t, r, k, 127, 8, step+Lanes)
		})
	}
}

func checkScan(t *testing.T, r *rand.Rand, k Kernel, dim, n, count int) {
	t.Helper()
	rows := make([][]int8, count)
	for i := range rows {
		rows[i] = someCodes(r, dim)
	}
	queries, hits := make([]Query, n), make([][]Hit, n)
	before := Hit{Row: 7, Dot: -7}
	for i := range queries {
		codes := someCodes(r, dim)
		queries[i] = Query{Codes: codes, Cut: cutAmong(r, rows, codes)}
		hits[i] = append(make([]Hit, 0, r.IntN(2*count)+1), before)
	}
	k.Scan(fill(rows, dim), dim, queries, hits)
	for i, q := range queries {
		if want := append([]Hit{before}, wanted(rows, q)...); !slices.Equal(hits[i], want) {
			t.Fatalf("%d dimensions, query %d of %d, %d rows, cut %d: got %d hits, want %d", dim, i, n, count, q.Cut, len(hits[i]), len(want))
		}
	}
}

func TestScanOfNothing(t *testing.T) {
	for _, k := range Kernels() {
		hits := make([][]Hit, 1)
		if k.Scan(nil, 4, []Query{{Codes: make([]int8, 4)}}, hits); len(hits[0]) != 0 {
			t.Errorf("%s: hits %v in no rows", k, hits[0])
		}
	}
}

func TestScanRefusesOtherSizes(t *testing.T) {
	good := []Query{{Codes: make([]int8, 5)}}
	for name, call := range map[string]func(Kernel){
		"half a block":     func(k Kernel) { k.Scan(make([]byte, 64), 5, good, make([][]Hit, 1)) },
		"no dimension":     func(k Kernel) { k.Scan(nil, 0, good, make([][]Hit, 1)) },
		"4097 dimensions":  func(k Kernel) { k.Scan(nil, 4097, []Query{{Codes: make([]int8, 4097)}}, make([][]Hit, 1)) },
		"a short query":    func(k Kernel) { k.Scan(nil, 6, good, make([][]Hit, 1)) },
		"no query":         func(k Kernel) { k.Scan(nil, 5, nil, nil) },
		"nine queries":     func(k Kernel) { k.Scan(nil, 5, slices.Repeat(good, 9), make([][]Hit, 9)) },
		"two lists":        func(k Kernel) { k.Scan(nil, 5, good, make([][]Hit, 2)) },
		"no such kernel":   func(Kernel) { Kernel("sse9").Scan(nil, 5, good, make([][]Hit, 1)) },
		"lane 16":          func(Kernel) { Set(make([]byte, 64), 16, make([]int8, 4)) },
		"a shorter block":  func(Kernel) { Get(make([]byte, 64), 0, make([]int8, 5)) },
		"a negative place": func(Kernel) { Get(make([]byte, 64), -1, make([]int8, 4)) },
	} {
		for _, k := range Kernels() {
			func() {
				defer func() {
					if said := fmt.Sprint(recover()); !strings.HasPrefix(said, "scan: ") {
						t.Errorf("%s: %s", name, said)
					}
				}()
				call(k)
			}()
		}
	}
}

func TestReadSeesEveryByte(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 31, 33, 511, 512, 513, 2048, 2555} {
		b := make([]byte, n)
		for i := range b {
			b[i] = 1
			if Read(b) == 0 {
				t.Fatalf("byte %d of %d was not read", i, n)
			}
			b[i] = 0
		}
	}
}
