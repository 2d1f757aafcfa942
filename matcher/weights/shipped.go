package weights

import (
	"embed"
	"fmt"
	"sync"
)

//go:embed manifests/*.json
var manifestFiles embed.FS

//go:embed calibrations
var calibrationFiles embed.FS

// shipped reads the embedded manifests once. One that can't be read is a fault
// of the build, which the package's tests hold back, hence the panic.
var shipped = sync.OnceValue(func() []Manifest {
	entries, err := manifestFiles.ReadDir("manifests")
	if err != nil {
		panic(fmt.Sprintf("embedded manifests: %v", err))
	}
	list := make([]Manifest, 0, len(entries))
	for _, e := range entries {
		data, err := manifestFiles.ReadFile("manifests/" + e.Name())
		if err != nil {
			panic(fmt.Sprintf("embedded manifest %s: %v", e.Name(), err))
		}
		m, err := ParseManifest(data)
		if err != nil {
			panic(fmt.Sprintf("embedded manifest %s: %v", e.Name(), err))
		}
		list = append(list, m)
	}
	return list
})

func shippedByID(id string) (Manifest, bool) {
	for _, m := range shipped() {
		if m.ID == id {
			return m, true
		}
	}
	return Manifest{}, false
}
