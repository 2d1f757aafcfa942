package osia

import (
	"context"
	"errors"
	"strings"
	"testing"

	"oblik/api"
	"oblik/storage"
)

// /readyz names the store that is away: without the database the service is not
// ready, without the image store it is impaired, and the cause is for the log alone.
func TestReadyNamesWhatIsAway(t *testing.T) {
	down := func(context.Context) error { return errors.New("10.0.0.7 refused") }
	for name, c := range map[string]struct {
		change func(*api.Parts)
		status int
		want   string
	}{
		"all there":   {func(*api.Parts) {}, 200, `{"status":"ready"}`},
		"images":      {func(p *api.Parts) { p.PingImages = down }, 200, `"status":"impaired"`},
		"images too":  {func(p *api.Parts) { p.PingImages = down }, 200, "the image store is not available"},
		"database":    {func(p *api.Parts) { p.PingRecords = down }, 503, "the database is not available"},
		"both, named": {func(p *api.Parts) { p.PingRecords, p.PingImages = down, down }, 503, "the database is not available"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorldOf(t, c.change)
			records, images := w.service.Look(context.Background())
			t.Log(records, images)
			r := w.send("GET", "/readyz", "")
			if r.status != c.status || !strings.Contains(string(r.body), c.want) || strings.Contains(string(r.body), "10.0.0.7") {
				t.Errorf("%d %s", r.status, r.body)
			}
			if c.status == 503 && r.header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		})
	}
}

// An image that is not kept is read as a reference that says so.
func TestForgottenImagesAreSaidToBe(t *testing.T) {
	w := newWorldOf(t, func(p *api.Parts) { p.Policy.ForgetImages, p.Images = true, storage.NoImages{} })
	w.enroll("p", "1", "ann")
	r := w.want(w.send("GET", "/v1/persons/p/encounters/1"+tx, ""), 200, 0)
	if text := string(r.body); !strings.Contains(text, `"imageRef":"urn:oblik:image-not-kept"`) || strings.Contains(text, `"image":`) {
		t.Errorf("read %s", cut(r.body))
	}
	w.want(w.send("DELETE", "/v1/persons/p"+tx, ""), 204, 0)
}
