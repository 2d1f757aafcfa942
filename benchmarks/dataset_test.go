package benchmarks

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"oblik/models"
)

type file struct {
	name string
	data []byte
}

var sampleFiles = []file{
	{"lfw/Zoe_B/Zoe_B_0001.jpg", []byte("z1")},
	{"lfw/Ann_A/Ann_A_0012.jpg", []byte("a12")},
	{"lfw/Ann_A/Ann_A_0002.JPG", []byte("a2")},
	{"lfw/Ann_A/notes.txt", []byte("no image")},
	{"lfw/Ann_A/Zoe_B_0001.jpg", []byte("another's name")},
	{"lfw/Ann_A/Ann_A_0000.jpg", []byte("no number")},
	{"Ann_A_0001.jpg", []byte("no folder")},
}

func writeFolder(t *testing.T, files []file) string {
	dir := t.TempDir()
	for _, f := range files {
		p := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, f.data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func writeZip(t *testing.T, files []file) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return writeBytes(t, "set.zip", b.Bytes())
}

func tarOf(t *testing.T, files []file) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.data)), Mode: 0o600, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func writeBytes(t *testing.T, name string, data []byte) string {
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDataSetIsTheSameInEveryForm(t *testing.T) {
	plain := tarOf(t, sampleFiles)
	for form, name := range map[string]string{
		"folder": writeFolder(t, sampleFiles), "zip": writeZip(t, sampleFiles),
		"tar": writeBytes(t, "set.tar", plain), "tar.gz": writeBytes(t, "set.tar.gz", zipped(t, plain)),
		"tgz": writeBytes(t, "set.TGZ", zipped(t, plain)),
	} {
		d, err := OpenDataSet(name)
		if err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		want := []Ref{{"Ann_A", 2}, {"Ann_A", 12}, {"Zoe_B", 1}}
		if !slices.Equal(d.Refs(), want) || d.Skipped() != 4 {
			t.Errorf("%s: %v, %d skipped", form, d.Refs(), d.Skipped())
		}
		for i, text := range []string{"a2", "a12", "z1"} {
			if data, err := d.Read(i); err != nil || string(data) != text {
				t.Errorf("%s: image %d is %q, %v; want %q", form, i, data, err, text)
			}
		}
		if err := d.Close(); err != nil {
			t.Errorf("%s: %v", form, err)
		}
	}
}

func TestDataSetRefuses(t *testing.T) {
	twice := append(slices.Clone(sampleFiles), file{"other/Zoe_B/Zoe_B_01.jpg", []byte("again")})
	huge := []file{{"A/A_0001.jpg", make([]byte, maxImageBytes+1)}}
	whole := zipped(t, tarOf(t, sampleFiles))
	for name, k := range map[string]struct {
		path string
		kind models.Kind
	}{
		"not there":       {filepath.Join(t.TempDir(), "none"), models.Invalid},
		"no images":       {writeFolder(t, sampleFiles[3:]), models.NotFound},
		"twice, folder":   {writeFolder(t, twice), models.Invalid},
		"twice, zip":      {writeZip(t, twice), models.Invalid},
		"huge, tar.gz":    {writeBytes(t, "a.tar.gz", zipped(t, tarOf(t, huge))), models.LargeImage},
		"cut tar.gz":      {writeBytes(t, "a.tar.gz", whole[:len(whole)/2]), models.Invalid},
		"no zip":          {writeBytes(t, "a.zip", []byte("PK but no zip")), models.Invalid},
		"no tar":          {writeBytes(t, "a.tar", bytes.Repeat([]byte("x"), 2000)), models.Invalid},
		"another archive": {writeBytes(t, "a.rar", nil), models.Invalid},
	} {
		if _, err := OpenDataSet(k.path); models.KindOf(err) != k.kind {
			t.Errorf("%s: %v, want kind %q", name, err, k.kind)
		}
	}
}

// A zip is unpacked an image at a time; one that unpacks to more than an image
// may have is refused when it is read, and so is a large file.
func TestDataSetBoundsOneImage(t *testing.T) {
	huge := []file{{"A/A_0001.jpg", make([]byte, maxImageBytes+1)}}
	for form, path := range map[string]string{"zip": writeZip(t, huge), "folder": writeFolder(t, huge)} {
		d, err := OpenDataSet(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Read(0); models.KindOf(err) != models.LargeImage {
			t.Errorf("%s: %v", form, err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

// zeros is an endless tar.gz's content: what is skipped is bounded too.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.left)
	clear(p[:n])
	z.left -= n
	return int(n), nil
}

func TestTarBoundsWhatItSkips(t *testing.T) {
	if testing.Short() {
		t.Skip("goes through 4 GiB of zeros")
	}
	var head bytes.Buffer
	if err := tar.NewWriter(&head).WriteHeader(&tar.Header{Name: "skip.bin", Size: 5 << 30, Typeflag: tar.TypeReg}); err != nil {
		t.Fatal(err)
	}
	source := &zeros{left: 6 << 30}
	if _, err := readTar(io.MultiReader(&head, source)); models.KindOf(err) != models.Invalid {
		t.Fatalf("%v, want an error of kind invalid", err)
	}
	if read := int64(6<<30) - source.left; read > maxSetBytes+1<<20 {
		t.Errorf("%d bytes were read", read)
	}
}

func TestFolderFollowsNoLink(t *testing.T) {
	outside := writeBytes(t, "secret", []byte("secret"))
	dir := writeFolder(t, sampleFiles[:1])
	if err := os.Symlink(outside, filepath.Join(dir, "lfw", "Zoe_B", "Zoe_B_0002.jpg")); err != nil {
		t.Fatal(err)
	}
	d, err := OpenDataSet(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Refs()) != 1 || d.Skipped() != 1 {
		t.Errorf("%v, %d skipped", d.Refs(), d.Skipped())
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
