package worker

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"oblik/matcher"
	"oblik/models"
)

var format = models.Format{Weights: "w", Dimension: 2}

func sample() models.Extraction {
	template, err := matcher.Encode(format.Weights, []float32{3, 4})
	if err != nil {
		panic(err)
	}
	return models.Extraction{Width: 10, Height: 20, Faces: []models.FaceBox{{Width: 5, Height: 5, Confidence: 0.9}},
		Template: template, Quality: models.Quality{InterEye: 3, Confidence: 0.9}}
}

func TestAnswersKeepKindAndText(t *testing.T) {
	data, err := encodeAnswer(models.Extraction{}, models.Errorf("detect", models.NoFace, "none here"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = decodeAnswer(data, format); models.KindOf(err) != models.NoFace || err.Error() != "extract: no face: none here" {
		t.Errorf("%v", err)
	}
	data, err = encodeAnswer(sample(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := decodeAnswer(data, format); err != nil || e.Quality.InterEye != 3 || len(e.Faces) != 1 {
		t.Errorf("%+v, %v", e, err)
	}
}

// What a child that was taken over says of a photograph is shown to a person.
func TestAnswersAreTamed(t *testing.T) {
	data, err := encodeAnswer(models.Extraction{}, models.Errorf("x", models.NoFace, "%s", "none\x1b]0;mine\a\nmatch: score 99\r\u202e"+strings.Repeat("é", maxText)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = decodeAnswer(data, format)
	if text := err.Error(); strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }) {
		t.Errorf("%q", text)
	}
}

// A short answer with very many faces takes no memory.
func TestAnswersWithManyFaces(t *testing.T) {
	data := []byte(`{"Extraction":{"Faces":[` + strings.Repeat("{},", 40_000) + `{}]}}`)
	if len(data) > maxAnswer {
		t.Fatalf("%d bytes are no answer", len(data))
	}
	var a answer
	if err := json.Unmarshal(data, &a); err == nil || a.Extraction == nil || len(a.Extraction.Faces) > maxFaces {
		t.Errorf("%v", err)
	}
	if _, err := decodeAnswer(data, format); models.KindOf(err) != models.Crashed {
		t.Errorf("%v", err)
	}
	crowd := sample()
	awkward := models.Point{X: -0.0000012345678901234567, Y: -1234.5678901234567}
	f := models.FaceBox{X: awkward.X, Y: awkward.Y, Width: 1 / 3., Height: 2e5 / 3, Points: [5]models.Point{awkward, awkward, awkward, awkward, awkward}, Confidence: 1 / 3.}
	crowd.Faces = slices.Repeat([]models.FaceBox{f}, maxFaces)
	if data, err := encodeAnswer(crowd, nil); err != nil || len(data) > maxAnswer {
		t.Errorf("an honest answer has %d bytes, %v", len(data), err)
	} else if e, err := decodeAnswer(data, format); err != nil || len(e.Faces) != maxFaces || e.Faces[maxFaces-1] != f {
		t.Errorf("%d faces, %v", len(e.Faces), err)
	}
}

// Everything a child says is bounded.
func TestAnswersAreCut(t *testing.T) {
	long := models.Errorf("x", models.NoFace, "%s", strings.Repeat("y", 10*maxText))
	data, err := encodeAnswer(models.Extraction{}, long)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decodeAnswer(data, format); len(err.Error()) > maxText+40 {
		t.Errorf("a reason of %d bytes", len(err.Error()))
	}
	crowd := sample()
	crowd.Faces = slices.Repeat(crowd.Faces, 2*maxFaces)
	if data, err = encodeAnswer(crowd, nil); err != nil {
		t.Fatal(err)
	}
	if e, err := decodeAnswer(data, format); err != nil || len(e.Faces) != maxFaces {
		t.Errorf("%d faces, %v", len(e.Faces), err)
	}
	for name, spoil := range map[string]func(*models.Extraction){
		"no width":        func(e *models.Extraction) { e.Width = 0 },
		"eyes apart":      func(e *models.Extraction) { e.Quality.InterEye = -1 },
		"very sure":       func(e *models.Extraction) { e.Quality.Confidence = 2 },
		"long":            func(e *models.Extraction) { e.Quality.Length = 1e300 },
		"a face too wide": func(e *models.Extraction) { e.Faces[0].Width = 1e9 },
	} {
		e := sample()
		spoil(&e)
		if data, err = encodeAnswer(e, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := decodeAnswer(data, format); models.KindOf(err) != models.Crashed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A child that was taken over can't speak for the service.
func TestAnswersOutOfBounds(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":       `{`,
		"no faces":       `{"Extraction":{"Width":1,"Height":1}}`,
		"no template":    `{"Extraction":{"Width":1,"Height":1,"Faces":[{}],"Template":{"Format":{"Weights":"w","Dimension":2}}}}`,
		"another format": `{"Extraction":{"Width":1,"Height":1,"Faces":[{}],"Template":{"Format":{"Weights":"x"}}}}`,
	} {
		if _, err := decodeAnswer([]byte(text), format); models.KindOf(err) != models.Crashed {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, kind := range []models.Kind{models.NotFound, models.Conflict, -1, 99} {
		data, err := encodeAnswer(models.Extraction{}, &models.Error{Op: "x", Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeAnswer(data, format); models.KindOf(err) != models.Internal {
			t.Errorf("a child says %v: %v", kind, err)
		}
	}
}

func TestFramesAreBounded(t *testing.T) {
	var pipe bytes.Buffer
	if err := writeFrame(&pipe, []byte("abc")); err != nil {
		t.Fatal(err)
	}
	if data, err := readFrame(&pipe, 3); err != nil || string(data) != "abc" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := readFrame(bytes.NewReader(binary.LittleEndian.AppendUint32(nil, 1<<31)), maxAnswer); err == nil {
		t.Error("a frame of 2 GB was begun")
	}
	if _, err := readFrame(bytes.NewReader([]byte{3, 0, 0, 0, 'a'}), 3); err == nil {
		t.Error("half a frame was taken for one")
	}
}

func FuzzAnswer(f *testing.F) {
	good, err := encodeAnswer(sample(), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"Kind":11,"Text":"x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := decodeAnswer(data, format)
		if err == nil && (len(e.Faces) < 1 || len(e.Faces) > maxFaces || e.Template.Format != format || !sound(e)) {
			t.Fatalf("out of bounds: %+v", e)
		}
	})
}
