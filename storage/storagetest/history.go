package storagetest

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"

	"oblik/storage"
)

// line is a step of one client, with the moments of its question and its answer.
type line struct {
	client    int
	step      step
	answer    answer
	call, end int64
}

var errUnexplained = errors.New("no order of the steps explains the answers")

// explain is [errUnexplained] if no order of the steps gives their answers in a
// map that began as first.
func explain(first state, history []line) error {
	var operations []porcupine.Operation
	for _, l := range history {
		operations = append(operations,
			porcupine.Operation{ClientId: l.client, Input: l.step, Output: l.answer, Call: l.call, Return: l.end})
	}
	model := porcupine.Model{
		Init:  func() any { return first },
		Equal: reflect.DeepEqual,
		Step: func(before, input, output any) (bool, any) {
			s, _ := input.(step)
			was, _ := before.(state)
			want, after := s.apply(was)
			return reflect.DeepEqual(want, output), after
		},
	}
	switch porcupine.CheckOperationsTimeout(model, operations, time.Minute) {
	case porcupine.Illegal:
		return fmt.Errorf("%w:\n%s", errUnexplained, describe(history))
	case porcupine.Unknown:
		return errors.New("an order of the steps was searched for for a minute")
	}
	return nil
}

// describe gives a history in the order of its questions.
func describe(history []line) string {
	slices.SortFunc(history, func(a, b line) int { return int(a.call - b.call) })
	var text strings.Builder
	for _, l := range history {
		fmt.Fprintf(&text, "%4d..%-4d %d %s %s/%s %s %s: %s", l.call, l.end, l.client, l.step.verb,
			l.step.key.Person, l.step.key.Encounter, l.step.other, mark(l.step.record), l.answer.kind)
		for _, r := range append(slices.Collect(maps.Values(l.answer.all)), l.answer.records...) {
			fmt.Fprintf(&text, " %s/%s=%s", r.Encounter.Key.Person, r.Encounter.Key.Encounter, mark(r))
		}
		for _, e := range l.answer.entries {
			fmt.Fprintf(&text, " %.60s", e)
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// mark tells a record from every other.
func mark(r storage.Record) string { return r.Encounter.Type }
