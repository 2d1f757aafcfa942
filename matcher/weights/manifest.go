package weights

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"

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
	Calibration  string     `json:"calibration"`  // file name of the calibration table; may be empty
}

// Bounds of what a manifest may say.
const (
	maxManifestBytes = 64 << 10
	maxTextBytes     = 1 << 10
	maxNameBytes     = 256
	maxOutputs       = 32
	maxSide          = 4096
	minDimension     = 16
	maxDimension     = 1024
	maxScale         = 256
	alignedSide      = 112 // faces are aligned to a square of this side
	strideMultiple   = 32  // a detector's sides are multiples of its coarsest stride
)

var (
	idForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	tableForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}(\.calibration)?\.json$`)
)

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

func (m Manifest) check() error {
	if !idForm.MatchString(m.ID) {
		return fmt.Errorf("id must be 1 to 64 of a-z, 0-9, - and _, a letter or digit first; got %.80q", m.ID)
	}
	if m.Task != Detect && m.Task != Recognise {
		return fmt.Errorf("task must be %q or %q, got %.80q", Detect, Recognise, m.Task)
	}
	for _, t := range []struct{ key, text string }{{"about", m.About}, {"author", m.Author}, {"licence", m.Licence}, {"origin", m.Origin}} {
		if t.text == "" || len(t.text) > maxTextBytes {
			return fmt.Errorf("%s must have 1 to %d bytes, has %d", t.key, maxTextBytes, len(t.text))
		}
	}
	if !digestForm.MatchString(m.SHA256) {
		return fmt.Errorf("sha256 must be 64 lower-case hexadecimal digits")
	}
	if m.SourceSHA256 != "" && !digestForm.MatchString(m.SourceSHA256) {
		return fmt.Errorf("sourceSha256 must be empty or 64 lower-case hexadecimal digits")
	}
	if m.Bytes < 1 || m.Bytes > MaxFileBytes {
		return fmt.Errorf("bytes must be 1..%d, is %d", MaxFileBytes, m.Bytes)
	}
	if m.Calibration != "" && !tableForm.MatchString(m.Calibration) {
		return fmt.Errorf("calibration must be a plain file name that ends in .json")
	}
	if err := m.checkNames(); err != nil {
		return err
	}
	return m.checkNumbers()
}

func (m Manifest) checkNames() error {
	if len(m.Outputs) == 0 || len(m.Outputs) > maxOutputs {
		return fmt.Errorf("outputs must have 1 to %d names, has %d", maxOutputs, len(m.Outputs))
	}
	for _, name := range append([]string{m.InputName}, m.Outputs...) {
		if name == "" || len(name) > maxNameBytes {
			return fmt.Errorf("inputName and outputs must have 1 to %d bytes each", maxNameBytes)
		}
	}
	if m.Task == Recognise && len(m.Outputs) != 1 {
		return fmt.Errorf("a recogniser has one output, the vector; %d are named", len(m.Outputs))
	}
	return nil
}

func (m Manifest) checkNumbers() error {
	if m.Colour != "RGB" && m.Colour != "BGR" {
		return fmt.Errorf(`colour must be "RGB" or "BGR"`)
	}
	for _, v := range m.Mean {
		if !(v >= 0 && v <= 255) {
			return fmt.Errorf("mean must be three numbers 0..255")
		}
	}
	if !(m.Scale > 0 && m.Scale <= maxScale) || math.IsInf(1/m.Scale, 0) {
		return fmt.Errorf("scale must be above 0 and at most %d", maxScale)
	}
	in := m.Input
	if m.Task == Recognise {
		if in.Width != alignedSide || in.Height != alignedSide {
			return fmt.Errorf("a recogniser's input must be %dx%d, the size faces are aligned to; it is %dx%d", alignedSide, alignedSide, in.Width, in.Height)
		}
		if m.Dimension < minDimension || m.Dimension > maxDimension {
			return fmt.Errorf("dimension must be %d..%d, is %d", minDimension, maxDimension, m.Dimension)
		}
		return nil
	}
	for _, side := range []int{in.Width, in.Height} {
		if side < strideMultiple || side > maxSide || side%strideMultiple != 0 {
			return fmt.Errorf("a detector's input must have sides %d..%d, multiples of %d; it is %dx%d", strideMultiple, maxSide, strideMultiple, in.Width, in.Height)
		}
	}
	if m.Dimension != 0 || m.Calibration != "" {
		return fmt.Errorf("a detector has neither dimension nor calibration")
	}
	return nil
}
