package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"

	"testing"

	"oblik/matcher"
	"oblik/matcher/indextest"
	"oblik/models"
)

// register is an index of n people with ids like UUIDs and one random template each.
func register(b testing.TB, n int) *Index {
	b.Helper()
	x, err := New(indextest.Format(128), indextest.Scale(b))
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(9, uint64(n)))
	for i := range n {
		if err := x.Put(someone(b, r, i)); err != nil {
			b.Fatal(err)
		}
	}
	return x
}

func someone(t testing.TB, r *rand.Rand, i int) models.Entry {
	v, err := matcher.Encode("suite", indextest.Unit(r, 128))
	if err != nil {
		t.Fatal(err)
	}
	return models.Entry{
		Key: models.EncounterKey{
			Person:    models.PersonID(fmt.Sprintf("%08x-0000-4000-8000-%012x", i*2654435761%(1<<32), i)),
			Encounter: models.EncounterID(fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i)),
		},
		Status: models.Active, Galleries: []models.GalleryID{"citizens"}, Templates: []models.Template{v},
	}
}

func probes(b testing.TB, n int) (list []models.Template) {
	r := rand.New(rand.NewPCG(3, 3))
	for range n {
		v, err := matcher.Encode("suite", indextest.Unit(r, 128))
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

var top10 = models.SearchOptions{Gallery: models.AllGalleries, Max: 10}

func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		x := register(b, n)
		for _, threads := range []int{1, runtime.GOMAXPROCS(0)} {
			x.Threads = threads
			for _, threshold := range []float64{0, 30} {
				b.Run(fmt.Sprintf("%d/threads=%d/threshold=%g", n, threads, threshold), func(b *testing.B) {
					list := probes(b, 64)
					o := top10
					o.Threshold = threshold
					for i := 0; b.Loop(); i++ {
						if _, err := x.Search(context.Background(), list[i%len(list)], o); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
		b.Run(fmt.Sprintf("%d/8 at once", n), func(b *testing.B) { together8(b, x) })
		b.Logf("%d: %s, %+v", n, resident(), x.Stats())
		x.Reset()
	}
}

// together8 counts a search as an operation, 8 of which are always under way.
func together8(b *testing.B, x *Index) {
	list := probes(b, 64)
	b.SetParallelism(8 / runtime.GOMAXPROCS(0))
	b.RunParallel(func(p *testing.PB) {
		for i := 0; p.Next(); i++ {
			if _, err := x.Search(context.Background(), list[i%len(list)], top10); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPut(b *testing.B) {
	x := register(b, 100_000)
	defer x.Reset()
	r := rand.New(rand.NewPCG(5, 5))
	e := someone(b, r, 1)
	b.Run("new", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			e.Key.Person = models.PersonID(fmt.Sprintf("%08x-1111-4000-8000-%012x", i, i))
			if err := x.Put(e); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("replace", func(b *testing.B) {
		e.Key.Person = someone(b, r, 77).Key.Person
		for b.Loop() {
			if err := x.Replace(e.Key.Person, e); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// resident is what the system says this process holds.
func resident() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err.Error()
	}
	var lines []string
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmRSS") || strings.HasPrefix(line, "VmHWM") {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
	}
	return strings.Join(lines, ", ")
}
