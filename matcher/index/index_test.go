package index

import (
	"sync"
	"testing"

	"oblik/matcher"
	"oblik/matcher/indextest"
	"oblik/matcher/scan"
	"oblik/models"
)

func open(t testing.TB, format models.Format, scale *matcher.Calibration) matcher.Index {
	t.Helper()
	x, err := New(format, scale)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Reset)
	return x
}

func TestIndexOnEachKernel(t *testing.T) {
	for _, k := range scan.Kernels() {
		t.Run(string(k), func(t *testing.T) {
			t.Setenv(scan.Variable, string(k))
			indextest.Run(t, open)
		})
	}
}

func TestNewRefuses(t *testing.T) {
	scale := indextest.Scale(t)
	for _, dim := range []int{-1, 0, matcher.MaxDimension + 1} {
		if _, err := New(indextest.Format(dim), scale); models.KindOf(err) != models.Invalid {
			t.Errorf("%d dimensions: %v", dim, err)
		}
	}
	t.Setenv(scan.Variable, "abacus")
	if _, err := New(indextest.Format(16), scale); models.KindOf(err) != models.Invalid {
		t.Errorf("an unknown kernel: %v", err)
	}
}

// disturbed lets something happen before each time a search takes the lock.
type disturbed struct {
	sync.Locker
	disturb func()
}

func (d disturbed) Lock() {
	d.disturb()
	d.Locker.Lock()
}

func TestIndexDisturbed(t *testing.T) {
	indextest.RunDisturbed(t, func(disturb func()) matcher.Index {
		x, err := New(indextest.Format(16), indextest.Scale(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(x.Reset)
		x.reading, x.stepRows = disturbed{x.reading, disturb}, scan.Lanes
		return x
	})
}

func TestIndexChurn(t *testing.T) {
	indextest.RunChurn(t, open)
}
