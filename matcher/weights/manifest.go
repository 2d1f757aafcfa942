package weights

import (
	"bytes"
	"encoding/json"
	"io"

	"oblik/models"
)

// Task is what a net is for.
type Task string

// The tasks.
const (
	Detect    Task = "detect"    // finds faces and their five points
	Recognise Task = "recognise" // turns an aligned face into a vector
)

// Size is that of a net's input, in pixels.
type Size struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Manifest describes one weights file. A value fed to the net is
// (pixel - Mean) * Scale, pixels 0..255, channels in the order of Colour, laid
// out as float32 NCHW with N = 1.
type Manifest struct {
	ID           string     `json:"id"`           // also the file's name; part of every template's format
	Task         Task       `json:"task"`         //
	About        string     `json:"about"`        // what it is, in a sentence
	Author       string     `json:"author"`       //
	Licence      string     `json:"licence"`      // an SPDX identifier
	Origin       string     `json:"origin"`       // where the file comes from, in words
	SourceSHA256 string     `json:"sourceSha256"` // of the file as published, if it must be expanded; else empty
	SHA256       string     `json:"sha256"`       // of the file as it is run
	Bytes        int64      `json:"bytes"`        // length of the file as it is run
	InputName    string     `json:"inputName"`    //
	Input        Size       `json:"input"`        // as the file declares it; recognisers: 112x112
	Outputs      []string   `json:"outputs"`      // in the file's order
	Colour       string     `json:"colour"`       // "RGB" or "BGR"
	Mean         [3]float64 `json:"mean"`         // by channel in the order of Colour, 0..255
	Scale        float64    `json:"scale"`        // above 0
	Dimension    int        `json:"dimension"`    // recognisers: length of the vector; detectors: 0
	MinLength    float64    `json:"minLength"`    // recognisers: vectors shorter than this are of faces the net can't tell apart; 0 for no bound
	Calibration  string     `json:"calibration"`  // file name of the calibration table; may be empty
}

// ParseManifest reads one JSON object. Unknown keys, anything after the object
// and any value out of bounds are errors of kind [models.Invalid].
func ParseManifest(data []byte) (Manifest, error) {
	const op = "weights.ParseManifest"
	if len(data) > maxManifestBytes {
		return Manifest{}, models.Errorf(op, models.Invalid, "manifest has %d bytes, at most %d are accepted", len(data), maxManifestBytes)
	}
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return Manifest{}, models.Errorf(op, models.Invalid, "manifest: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Manifest{}, models.Errorf(op, models.Invalid, "manifest: more than one JSON value")
	}
	if err := m.check(); err != nil {
		return Manifest{}, models.Errorf(op, models.Invalid, "manifest: %w", err)
	}
	return m, nil
}
