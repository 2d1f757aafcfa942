package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// faultRecord is the table of what came of all faults, and the number of
// broken promises.
type faultRecord struct {
	mu         sync.Mutex
	rows       []string
	want       map[string]map[string]string // row, operation: answers
	cells      map[faultCell]int
	slowest    map[[2]string]time.Duration // of a row's operation
	back       map[string]time.Duration    // the longest time from healing to ready
	violations int
}

type faultCell struct{ row, operation, answer string }

// promised is how soon an answer is to come while a part is away, and tolerated
// what a loaded machine is granted.
const (
	promised  = 2 * time.Second
	tolerated = 5 * time.Second
)

func newFaultRecord() *faultRecord {
	return &faultRecord{want: map[string]map[string]string{}, cells: map[faultCell]int{},
		slowest: map[[2]string]time.Duration{}, back: map[string]time.Duration{}}
}

// expect adds a row to the table.
func (r *faultRecord) expect(row faultRow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, row.name)
	r.want[row.name] = row.want
}

// add counts an answer, which must be one of those that may come, in time and,
// if it is a 503, with Retry-After.
func (r *faultRecord) add(t *testing.T, row, operation string, a answer) {
	t.Helper()
	r.mu.Lock()
	r.cells[faultCell{row, operation, a.String()}]++
	name := [2]string{row, operation}
	r.slowest[name] = max(r.slowest[name], a.took)
	may := strings.Fields(strings.ReplaceAll(r.want[row][operation], "?", ""))
	r.mu.Unlock()
	if !slices.Contains(may, a.String()) {
		r.violation(t, row, "%s is answered %s, want %s", operation, a, may)
	}
	if a.took > tolerated {
		r.violation(t, row, "%s is answered after %v", operation, a.took)
	}
	if a.status == 503 && a.code != 50310 && a.retryAfter == "" {
		r.violation(t, row, "%s is answered %s without Retry-After", operation, a)
	}
}

func (r *faultRecord) healed(row string, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.back[row] = max(r.back[row], took)
}

// violation is a broken promise.
func (r *faultRecord) violation(t *testing.T, row, text string, args ...any) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.violations++
	t.Errorf(row+": "+text, args...)
}

// print prints the table. Each answer that must come must have come.
func (r *faultRecord) print(t *testing.T) {
	t.Helper()
	t.Log("fault | operation | answers and how often | slowest, s | ready after healing, s")
	var longest time.Duration
	cells := 0
	for _, row := range r.rows {
		for _, operation := range slices.Concat(operations, []string{"start", "stop", "hang up"}) {
			want := r.want[row][operation]
			if want == "" {
				continue
			}
			counts, hit := r.counts(t, row, operation, want)
			if hit == 0 {
				r.violation(t, row, "%s was not asked for", operation)
			}
			cells += hit
			slowest := r.slowest[[2]string{row, operation}]
			longest = max(longest, slowest)
			t.Logf("%-58s | %-8s | %-34s | %.2f | %.2f", row, operation, counts, slowest.Seconds(), r.back[row].Seconds())
		}
	}
	t.Logf("%d faults, %d cells, all hit; the slowest answer took %.2f s (promised: %v)", len(r.rows), cells, longest.Seconds(), promised)
	t.Logf("violations: %d", r.violations)
}

// counts are an operation's answers and their counts, and how many there are.
func (r *faultRecord) counts(t *testing.T, row, operation, want string) (text string, n int) {
	t.Helper()
	var parts []string
	for _, a := range strings.Fields(want) {
		a, may := strings.CutSuffix(a, "?")
		count := r.cells[faultCell{row, operation, a}]
		if count == 0 && !may {
			r.violation(t, row, "%s was never answered %s", operation, a)
		}
		if count > 0 {
			parts = append(parts, fmt.Sprintf("%s: %d", a, count))
			n++
		}
	}
	return strings.Join(parts, ", "), n
}
