package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"oblik/models"
)

// BenchmarkSearchDuringChurn reports the median and the 99th percentile of a
// search among 1,000,000, without changes and with 1,000 a second.
func BenchmarkSearchDuringChurn(b *testing.B) {
	x := register(b, 1_000_000)
	defer x.Reset()
	for _, name := range []string{"still", "changing"} {
		b.Run(name, func(b *testing.B) {
			stop, changing := make(chan struct{}), sync.WaitGroup{}
			if name == "changing" {
				changing.Go(func() { keepChanging(b, x, stop) })
			}
			list, took := probes(b, 64), []time.Duration{}
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				if _, err := x.Search(context.Background(), list[i%len(list)], top10); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			close(stop)
			changing.Wait()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "us-median")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "us-p99")
		})
	}
}

// BenchmarkReplaceOfMany reports what each encounter costs of a person who has many,
// which must not depend on how many.
func BenchmarkReplaceOfMany(b *testing.B) {
	for _, n := range []int{500, 8000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x := register(b, 0)
			defer x.Reset()
			r := rand.New(rand.NewPCG(8, 8))
			list := make([]models.Entry, n)
			for i := range list {
				list[i] = someone(b, r, 0)
				list[i].Key.Encounter = models.EncounterID(fmt.Sprint(i))
			}
			for b.Loop() {
				if err := x.Replace(list[0].Key.Person, list...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/encounter")
		})
	}
}

func keepChanging(b *testing.B, x *Index, stop chan struct{}) {
	r := rand.New(rand.NewPCG(8, 8))
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			e := someone(b, r, r.IntN(1_000_000))
			if err := x.Replace(e.Key.Person, e); err != nil {
				b.Error(err)
				return
			}
		}
	}
}
