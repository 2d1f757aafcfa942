package main

import (
	"context"
	"encoding/json"
	"maps"
	"strings"

	"oblik/models"
	"oblik/storage"
)

// sweptFaults are made behind the service's back, in the store, and found by
// the sweep.
func sweptFaults() []faultRow {
	stray := ""
	return []faultRow{
		{name: "image lost behind our back", want: spared("200", "500/50001"),
			begin: func(w *world, _ string) {
				w.inStore(func(s *stores, key string) error { return s.images.Delete(background, key) })
			},
			look: func(w *world) { w.swept(map[string]int{"missing": 1}, 1) },
			end:  func(w *world) { w.inStore(w.putBack) }},
		{name: "image replaced by another", want: spared("200", "500/50001"),
			begin: func(w *world, _ string) {
				w.inStore(func(s *stores, key string) error {
					return replace(s, key, photoFile(w.t, "biden.jpg"))
				})
			},
			look: func(w *world) { w.swept(map[string]int{"corrupt": 1}, 1) },
			end:  func(w *world) { w.inStore(w.putBack) }},
		{name: "image that nothing names", want: spared("200", "200"),
			begin: func(w *world, _ string) {
				w.inStore(func(s *stores, _ string) error {
					stray = storage.NewKey()
					_, err := s.images.Put(background, stray, []byte("stray"))
					return err
				})
			},
			look: func(w *world) {
				w.swept(map[string]int{"orphans": 1}, 1)
				w.swept(map[string]int{"orphans": 1, "removed": 1}, 0, "--repair")
			},
			end: func(w *world) { w.swept(nil, 0) }},
	}
}

var background = context.Background()

// inStore calls f with the key of the image of who is known.
func (w *world) inStore(f func(*stores, string) error) {
	w.t.Helper()
	look := w.set.look(w.t)
	defer func() { w.must(look.close()) }()
	r, err := look.Read(background, models.EncounterKey{Person: known, Encounter: "1"})
	w.must(err)
	w.must(f(look, r.Samples[0].Image.Key))
}

// putBack is what an operator does who has a backup.
func (w *world) putBack(s *stores, key string) error {
	return replace(s, key, photoFile(w.t, "obama.jpg"))
}

func replace(s *stores, key string, data []byte) error {
	if err := s.images.Delete(background, key); err != nil {
		return err
	}
	_, err := s.images.Put(background, key, data)
	return err
}

// swept runs `oblik sweep` beside the service and wants these findings, and no
// others, and this status.
func (w *world) swept(want map[string]int, status int, more ...string) {
	w.t.Helper()
	args := append([]string{"sweep", "--json", "--data-dir", w.set.dir}, more...)
	out, errs, got := oblikEnv(w.t, w.set.env, append(args, w.set.flags...)...)
	var report map[string]any
	for d := json.NewDecoder(strings.NewReader(out)); d.More(); { // the last of them
		report = nil
		if err := d.Decode(&report); err != nil {
			w.t.Fatalf("%v in %s %s", err, out, errs)
		}
	}
	found := map[string]int{"orphans": 0, "removed": 0, "missing": 0, "corrupt": 0}
	maps.Copy(found, want)
	for name, n := range found {
		if report[name] != float64(n) {
			w.t.Errorf("the sweep finds %v, want %v", report, found)
			break
		}
	}
	if got != status {
		w.t.Errorf("the sweep ends with status %d, want %d: %s", got, status, errs)
	}
}
