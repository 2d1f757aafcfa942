package local

import (
	"context"
	"fmt"
	"testing"

	"oblik/models"
	"oblik/storage"
)

func BenchmarkCreate(b *testing.B) {
	s := open(b, b.TempDir())
	template := make([]byte, 288)
	for i := 0; b.Loop(); i++ {
		create(b, s, encounter(fmt.Sprint("p", i), "e", template, nil))
	}
}

func BenchmarkPut100kB(b *testing.B) {
	s := open(b, b.TempDir())
	data := make([]byte, 100_000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		_, err := s.Images().Put(context.Background(), storage.NewKey(), data)
		must(b, err)
	}
}

func BenchmarkDelete(b *testing.B) {
	s := fill(b, b.N)
	b.ResetTimer()
	for i := range b.N {
		erase(b, s, models.EncounterKey{Person: models.PersonID(fmt.Sprint("p", i)), Encounter: "e"})
	}
}

func BenchmarkTemplates(b *testing.B) {
	s := fill(b, 10_000)
	for i := 0; b.Loop(); i++ {
		found, err := s.Templates(context.Background(), models.PersonID(fmt.Sprint("p", i*7919%10_000)), "g")
		must(b, err)
		if len(found) != 1 {
			b.Fatal("no template")
		}
	}
}

func BenchmarkScan10k(b *testing.B) {
	s := fill(b, 10_000)
	for b.Loop() {
		n := 0
		must(b, s.Scan(context.Background(), func(models.Entry) error { n++; return nil }))
		if n != 10_000 {
			b.Fatal(n)
		}
	}
}

// fill opens a store with n people of one template each.
func fill(b *testing.B, n int) *Store {
	b.Helper()
	s := open(b, b.TempDir())
	template := make([]byte, 288)
	for i := range n {
		create(b, s, encounter(fmt.Sprint("p", i), "e", template, nil))
	}
	return s
}
