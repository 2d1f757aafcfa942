package benchmarks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"oblik/matcher"
	"oblik/models"
)

// fakes are contenders that take a set time, told by a clock that is not the
// machine's (testing/synctest).
type fakes struct {
	cs    []Contender
	mu    sync.Mutex
	turns []string // who worked, in a row counted once
}

func (f *fakes) add(kind string, workers int, took time.Duration) *Contender {
	who := Contestant{Engine: "e", Kind: kind, Workers: workers}
	f.cs = append(f.cs, Contender{Contestant: who, Load: func([]byte) (Runner, string, error) {
		return func(context.Context) error {
			f.mu.Lock()
			if n := len(f.turns); n == 0 || f.turns[n-1] != who.String() {
				f.turns = append(f.turns, who.String())
			}
			f.mu.Unlock()
			time.Sleep(took)
			return nil
		}, "note on " + kind, nil
	}})
	return &f.cs[len(f.cs)-1]
}

func speedOptions(cs ...Contender) SpeedOptions {
	return SpeedOptions{SpeedSetup: SpeedSetup{Rounds: 5, Seconds: 1, Seed: 1}, Contenders: cs,
		Photographs: []Photograph{{Width: 40, Height: 30, Data: []byte("photo")}}}
}

func TestMeasureSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fakes
		f.add(RawLoop, 1, 10*time.Millisecond)
		var trace matcher.Trace
		f.add(InProcess, 1, 12*time.Millisecond).Watch = func(to matcher.Trace) { trace = to }
		load := f.cs[1].Load
		f.cs[1].Load = func(photo []byte) (Runner, string, error) {
			run, note, err := load(photo)
			return func(ctx context.Context) error {
				if trace != nil { // a stage that is run twice
					trace(matcher.StageDecode, 3*time.Millisecond)
					trace(matcher.StageDecode, time.Millisecond)
				}
				return run(ctx)
			}, note, err
		}
		f.add(Workers, 1, 12300*time.Microsecond).Processes = func() []int { return []int{os.Getpid(), 1 << 30} }
		o := speedOptions(f.cs...)
		var last Progress
		o.Progress = func(p Progress) { last = p }
		r, err := MeasureSpeed(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		if last.Done != 5*(3+1) || last.Total != last.Done {
			t.Errorf("%+v", last)
		}
		p := r.Photographs[0]
		for i, want := range []struct{ perSecond, ofRaw, ms, over, ratio float64 }{
			{100, 0, 10, -2, 10. / 12},
			{1000. / 12, 10. / 12, 12, 0, 0},
			{1000 / 12.3, 10 / 12.3, 12.3, 0.3, 12.3 / 12},
		} {
			m, l := p.Throughput[i], p.Latency[i]
			near(t, m.Kind+", images/s", m.ImagesPerSecond.Median, want.perSecond, 1e-9)
			near(t, l.Kind+", ms", l.Milliseconds.Median, want.ms, 1e-9)
			if (m.OfRaw == nil) != (i == 0) || (l.OverInProcess == nil) != (i == 1) || m.Note != "note on "+m.Kind {
				t.Fatalf("%+v, %+v", m, l)
			}
			if i != 0 {
				near(t, m.Kind+", of raw", m.OfRaw.Median, want.ofRaw, 1e-9)
			}
			if i != 1 {
				near(t, l.Kind+", over", l.OverInProcess.Median, want.over, 1e-9)
				near(t, l.Kind+", ratio", l.OfInProcess.Median, want.ratio, 1e-9)
			}
			// Three seconds a round, each request after one that is not timed.
			if l.Requests != 5*int(math.Ceil(3000/(2*(10+12+12.3)))) {
				t.Errorf("%d requests", l.Requests)
			}
		}
		if len(p.Stages) != 1 || p.Stages[0].Milliseconds["decode"] != 4 {
			t.Errorf("%+v", p.Stages)
		}
		if len(r.Memory) != 1 || len(r.Memory[0].Resident) != 1 || r.Memory[0].Resident[0] < 1 || r.OwnResident < 1 {
			t.Errorf("%+v, %g", r.Memory, r.OwnResident)
		}
		speedText(t, r)
	})
}

func speedText(t *testing.T, r SpeedReport) {
	t.Helper()
	r.Engines, r.NotLoaded = map[string]string{"e": "Engine 1.0"}, map[string]string{"other": "not here"}
	r.Sandbox, r.Grain = "a fence", 3
	var text, data bytes.Buffer
	if err := errors.Join(r.WriteText(&text), WriteJSON(&data, r)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"81.30 [81.30..81.30]", "0.813 [", "+0.300 [", "1.025 [", "note on raw loop", "40x30", "decode 4.00",
		"other: not here", "Engine 1.0", "a fence", "3 grey levels", "in brackets"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in\n%s", want, text.String())
		}
	}
	if !json.Valid(data.Bytes()) || strings.Contains(data.String(), "null") {
		t.Error(data.String())
	}
}

