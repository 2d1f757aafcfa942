package weights

import (
	"os"
	"testing"
)

// FuzzExpand: no bytes may make the expansion panic or write a file that its
// own reader refuses, and what is expanded is stable.
func FuzzExpand(f *testing.F) {
	f.Add([]byte{})
	f.Add(quantisedNet(21, nil))
	f.Add(quantisedNet(21, map[string][]byte{"reshape": nil, "conv": op("Conv", []string{"data", "w0"}, []string{"c"})}))
	f.Add(quantisedNet(21, map[string][]byte{"q": weightsTensor("q", typeInt8, nil, 1<<32, 1<<32)}))
	f.Add(ownNet("own", 1, 3, 112, 112))
	f.Add(model(13, []byte{0x0b})) // a group
	if whole, err := os.ReadFile(onnxPath(cacheWeights, yunet)); err == nil {
		f.Add(whole[:4096])
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if err := checkGraph(file, ownManifest("own", file)); err == nil && len(file) == 0 {
			t.Fatal("an empty file has a graph")
		}
		out, err := Expand(file)
		if err != nil {
			return
		}
		g, err := parseONNX(out)
		if err != nil {
			t.Fatalf("the expanded file can't be read: %v", err)
		}
		if g.opset != writtenOpset || len(g.inputs) != 1 {
			t.Fatalf("opset %d, %d inputs", g.opset, len(g.inputs))
		}
	})
}

// FuzzParseManifest: what is accepted is within the bounds that others rely on.
func FuzzParseManifest(f *testing.F) {
	for _, name := range []string{"sface-2021dec-int8bq", "yunet-2023mar-int8bq"} {
		data, err := manifestFiles.ReadFile("manifests/" + name + manifestExt)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"id":"../x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ParseManifest(data)
		if err == nil && (!idForm.MatchString(m.ID) || m.Bytes > MaxFileBytes || m.Scale <= 0 || m.Dimension > maxDimension) {
			t.Fatalf("accepted %+v", m)
		}
	})
}
