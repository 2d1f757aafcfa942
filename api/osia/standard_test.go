package osia

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// standard reads the interface's own file, which is not part of the checkout.
func standard(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("DEVELOPMENT_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	text, err := os.ReadFile(filepath.Join(filepath.Clean(root), "osia", "abis.yaml"))
	if err != nil {
		t.Skipf("abis.yaml is not here; set DEVELOPMENT_DATA to the folder of the development data: %v", err)
	}
	return strings.Split(string(text), "\n")
}

// operation is what the standard's file says of one.
type operation struct {
	method, path, id, scope string
	query                   []string
}

var parameter = regexp.MustCompile(`\{(\w+)\}`)

// operations reads the file by its indentation, which is regular.
func operations(lines []string) []operation {
	var all []operation
	path, name := "", ""
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line, "components:"):
			return all
		case strings.HasPrefix(line, "  /v1/"):
			path = parameter.ReplaceAllString(strings.Trim(line, " :"), ":$1")
		case slices.Contains([]string{"    get:", "    post:", "    put:", "    delete:"}, line):
			all = append(all, operation{method: strings.ToUpper(strings.Trim(line, " :")), path: path})
		case strings.HasPrefix(line, "      operationId: "):
			all[len(all)-1].id = strings.TrimPrefix(line, "      operationId: ")
		case strings.HasPrefix(line, "        - BearerAuth: ["):
			all[len(all)-1].scope = strings.Trim(strings.TrimPrefix(line, "        - BearerAuth: "), "[]")
		case strings.HasPrefix(line, "        - name: "):
			name = strings.TrimPrefix(line, "        - name: ")
		case line == "          in: query":
			all[len(all)-1].query = append(all[len(all)-1].query, name)
		}
	}
	return all
}

func TestRoutesAreTheStandards(t *testing.T) {
	want := operations(standard(t))
	if len(want) != 22 || len(routes) != 22 {
		t.Fatalf("%d operations, %d routes", len(want), len(routes))
	}
	for i, o := range want {
		r := routes[i]
		if r.method != o.method || r.path != o.path || r.operation != o.id || r.scope != o.scope {
			t.Errorf("route %+v, want %+v", r, o)
		}
		query := append([]string{"transactionId"}, r.query...)
		slices.Sort(query)
		slices.Sort(o.query)
		if !slices.Equal(query, o.query) {
			t.Errorf("%s takes %v, want %v", o.id, query, o.query)
		}
	}
}

// schema is a part of one of the standard's schemas.
type schema struct{ required, properties []string }

func schemas(lines []string) map[string]*schema {
	all := map[string]*schema{}
	var s *schema
	part := ""
	for _, line := range lines[slices.Index(lines, "components:"):] {
		text := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case text == "":
		case indent == 4:
			s = &schema{}
			all[strings.Trim(text, ":")] = s
		case indent == 6:
			part = text
		case indent == 8 && part == "required:" && strings.HasPrefix(text, "- "):
			s.required = append(s.required, text[2:])
		case indent == 8 && part == "properties:" && strings.HasSuffix(text, ":"):
			s.properties = append(s.properties, strings.Trim(text, ":"))
		}
	}
	return all
}

// conforms checks keys only: none beyond the schema's, none missing.
func conforms(t *testing.T, s *schema, v map[string]any) {
	t.Helper()
	for key := range v {
		if !slices.Contains(s.properties, key) {
			t.Errorf("the key %s is not the standard's: %v", key, v)
		}
	}
	for _, key := range s.required {
		if v[key] == nil {
			t.Errorf("the key %s is missing: %v", key, v)
		}
	}
}

func children(t *testing.T, v any) []map[string]any {
	t.Helper()
	return list(t, mustJSON(t, v))
}

func TestAnswersConform(t *testing.T) {
	all := schemas(standard(t))
	w := newWorld(t)
	for _, path := range []string{"/v1/persons", "/v1/persons/p/encounters", "/v1/persons/p/encounters/e"} {
		conforms(t, all["ExtendablePersonIds"], object(t, w.want(w.send("POST", path+tx, encounterJSON(item("ann"))), 200, 0).body))
	}
	w.want(w.send("POST", "/v1/persons/p/encounters/f"+tx, strings.Replace(full, `"encounterId":"e","status"`, `"status"`, 1)), 200, 0)
	encounters := list(t, w.want(w.send("GET", "/v1/persons/p/encounters"+tx, ""), 200, 0).body)
	encounters = append(encounters, object(t, w.want(w.send("GET", "/v1/persons/p/encounters/f"+tx, ""), 200, 0).body))
	for _, e := range encounters {
		conforms(t, all["Encounter"], e)
		for _, b := range children(t, e["biometricData"]) {
			conforms(t, all["BiometricData"], b)
		}
	}
	result := &schema{required: []string{"decision"}, properties: []string{"decision", "scores"}}
	for _, c := range [][2]string{
		{"/v1/verify/main/p", probeJSON(item("ann"))},
		{"/v1/verify/ALL/p", probeJSON(item("bob"))},
		{"/v1/verify", `{"biometricData1":[` + item("ann") + `],"biometricData2":[` + item("bob 2") + `]}`},
	} {
		v := object(t, w.want(w.send("POST", c[0]+tx, c[1]), 200, 0).body)
		conforms(t, result, v)
		for _, detail := range children(t, v["scores"]) {
			conforms(t, all["ScoreDetail"], detail)
		}
	}
	found := list(t, w.want(w.send("POST", "/v1/identify/ALL"+tx, `{"filter":{},"biometricData":[`+item("ann")+`]}`), 200, 0).body)
	if len(found) == 0 {
		t.Error("nobody is found")
	}
	for _, c := range found {
		conforms(t, all["Candidate"], c)
		for _, detail := range children(t, c["scores"]) {
			conforms(t, all["ScoreDetail"], detail)
		}
	}
	var galleries []string
	if err := json.Unmarshal(w.want(w.send("GET", "/v1/galleries"+tx, ""), 200, 0).body, &galleries); err != nil {
		t.Error(err)
	}
	conforms(t, all["Error"], object(t, w.send("GET", "/v1/galleries", "").body))
}

// TestShapesAreTheStandards compares the keys we read with the schemas'.
func TestShapesAreTheStandards(t *testing.T) {
	all := schemas(standard(t))
	item := append(slices.Collect(maps.Keys(details)), "biometricType", "image")
	for name, got := range map[string][]string{
		"BiometricData": item,
		"Integrity":     slices.Collect(maps.Keys(integrityShape.members)),
		"MissingType":   slices.Collect(maps.Keys(missingShape.members)),
	} {
		want := all[name].properties
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	words := standard(t)
	for _, group := range [][]string{biometricTypes, subTypes, impressionTypes} {
		for _, word := range group {
			if !slices.ContainsFunc(words, func(line string) bool { return strings.TrimSpace(line) == "- "+word }) {
				t.Errorf("%s is not a word of the standard", word)
			}
		}
	}
	if len(biometricTypes) != 5 || len(subTypes) != 49 || len(impressionTypes) != 19 {
		t.Errorf("%d types, %d sub-types, %d impressions", len(biometricTypes), len(subTypes), len(impressionTypes))
	}
}
