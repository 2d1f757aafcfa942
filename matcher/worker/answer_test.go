package worker

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"oblik/matcher"
	"oblik/models"
)

var format = models.Format{Weights: "w", Dimension: 2}

func extraction() models.Extraction {
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
	data, err = encodeAnswer(extraction(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := decodeAnswer(data, format); err != nil || e.Quality.InterEye != 3 || len(e.Faces) != 1 {
		t.Errorf("%+v, %v", e, err)
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
	crowd := extraction()
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
		e := extraction()
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
	good, err := encodeAnswer(extraction(), nil)
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
