package api_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"oblik/api"
	"oblik/models"
)

func TestEnrollIsReadBack(t *testing.T) {
	w := newWorld(t)
	e := visit("p", "e", face("ann"), models.Sample{Modality: "FINGER", Image: []byte("ridges"), Details: []byte(`{"instance":"1"}`)})
	e.ClientData, e.Contextual, e.Biographic, e.Protection = []byte{0, 1}, []byte(`null`), []byte(`{"a":1}`), []byte(`{"integrity":[]}`)
	done := w.enroll(t, e)
	if done.Key != e.Key || len(done.Quality) != 1 || done.Quality[0].InterEye != 60 || done.Quality[0].Faces != 1 {
		t.Errorf("enrolled %+v", done)
	}
	got, err := w.Read(context.Background(), by, e.Key)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range e.Samples {
		if !bytes.Equal(got.Samples[i].Image, s.Image) || !bytes.Equal(got.Samples[i].Details, s.Details) || got.Samples[i].Modality != s.Modality {
			t.Errorf("sample %d: %+v", i, got.Samples[i])
		}
	}
	if !bytes.Equal(got.ClientData, e.ClientData) || string(got.Contextual) != "null" || string(got.Biographic) != `{"a":1}` ||
		string(got.Protection) != `{"integrity":[]}` || got.Created.IsZero() || !got.Created.Equal(got.Updated) {
		t.Errorf("read %+v", got)
	}
}

func TestEnrollMakesIDs(t *testing.T) {
	w := newWorld(t)
	a, b := w.enroll(t, visit("", "", face("ann"))), w.enroll(t, visit("", "", face("ann")))
	if a.Key.Validate() != nil || b.Key.Validate() != nil || a.Key.Person == b.Key.Person {
		t.Errorf("made %+v and %+v", a.Key, b.Key)
	}
	c := w.enroll(t, visit(string(a.Key.Person), "", face("ann")))
	if c.Key.Person != a.Key.Person || c.Key.Encounter == a.Key.Encounter {
		t.Errorf("a second encounter is %+v", c.Key)
	}
}

