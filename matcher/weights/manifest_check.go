package weights

import (
	"fmt"
	"math"
	"regexp"
)

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
	maxLength        = 1_000_000
	alignedSide      = 112 // faces are aligned to a square of this side
	strideMultiple   = 32  // a detector's sides are multiples of its coarsest stride
)

var (
	idForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	tableForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}(\.calibration)?\.json$`)
)

// check holds every value to its bounds.
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
	if !(m.MinLength >= 0 && m.MinLength <= maxLength) {
		return fmt.Errorf("minLength must be 0..%d", maxLength)
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
	if m.Dimension != 0 || m.MinLength != 0 || m.Calibration != "" {
		return fmt.Errorf("a detector has neither dimension, least length nor calibration")
	}
	return nil
}
