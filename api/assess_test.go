package api_test

import (
	"context"
	"fmt"
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

// A face that is too small even to be compared is told what enrolling needs.
func TestSmallFaceIsToldWhatEnrollingNeeds(t *testing.T) {
	for least, says := range map[float64]bool{30: true, 0: false} {
		w := newWorld(t, func(p *api.Parts) { p.Policy.MinInterEye = least })
		small := face(fmt.Sprintf("error %d", models.SmallFace))
		for _, samples := range [][]models.Sample{{small}, {face("ann"), small}} {
			_, err := w.Enroll(context.Background(), by, visit("p", "e", samples...))
			wantKind(t, err, models.SmallFace)
			if strings.Contains(err.Error(), "as asked, and at least 30 to enrol") != says {
				t.Errorf("%g: %v", least, err)
			}
		}
	}
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
