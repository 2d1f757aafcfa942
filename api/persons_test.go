package api_test

import (
	"context"
	"testing"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
)

func TestReadRefusesAnotherImage(t *testing.T) {
	ctx := context.Background()
	var u *replaced
	w := newWorld(t, func(p *api.Parts) { u = &replaced{Images: p.Images}; p.Images = u })
	w.enroll(t, visit("p", "e", face("ann")))
	w.enroll(t, visit("p", "f", face("bob")))
	u.swap = true
	_, err := w.Read(ctx, by, visit("p", "e").Key)
	wantKind(t, err, models.Integrity)
	_, err = w.ReadAll(ctx, by, "p")
	wantKind(t, err, models.Integrity)
	u.swap, u.lost = false, true
	_, err = w.Read(ctx, by, visit("p", "e").Key)
	wantKind(t, err, models.Integrity)
}

// replaced gives another image's digest, or no image at all.
type replaced struct {
	storage.Images
	swap, lost bool
}

func (r *replaced) Get(ctx context.Context, ref models.ImageRef) ([]byte, error) {
	if r.lost {
		return nil, models.Errorf("test", models.NotFound, "no such file")
	}
	if r.swap {
		ref.SHA256[0] ^= 1
	}
	return r.Images.Get(ctx, ref)
}

// vast claims images of 6 MB in every sample.
type vast struct{ storage.Encounters }

func (v vast) ReadAll(ctx context.Context, person models.PersonID) ([]storage.Record, error) {
	records, err := v.Encounters.ReadAll(ctx, person)
	for range 22 {
		records = append(records, storage.Record{Samples: []storage.StoredSample{{Image: &models.ImageRef{Length: 6 << 20}}}})
	}
	return records, err
}

func TestReadAllIsBounded(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, func(p *api.Parts) { p.Encounters = vast{p.Encounters} })
	w.enroll(t, visit("p", "e", face("ann")))
	_, err := w.ReadAll(ctx, by, "p")
	wantKind(t, err, models.Invalid)
	if _, err := w.Read(ctx, by, visit("p", "e").Key); err != nil {
		t.Error(err)
	}
}

// erasedMeanwhile loses the record, and so the image, before the image is read.
type erasedMeanwhile struct {
	storage.Images
	erase func(context.Context) error
}

func (e *erasedMeanwhile) Get(ctx context.Context, ref models.ImageRef) ([]byte, error) {
	if err := e.erase(ctx); err != nil {
		return nil, err
	}
	return e.Images.Get(ctx, ref)
}

// An encounter erased while it is read was not there: nothing is damaged.
func TestReadBesideAnErasure(t *testing.T) {
	ctx := context.Background()
	for name, read := range map[string]func(world) error{
		"Read":    func(w world) error { _, err := w.Read(ctx, by, visit("p", "e").Key); return err },
		"ReadAll": func(w world) error { _, err := w.ReadAll(ctx, by, "p"); return err },
	} {
		t.Run(name, func(t *testing.T) {
			var images *erasedMeanwhile
			w := newWorld(t, func(p *api.Parts) { images = &erasedMeanwhile{Images: p.Images}; p.Images = images })
			images.erase = func(ctx context.Context) error { return w.Erase(ctx, by, visit("p", "e").Key) }
			w.enroll(t, visit("p", "e", face("ann")))
			wantKind(t, read(w), models.NotFound)
		})
	}
}
