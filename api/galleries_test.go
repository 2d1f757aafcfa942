package api_test

import (
	"context"
	"fmt"
	"testing"

	"oblik/api"
	"oblik/models"
)

func TestGalleryContent(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	empty, err := w.GalleryContent(ctx, by, models.AllGalleries, 0, 10)
	if err != nil || empty == nil || len(empty) != 0 {
		t.Errorf("ALL of nothing: %v, %v", empty, err)
	}
	for _, id := range []string{"1", "2", "3"} {
		w.enroll(t, in(visit("p", id), "a"))
	}
	w.enroll(t, in(visit("o", "1"), "a", "b"))
	if err := w.SetStatus(ctx, by, key("p", "2"), models.Inactive); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		by            api.Caller
		gallery       models.GalleryID
		offset, limit int
		kind          models.Kind
		want          string
	}{
		"sorted, with INACTIVE":    {by, "a", 0, 10, fine, "[{o 1} {p 1} {p 2} {p 3}]"},
		"a page":                   {by, "a", 1, 2, fine, "[{p 1} {p 2}]"},
		"beyond the end":           {by, "a", 4, 2, fine, "[]"},
		"of no length":             {by, "a", 0, 0, fine, "[]"},
		"each once in ALL":         {by, models.AllGalleries, 0, 10, fine, "[{o 1} {p 1} {p 2} {p 3}]"},
		"beyond the end of ALL":    {by, models.AllGalleries, 9, 10, fine, "[]"},
		"unknown":                  {by, "c", 0, 10, models.NotFound, "[]"},
		"beyond an unknown one":    {by, "c", 5, 10, models.NotFound, "[]"},
		"no id":                    {by, "../a", 0, 10, models.Invalid, "[]"},
		"negative offset":          {by, "a", -1, 10, models.Invalid, "[]"},
		"negative limit":           {by, "a", 0, -1, models.Invalid, "[]"},
		"its own":                  {only("b"), "b", 0, 10, fine, "[{o 1}]"},
		"its own, unknown":         {only("c"), "c", 0, 10, models.NotFound, "[]"},
		"another's":                {only("b"), "a", 0, 10, models.Forbidden, "[]"},
		"another's, unknown":       {only("b"), "c", 0, 10, models.Forbidden, "[]"},
		"ALL for a limited client": {only("a", "b"), models.AllGalleries, 0, 10, models.Forbidden, "[]"},
		"ALL allowed":              {only("b", models.AllGalleries), models.AllGalleries, 0, 1, fine, "[{o 1}]"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := w.GalleryContent(ctx, c.by, c.gallery, c.offset, c.limit)
			if kindOf(err) != c.kind || fmt.Sprint(got) != c.want || err == nil && got == nil {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	for _, c := range []struct {
		by   api.Caller
		want string
	}{{by, "[a b]"}, {only("b", "c"), "[b]"}, {only("c"), "[]"}, {only(), "[]"}, {only(models.AllGalleries), "[a b]"}} {
		if got, err := w.ListGalleries(ctx, c.by); err != nil || got == nil || fmt.Sprint(got) != c.want {
			t.Errorf("%v of %v, want %s; %v", got, c.by.Galleries, c.want, err)
		}
	}
}
