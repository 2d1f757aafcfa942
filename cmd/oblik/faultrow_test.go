package main

import "slices"

// The operations asked for while a fault lasts. Comparing two photographs needs
// no store.
var operations = []string{"enrol", "erase", "verify", "identify", "compare", "read"}

// faultRow is a fault and what may be answered while it lasts.
type faultRow struct {
	name  string
	begin func(w *world, operation string) // operation is empty if all come at once
	// during runs beside the requests; nil for nothing.
	during func(*world)
	// look runs while the fault lasts, after the requests; nil for nothing.
	look func(*world)
	end  func(*world)
	// named is the part that /readyz names soon; empty if it need not. Each
	// operation is then asked for before and after.
	named string
	// want has an operation's answers, as "503/50300". Each must come; one with a
	// question mark only may. Operations left out are not asked for.
	want map[string]string
	// apart makes the fault for each operation alone.
	apart bool
	// made is whether changes were made, if that is known: "yes" or "no".
	made string
}

// run makes a row's fault as often as the world says, and checks everything
// that was promised about it.
func (w *world) run(row faultRow) {
	w.t.Helper()
	w.record.expect(row)
	for range w.n {
		if !row.apart {
			w.once(row, row.operations(), "")
			continue
		}
		for _, operation := range row.operations() {
			w.once(row, []string{operation}, operation)
		}
	}
}

func (r faultRow) operations() []string {
	return slices.DeleteFunc(slices.Clone(operations), func(o string) bool { return r.want[o] == "" })
}

// once makes the fault and heals it.
func (w *world) once(row faultRow, operations []string, alone string) {
	w.t.Helper()
	people := []string{w.someone(), w.someone()}[:rounds(row)]
	if slices.Contains(operations, "erase") {
		for _, p := range people {
			w.enrolledToErase(p)
		}
	}
	row.begin(w, alone)
	all := w.ask(row, operations, people[0])
	if row.named != "" {
		w.await(row.name, row.named)
		all = append(all, w.ask(row, operations, people[1])...)
	}
	if row.look != nil {
		row.look(w)
	}
	row.end(w)
	w.record.healed(row.name, w.ready())
	for _, a := range all {
		w.settled(row, a)
	}
}

// rounds is how often each operation is asked for while the fault lasts.
func rounds(row faultRow) int {
	if row.named == "" {
		return 1
	}
	return 2
}
