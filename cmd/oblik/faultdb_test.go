package main

import (
	"fmt"
	"maps"
	"time"
)

// answered gives all operations the same answers, but for some.
func answered(most string, but map[string]string) map[string]string {
	want := map[string]string{"compare": "200"}
	for _, o := range operations {
		if o != "compare" {
			want[o] = most
		}
	}
	maps.Copy(want, but)
	return want
}

// What may be answered while the database is away, and while it is silent:
// first one waits for it, then the service knows.
const (
	away   = "503/50300 503/50301?"
	silent = "503/50301 503/50300"
	// broken is where the fault may hit any moment of the request.
	broken = "200? 204? 503/50300? 503/50301? 503/50304?"
)

// databaseFaults are those of PostgreSQL and of the network to it.
func databaseFaults() []faultRow {
	return []faultRow{
		{name: "database stopped", named: "database", want: answered(away, nil),
			begin: func(w *world, _ string) { w.must(w.db.Stop()) },
			end:   func(w *world) { w.must(w.db.Start()) }},
		{name: "network to the database down", named: "database", want: answered(away, nil),
			begin: func(w *world, _ string) { w.dbNet.stop() },
			end:   func(w *world) { w.dbNet.mend() }},
		{name: "database slow, 5 s a packet", named: "database", want: answered(silent, nil),
			begin: func(w *world, _ string) {
				w.dbNet.toxic(`"type":"latency","attributes":{"latency":5000}`, "downstream")
			},
			end: func(w *world) { w.dbNet.mend() }},
		{name: "database slow, 0.3 s a packet", want: answered(broken, nil),
			begin: func(w *world, _ string) {
				w.dbNet.toxic(`"type":"latency","attributes":{"latency":300,"jitter":100}`, "downstream")
			},
			end: func(w *world) { w.dbNet.mend() }},
		{name: "database frozen (SIGSTOP)", named: "database", want: answered(silent, nil),
			begin: func(w *world, _ string) { w.db.Pause() },
			end:   func(w *world) { w.db.Resume() }},
		{name: "database killed (SIGKILL) in mid-request", want: answered(broken, nil),
			begin: func(*world, string) {},
			during: func(w *world) {
				time.Sleep(time.Duration(w.random.IntN(80)) * time.Millisecond)
				w.must(w.db.Kill())
			},
			end: func(w *world) { w.must(w.db.Start()) }},
		{name: "database accepts no more connections", named: "database", want: answered(away, nil),
			begin: func(w *world, _ string) {
				w.psql("postgres", "ALTER ROLE service CONNECTION LIMIT 0")
				w.psql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'service'")
			},
			end: func(w *world) { w.psql("postgres", "ALTER ROLE service CONNECTION LIMIT -1") }},
		{name: "connections to the database reset at random", want: answered(broken, nil),
			begin: func(w *world, _ string) {
				w.dbNet.toxic(fmt.Sprintf(`"type":"reset_peer","toxicity":0.5,"attributes":{"timeout":%d}`, w.random.IntN(200)), "downstream")
			},
			end: func(w *world) { w.dbNet.mend() }},
		{name: "connections to the database cut after some bytes", want: answered(broken, nil),
			begin: func(w *world, _ string) {
				w.dbNet.toxic(fmt.Sprintf(`"type":"limit_data","attributes":{"bytes":%d}`, 200+w.random.IntN(8000)), "downstream", "upstream")
			},
			end: func(w *world) { w.dbNet.mend() }},
		commitCut("before it", cut{}, "503/50300 503/50304?", "503/50300 503/50304?", "no"),
		commitCut("after it", cut{reaches: true}, "200 503/50304?", "204 503/50304?", "yes"),
		commitCut("before it, database then away", cut{dark: true}, "503/50304", "503/50304", "no"),
		commitCut("after it, database then away", cut{reaches: true, dark: true}, "503/50304", "503/50304", "yes"),
		{name: "database and image store stopped", named: "database", want: answered(away, nil),
			begin: func(w *world, _ string) { w.must(w.db.Stop()); w.must(w.s3.Stop()) },
			look:  (*world).idle,
			end:   func(w *world) { w.must(w.db.Start()); w.must(w.s3.Start()) }},
	}
}

// commitCut is the loss of the connection at the very COMMIT of the change.
func commitCut(when string, plan cut, enrol, erase, made string) faultRow {
	transactions := map[string]string{"enrol": "createEncounter", "erase": "deleteAll"} // in their line of the trail
	return faultRow{
		name: "connection lost at COMMIT, " + when, apart: true, made: made, want: map[string]string{"enrol": enrol, "erase": erase},
		begin: func(w *world, operation string) {
			plan := plan
			plan.of = transactions[operation]
			w.cutter.set(&plan)
		},
		end: func(w *world) {
			if n := w.cutter.struck(); n != 1 {
				w.t.Errorf("%d connections were cut", n)
			}
			w.cutter.set(nil)
		},
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}
