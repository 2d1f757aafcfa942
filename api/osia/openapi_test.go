package osia

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// described is what a server of w's serves as its description.
func described(w *world) *openapi3.T {
	w.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(w.want(w.send("GET", "/openapi.json", ""), 200, 0).body)
	if err != nil {
		w.Fatal(err)
	}
	return doc
}

func docs(c *Config) { c.Docs = true }

func TestDescriptionIsSound(t *testing.T) {
	if err := described(newWorld(t, docs)).Validate(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestDescriptionHasEverything: every route with its parameters and no others,
// every numeric code, and no table has what is not used.
func TestDescriptionHasEverything(t *testing.T) {
	doc := described(newWorld(t, docs))
	if n := doc.Paths.Len(); len(offers) != len(routes) || n != 20 {
		t.Errorf("%d offers, %d routes, %d paths", len(offers), len(routes), n)
	}
	used := map[string]bool{"taskId": true}
	for _, r := range routes {
		path := doc.Paths.Value(templateOf(r.path))
		if path == nil || path.GetOperation(r.method) == nil || path.GetOperation(r.method).OperationID != r.operation {
			t.Errorf("%s is not described", r.operation)
			continue
		}
		o := path.GetOperation(r.method)
		var query []string
		for _, p := range o.Parameters {
			used[p.Value.Name] = true
			if p.Value.Description == "" || p.Value.Schema == nil {
				t.Errorf("%s: %s is not described", r.operation, p.Value.Name)
			}
			if p.Value.In == "query" {
				query = append(query, p.Value.Name)
			}
		}
		if want := append([]string{"transactionId"}, r.query...); !slices.Equal(query, want) {
			t.Errorf("%s: %v, want %v", r.operation, query, want)
		}
		if (o.RequestBody != nil) != (r.body != noBody) || o.Extensions["x-scope"] != r.scope {
			t.Errorf("%s: body %v, scope %v", r.operation, o.RequestBody, o.Extensions["x-scope"])
		}
	}
	for name := range parameters {
		if !used[name] {
			t.Errorf("no operation has %s", name)
		}
	}
	text := string(mustJSON(t, doc))
	for _, code := range slices.Sorted(maps.Keys(meanings)) {
		if !strings.Contains(text, meanings[code].text) {
			t.Errorf("%d is not described", code)
		}
	}
	for name := range doc.Components.Schemas {
		if !strings.Contains(text, `"#/components/schemas/`+name+`"`) {
			t.Errorf("no body has %s", name)
		}
	}
}

// TestSchemasAreTheReaders: what is read is described, and the reverse.
func TestSchemasAreTheReaders(t *testing.T) {
	doc := described(newWorld(t, docs))
	for name, got := range map[string][]string{
		"BiometricData": append(slices.Collect(maps.Keys(details)), "biometricType", "image"),
		"Integrity":     slices.Collect(maps.Keys(integrityShape.members)),
		"MissingType":   slices.Collect(maps.Keys(missingShape.members)),
	} {
		want := slices.Sorted(maps.Keys(doc.Components.Schemas[name].Value.Properties))
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: read %v, described %v", name, got, want)
		}
	}
	for key := range doc.Components.Schemas["NewEncounter"].Value.Properties {
		_, err := decode([]byte(`{"`+key+`":?}`), 0, false, (*reader).encounter)
		if err == nil || strings.Contains(err.Error(), "unknown key") {
			t.Errorf("%s is described and not read", key)
		}
	}
}

func TestDescriptionIsSmall(t *testing.T) {
	text, err := describe(20<<20, 4<<20)
	if err != nil || !json.Valid(text) || len(text) > 200<<10 {
		t.Errorf("%v, %d bytes", err, len(text))
	}
}
