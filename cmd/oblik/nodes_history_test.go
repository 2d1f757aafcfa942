package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// deed is one request of a history: what was asked, when, and what came of it.
type deed struct {
	operation     string // enrol, update, erase, merge, identify
	person, other string // whom it changes; other is the source of a merge
	node          int
	begun, ended  time.Duration // since the history began
	status        int           // 0 if no answer came
	named         []string      // by a search
}

// uncertain is how long after its end a change may still be made whose answer was
// lost, or did not tell.
const uncertain = 10 * time.Second

// done says that the request took effect before it was answered.
func (d deed) done() bool { return d.status >= 200 && d.status < 300 }

// refused says that the request has certainly changed nothing.
func (d deed) refused() bool { return d.status >= 400 && d.status < 500 }

// last is when the request can have had its effect at the latest.
func (d deed) last() time.Duration {
	if d.done() || d.refused() {
		return d.ended
	}
	return d.ended + uncertain
}

// erases says that the person was on no record when the request was answered.
func (d deed) erases(person string) bool {
	return d.done() && (d.operation == "erase" && d.person == person || d.operation == "merge" && d.other == person)
}

// mayCreate says that the request may have put the person on record.
func (d deed) mayCreate(person string) bool {
	return d.operation == "enrol" && d.person == person && !d.refused()
}

// String is for a failed test.
func (d deed) String() string {
	return fmt.Sprintf("%8v..%8v node %d %s %s %s: %d %s", d.begun.Round(time.Microsecond), d.ended.Round(time.Microsecond),
		d.node, d.operation, d.person, d.other, d.status, strings.Join(d.named, " "))
}

// history is what several clients did. Its zero value is empty.
type history struct {
	mu    sync.Mutex
	deeds []deed
}

func (h *history) add(d deed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deeds = append(h.deeds, d)
}

// faults are the searches that named somebody who was erased: the erasure was
// answered before the search began, and since the erasure began nothing can have
// put the person on record again that began before the search was answered.
func (h *history) faults() (faults []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, search := range h.deeds {
		for _, person := range search.named {
			for _, erasure := range h.deeds {
				if erasure.erases(person) && erasure.ended <= search.begun && !h.mayBeBack(person, erasure, search) {
					faults = append(faults, fmt.Sprintf("%s is named:\n%v\n%v", person, erasure, search))
				}
			}
		}
	}
	return faults
}

func (h *history) mayBeBack(person string, erasure, search deed) bool {
	return slices.ContainsFunc(h.deeds, func(d deed) bool {
		return d.mayCreate(person) && d.last() >= erasure.begun && d.begun <= search.ended
	})
}

// counts are how many requests of each kind there were, and had an effect.
func (h *history) counts() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	all, done := map[string]int{}, map[string]int{}
	for _, d := range h.deeds {
		all[d.operation]++
		if d.done() {
			done[d.operation]++
		}
	}
	var words []string
	for _, o := range []string{"enrol", "update", "erase", "merge", "identify"} {
		words = append(words, fmt.Sprintf("%d of %d %s", done[o], all[o], o))
	}
	return strings.Join(words, ", ")
}
