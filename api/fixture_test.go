package api_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"oblik/api"
	"oblik/matcher"
	"oblik/matcher/index"
	"oblik/models"
	"oblik/storage"
	"oblik/storage/local"
)

var format = models.Format{Weights: "test", Dimension: 16}

// extractor stands in for neural nets, so that each outcome can be asked for.
// An image is text: "name" or "name faces=2 size=40 eye=60", or "error KIND"
// (a number), or "wait" (until the context ends), or "panic". The image has
// 400 x 300 pixels; x and y move the face's box of 100 x 100, and px and py its
// points.
type extractor struct{ calls *atomic.Int64 }

func (extractor) Format() models.Format { return format }

func (x extractor) Extract(ctx context.Context, s models.Sample) (models.Extraction, error) {
	x.calls.Add(1)
	words := strings.Fields(string(s.Image))
	switch words[0] {
	case "wait":
		<-ctx.Done()
		return models.Extraction{}, models.Errorf("test", models.Deadline, "%w", ctx.Err())
	case "panic":
		panic("as asked")
	case "error":
		kind, err := strconv.Atoi(words[1])
		return models.Extraction{}, errors.Join(err, models.Errorf("test", models.Kind(kind), "as asked"))
	}
	with := map[string]float64{"faces": 1, "size": 100, "eye": 60, "x": 200, "y": 100, "px": 250, "py": 150}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return models.Extraction{}, err
		}
		with[key] = v
	}
	t, err := matcher.Encode(format.Weights, vector(words[0]))
	point, inside := models.Point{X: with["px"], Y: with["py"]}, models.Point{X: 250, Y: 150}
	faces := []models.FaceBox{{X: with["x"], Y: with["y"], Width: 100, Height: 100, Confidence: 0.9,
		Points: [5]models.Point{inside, inside, inside, inside, point}}}
	for range int(with["faces"]) - 1 {
		faces = append(faces, models.FaceBox{Width: with["size"], Height: with["size"]})
	}
	return models.Extraction{Width: 400, Height: 300, Faces: faces, Template: t,
		Quality: models.Quality{InterEye: with["eye"], Confidence: 0.9}}, err
}

// vector is the direction of a name. "ann" and "ann~0.2" are of one person,
// with a cosine of about 0.98.
func vector(name string) []float32 {
	person, noise, _ := strings.Cut(name, "~")
	v := direction(person)
	if amount, err := strconv.ParseFloat(noise, 32); err == nil {
		for i, d := range direction("noise") {
			v[i] += float32(amount) * d
		}
	}
	return v
}

func direction(name string) []float32 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	v := make([]float32, format.Dimension)
	for i := range v {
		v[i] = float32(r.NormFloat64()) / 4
	}
	return v
}

// scale is a straight line from a cosine of 0, score 0, to 1, score 100; what
// is above 0.5 counts as extrapolated.
func scale(t testing.TB) *matcher.Calibration {
	t.Helper()
	c, err := matcher.NewCalibration(matcher.CalibrationTable{
		Version: 1, Meaning: "a straight line",
		Provenance: matcher.Provenance{
			Weights: format.Weights, WeightsSHA256: fmt.Sprintf("%064x", 1), Detector: "none", LongSide: 320,
			DataSet: "none", Images: 10, People: 5, MatedPairs: 5, NonMatedPairs: 40, Date: "2026-01-02", Tool: "test",
		},
		Knots: []matcher.Knot{{0, 0}, {0.5, 50}},
		Tail: matcher.Tail{Threshold: 0.4, Exceedances: 30, Rate: 0.1, Shape: -0.1, Scale: 0.1, Slope: 100,
			Knots: []matcher.Knot{{1, 100}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var by = api.Caller{Client: "tester", Operation: "test", Transaction: "t"}

// world is a service over a real store in a fresh directory.
type world struct {
	*api.Service
	parts api.Parts
	store *local.Store
	calls *atomic.Int64 // extractions
}

// newWorld lets change replace parts before the service is made.
func newWorld(t testing.TB, change ...func(*api.Parts)) world {
	t.Helper()
	return worldIn(t, t.TempDir(), change...)
}

// worldIn opens a directory that may hold something already. The test may
// close the store before it ends.
func worldIn(t testing.TB, dir string, change ...func(*api.Parts)) world {
	t.Helper()
	ctx := context.Background()
	store, err := local.Open(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
			t.Error(err)
		}
	})
	w := world{store: store, calls: new(atomic.Int64)}
	w.parts = api.Parts{
		Extractor: extractor{w.calls}, Comparer: matcher.NewCosine(format, scale(t)), Index: newIndex(t),
		Encounters: store, Mover: store, Images: store.Images(), Galleries: store, Outbox: store, Acts: store, Trail: store,
		Tasks: store.Tasks(), Attempts: store.Attempts(), Changes: store,
		Policy: api.DefaultPolicy(), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	for _, f := range change {
		f(&w.parts)
	}
	if w.Service, err = api.New(w.parts); err != nil {
		t.Fatal(err)
	}
	if err := w.Load(ctx); err != nil {
		t.Fatal(err)
	}
	return w
}

// swept tidies up and looks for what is left.
func (w world) swept(t testing.TB) storage.SweepReport {
	t.Helper()
	if err := w.Tidy(context.Background()); err != nil {
		t.Error(err)
	}
	report, err := storage.Sweep(context.Background(), w.store.Images(), w.store, storage.SweepOptions{})
	if err != nil {
		t.Error(err)
	}
	return report
}

// trail is the operations in the audit trail.
func (w world) trail(t testing.TB) (operations []string) {
	t.Helper()
	err := w.store.Events(context.Background(), 0, func(e storage.Event) error {
		operations = append(operations, e.Operation)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return operations
}

// kept is what a sweep says when so many images are there and all is well.
func kept(images int) storage.SweepReport {
	return storage.SweepReport{Images: images, References: images}
}

func face(text string) models.Sample {
	return models.Sample{Modality: models.Face, Image: []byte(text)}
}

func faces(texts ...string) []models.Sample {
	var all []models.Sample
	for _, text := range texts {
		all = append(all, face(text))
	}
	return all
}

func visit(person, encounter string, samples ...models.Sample) models.Encounter {
	return models.Encounter{
		Key:    models.EncounterKey{Person: models.PersonID(person), Encounter: models.EncounterID(encounter)},
		Status: models.Active, Type: "test", Galleries: []models.GalleryID{"main"}, Samples: samples,
	}
}

func (w world) enroll(t testing.TB, e models.Encounter) api.Enrolled {
	t.Helper()
	done, err := w.Enroll(context.Background(), by, e)
	if err != nil {
		t.Fatalf("enroll: %v", err)
	}
	return done
}

func wantKind(t testing.TB, err error, want models.Kind) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %v", want)
	}
	if got := models.KindOf(err); got != want {
		t.Fatalf("%v, want kind %v", err, want)
	}
}

// newIndex is an empty one.
func newIndex(t testing.TB) matcher.Index {
	t.Helper()
	x, err := index.New(format, scale(t))
	if err != nil {
		t.Fatal(err)
	}
	return x
}
