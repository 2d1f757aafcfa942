package weights

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"oblik/models"
)

// MaxFileBytes is the longest weights file read or written, 512 MiB: twice the
// largest face recogniser in common use.
const MaxFileBytes = 512 << 20

// Loaded is a net that has passed every check.
type Loaded struct {
	Manifest Manifest
	ONNX     []byte // the file, in memory; its digest is Manifest.SHA256
}

// Load reads the weights with that id from the folder dir and checks them
// against their manifest. Errors: [models.NotFound] for an unknown id or a
// missing file, [models.Integrity] for a wrong length or digest,
// [models.Invalid] for a wrong task, manifest, input or output. Costs one read
// of the file and one SHA-256 over it.
func Load(dir, id string, task Task) (Loaded, error) {
	const op = "weights.Load"
	m, _, err := find(dir, id)
	if err != nil {
		return Loaded{}, err
	}
	if m.Task != task {
		return Loaded{}, models.Errorf(op, models.Invalid, "%s is there to %s, not to %s", id, m.Task, task)
	}
	onnx, err := readChecked(onnxPath(dir, id), m)
	if err != nil {
		return Loaded{}, err
	}
	return Loaded{Manifest: m, ONNX: onnx}, nil
}

// find gives the manifest of an id, and whether it is a user's own.
func find(dir, id string) (m Manifest, own bool, err error) {
	if m, ok := shippedByID(id); ok {
		return m, false, nil
	}
	if !idForm.MatchString(id) {
		return Manifest{}, false, models.Errorf("weights.Load", models.Invalid, "%.80q is no weights id", id)
	}
	m, err = readOwnManifest(filepath.Join(dir, id+manifestExt))
	if errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, false, models.Errorf("weights.Load", models.NotFound,
			"no weights with the id %s: not shipped, and there is no %s in %s", id, id+manifestExt, dir)
	}
	return m, true, err
}

// readChecked reads a weights file and checks all that the manifest says of it.
func readChecked(path string, m Manifest) ([]byte, error) {
	const op = "weights.Load"
	data, err := readBounded(path, MaxFileBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, models.Errorf(op, models.NotFound, "%s is missing; `oblik weights import` puts it there", path)
	}
	if err != nil {
		return nil, models.Errorf(op, models.Unavailable, "%w", err)
	}
	if err := checkBytes(data, m); err != nil {
		return nil, models.Errorf(op, models.Integrity, "%s: %w", path, err)
	}
	if err := checkGraph(data, m); err != nil {
		return nil, models.Errorf(op, models.Invalid, "%s: %w", path, err)
	}
	return data, nil
}

// checkBytes compares length and digest.
func checkBytes(data []byte, m Manifest) error {
	sum := digest(data)
	switch n := int64(len(data)); {
	case n < m.Bytes:
		return fmt.Errorf("truncated: %d bytes, expected %d (sha256 expected %s, actual %s)", n, m.Bytes, m.SHA256, sum)
	case n > m.Bytes:
		return fmt.Errorf("too long: %d bytes, expected %d (sha256 expected %s, actual %s)", n, m.Bytes, m.SHA256, sum)
	case sum != m.SHA256:
		return fmt.Errorf("wrong sha256: expected %s, actual %s", m.SHA256, sum)
	}
	return nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// readBounded reads a whole regular file of at most limit bytes.
func readBounded(path string, limit int64) (data []byte, err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s has %d bytes, at most %d are accepted", path, info.Size(), limit)
	}
	data = make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, fmt.Errorf("%s changed while it was read: %w", path, err)
	}
	return data, nil
}
