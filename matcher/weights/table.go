package weights

import (
	"errors"
	"io/fs"
	"path/filepath"

	"oblik/models"
)

const maxTableBytes = 4 << 20

// Table gives a recogniser's manifest and its calibration table, without which
// a similarity can't become a score; the weights' own file is not read.
// [models.NotFound] says what is missing; making the table needs none.
func Table(dir, id string) (Manifest, []byte, error) {
	const op = "weights.Table"
	m, own, err := find(dir, id)
	if err != nil {
		return Manifest{}, nil, err
	}
	data, err := table(dir, m, own)
	switch {
	case err != nil:
		return m, nil, err
	case m.Calibration == "":
		return m, nil, models.Errorf(op, models.NotFound,
			"the manifest of %s names no calibration table; similarities can't be turned into scores", id)
	case data == nil:
		return m, nil, models.Errorf(op, models.NotFound,
			"%s has no calibration table: %s is missing; make it with `oblik bench calibrate`", id, m.Calibration)
	}
	return m, data, nil
}

// table is nil if there is none yet.
func table(dir string, m Manifest, own bool) (data []byte, err error) {
	switch {
	case m.Calibration == "":
		return nil, nil
	case own:
		data, err = readBounded(filepath.Join(dir, m.Calibration), maxTableBytes)
	default:
		data, err = calibrationFiles.ReadFile("calibrations/" + m.Calibration)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, models.Errorf("weights.Table", models.Unavailable, "%w", err)
	}
	return data, nil
}
