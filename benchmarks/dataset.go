package benchmarks

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"oblik/models"
)

// Bounds of a data set. LFW as a whole has 13,233 images of 180 MB.
const (
	maxImages     = 200_000
	maxImageBytes = 6 << 20 // what the service accepts by default
	maxSetBytes   = 4 << 30 // all images together, unpacked
	maxEntries    = 1_000_000
	maxNameBytes  = 200
	maxNumber     = 99_999
)

// Ref names one photograph of a data set: NAME/NAME_0001.jpg.
type Ref struct {
	Person string
	Number int // 1..99999
}

// DataSet is a set of photographs, sorted by person and number.
type DataSet struct {
	refs    []Ref
	read    func(i int) ([]byte, error)
	close   func() error
	skipped int
}

// OpenDataSet opens a folder, a .zip, a .tar, a .tar.gz or a .tgz, of images
// NAME/NAME_0001.jpg (or .jpeg, .png) at any depth; other files are skipped and
// counted. A tar is read into memory, since it has no directory. Errors are of
// kind [models.Invalid] for a set out of bounds (200,000 images, 6 MB each,
// 4 GiB in all) or with an image twice, [models.NotFound] for one without any.
func OpenDataSet(name string) (*DataSet, error) {
	d, err := openDataSet(name)
	if err != nil {
		var e *models.Error
		if errors.As(err, &e) {
			return nil, err
		}
		return nil, models.Errorf("dataset", models.Invalid, "%w", err)
	}
	if len(d.refs) == 0 {
		_ = d.Close()
		return nil, models.Errorf("dataset", models.NotFound, "no image of the form NAME/NAME_0001.jpg")
	}
	return d, nil
}

func openDataSet(name string) (*DataSet, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	lower := strings.ToLower(name)
	switch {
	case info.IsDir():
		return openFolder(name)
	case strings.HasSuffix(lower, ".zip"):
		return openZip(name)
	case strings.HasSuffix(lower, ".tar"):
		return openTar(name, false)
	case strings.HasSuffix(lower, ".tar.gz"), strings.HasSuffix(lower, ".tgz"):
		return openTar(name, true)
	}
	return nil, errors.New("neither a folder nor a .zip, .tar, .tar.gz or .tgz")
}

// Refs are the photographs in order; read only.
func (d *DataSet) Refs() []Ref { return d.refs }

// Skipped is the number of files that are no image of the set.
func (d *DataSet) Skipped() int { return d.skipped }

// Read gives the file of photograph i. It is safe for concurrent use.
func (d *DataSet) Read(i int) ([]byte, error) { return d.read(i) }

// Close frees what the set holds.
func (d *DataSet) Close() error { return d.close() }

func openFolder(name string) (*DataSet, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	b := &builder[string]{}
	err = fs.WalkDir(root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if !e.Type().IsRegular() { // a link may lead anywhere
			return b.skip(false)
		}
		return b.add(p, p)
	})
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	read := func(p string) ([]byte, error) {
		f, err := root.Open(p)
		if err != nil {
			return nil, err
		}
		data, err := readImage(f)
		return data, errors.Join(err, f.Close())
	}
	return b.set(read, root.Close)
}

// readImage reads one image within its bound.
func readImage(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxImageBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxImageBytes {
		return nil, models.Errorf("dataset", models.LargeImage, "an image has more than %d bytes", maxImageBytes)
	}
	return data, nil
}
