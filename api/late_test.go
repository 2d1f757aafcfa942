package api

import (
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
)

// A late image waits for its time and is then taken once; the oldest are
// forgotten where there are too many.
func TestLate(t *testing.T) {
	var l late
	l.add([]string{"a", "b"})
	if _, ok := l.next(); ok {
		t.Error("an image is taken before its time")
	}
	if left := l.without([]string{"a", "x", "b"}); len(left) != 1 || left[0] != "x" {
		t.Errorf("%q need not wait", left)
	}
	l.all[0].at = time.Now()
	if key, ok := l.next(); !ok || key != "a" {
		t.Errorf("%q, %v", key, ok)
	}
	if _, ok := l.next(); ok {
		t.Error("the other one is taken before its time")
	}
	l.add(make([]string, maxLate))
	if len(l.all) != maxLate {
		t.Errorf("%d are kept", len(l.all))
	}
}

// With too many changes in doubt no more are begun.
func TestTooManyDoubts(t *testing.T) {
	var d doubts
	d.add(make([]doubt, maxDoubts-1)...)
	if err := d.room(); err != nil {
		t.Error(err)
	}
	d.add(doubt{act: storage.Act{ID: "last", Person: "p"}})
	if err := d.room(); models.KindOf(err) != models.Unavailable {
		t.Errorf("%v", err)
	}
	if !d.about("p", nil) || d.about("q", nil) {
		t.Error("a doubt is of another person")
	}
	d.settled("last")
	if d.room() != nil || d.about("p", nil) {
		t.Error("a settled doubt counts")
	}
}