// Everyone has a turn in each round, the ones that are compared in a row, and
// the order changes from round to round, the same for the same seed.
func TestTurns(t *testing.T) {
	turns := func(seed uint64) (rounds []string) {
		synctest.Test(t, func(t *testing.T) {
			var f fakes
			for _, n := range []int{2, 3} { // none with one worker: no single requests
				for _, kind := range []string{RawLoop, InProcess, Workers} {
					f.add(kind, n, time.Second)
				}
			}
			o := speedOptions(f.cs...)
			o.Seed, o.Rounds = seed, 20
			r := &race{SpeedOptions: o, turn: time.Second, order: rng(seed), meter: newMeter("", 1, nil), groups: groupsOf(f.cs)}
			if err := r.load(ctx, o.Photographs[0]); err != nil {
				t.Fatal(err)
			}
			for range o.Rounds {
				f.turns = nil
				if err := r.round(ctx); err != nil {
					t.Fatal(err)
				}
				sizes := []string{}
				for _, who := range f.turns {
					sizes = append(sizes, who[len(who)-1:])
				}
				if !slices.IsSorted(sizes) {
					slices.Reverse(sizes)
				}
				if strings.Join(sizes, "") != "222333" || len(slices.Compact(slices.Sorted(slices.Values(f.turns)))) != 6 {
					t.Fatalf("a round of %q", f.turns)
				}
				rounds = append(rounds, strings.Join(f.turns, "; "))
			}
		})
		return rounds
	}
	first := turns(1)
	if different := slices.Compact(slices.Sorted(slices.Values(first))); len(different) < 10 {
		t.Errorf("%d orders in 20 rounds", len(different))
	}
	if !slices.Equal(first, turns(1)) || slices.Equal(first, turns(2)) {
		t.Error("the order is not the seed's")
	}
}

// A request after somebody else's finds the caches cold; the time given is not
// that one's.
func TestSingleRequestsAreWarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cs []Contender
		last := ""
		for kind, took := range map[string]time.Duration{InProcess: 20 * time.Millisecond, Workers: 21 * time.Millisecond} {
			cs = append(cs, Contender{Contestant: Contestant{Engine: "e", Kind: kind, Workers: 1},
				Load: func([]byte) (Runner, string, error) {
					return func(context.Context) error {
						if last != kind {
							time.Sleep(7 * time.Millisecond)
						}
						last = kind
						time.Sleep(took)
						return nil
					}, "", nil
				}})
		}
		r, err := MeasureSpeed(ctx, speedOptions(cs...))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range r.Photographs[0].Latency {
			if l.Kind == Workers {
				near(t, "workers, ms", l.Milliseconds.Median, 21, 1e-9)
				near(t, "over", l.OverInProcess.Median, 1, 1e-9)
			}
		}
	})
}

// The turn ends a goroutine after its image; what others still do counts to
// them alone.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := make(chan struct{}, 1)
		first <- struct{}{}
		images := 0
		perSecond, err := busy(ctx, 1, time.Second, func(context.Context) error { time.Sleep(600 * time.Millisecond); images++; return nil })
		near(t, "images/s of one", perSecond, 2/1.2, 1e-9)
		if err != nil || images != 2 {
			t.Errorf("%d images, %v", images, err)
		}
		perSecond, err = busy(ctx, 2, time.Second, func(context.Context) error {
			select {
			case <-first: // one image takes longer than the turn
				time.Sleep(4 * time.Second)
			default:
				time.Sleep(250 * time.Millisecond)
			}
			return nil
		})
		near(t, "images/s of two", perSecond, 1/4.+4, 1e-9)
		if err != nil {
			t.Error(err)
		}
		if perSecond, err := busy(ctx, 3, 0, func(context.Context) error { time.Sleep(time.Second); return nil }); perSecond != 3 || err != nil {
			t.Errorf("a turn of nothing: %g, %v", perSecond, err)
		}
	})
}

