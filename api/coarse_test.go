package api

import "testing"

// Who is not shown scores can't find one by trying thresholds.
func TestCoarseThresholds(t *testing.T) {
	p := DefaultPolicy()
	for asked, want := range map[float64]float64{30: 30, 30.01: 40, 40: 40, 95.21: 100, 100: 100} {
		blind := Caller{Limits: Limits{Coarse: true}}
		if got, err := p.verifyThreshold(blind, &asked); err != nil || got != want {
			t.Errorf("%g becomes %g, %v", asked, got, err)
		}
		if got, err := p.verifyThreshold(Caller{}, &asked); err != nil || got != asked {
			t.Errorf("%g becomes %g, %v", asked, got, err)
		}
	}
	low := 29.5
	if _, err := p.verifyThreshold(Caller{Limits: Limits{Coarse: true}}, &low); err == nil {
		t.Error("below the floor")
	}
}