func TestEnrollRefuses(t *testing.T) {
	long := strings.Repeat("x", api.MaxBlock+1)
	with := func(f func(*models.Encounter)) models.Encounter {
		e := visit("p", "e", face("ann"))
		f(&e)
		return e
	}
	w := newWorld(t)
	for name, c := range map[string]struct {
		e    models.Encounter
		kind models.Kind
	}{
		"id":                {visit("../p", "e"), models.Invalid},
		"status":            {with(func(e *models.Encounter) { e.Status = "active" }), models.Invalid},
		"no type":           {with(func(e *models.Encounter) { e.Type = "" }), models.Invalid},
		"long type":         {with(func(e *models.Encounter) { e.Type = long }), models.Invalid},
		"no gallery":        {with(func(e *models.Encounter) { e.Galleries = nil }), models.Invalid},
		"gallery ALL":       {with(func(e *models.Encounter) { e.Galleries = []models.GalleryID{"a", "ALL"} }), models.Invalid},
		"gallery twice":     {with(func(e *models.Encounter) { e.Galleries = []models.GalleryID{"a", "a"} }), models.Invalid},
		"65 galleries":      {with(func(e *models.Encounter) { e.Galleries = galleries(api.MaxGalleries + 1) }), models.Invalid},
		"client data":       {with(func(e *models.Encounter) { e.ClientData = []byte(long) }), models.Invalid},
		"long biographic":   {with(func(e *models.Encounter) { e.Biographic = []byte(`"` + long + `"`) }), models.Invalid},
		"no JSON":           {with(func(e *models.Encounter) { e.Contextual = []byte(`{`) }), models.Invalid},
		"33 samples":        {visit("p", "e", fingers(api.MaxSamples+1)...), models.Invalid},
		"modality":          {visit("p", "e", models.Sample{Image: []byte("x")}), models.Invalid},
		"face, no image":    {visit("p", "e", face("")), models.EmptyImage},
		"7 MB":              {visit("p", "e", face(strings.Repeat("x", 7<<20))), models.LargeImage},
		"no face":           {visit("p", "e", face("ann"), face("error 11")), models.NoFace},
		"two faces":         {visit("p", "e", face("ann faces=2 size=50")), models.SeveralFaces},
		"inter-eye 29.9":    {visit("p", "e", face("ann eye=29.9")), models.SmallFace},
		"cut off, left":     {visit("p", "e", face("ann x=-10.1")), models.PoorFace},
		"cut off, right":    {visit("p", "e", face("ann x=310.1")), models.PoorFace},
		"cut off, above":    {visit("p", "e", face("ann y=-10.1")), models.PoorFace},
		"cut off, below":    {visit("p", "e", face("ann y=210.1")), models.PoorFace},
		"cut off, corner":   {visit("p", "e", face("ann x=-6 y=-6")), models.PoorFace},
		"far outside":       {visit("p", "e", face("ann x=-600 y=-600")), models.PoorFace},
		"no box":            {visit("p", "e", face("ann x=NaN")), models.PoorFace},
		"point, left":       {visit("p", "e", face("ann px=-0.1")), models.PoorFace},
		"point, right":      {visit("p", "e", face("ann px=400.1")), models.PoorFace},
		"point, above":      {visit("p", "e", face("ann py=-0.1")), models.PoorFace},
		"point, below":      {visit("p", "e", face("ann py=300.1")), models.PoorFace},
		"two people":        {visit("p", "e", face("ann"), face("eve")), models.Invalid},
		"the third another": {visit("p", "e", face("ann"), face("ann~0.1"), face("eve")), models.Invalid},
		"ends of a chain":   {visit("p", "e", face("ann"), face("ann~1"), face("noise")), models.Invalid},
		"extractor crashed": {visit("p", "e", face(fmt.Sprint("error ", int(models.Crashed)))), models.Crashed},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Enroll(context.Background(), by, c.e)
			wantKind(t, err, c.kind)
			if n := w.parts.Index.Len(); n != 0 {
				t.Errorf("%d index entries are left", n)
			}
			_, err = w.Read(context.Background(), by, visit("p", "e").Key)
			wantKind(t, err, models.NotFound)
			if report := w.swept(t); report != kept(0) {
				t.Errorf("images are left: %+v", report)
			}
		})
	}
}

func TestEnrollAtTheLimit(t *testing.T) {
	w := newWorld(t)
	for i, image := range []string{
		"ann eye=30", "ann faces=3 size=49.9",
		"ann x=-10", "ann x=310", "ann y=-10", "ann y=210", "ann x=-5 y=-5",
		"ann px=0 py=0", "ann px=400 py=300",
	} {
		w.enroll(t, visit("p", fmt.Sprint(i), face(image)))
	}
	w.enroll(t, visit("p", "bare"))
	full := visit("p", "full", fingers(api.MaxSamples)...)
	full.Galleries = galleries(api.MaxGalleries)
	w.enroll(t, full)
}

func fingers(n int) []models.Sample {
	all := make([]models.Sample, n)
	for i := range all {
		all[i].Modality = "FINGER"
	}
	return all
}

func galleries(n int) []models.GalleryID {
	all := make([]models.GalleryID, n)
	for i := range all {
		all[i] = models.GalleryID(fmt.Sprint("g", i))
	}
	return all
}

func TestEnrollConflictCostsNoExtraction(t *testing.T) {
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann")))
	before := w.calls.Load()
	_, err := w.Enroll(context.Background(), by, visit("p", "e", face("ann")))
	wantKind(t, err, models.Conflict)
	if w.calls.Load() != before {
		t.Error("a taken key was extracted for")
	}
}

func TestEnrollTenAtOnceHaveOneEffect(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	errs := make([]error, 10)
	for i := range errs {
		wg.Go(func() { _, errs[i] = w.Enroll(context.Background(), by, visit("p", "e", face("ann"))) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantKind(t, err, models.Conflict)
	}
	if report := w.swept(t); won != 1 || report != kept(1) {
		t.Errorf("%d won, %+v", won, report)
	}
}
