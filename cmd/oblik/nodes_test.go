package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// Two services on one database find each other's enrolments within a second,
// also when announcements are lost, and what one has erased the other does not
// name from then on, though its index may hold it still.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	n := newNodes(t)
	photo := photoFile(t, "obama.jpg")
	for _, hushed := range []bool{false, true} {
		n.hush.on.Store(hushed)
		var waits, searches []time.Duration
		for i := range 6 {
			person, from, to := fmt.Sprintf("p%d-%v", i, hushed), i%2, 1-i%2
			path := "/v1/persons/" + person
			n.do(from, http.MethodPost, path+"/encounters/1", encounter(photo))
			began := time.Now()
			waits = append(waits, n.within(person+" is not found", func() bool {
				began = time.Now()
				people, _ := n.node(to).named(photo)
				return slices.Contains(people, person)
			}))
			searches = append(searches, time.Since(began))
			n.do(from, http.MethodDelete, path, nil)
			if people, ok := n.node(to).named(photo); !ok || slices.Contains(people, person) {
				t.Errorf("an erased person is named: %v, %v", people, ok)
			}
		}
		slices.Sort(waits)
		slices.Sort(searches)
		t.Logf("announcements lost: %v (%d kept back); found on the other node after %v at the median, %v at most; the search itself took %v",
			hushed, n.hush.kept.Load(), waits[len(waits)/2], waits[len(waits)-1], searches[len(searches)/2])
	}
	if n.hush.kept.Load() == 0 {
		t.Error("no announcement was kept back")
	}
}

// A database that is restored from a backup under two running services is
// noticed by both: they name whom the backup holds. Each loads its index anew for
// it, if it had read the log after what is undone.
func TestNodesNoticeARestore(t *testing.T) {
	t.Parallel()
	n := newNodes(t)
	photo := photoFile(t, "obama.jpg")
	n.do(0, http.MethodPost, "/v1/persons/kept/encounters/1", encounter(photo))
	n.do(0, http.MethodPost, "/v1/persons/back/encounters/1", encounter(photo))
	backup := n.tool("", "pg_dump", "--clean", "--if-exists")
	n.do(1, http.MethodDelete, "/v1/persons/back", nil)
	n.do(1, http.MethodPost, "/v1/persons/lost/encounters/1", encounter(photo))
	n.within("the changes are not found", func() bool { return n.agree(photo, "kept", "lost") })
	n.tool(backup, "psql", "-q", "-1", "-v", "ON_ERROR_STOP=1")
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(n.node(0).log.String(), n.node(1).log.String())
		}
	})
	t.Logf("both nodes name whom the backup holds after %v", n.within("the restore is not noticed",
		func() bool { return n.agree(photo, "back", "kept") }))
	for i := range n.all {
		n.ready(i)
		n.node(i).stop()
		t.Logf("node %d has loaded its index anew %d times", i, strings.Count(n.node(i).log.String(), "the index is loaded anew"))
	}
}

// agree says that both nodes name these people and nobody else.
func (n *nodes) agree(photo []byte, want ...string) bool {
	for i := range n.all {
		if people, ok := n.node(i).named(photo); !ok || !slices.Equal(people, want) {
			return false
		}
	}
	return true
}
