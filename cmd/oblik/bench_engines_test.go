package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"oblik/benchmarks"
)

// someLFW is a folder of LFW with two photographs each of a number of people,
// and a list of pairs.
func someLFW(t *testing.T, people int) (images, pairs string) {
	t.Helper()
	dir := os.Getenv("DEVELOPMENT_DATA")
	if dir == "" {
		dir = "../../../shared"
	}
	second, err := filepath.Glob(filepath.Join(dir, "lfw", "images", "*", "*_0002.jpg"))
	if err != nil || len(second) < people {
		t.Skip("the development data (DEVELOPMENT_DATA, else ../shared beside the checkout) is not here")
	}
	images = t.TempDir()
	var names []string
	for _, file := range second {
		name := filepath.Base(filepath.Dir(file))
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), name+"_0001.jpg")); err != nil || len(names) == people {
			continue // not all photographs are in the folds
		}
		names = append(names, name)
		if err := os.Mkdir(filepath.Join(images, name), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{"_0001.jpg", "_0002.jpg"} {
			data, err := os.ReadFile(filepath.Join(filepath.Dir(file), name+n))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(images, name, name+n), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	list := fmt.Sprintf("2\t1\n%[1]s\t1\t2\n%[1]s\t1\t%[2]s\t1\n%[3]s\t1\t2\n%[3]s\t1\t%[4]s\t1\n", names[0], names[1], names[2], names[3])
	pairs = filepath.Join(t.TempDir(), "pairs.txt")
	if err := os.WriteFile(pairs, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	return images, pairs
}

func TestBenchEngines(t *testing.T) {
	if _, err := os.Stat(openvinoDir); err != nil {
		t.Skip("OpenVINO is not here (make setup puts it there, unless OPENVINO=no)")
	}
	const people = 40
	images, pairs := someLFW(t, people)
	args := []string{"bench", "engines", "--weights-dir", weightsDir, "--images", images, "--pairs", pairs, "--replicates", "100", "--engine"}
	out, errs, status := oblik(t, append(args, "auto", "--json", "--mirror")...)
	var r benchmarks.EnginesReport
	if err := json.Unmarshal([]byte(out), &r); err != nil || status != 0 {
		t.Fatalf("status %d, %v\n%s%s", status, err, out, errs)
	}
	if !strings.HasPrefix(r.Engines[0].Engine, "OpenCV ") || !strings.HasPrefix(r.Engines[1].Engine, "OpenVINO ") {
		t.Errorf("the engines are %q and %q", r.Engines[0].Engine, r.Engines[1].Engine)
	}
	// every crop and its mirror image
	if r.SameCrop.Count != 2*2*people || r.EndToEnd.Count != 2*people || r.SameCrop.Least < 0.99 || r.EndToEnd.Least < 0.95 {
		t.Errorf("same crop %+v, end to end %+v", r.SameCrop, r.EndToEnd)
	}
	if _, errs, status := oblik(t, append(args, "opencv")...); status != exitError || !strings.Contains(errs, "compares all") {
		t.Errorf("one engine: status %d, %s", status, errs)
	}
}
