package worker

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"oblik/matcher"
	"oblik/matcher/worker/sandbox"
	"oblik/models"
)

// maxFaces bounds the faces of one answer; the strongest and the chosen one
// come first.
const maxFaces = 256

// maxText bounds a reason: it is shown to clients, and a child that was taken
// over must not pass on another's photograph in it.
const maxText = 256

// answer is the child's word on one image: an extraction, or what went wrong.
type answer struct {
	Extraction *extraction `json:",omitempty"`
	Kind       models.Kind `json:",omitempty"`
	Text       string      `json:",omitempty"`
}

// extraction is a [models.Extraction] on its way.
type extraction struct {
	Width, Height int
	Faces         faces
	Template      models.Template
	Quality       models.Quality
}

// faces are maxFaces at most: a short text of many empty ones would take much
// memory before they could be counted.
type faces []models.FaceBox

// UnmarshalJSON implements [json.Unmarshaler].
func (f *faces) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if start, err := d.Token(); err != nil || start != json.Delim('[') {
		return errFrame
	}
	for d.More() {
		if len(*f) == maxFaces {
			return errFrame
		}
		var b models.FaceBox
		if err := d.Decode(&b); err != nil {
			return err
		}
		*f = append(*f, b)
	}
	return nil
}

// greeting is the child's first frame.
type greeting struct {
	Format  models.Format
	Engine  string // what runs its networks, in words
	Sandbox sandbox.State
	Error   string `json:",omitempty"` // why it can't start
}

func encodeAnswer(e models.Extraction, err error) ([]byte, error) {
	if err == nil {
		return json.Marshal(answer{Extraction: &extraction{Width: e.Width, Height: e.Height,
			Faces: e.Faces[:min(len(e.Faces), maxFaces)], Template: e.Template, Quality: e.Quality}})
	}
	a := answer{Kind: models.KindOf(err), Text: err.Error()}
	var known *models.Error
	if errors.As(err, &known) && known.Err != nil {
		a.Text = known.Err.Error()
	}
	return json.Marshal(a)
}

// decodeAnswer checks an answer's bounds; a child that has been taken over can
// lie about a face, but not break the parent.
func decodeAnswer(data []byte, format models.Format) (models.Extraction, error) {
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		return models.Extraction{}, crashed("an answer that can't be read")
	}
	if a.Extraction == nil {
		if !imageKind(a.Kind) {
			a.Kind = models.Internal
		}
		return models.Extraction{}, models.Errorf("extract", a.Kind, "%s", plain(a.Text))
	}
	e := models.Extraction{Width: a.Extraction.Width, Height: a.Extraction.Height, Faces: a.Extraction.Faces,
		Template: a.Extraction.Template, Quality: a.Extraction.Quality}
	if len(e.Faces) < 1 || e.Template.Format != format || !sound(e) {
		return models.Extraction{}, crashed("an answer out of bounds")
	}
	if _, err := matcher.Vector(e.Template); err != nil {
		return models.Extraction{}, crashed("an answer with a damaged template")
	}
	return e, nil
}

// plain is a child's text as it may be shown on a terminal.
func plain(text string) string {
	text = text[:min(len(text), maxText)]
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
}

// imageKind says whether a child may answer so: of the image, never of the service.
func imageKind(k models.Kind) bool {
	switch k {
	case models.EmptyImage, models.UnknownImage, models.DamagedImage, models.TruncatedImage, models.LargeImage,
		models.SmallImage, models.EncodingImage, models.NoFace, models.SmallFace, models.NotUpright, models.PoorFace, models.Deadline:
		return true
	}
	return false
}

func sound(e models.Extraction) bool {
	q := e.Quality
	ok := e.Width > 0 && e.Height > 0 && upTo(q.InterEye, 1e5) && upTo(q.Confidence, 1) && upTo(q.Length, 1e9)
	for _, f := range e.Faces {
		ok = ok && upTo(f.Width, 1e6) && upTo(f.Height, 1e6) && upTo(f.Confidence, 1)
	}
	return ok
}

// upTo is false for NaN.
func upTo(v, high float64) bool { return v >= 0 && v <= high }

func crashed(what string) error { return models.Errorf("worker", models.Crashed, "%s", what) }
