package worker

import (
	"encoding/binary"
	"testing"
)

func imageOf(n int) []byte { return binary.LittleEndian.AppendUint32([]byte("image"), uint32(n)) }

func TestBansCountCrashes(t *testing.T) {
	var b bans
	bad, other := imageOf(1), imageOf(2)
	if b.has(bad) || b.count.Load() != 0 {
		t.Error("an image is refused at once")
	}
	for i := range maxCrashes {
		if b.has(bad) {
			t.Errorf("refused after %d crashes", i)
		}
		b.add(bad)
	}
	if !b.has(bad) {
		t.Errorf("not refused after %d crashes", maxCrashes)
	}
	if b.has(other) || b.has(append(bad, 0)) {
		t.Error("another image is refused")
	}
	b.add(other)
	b.clear(other) // it was read after all
	if !b.has(bad) {
		t.Error("another's success counts")
	}
	for range maxCrashes - 1 {
		b.add(other)
	}
	if b.has(other) {
		t.Error("a crash before a success counts")
	}
}

func TestBansAreBounded(t *testing.T) {
	var b bans
	for i := range maxSuspects + 10 {
		for range maxCrashes {
			b.add(imageOf(i))
		}
	}
	if len(b.list) != maxSuspects || int(b.count.Load()) != maxSuspects {
		t.Errorf("%d images are remembered", len(b.list))
	}
	for i, want := range map[int]bool{0: false, 9: false, 10: true, maxSuspects + 9: true} {
		if b.has(imageOf(i)) != want {
			t.Errorf("image %d: refused is %v", i, !want)
		}
	}
	for i := range maxSuspects + 10 {
		b.clear(imageOf(i))
	}
	if b.count.Load() != 0 {
		t.Error("the empty list is still looked at")
	}
}
