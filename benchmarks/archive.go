package benchmarks

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"os"

	"oblik/models"
)

func openZip(name string) (*DataSet, error) {
	r, err := zip.OpenReader(name)
	if err != nil {
		return nil, err
	}
	b := &builder[*zip.File]{}
	for _, f := range r.File {
		if f.Mode().IsRegular() {
			err = b.add(f.Name, f)
		} else {
			err = b.skip(f.Mode().IsDir())
		}
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
	}
	return b.set(readZipped, r.Close)
}

// readZipped unpacks one image; its claimed size is not believed.
func readZipped(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	data, err := readImage(r)
	return data, errors.Join(err, r.Close())
}

func openTar(name string, zipped bool) (d *DataSet, err error) {
	f, err := os.Open(name) //nolint:gosec // the caller's choice of file is the point
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var r io.Reader = bufio.NewReaderSize(f, 1<<20)
	if zipped {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = z
	}
	return readTar(r)
}

// readTar reads a whole tar into memory, images only; what else it holds
// counts towards the bound of the unpacked size, or a small gzip could keep
// the reader busy for ever.
func readTar(r io.Reader) (*DataSet, error) {
	limited := &io.LimitedReader{R: r, N: maxSetBytes}
	t := tar.NewReader(limited)
	b := &builder[[]byte]{}
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if limited.N <= 0 {
			return nil, models.Errorf("dataset", models.Invalid, "more than %d bytes, unpacked", int64(maxSetBytes))
		}
		if err != nil {
			return nil, err
		}
		if _, isImage := parseRef(h.Name); !isImage || h.Typeflag != tar.TypeReg {
			if err := b.skip(h.Typeflag == tar.TypeDir); err != nil {
				return nil, err
			}
			continue
		}
		data, err := readImage(t)
		if err != nil {
			return nil, err
		}
		if err := b.add(h.Name, data); err != nil {
			return nil, err
		}
	}
	same := func(data []byte) ([]byte, error) { return data, nil }
	return b.set(same, func() error { return nil })
}
