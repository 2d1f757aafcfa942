package main

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// restarted is the service ended and, with a part away, started again.
func (w *world) restarted(withoutParts func()) {
	w.t.Helper()
	w.s.stop()
	withoutParts()
	w.start()
}

func startFaults() []faultRow {
	live := func(w *world) {
		if status := w.s.do(http.MethodGet, "/livez", nil, nil); status != 200 {
			w.t.Errorf("/livez gives %d", status)
		}
	}
	return []faultRow{
		{name: "database away at the start", named: "database", want: answered(away, nil), look: live,
			begin: func(w *world, _ string) { w.restarted(func() { w.must(w.db.Stop()) }) },
			end:   func(w *world) { w.must(w.db.Start()) }},
		{name: "image store away at the start", named: "image store", want: spared(away, away), look: live,
			begin: func(w *world, _ string) { w.restarted(func() { w.must(w.s3.Stop()) }) },
			end:   func(w *world) { w.must(w.s3.Start()) }},
		{name: "both away at the start", named: "database", want: answered(away, nil), look: live,
			begin: func(w *world, _ string) { w.restarted(func() { w.must(w.db.Stop()); w.must(w.s3.Stop()) }) },
			end:   func(w *world) { w.must(w.db.Start()); w.must(w.s3.Start()) }},
		{name: "wrong secret key at the start", named: "image store", want: spared(away, away), look: live,
			begin: func(w *world, _ string) {
				right := w.set.env
				w.set.env = append(slices.Clone(right), "AWS_SECRET_ACCESS_KEY=wrong")
				w.restarted(func() {})
				w.set.env = right
			},
			end: func(w *world) { w.restarted(func() {}) }},
	}
}

// newerSchema brings the database back as a newer program has left it. A service
// that starts then ends; one that waits for the database does not use it.
func (w *world) newerSchema() {
	w.t.Helper()
	w.run(faultRow{
		name: "database comes back with a newer schema", named: "database", want: answered(away, nil),
		begin: func(w *world, _ string) {
			w.restarted(func() {
				w.psql("oblik", "INSERT INTO oblik_schema (version_id, is_applied) VALUES (999, true)")
				args := []string{"serve", "--weights-dir", weightsDir, "--data-dir", w.set.dir, "--listen", "127.0.0.1:0", "--insecure-loopback"}
				_, errs, status := oblikEnv(w.t, w.set.env, append(args, w.set.flags...)...)
				if status != exitError || !strings.Contains(errs, "newer") {
					w.t.Errorf("a service on a newer schema ends with %d: %s", status, errs)
				}
				w.must(w.db.Stop())
			})
			w.must(w.db.Start())
		},
		look: func(w *world) {
			time.Sleep(3 * time.Second) // it looks at the database every second
			w.await("database comes back with a newer schema", "database")
		},
		end: func(w *world) { w.psql("oblik", "DELETE FROM oblik_schema WHERE version_id = 999") },
	})
	w.restarted(func() {
		if !strings.Contains(w.s.log.String(), "newer") {
			w.t.Error("the log does not say that the schema is newer")
		}
	})
	w.ready()
}
