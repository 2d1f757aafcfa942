package weights

import (
	"path/filepath"
	"strings"

	"oblik/models"
)

const (
	onnxExt        = ".onnx"
	manifestExt    = ".json"
	calibrationExt = ".calibration.json"
)

func onnxPath(dir, id string) string { return filepath.Join(dir, id+onnxExt) }

// readOwnManifest reads the manifest of a user's own recogniser and holds it to
// what such a one may say: the file's name is the id, the id is not a shipped
// one, and the calibration table can't be taken for a manifest.
func readOwnManifest(path string) (Manifest, error) {
	const op = "weights.readOwnManifest"
	data, err := readBounded(path, maxManifestBytes)
	if err != nil {
		return Manifest{}, models.Errorf(op, models.Unavailable, "%w", err)
	}
	m, err := ParseManifest(data)
	if err != nil {
		return Manifest{}, models.Errorf(op, models.Invalid, "%s: %w", path, err)
	}
	if _, taken := shippedByID(m.ID); taken {
		return Manifest{}, models.Errorf(op, models.Invalid, "%s: the id %s is that of shipped weights; choose another", path, m.ID)
	}
	if name := strings.TrimSuffix(filepath.Base(path), manifestExt); name != m.ID {
		return Manifest{}, models.Errorf(op, models.Invalid, "%s: the id is %s; it must be the file's name, %.80q", path, m.ID, name)
	}
	if m.Task != Recognise {
		return Manifest{}, models.Errorf(op, models.Invalid, "%s: only recognisers can be added, its task is %s", path, m.Task)
	}
	if m.Calibration != "" && m.Calibration != m.ID+calibrationExt {
		return Manifest{}, models.Errorf(op, models.Invalid, "%s: the calibration table must be called %s", path, m.ID+calibrationExt)
	}
	return m, nil
}
