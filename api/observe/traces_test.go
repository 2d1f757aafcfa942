package observe

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	otel "go.opentelemetry.io/otel/trace"
	collected "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	span "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"oblik/models"
)

// inbox is a collector of traces; it answers status.
type inbox struct {
	status int
	mu     sync.Mutex
	raw    []byte
	spans  []*span.Span
	names  map[string]string // of the resource
}

func (b *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	var q collected.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(text, &q)
	}
	if err != nil || r.URL.Path != "/v1/traces" || b.status != http.StatusOK {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.raw = append(b.raw, text...)
	b.names = map[string]string{}
	for _, resource := range q.GetResourceSpans() {
		for _, a := range resource.GetResource().GetAttributes() {
			b.names[a.GetKey()] = a.GetValue().GetStringValue()
		}
		for _, scope := range resource.GetScopeSpans() {
			b.spans = append(b.spans, scope.GetSpans()...)
		}
	}
}

func receiver(t testing.TB, status int) (*inbox, Config) {
	t.Helper()
	b := &inbox{status: status}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	c := usual
	c.Endpoint, c.Sample = server.URL, 1
	return b, c
}

const parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

func TestTraces(t *testing.T) {
	b, c := receiver(t, http.StatusOK)
	o := observer(t, c)
	one(o, "identify", parent, models.Errorf("storage", models.Unavailable, "of person anna"))
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if len(b.spans) != 2 {
		t.Fatalf("%d spans, want 2", len(b.spans))
	}
	stage, request := b.spans[0], b.spans[1]
	if request.GetName() != "identify" || hex.EncodeToString(request.GetTraceId()) != parent[3:35] ||
		hex.EncodeToString(request.GetParentSpanId()) != parent[36:52] || request.GetKind() != span.Span_SPAN_KIND_SERVER {
		t.Errorf("request: %v", request)
	}
	if stage.GetName() != "extract" || !bytes.Equal(stage.GetParentSpanId(), request.GetSpanId()) ||
		stage.GetStatus().GetMessage() != "unavailable" {
		t.Errorf("stage: %v", stage)
	}
	got := map[string]int64{}
	for _, a := range append(request.GetAttributes(), stage.GetAttributes()...) {
		got[a.GetKey()] = a.GetValue().GetIntValue()
	}
	if len(got) != 2 || got["http.response.status_code"] != 503 || got["oblik.code"] != 50300 {
		t.Errorf("attributes: %v", got)
	}
	if len(b.names) != 2 || b.names["service.name"] != "oblik" || b.names["service.version"] != "1.2.3" {
		t.Errorf("resource: %v", b.names)
	}
	if bytes.Contains(b.raw, []byte("anna")) {
		t.Error("an error's text was sent")
	}
	wants(t, scrape(t, o), `oblik_trace_spans_total{outcome="sent"} 2`)
}

func TestOnlyASoundParentIsTaken(t *testing.T) {
	if got := otel.SpanContextFromContext(parentOf(context.Background(), parent)); !got.IsRemote() || got.TraceID().String() != parent[3:35] {
		t.Errorf("%v", got)
	}
	for _, bad := range []string{
		"", "00", parent + "-00", parent + " ", strings.ToUpper(parent), strings.Replace(parent, "-01", "-zz", 1), "ff" + parent[2:],
		"00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
		strings.ReplaceAll(parent, "-", "_"), strings.Repeat("0", parentLength), strings.Repeat("-", parentLength),
	} {
		if got := otel.SpanContextFromContext(parentOf(context.Background(), bad)); got.IsValid() {
			t.Errorf("%q is taken: %v", bad, got)
		}
	}
}

// TestAParentCannotForceATrace: with nothing to be traced, the client's
// "sampled" changes nothing.
func TestAParentCannotForceATrace(t *testing.T) {
	b, c := receiver(t, http.StatusOK)
	c.Sample = 0
	o := observer(t, c)
	one(o, "identify", parent, nil)
	if err := o.Close(); err != nil || len(b.spans) > 0 {
		t.Errorf("%v, %d spans", err, len(b.spans))
	}
}

// TestRefusingCollector: its spans are counted as lost, and nothing else happens.
func TestRefusingCollector(t *testing.T) {
	_, c := receiver(t, http.StatusServiceUnavailable)
	o := observer(t, c)
	one(o, "identify", "", nil)
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	wants(t, scrape(t, o), `oblik_trace_spans_total{outcome="lost"} 2`, `oblik_requests_total{code="0",operation="identify",status="200"} 1`)
}

// TestSilentCollector: requests go on past the end of the queue, and Close
// returns although the collector never answers.
func TestSilentCollector(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	c := usual
	c.Endpoint, c.Sample = server.URL, 1
	o := observer(t, c)
	for range 2 * waitingSpans {
		one(o, "identify", "", nil)
	}
	if err := o.Close(); err == nil {
		t.Error("the spans were sent nowhere, and Close says nothing")
	}
}

func FuzzParent(f *testing.F) {
	for _, seed := range []string{parent, "", "00-", strings.ToUpper(parent), "ff" + parent[2:], strings.Repeat("-", parentLength)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := otel.SpanContextFromContext(parentOf(context.Background(), text))
		if got.IsValid() && (len(text) != parentLength || got.TraceID().String() != text[3:35] || got.SpanID().String() != text[36:52]) {
			t.Errorf("%q gives %v", text, got)
		}
	})
}

// BenchmarkRequest is one request with one stage: without traces, with traces
// of which none is kept, with all of them.
func BenchmarkRequest(b *testing.B) {
	for name, sample := range map[string]float64{"off": math.NaN(), "none": 0, "all": 1} {
		b.Run(name, func(b *testing.B) {
			_, c := receiver(b, http.StatusOK)
			if c.Sample = sample; name == "off" {
				c.Endpoint = ""
			}
			o := observer(b, c)
			b.ReportAllocs()
			for b.Loop() {
				one(o, "identify", parent, nil)
			}
		})
	}
}
