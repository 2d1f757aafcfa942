package osia

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"oblik/api"
	"oblik/matcher"
	"oblik/matcher/index"
	"oblik/models"
	"oblik/storage/local"
)

var format = models.Format{Weights: "test", Dimension: 16}

// extractor stands in for neural nets, so that each outcome can be asked for.
// An image is text: a name, or "name FACES", "error KIND", "wait" (until the
// context ends), "hold" (until release is closed; held is told), "panic".
type extractor struct{ held, release chan struct{} }

func (extractor) Format() models.Format { return format }

func (x extractor) Extract(ctx context.Context, s models.Sample) (models.Extraction, error) {
	name, argument, _ := strings.Cut(string(s.Image), " ")
	n, _ := strconv.Atoi(argument)
	switch name {
	case "wait":
		<-ctx.Done()
		return models.Extraction{}, ctx.Err()
	case "hold":
		x.held <- struct{}{}
		<-x.release
	case "panic":
		panic("as asked")
	case "error":
		return models.Extraction{}, models.Errorf("outer", models.Kind(n), "%w", models.Errorf("inner", models.Kind(n), "the particulars"))
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	v := make([]float32, format.Dimension)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	t, err := matcher.Encode(format.Weights, v)
	faces := make([]models.FaceBox, max(1, n)) // the others are in the background
	faces[0] = models.FaceBox{Width: 100, Height: 100, Confidence: 0.93}
	return models.Extraction{
		Width: 100, Height: 100, Faces: faces, Template: t, Quality: models.Quality{InterEye: 61.5, Confidence: 0.93},
	}, err
}

// scale is a straight line from a cosine of 0, score 0, to 1, score 100.
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

// world is a server on a loopback port over a real store in a fresh folder.
type world struct {
	testing.TB
	extractor
	service *api.Service
	key     ed25519.PrivateKey
	server  *Server
	address string
	log     *safeBuffer
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	return newWorldOf(t, func(*api.Parts) {}, change...)
}

// newWorldOf is newWorld with other parts.
func newWorldOf(t testing.TB, parts func(*api.Parts), change ...func(*Config)) *world {
	t.Helper()
	store, err := local.Open(context.Background(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{TB: t, extractor: extractor{make(chan struct{}), make(chan struct{})}, log: &safeBuffer{}}
	log := slog.New(slog.NewTextHandler(w.log, nil))
	p := api.Parts{
		Extractor: w.extractor, Comparer: matcher.NewCosine(format, scale(t)), Index: newIndex(t),
		Encounters: store, Images: store.Images(), Mover: store, Galleries: store, Outbox: store, Acts: store, Trail: store,
		Tasks: store.Tasks(), Attempts: store.Attempts(), Changes: store, Policy: api.DefaultPolicy(), Log: log,
	}
	parts(&p)
	w.service, err = api.New(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.service.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.key = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public, ok := w.key.Public().(ed25519.PublicKey)
	if !ok {
		t.Fatal("no Ed25519 key")
	}
	keys, err := NewKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Service: w.service, Auth: Auth{Keys: keys, Issuer: "test", Audience: "abis"}, Log: log}
	for _, f := range change {
		f(&c)
	}
	if w.server, err = New(c); err != nil {
		t.Fatal(err)
	}
	w.listen(w.server, store)
	return w
}

func (w *world) listen(server *Server, store *local.Store) {
	w.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	w.address = l.Addr().String()
	w.Cleanup(func() {
		if err := store.Close(); err != nil {
			w.Error(err)
		}
	})
	w.run(server, l)
}

// run serves until the test ends.
func (w *world) run(server *Server, l net.Listener) {
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	w.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := server.Shutdown(context.Background()); err != nil {
			w.Error(err)
		}
		if err := <-done; err != nil {
			w.Error(err)
		}
	})
}

func (w *world) token(scopes ...string) string {
	w.Helper()
	token, err := IssueToken(w.key, Token{Issuer: "test", Audience: "abis", Subject: "tester", Scopes: scopes, Lifetime: time.Hour})
	if err != nil {
		w.Fatal(err)
	}
	return token
}

// tokenOf is a token of a client, with every scope.
func (w *world) tokenOf(client string) string {
	w.Helper()
	token, err := IssueToken(w.key, Token{Issuer: "test", Audience: "abis", Subject: client, Scopes: Scopes(), Lifetime: time.Hour})
	if err != nil {
		w.Fatal(err)
	}
	return token
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) fault(t testing.TB) (code int, message string) {
	t.Helper()
	var e map[string]any
	if err := json.Unmarshal(r.body, &e); err != nil {
		t.Fatalf("%d %q is no Error: %v", r.status, r.body, err)
	}
	number, ok1 := e["code"].(float64)
	message, ok2 := e["message"].(string)
	if !ok1 || !ok2 || len(e) != 2 || message == "" || r.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%d %q (%s) is no Error", r.status, r.body, r.header.Get("Content-Type"))
	}
	if int(number)/100 != r.status {
		t.Errorf("code %v with status %d", number, r.status)
	}
	return int(number), message
}

// send makes a request with a token for every scope; edit may change it.
func (w *world) send(method, path, body string, edit ...func(*http.Request)) reply {
	w.Helper()
	q, err := http.NewRequestWithContext(context.Background(), method, "http://"+w.address+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+w.token(Scopes()...))
	if body != "" {
		q.Header.Set("Content-Type", "application/json")
	}
	for _, f := range edit {
		f(q)
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		w.Fatal(err)
	}
	defer a.Body.Close()
	content, err := io.ReadAll(a.Body)
	if err != nil {
		w.Fatal(err)
	}
	return reply{a.StatusCode, a.Header, content}
}

// tx is the query every operation needs.
const tx = "?transactionId=t1"

func (w *world) want(r reply, status, code int) reply {
	w.Helper()
	if r.status != status {
		w.Fatalf("status %d %s, want %d", r.status, cut(r.body), status)
	}
	if code != 0 {
		if got, text := r.fault(w); got != code {
			w.Fatalf("code %d (%s), want %d", got, text, code)
		}
	}
	return r
}

func cut(b []byte) []byte { return b[:min(len(b), 300)] }

func image(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func item(text string) string {
	return `{"biometricType":"FACE","image":"` + image(text) + `"}`
}

func encounterJSON(items ...string) string {
	return `{"status":"ACTIVE","encounterType":"test","galleries":["main"],"biometricData":[` + strings.Join(items, ",") + `]}`
}

func probeJSON(items ...string) string {
	return `{"biometricData":[` + strings.Join(items, ",") + `]}`
}

func (w *world) enroll(person, encounter, name string) {
	w.Helper()
	w.want(w.send("POST", "/v1/persons/"+person+"/encounters/"+encounter+tx, encounterJSON(item(name))), 200, 0)
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
