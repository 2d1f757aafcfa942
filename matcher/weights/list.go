package weights

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"oblik/models"
)

// Status is what there is of one set of weights in a folder.
type Status struct {
	Manifest   Manifest // of a manifest that can't be read: the ID alone
	Shipped    bool     // else a user's own
	File       string   // where the .onnx is, or would be
	Installed  bool     // the .onnx is there
	Calibrated bool     // a calibration table is there; false for detectors
	Err        error    // what is wrong; from List only a manifest's faults
}

// List says what there is in dir, shipped weights first, then the user's own by
// name, without reading the nets. A folder that does not exist is an empty one.
func List(dir string) ([]Status, error) {
	var list []Status
	for _, m := range shipped() {
		list = append(list, status(dir, m, true))
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, models.Errorf("weights.List", models.Unavailable, "%w", err)
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), manifestExt)
		if !ok || strings.HasSuffix(e.Name(), calibrationExt) {
			continue
		}
		m, err := readOwnManifest(filepath.Join(dir, e.Name()))
		if err != nil {
			list = append(list, Status{Manifest: Manifest{ID: name}, File: onnxPath(dir, name), Err: err})
			continue
		}
		list = append(list, status(dir, m, false))
	}
	return list, nil
}

func status(dir string, m Manifest, isShipped bool) Status {
	s := Status{Manifest: m, Shipped: isShipped, File: onnxPath(dir, m.ID)}
	info, err := os.Stat(s.File)
	s.Installed = err == nil && info.Mode().IsRegular()
	scale, err := table(dir, m, !isShipped)
	s.Calibrated, s.Err = scale != nil, err
	return s
}

// Verify is [List] with every net read and checked as [Load] does; one that is
// missing or wrong has its reason in Err.
func Verify(dir string) ([]Status, error) {
	list, err := List(dir)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Err == nil {
			_, list[i].Err = readChecked(list[i].File, list[i].Manifest)
		}
	}
	return list, nil
}
