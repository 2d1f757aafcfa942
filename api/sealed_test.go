package api_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
)

// What the client has encrypted is kept and given back; nobody looks at it, not
// even at what it begins with.
func TestSealedSamples(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	sealed := face("\xff\xd8\xff ciphertext")
	sealed.Sealed = true
	done := w.enroll(t, visit("p", "sealed", sealed, models.Sample{Modality: "FINGER", Sealed: true, Image: []byte("x")}))
	if len(done.Quality) != 0 || w.calls.Load() != 0 {
		t.Errorf("%+v after %d extractions", done, w.calls.Load())
	}
	done = w.enroll(t, visit("p", "both", sealed, face("ann")))
	if len(done.Quality) != 1 || done.Quality[0].Sample != 1 {
		t.Errorf("%+v", done)
	}
	e, err := w.Read(ctx, by, key("p", "sealed"))
	if err != nil || !bytes.Equal(e.Samples[0].Image, sealed.Image) || string(e.Samples[1].Image) != "x" {
		t.Errorf("%+v, %v", e, err)
	}
	r, err := w.store.Read(ctx, key("p", "sealed"))
	if err != nil || r.Samples[0].Image.Type != "" || r.Samples[0].Template != nil {
		t.Errorf("%+v, %v", r, err)
	}
	if !w.matches(t, "p", "ann") {
		t.Error("the other sample does not match")
	}
	for kind, image := range map[models.Kind]string{models.EmptyImage: "", models.LargeImage: strings.Repeat("x", 7<<20)} {
		_, err := w.Enroll(ctx, by, visit("q", "e", models.Sample{Modality: models.Face, Sealed: true, Image: []byte(image)}))
		wantKind(t, err, kind)
	}
}

// Where no image is written none is because it is sealed.
func TestSealedSamplesAreForgotten(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, func(p *api.Parts) { p.Policy.ForgetImages, p.Images = true, storage.NoImages{} })
	w.enroll(t, visit("p", "e", models.Sample{Modality: models.Face, Sealed: true, Image: []byte("x")}))
	e, err := w.Read(ctx, by, key("p", "e"))
	if err != nil || !e.Samples[0].Forgotten || e.Samples[0].Image != nil {
		t.Errorf("%+v, %v", e, err)
	}
}

// An image that came by reference is kept, and refused, as one that came itself.
func TestReferences(t *testing.T) {
	ctx := context.Background()
	images := map[string]string{"large": strings.Repeat("x", 7<<20), "empty": "", "ann": "ann", "none": "error 11", "bob": "bob"}
	fetches := 0
	w := newWorld(t, func(p *api.Parts) {
		p.Fetch = func(_ context.Context, uri string) ([]byte, error) {
			fetches++
			image, ok := images[uri]
			if !ok {
				return nil, errBroken
			}
			return []byte(image), nil
		}
	})
	at := func(uri string) models.Sample { return models.Sample{Modality: models.Face, Ref: uri} }
	w.enroll(t, visit("p", "e", at("ann")))
	if _, err := w.Update(ctx, by, visit("p", "e", at("bob"))); err != nil {
		t.Fatal(err)
	}
	e, err := w.Read(ctx, by, key("p", "e"))
	if err != nil || string(e.Samples[0].Image) != "bob" || e.Samples[0].Ref != "" || !w.matches(t, "p", "bob") {
		t.Errorf("%+v, %v", e, err)
	}
	for uri, kind := range map[string]models.Kind{
		"large": models.LargeImage, "empty": models.EmptyImage, "none": models.NoFace, "away": models.Unfetched,
	} {
		_, err := w.Enroll(ctx, by, visit("q", "e", at(uri)))
		wantKind(t, err, kind)
	}
	fetches = 0
	_, err = w.Enroll(ctx, by, visit("p", "e", at("ann")))
	wantKind(t, err, models.Conflict)
	_, err = w.Update(ctx, by, visit("q", "e", at("ann")))
	wantKind(t, err, models.NotFound)
	if fetches != 0 {
		t.Error("fetched for a request that is refused anyway")
	}
	if report := w.swept(t); report != kept(1) {
		t.Errorf("%+v", report)
	}
	none := newWorld(t)
	wantKind(t, none.CheckEncounter(by, visit("p", "e", at("ann"))), models.Unfetched)
}
