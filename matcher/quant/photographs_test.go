package quant

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestBoundsOfPhotographs takes vectors of a recogniser, each against each.
func TestBoundsOfPhotographs(t *testing.T) {
	vectors := photographs(t)
	for _, p := range vectors {
		v := unit(t, stored(p, 1))
		for _, x := range vectors {
			checkBounds(t, compare(t, v, stored(x, 1)))
		}
	}
}

// photographs reads the development data's vectors, which are no part of the checkout.
func photographs(t *testing.T) (vectors [][]float64) {
	t.Helper()
	root := os.Getenv("DEVELOPMENT_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	text, err := os.ReadFile(filepath.Join(filepath.Clean(root), "golden", "golden.json"))
	if err != nil {
		t.Skipf("golden.json is not here; set DEVELOPMENT_DATA to the folder of the development data: %v", err)
	}
	var golden struct {
		Faces []struct {
			Vector []float64 `json:"embedding_unit"`
		} `json:"faces"`
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	for _, f := range golden.Faces {
		vectors = append(vectors, f.Vector)
	}
	if slices.ContainsFunc(vectors, func(v []float64) bool { return len(v) != 128 }) || len(vectors) < 2 {
		t.Fatalf("golden.json has %d vectors, not all of 128 dimensions", len(vectors))
	}
	return vectors
}
