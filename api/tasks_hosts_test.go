package api

import (
	"testing"
	"time"
)

// Deliveries to a busy host come back at the pace at which it answers, however
// many they are, and no later than the longest.
func TestBusyHost(t *testing.T) {
	h := hosts{most: 2, longest: time.Hour}
	for range h.most {
		if wait := h.enter("dead"); wait != 0 {
			t.Fatalf("put off for %v", wait)
		}
	}
	within := func(most time.Duration) (soon int) {
		for range 1000 {
			switch wait := h.enter("dead"); {
			case wait <= 0:
				t.Fatal("one too many")
			case wait <= most:
				soon++
			}
		}
		return soon
	}
	if soon := within(firstPace * 10); soon < 9 || soon > 10 {
		t.Errorf("%d come back within 10 times the first pace", soon)
	}
	h.leave("dead", 20*time.Second)
	h.of["dead"].next = time.Time{}
	if wait := h.enter("dead"); wait != 0 {
		t.Errorf("a free place is not taken: %v", wait)
	}
	if soon := within(time.Minute); soon < 5 || soon > 6 { // 2 in 20 s
		t.Errorf("%d come back within a minute", soon)
	}
	if soon := within(h.longest); soon != 1000 {
		t.Errorf("%d come back within the longest", soon)
	}
	if wait := h.enter("alive"); wait != 0 {
		t.Errorf("another host waits %v", wait)
	}
}

func TestOneHostHasOneName(t *testing.T) {
	for _, callback := range []string{"https://desk.example/a", "https://DESK.example:443/b", "https://Desk.example:8443?x"} {
		if got := hostOf(callback); got != "desk.example" {
			t.Errorf("%s: %s", callback, got)
		}
	}
}
