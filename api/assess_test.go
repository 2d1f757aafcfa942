package api_test

import (
	"context"
	"strings"
	"testing"

	"oblik/api"
	"oblik/models"
)

// fixed gives every pair one score.
type fixed float64

func (f fixed) Compare(models.Template, models.Template) (models.Score, error) {
	if f < 0 {
		return models.Score{}, errBroken
	}
	return models.Score{Value: float64(f)}, nil
}

// An encounter's faces score 10 or more with each other. One face has nothing
// to be compared with, a verification and a zero in the policy ask for nothing.
func TestEnrollsOnePerson(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		score, least float64
		kind         models.Kind
	}{{10, 10, 0}, {9.9, 10, models.Invalid}, {0, 0, 0}, {-1, 10, models.Unavailable}} {
		w := newWorld(t, func(p *api.Parts) { p.Comparer, p.Policy.MinSampleScore = fixed(c.score), c.least })
		_, err := w.Enroll(ctx, by, visit("p", "e", faces("ann", "bob")...))
		if c.kind != 0 {
			wantKind(t, err, c.kind)
		} else if err != nil {
			t.Errorf("score %g: %v", c.score, err)
		}
		if c.kind == models.Invalid && !strings.Contains(err.Error(), "the photographs do not seem to show one person") {
			t.Errorf("the error does not say why: %v", err)
		}
		w.enroll(t, visit("q", "e", face("ann"), models.Sample{Modality: "FINGER"}))
		if c.score >= 0 {
			if _, err := w.VerifyImages(ctx, by, faces("ann", "bob"), faces("carl"), nil); err != nil {
				t.Error(err)
			}
		}
	}
}
