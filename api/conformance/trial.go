package conformance

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// trial is one check being run.
type trial struct {
	*bench
	ctx     context.Context
	check   Check
	gallery string // this check's own
	persons []string
	result  Result
}

// try runs a check in a goroutine of its own, so that failf can end it anywhere.
func (b *bench) try(ctx context.Context, c Check) Result {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, b.Limit)
	defer cancel()
	t := &trial{
		bench: b, ctx: ctx, check: c,
		result: Result{ID: c.ID, Clause: c.Clause, Profile: c.Profile, Outcome: Passed},
	}
	t.gallery = t.id("g")
	if op := c.operation(); op != nil && b.absent[op.id] {
		t.result.Outcome = NotOffered
	} else {
		done := make(chan struct{})
		go func() { defer close(done); c.run(t) }()
		<-done
	}
	t.cleanUp(context.WithoutCancel(ctx))
	t.result.Millis = time.Since(began).Milliseconds()
	return t.result
}

// failf ends the check: the service does not do what the clause says.
func (t *trial) failf(format string, args ...any) {
	t.end(Failed, fmt.Sprintf(format, args...))
}

// skipf ends the check: it could not be tested, and why.
func (t *trial) skipf(format string, args ...any) {
	t.end(NotTested, fmt.Sprintf(format, args...))
}

func (t *trial) end(o Outcome, reason string) {
	t.result.Outcome, t.result.Reason = o, reason
	runtime.Goexit()
}

// id makes an id that nobody has yet; kind is its first letter.
func (t *trial) id(kind string) string {
	t.made++
	return fmt.Sprintf("%s-%s-%d", kind, t.Seed, t.made)
}

// person makes the id of a person, who is erased when the check ends.
func (t *trial) person() string {
	id := t.id("p")
	t.persons = append(t.persons, id)
	return id
}

// remember has the person that an answer names erased, too.
func (t *trial) remember(body any) {
	if ids, ok := body.(map[string]any); ok {
		if id, ok := ids["personId"].(string); ok {
			t.persons = append(t.persons, id)
		}
	}
}

// cleanUp erases whom the check made. That it fails is not this check's matter.
func (t *trial) cleanUp(ctx context.Context) {
	if t.absent["deleteAll"] {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, t.Limit)
	defer cancel()
	for _, id := range t.persons {
		_, _ = t.exchange(ctx, ask("deleteAll", id))
	}
}

// enrolled puts one photograph of a new person on record, in the check's
// gallery, and gives both ids.
func (t *trial) enrolled(photo []byte) (person, visit string) {
	person, visit = t.person(), t.id("e")
	t.enrol(person, visit, t.visit(photo))
	return person, visit
}

// enrol puts an encounter on record.
func (t *trial) enrol(person, visit string, body map[string]any) {
	t.must(ask("createEncounter", person, visit).body(body))
}

// visit is the body of an encounter in the check's gallery.
func (t *trial) visit(photos ...[]byte) map[string]any {
	return map[string]any{
		"status": "ACTIVE", "encounterType": "conformance", "galleries": []any{t.gallery}, "biometricData": faces(photos...),
	}
}
