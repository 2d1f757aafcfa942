package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"oblik/models"
)

// demoScript is what the demonstration asks, and what must come back.
type demoScript struct {
	client *demoClient
	photos string
	out    io.Writer
}

func (s demoScript) run() error {
	enrol := func(person, file string) step {
		return step{"enrol " + file + " as " + person, http.MethodPost, "/v1/persons/" + person + "/encounters/1", map[string]any{
			"status": "ACTIVE", "encounterType": "demo", "galleries": []string{"demo"}, "biometricData": s.face(file),
		}, http.StatusOK, func(a any) string { return "enrolled, " + qualityOf(a) }, ""}
	}
	verify := func(file, want string) step {
		return step{"verify " + file + " against obama", http.MethodPost, "/v1/verify/demo/obama",
			map[string]any{"biometricData": s.face(file)}, http.StatusOK, decisionOf, want}
	}
	gone := verify("obama2.jpg", "")
	gone.status, gone.say = http.StatusNotFound, func(any) string { return "nobody of that id" }
	for _, step := range []step{
		enrol("obama", "obama.jpg"), enrol("biden", "biden.jpg"),
		verify("obama2.jpg", "match"), verify("obama3.jpg", "match"), verify("biden.jpg", "no match"),
		{"identify obama3.jpg", http.MethodPost, "/v1/identify/demo",
			map[string]any{"filter": map[string]any{}, "biometricData": s.face("obama3.jpg")}, http.StatusOK, candidatesOf, "obama"},
		{"galleries", http.MethodGet, "/v1/galleries", nil, http.StatusOK, func(a any) string { return fmt.Sprint(a) }, "[demo]"},
		{"erase obama", http.MethodDelete, "/v1/persons/obama", nil, http.StatusNoContent, func(any) string { return "erased" }, ""},
		gone,
		{"erase biden", http.MethodDelete, "/v1/persons/biden", nil, http.StatusNoContent, func(any) string { return "erased" }, ""},
	} {
		if err := s.take(step); err != nil {
			return err
		}
	}
	return nil
}

// step is one request, the status it must get, how to read the answer and, if
// not empty, how the reading must begin.
type step struct {
	what, method, path string
	body               any
	status             int
	say                func(answer any) string
	want               string
}

func (s demoScript) take(step step) error {
	if b, ok := step.body.(map[string]any); ok && b["biometricData"] == nil {
		return models.Errorf("demo", models.NotFound, "%s: the photograph is not in %s; `make setup` puts it there", step.what, s.photos)
	}
	status, answer, took, err := s.client.do(step.method, step.path, step.body)
	if err != nil {
		return models.Errorf("demo", models.Unavailable, "%s: %w", step.what, err)
	}
	said := fmt.Sprintf("%v", answer)
	if status == step.status {
		said = step.say(answer)
	}
	fmt.Fprintf(s.out, "  %-34s %-6s %-36s %3d %4d ms  %s\n", step.what, step.method, step.path, status, took.Milliseconds(), said)
	if status != step.status || (step.want != "" && (len(said) < len(step.want) || said[:len(step.want)] != step.want)) {
		return models.Errorf("demo", models.Internal, "%s: expected %d %s", step.what, step.status, step.want)
	}
	return nil
}

// face is the biometricData of a photograph, nil if it can't be read.
func (s demoScript) face(file string) any {
	data, err := os.ReadFile(filepath.Join(s.photos, filepath.Base(file)))
	if err != nil {
		return nil
	}
	return []any{map[string]any{"biometricType": "FACE", "image": base64.StdEncoding.EncodeToString(data)}}
}

func decisionOf(answer any) string {
	m, _ := answer.(map[string]any)
	word := map[bool]string{true: "match", false: "no match"}[m["decision"] == true]
	scores, _ := m["scores"].([]any)
	if len(scores) == 0 {
		return word
	}
	first, _ := scores[0].(map[string]any)
	return fmt.Sprintf("%s, score %.1f", word, first["score"])
}

func candidatesOf(answer any) string {
	list, _ := answer.([]any)
	if len(list) == 0 {
		return "nobody"
	}
	first, _ := list[0].(map[string]any)
	return fmt.Sprintf("%v, score %.1f, of %d", first["personId"], first["score"], len(list))
}

func qualityOf(answer any) string {
	m, _ := answer.(map[string]any)
	others, _ := m["others"].(map[string]any)
	list, _ := others["quality"].([]any)
	if len(list) == 0 {
		return "no face"
	}
	first, _ := list[0].(map[string]any)
	return fmt.Sprintf("%.0f px between the eyes", first["interEye"])
}
