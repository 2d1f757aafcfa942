package conformance

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// standard reads the interface's own file, which is not part of the checkout.
func standard(t *testing.T) map[string]any {
	t.Helper()
	root := os.Getenv("DEVELOPMENT_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	text, err := os.ReadFile(filepath.Join(filepath.Clean(root), "osia", "abis.yaml"))
	if err != nil {
		t.Skipf("abis.yaml is not here; set DEVELOPMENT_DATA to the folder of the development data: %v", err)
	}
	var all map[string]any
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// at walks down a tree of maps.
func at(v any, keys ...string) any {
	for _, key := range keys {
		v = members(v)[key]
	}
	return v
}

// words gives a list of strings, sorted.
func words(v any) []string {
	var all []string
	for _, w := range items(v) {
		all = append(all, fmt.Sprint(w))
	}
	slices.Sort(all)
	return all
}

// compare says where ours is not theirs, which is a schema of the file.
func compare(t *testing.T, all any, path string, ours schema, theirs any) {
	t.Helper()
	if ref := word(theirs, "$ref"); ref != "" {
		theirs = at(all, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	kind := word(theirs, "type")
	if kind == "" && at(theirs, "properties") != nil {
		kind = "object" // ExtendablePersonIds has properties and no type
	}
	if ours.kind != kind {
		t.Errorf("%s is of type %q, want %q", path, ours.kind, kind)
	}
	if format := word(theirs, "format"); format != "float" && ours.format != format {
		t.Errorf("%s has the format %q, want %q", path, ours.format, format)
	}
	for name, pair := range map[string][2][]string{
		"words":      {slices.Sorted(slices.Values(ours.words)), words(at(theirs, "enum"))},
		"required":   {slices.Sorted(slices.Values(ours.required)), words(at(theirs, "required"))},
		"properties": {slices.Sorted(maps.Keys(ours.properties)), slices.Sorted(maps.Keys(members(at(theirs, "properties"))))},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s has the %s %v, want %v", path, name, pair[0], pair[1])
		}
	}
	if open := at(theirs, "additionalProperties") != false; kind == "object" && ours.open != open {
		t.Errorf("%s is open: %v, want %v", path, ours.open, open)
	}
	if least, _ := at(theirs, "minItems").(int); ours.least != least || ours.unique != (at(theirs, "uniqueItems") == true) {
		t.Errorf("%s bounds its items otherwise", path)
	}
	for name, property := range ours.properties {
		compare(t, all, path+"."+name, property, at(theirs, "properties", name))
	}
	if ours.items != nil {
		compare(t, all, path+"[]", *ours.items, at(theirs, "items"))
	}
}

func TestOperationsAreTheStandards(t *testing.T) {
	all := standard(t)
	paths := members(all["paths"])
	count := 0
	for path, methods := range paths {
		for method, op := range members(methods) {
			count++
			id := word(op, "operationId")
			ours := operationOf(id)
			if ours == nil {
				t.Errorf("%s is missing", id)
				continue
			}
			if ours.path != path || ours.method != strings.ToUpper(method) {
				t.Errorf("%s is %s %s, want %s %s", id, ours.method, ours.path, method, path)
			}
			compareOperation(t, all, *ours, op)
		}
	}
	if count != 22 || len(operations) != 22 {
		t.Errorf("%d operations, %d in the file", len(operations), count)
	}
}

func compareOperation(t *testing.T, all any, ours operation, op any) {
	t.Helper()
	if scope := at(items(at(op, "security"))[0], "BearerAuth"); fmt.Sprint(scope) != "["+ours.scope+"]" {
		t.Errorf("%s needs %s, want %v", ours.id, ours.scope, scope)
	}
	if ours.async != (at(op, "callbacks") != nil) {
		t.Errorf("%s takes callback: %v", ours.id, ours.async)
	}
	want := noBody
	if body := at(op, "requestBody"); body != nil {
		want = mayHaveBody
		if at(body, "required") == true {
			want = needsBody
		}
	}
	if ours.body != want {
		t.Errorf("%s wants a body: %v, want %v", ours.id, ours.body, want)
	}
	success := at(op, "responses", fmt.Sprint(ours.success))
	if success == nil {
		t.Errorf("%s has no %d", ours.id, ours.success)
	}
	if ours.success == 200 {
		compare(t, all, ours.id, ours.answer, at(success, "content", "application/json", "schema"))
	}
	var options []string
	for _, p := range items(at(op, "parameters")) {
		kind := word(at(p, "schema"), "type")
		if word(p, "in") == "query" && (kind == "integer" || kind == "number") {
			options = append(options, word(p, "name"))
		}
	}
	slices.Sort(options)
	if got := slices.Sorted(slices.Values(numeric(&ours))); !slices.Equal(got, options) {
		t.Errorf("%s has the numeric options %v, want %v", ours.id, got, options)
	}
}

func TestSchemasAreTheStandards(t *testing.T) {
	all := standard(t)
	for name, ours := range map[string]schema{"Error": fault, "TaskId": taskID, "PersonIds": personIDs} {
		compare(t, all, name, ours, at(all, "components", "schemas", name))
	}
}
