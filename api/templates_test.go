package api_test

import (
	"context"
	"testing"

	"oblik/api"
	"oblik/models"
	"oblik/storage"
)

func TestReadTemplates(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	w.enroll(t, visit("p", "e", face("ann"), models.Sample{Modality: "FINGER", Image: []byte("ridges"), Details: []byte(`{"instance":"1"}`)}, face("ann~0.1")))
	w.enroll(t, visit("p", "bare"))
	all, err := w.ReadTemplates(ctx, by, key("p", "e"))
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	for i, c := range all {
		isFace := i != 1
		if isFace != (c.Template != nil) || isFace != (c.Modality == models.Face) || isFace && c.Template.Format != format {
			t.Errorf("sample %d: %+v", i, c)
		}
	}
	if string(all[1].Details) != `{"instance":"1"}` {
		t.Errorf("details %s", all[1].Details)
	}
	if all, err = w.ReadTemplates(ctx, by, key("p", "bare")); err != nil || all == nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	_, err = w.ReadTemplates(ctx, by, key("p", "none"))
	wantKind(t, err, models.NotFound)
	_, err = w.ReadTemplates(ctx, by, key("p", ""))
	wantKind(t, err, models.Invalid)

	var details []string
	err = w.store.Events(ctx, 2, func(e storage.Event) error { // after the two enrolments
		if e.Person != "p" || e.Client != by.Client {
			t.Errorf("%+v", e)
		}
		details = append(details, string(e.Encounter)+" "+string(e.Details))
		return nil
	})
	if err != nil || len(details) != 3 || details[0] != `e {"found":true,"templates":2}` || details[2] != `none {"found":false,"templates":0}` {
		t.Errorf("the audit trail says %q, %v", details, err)
	}
}

func TestNoTemplatesWithoutAudit(t *testing.T) {
	w := newWorld(t, func(p *api.Parts) { p.Trail = deafTrail{p.Trail} })
	w.enroll(t, visit("p", "e", face("ann")))
	all, err := w.ReadTemplates(context.Background(), by, key("p", "e"))
	wantKind(t, err, models.Unavailable)
	if all != nil {
		t.Error("templates are given all the same")
	}
}