// Medians are of the rounds; a ratio is taken in each round, not of medians.
func TestSpeedRounds(t *testing.T) {
	raw := Contender{Contestant: Contestant{"e", RawLoop, "", 2}}
	whole := Contender{Contestant: Contestant{"e", InProcess, "", 2}}
	other := Contender{Contestant: Contestant{"e", InProcess, "", 1}} // no raw loop of its number
	r := &race{SpeedOptions: SpeedOptions{Contenders: []Contender{whole, raw, other}}, note: make([]string, 3),
		perSecond: [][]float64{{9, 10, 38, 9.5, 5}, {10, 20, 40, 10, 10}, {1, 4, 2, 3, 5}}}
	r.groups = groupsOf(r.Contenders)
	got := r.result().Throughput
	if s := got[0].OfRaw; s.Median != 0.9 || s.Least != 0.5 || s.Most != 0.95 || !slices.Equal(s.Rounds, []float64{.9, .5, .95, .95, .5}) {
		t.Errorf("%+v", s)
	}
	if s := got[0].ImagesPerSecond; s.Median != 9.5 || s.Least != 5 || s.Most != 38 || s.Rounds[1] != 10 {
		t.Errorf("%+v", s)
	}
	if got[1].OfRaw != nil || got[2].OfRaw != nil || got[2].ImagesPerSecond.Median != 3 {
		t.Errorf("%+v", got)
	}
	r = &race{SpeedOptions: SpeedOptions{Contenders: []Contender{{Contestant: Contestant{"e", Workers, "", 1}}, other}},
		single: []singles{{thisTurn: []float64{11, 29, 30.5}}, {thisTurn: []float64{10, 20, 30}}}}
	r.endTurn([]int{0, 1})
	if s := r.single[0]; !slices.Equal(s.overs, []float64{1}) || !slices.Equal(s.medians, []float64{29}) || s.count != 3 || s.thisTurn != nil {
		t.Errorf("differences are not taken request by request: %+v", s)
	}
	if m := median([]float64{4, 1, 3, 2}); m != 2.5 {
		t.Errorf("median of four: %g", m)
	}
}

func TestSpeedFaults(t *testing.T) {
	ok := func([]byte) (Runner, string, error) {
		return func(context.Context) error { return nil }, "", nil
	}
	works := Contender{Contestant: Contestant{"e", InProcess, "", 1}, Load: ok}
	for name, change := range map[string]func(*SpeedOptions){
		"rounds":        func(o *SpeedOptions) { o.Rounds = 4 },
		"many rounds":   func(o *SpeedOptions) { o.Rounds = 1001 },
		"short":         func(o *SpeedOptions) { o.Seconds = 0.009 },
		"long":          func(o *SpeedOptions) { o.Seconds = 61 },
		"no number":     func(o *SpeedOptions) { o.Seconds = math.NaN() },
		"no contender":  func(o *SpeedOptions) { o.Contenders = nil },
		"no photograph": func(o *SpeedOptions) { o.Photographs = nil },
		"no worker":     func(o *SpeedOptions) { o.Contenders[0].Workers = 0 },
		"no load":       func(o *SpeedOptions) { o.Contenders[0].Load = nil },
	} {
		o := speedOptions(works)
		change(&o)
		if _, err := MeasureSpeed(ctx, o); models.KindOf(err) != models.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	noFace := models.Errorf("detect", models.NoFace, "none")
	for name, load := range map[string]func([]byte) (Runner, string, error){
		"load": func([]byte) (Runner, string, error) { return nil, "", noFace },
		"run":  func([]byte) (Runner, string, error) { return func(context.Context) error { return noFace }, "", nil },
	} {
		failing := Contender{Contestant: Contestant{"e", Workers, "", 2}, Load: load}
		_, err := MeasureSpeed(ctx, speedOptions(works, failing))
		if models.KindOf(err) != models.NoFace || !errors.Is(err, noFace) || !strings.Contains(err.Error(), "e, workers, 2 on a photograph of 40x30") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The first failure in the middle of the rounds ends the measurement, in a
// turn as well as in a single request.
func TestSpeedEndsWithTheFirstFailure(t *testing.T) {
	for _, after := range []int{1, 3, 40, 120} {
		synctest.Test(t, func(t *testing.T) {
			stop, cancel := context.WithCancel(ctx)
			n := 0
			c := Contender{Contestant: Contestant{"e", InProcess, "", 1}, Load: func([]byte) (Runner, string, error) {
				return func(ctx context.Context) error {
					if n++; n == after {
						cancel()
					}
					time.Sleep(50 * time.Millisecond)
					return ctx.Err()
				}, "", nil
			}}
			if _, err := MeasureSpeed(stop, speedOptions(c)); !errors.Is(err, context.Canceled) || n != after {
				t.Errorf("%v after %d requests, cancelled in the %dth", err, n, after)
			}
		})
	}
}
