package main

import "testing"

// Each fault of the database, the image store, the networks to them, the disk
// and the process that can be made here is made under a real service, while
// people are enrolled, erased, verified, searched and read. Every answer is one
// that the fault allows, in time; what was answered is so afterwards; asking
// again tells the truth; the service recovers by itself. TORTURE=50 makes each
// fault five times; without it, once.
func TestTortureFaults(t *testing.T) {
	record := newFaultRecord()
	diskFaults(t, record)
	t.Run("faults", func(t *testing.T) { // ends when the parallel ones do
		t.Run("database", func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, record)
			w.startWithKnown()
			for _, row := range databaseFaults() {
				w.run(row)
			}
			w.finish()
		})
		t.Run("image store", func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, record)
			w.startWithKnown()
			for _, row := range imageFaults() {
				w.run(row)
			}
			w.finish()
		})
		t.Run("service", func(t *testing.T) {
			t.Parallel()
			serviceFaults(t, record)
		})
	})
	record.print(t)
	for _, not := range notForced {
		t.Log("not forced here: " + not)
	}
}

// notForced are the rows of the fault matrix that need what a test has not.
var notForced = []string{
	"a real power cut, a disk that loses what was synced: the machine would have to be reset",
	"a lagging replica promoted, a restore from a backup: they need several database servers and their tools",
	"bit rot in a page of PostgreSQL: its checksums are on in the tests' servers; template damage is in api's tests",
	"a worker killed: TestWorkersKilledUnderLoad; the service killed at each step: TestTortureKills",
	"memory exhausted, clocks set, cores starved: they would hurt the machine's other users",
}
