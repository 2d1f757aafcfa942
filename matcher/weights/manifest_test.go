package weights

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"oblik/models"
)

func TestShipped(t *testing.T) {
	var ids []string
	for _, m := range shipped() {
		ids = append(ids, m.ID)
	}
	if !slices.Equal(ids, []string{sface, yunet}) {
		t.Errorf("shipped are %v", ids)
	}
	if m, _ := shippedByID(sface); m.MinLength != 8 {
		t.Errorf("SFace's least length is %g", m.MinLength)
	}
	readme, err := readBounded("README.md", maxManifestBytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range shipped() {
		for _, s := range []string{m.ID, m.Licence, m.SHA256, m.SourceSHA256} {
			if !strings.Contains(string(readme), s) {
				t.Errorf("README.md's table lacks %s of %s", s, m.ID)
			}
		}
	}
}

func TestManifestRoundTrip(t *testing.T) {
	for _, m := range append(slices.Clone(shipped()), ownManifest("own", []byte{0})) {
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseManifest(data); err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("%s: %+v, %v", m.ID, got, err)
		}
	}
}

func TestManifestRefuses(t *testing.T) {
	good, err := json.Marshal(ownManifest("own", []byte{0}))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":       {"", "EOF"},
		"unknown key": {strings.Replace(string(good), `{`, `{"url":"x",`, 1), `unknown field "url"`},
		"two objects": {string(good) + "{}", "more than one"},
		"wrong type":  {strings.Replace(string(good), `"bytes":1`, `"bytes":"1"`, 1), "bytes"},
		"huge":        {strings.Repeat(" ", maxManifestBytes+1), "at most"},
	} {
		if _, err := ParseManifest([]byte(c.text)); err == nil || models.KindOf(err) != models.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestManifestBounds(t *testing.T) {
	for want, change := range map[string]func(*Manifest){
		"id must be":            func(m *Manifest) { m.ID = "../own" },
		"id must":               func(m *Manifest) { m.ID = strings.Repeat("a", 65) },
		"task must be":          func(m *Manifest) { m.Task = "guess" },
		"about must have":       func(m *Manifest) { m.About = "" },
		"licence must have":     func(m *Manifest) { m.Licence = strings.Repeat("x", maxTextBytes+1) },
		"sha256 must be":        func(m *Manifest) { m.SHA256 = strings.ToUpper(m.SHA256) },
		"sourceSha256 must be":  func(m *Manifest) { m.SourceSHA256 = "00" },
		"bytes must be":         func(m *Manifest) { m.Bytes = MaxFileBytes + 1 },
		"calibration must be":   func(m *Manifest) { m.Calibration = "../x.json" },
		"outputs must have":     func(m *Manifest) { m.Outputs = nil },
		"inputName and outputs": func(m *Manifest) { m.InputName = "" },
		"one output":            func(m *Manifest) { m.Outputs = []string{"a", "b"} },
		"colour must be":        func(m *Manifest) { m.Colour = "rgb" },
		"mean must be":          func(m *Manifest) { m.Mean[1] = 256 },
		"mean must":             func(m *Manifest) { m.Mean[2] = math.NaN() },
		"scale must be":         func(m *Manifest) { m.Scale = 0 },
		"scale must":            func(m *Manifest) { m.Scale = math.Inf(1) },
		"scale":                 func(m *Manifest) { m.Scale = 5e-324 },
		"minLength must be":     func(m *Manifest) { m.MinLength = -1 },
		"minLength must":        func(m *Manifest) { m.MinLength = math.NaN() },
		"minLength":             func(m *Manifest) { m.MinLength = maxLength + 1 },
		"must be 112x112":       func(m *Manifest) { m.Input.Width = 96 },
		"dimension must be":     func(m *Manifest) { m.Dimension = 1025 },
		"multiples of 32":       func(m *Manifest) { m.Task, m.Input = Detect, Size{320, 321} },
		"neither dimension":     func(m *Manifest) { m.Task, m.Input = Detect, Size{320, 320} },
	} {
		m := ownManifest("own", []byte{0})
		change(&m)
		if err := m.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
