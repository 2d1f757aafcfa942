package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDemo(t *testing.T) {
	out, errs, status := oblik(t, "demo", "--weights-dir", weightsDir, "--photos", photosDir)
	if status != 0 || strings.Count(out, " ms  ") != 10 {
		t.Errorf("status %d:\n%s\n%s", status, out, errs)
	}
	_, errs, status = oblik(t, "demo", "--weights-dir", weightsDir, "--photos", t.TempDir())
	if status != exitError || !strings.Contains(errs, "make setup") {
		t.Errorf("without photographs: status %d, %s", status, errs)
	}
}

// A desk's day on the command line.
func TestCommands(t *testing.T) {
	photo := func(name string) string { return filepath.Join(photosDir, name) }
	two := filepath.Join(t.TempDir(), "two.jpg")
	if err := os.WriteFile(two, twoFaces(t), 0o600); err != nil {
		t.Fatal(err)
	}
	void := filepath.Join(t.TempDir(), "void.jpg")
	if err := os.WriteFile(void, noFace(t), 0o600); err != nil {
		t.Fatal(err)
	}
	common := []string{"--weights-dir", weightsDir, "--data-dir", filepath.Join(t.TempDir(), "data")}
	for _, c := range []struct {
		args   string
		file   []string
		status int
		says   string
	}{
		{"enroll --person obama", []string{photo("obama.jpg"), photo("obama2.jpg")}, exitMatch, "enrolled obama"},
		{"enroll --person biden --encounter first --gallery vip --json", []string{photo("biden.jpg")}, exitMatch, `"encounterId": "first"`},
		{"enroll --person biden --encounter first", []string{photo("biden.jpg")}, exitError, "conflict"},
		{"enroll --person them", []string{two}, exitError, "several faces"},
		{"enroll --person mixed", []string{photo("obama.jpg"), photo("biden.jpg")}, exitError, "do not seem to show one person"},
		{"enroll --person both", []string{photo("obama.jpg"), two}, exitError, "sample 2 of 2: "},
		{"verify", []string{photo("obama.jpg"), void}, exitError, "the second photograph: no face was found"},
		{"enroll --person ../x", []string{photo("biden.jpg")}, exitError, "personId"},
		{"enroll --person x --gallery ALL", []string{photo("biden.jpg")}, exitError, "ALL"},
		{"verify --person obama", []string{photo("obama3.jpg")}, exitMatch, "same person: score"},
		{"verify --person obama", []string{photo("biden.jpg")}, exitNo, "not shown to be the same person"},
		{"verify --person obama --gallery vip", []string{photo("obama3.jpg")}, exitError, "not found"},
		{"verify --person nobody", []string{filepath.Join(t.TempDir(), "no.jpg")}, exitError, "no such file"},
		{"verify --person nobody", []string{photo("obama3.jpg")}, exitError, "not found"},
		{"verify --person obama --threshold 20", []string{photo("obama3.jpg")}, exitError, "within 30..100"},
		{"verify --person obama --threshold NaN", []string{photo("obama3.jpg")}, exitError, "within 30..100"},
		{"verify --json", []string{photo("obama.jpg"), photo("obama2.jpg")}, exitMatch, `"decision": true`},
		{"verify --json --workers 0", []string{photo("obama2.jpg"), photo("biden.jpg")}, exitNo, `"decision": false`},
		{"verify", []string{photo("obama.jpg")}, exitError, "1 files given"},
		{"verify", []string{photo("biden.jpg"), two}, exitMatch, "2 faces in two.jpg"}, // the most prominent of the two
		{"identify", []string{photo("obama3.jpg")}, exitMatch, "obama"},
		{"identify --gallery vip", []string{photo("obama3.jpg")}, exitNo, "nobody on record"},
		{"identify --json", []string{photo("obama3.jpg")}, exitMatch, `"personId": "obama"`},
		{"identify --max 0", []string{photo("obama3.jpg")}, exitError, "within 1..1000"},
		{"erase --person biden --encounter first", nil, exitMatch, "erased"},
		{"erase --person biden", nil, exitError, "not found"},
		{"erase --person obama", nil, exitMatch, "erased"},
		{"verify --person obama", []string{photo("obama3.jpg")}, exitError, "not found"},
		{"identify", []string{photo("obama3.jpg")}, exitNo, "nobody on record"},
	} {
		words := strings.Fields(c.args)
		settings := common
		if words[0] == "erase" {
			settings = common[2:] // it needs no weights
		}
		args := append(append([]string{words[0]}, settings...), append(words[1:], c.file...)...)
		out, errs, status := oblik(t, args...)
		if status != c.status || !strings.Contains(out+errs, c.says) {
			t.Errorf("%s: status %d, want %d and %q:\n%s%s", c.args, status, c.status, c.says, out, errs)
		}
	}
}

func TestSettings(t *testing.T) {
	dir := t.TempDir()
	file, data := filepath.Join(dir, "oblik.json"), filepath.Join(dir, "data")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		file string
		args []string
		says string
	}{
		"unknown key":           {`{"wrokers": 1}`, nil, `"wrokers" is no setting`},
		"no object":             {`[1]`, nil, "no JSON object"},
		"a key twice":           {`{"verify-floor": 35, "verify-floor": 1}`, nil, "set twice"},
		"two objects":           {`{}{}`, nil, "something follows"},
		"no one's setting":      {`{"person": "anna"}`, nil, `"person" is no setting`},
		"config itself":         {`{"config": "x"}`, nil, `"config" is no setting`},
		"a bad number":          {`{"workers": -5}`, nil, "--workers -5"},
		"a bad threshold":       {`{"verify-threshold": 900}`, nil, "verify threshold 900"},
		"a mistyped folder":     {`{}`, []string{"erase", "--person", "p", "--data-dir", filepath.Join(dir, "nowhere")}, "no data directory"},
		"workers 0":             {`{"workers": 0}`, []string{"serve", "--insecure-loopback", "--listen", "127.0.0.1:0", "--data-dir", data, "--weights-dir", weightsDir}, "tools and tests"},
		"a list":                {`{"workers": [1]}`, nil, "must be a string, a number"},
		"neither TLS nor not":   {`{}`, []string{"serve"}, "--insecure-loopback"},
		"plain on all":          {`{}`, []string{"serve", "--insecure-loopback", "--listen", ":0"}, "loopback address only"},
		"both":                  {`{"tls-cert": "x", "tls-key": "y"}`, []string{"serve", "--insecure-loopback"}, "exclude each other"},
		"no such certificate":   {`{"tls-cert": "x", "tls-key": "y"}`, []string{"serve"}, "no such file"},
		"weights not there":     {`{}`, []string{"serve", "--insecure-loopback", "--listen", "127.0.0.1:0", "--data-dir", data, "--weights-dir", dir}, "oblik weights import"},
		"unknown weights":       {`{"recogniser": "mine"}`, []string{"serve", "--insecure-loopback", "--listen", "127.0.0.1:0", "--data-dir", data, "--weights-dir", dir}, "no weights with the id mine"},
		"threshold below floor": {`{"verify-threshold": 20}`, []string{"serve", "--insecure-loopback", "--listen", "127.0.0.1:0", "--data-dir", data, "--weights-dir", weightsDir}, "verify threshold 20"},
		"long side":             {`{"long-side": 100}`, []string{"verify", "--weights-dir", weightsDir, "a", "b"}, "a: no such file"},
		"scope":                 {`{}`, []string{"token", "--client", "c", "--data-dir", data, "--scope", "everything"}, "unknown scope"},
	} {
		write(c.file)
		if c.args == nil {
			c.args = []string{"config"}
		}
		out, errs, status := oblik(t, append(c.args, "--config", file)...)
		if status != exitError || !strings.Contains(errs, c.says) {
			t.Errorf("%s: status %d, %s%s", name, status, out, errs)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("looking somebody up made a data directory")
	}
	if _, errs, status := oblikEnv(t, []string{"OBLIK_PERSON=anna"}, "config"); status != exitError || !strings.Contains(errs, "OBLIK_PERSON, which is no setting") {
		t.Errorf("a person in the environment: %d, %s", status, errs)
	}
	write(`{"workers": 3}`)
	if out, errs, status := oblikEnv(t, []string{"OBLIK_WORKERS=5"}, "config", "--config", file); status != 0 || !strings.Contains(out, `"workers": 5`) {
		t.Errorf("the environment over the file: %d, %s%s", status, out, errs)
	}
	write(`{"workers": 3, "request-timeout": "2s"}`)
	out, errs, status := oblik(t, "config", "--config", file)
	var got map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != 0 || got["workers"] != 3.0 || got["request-timeout"] != "2s" {
		t.Errorf("status %d, %s%s", status, out, errs)
	}
}

func TestWeightsCommands(t *testing.T) {
	if out, errs, status := oblik(t, "weights", "verify", "--weights-dir", weightsDir); status != 0 || strings.Count(out, "right") != 2 {
		t.Errorf("verify: status %d, %s%s", status, out, errs)
	}
	dir := t.TempDir()
	if _, errs, status := oblik(t, "weights", "verify", "--weights-dir", dir); status != exitError {
		t.Errorf("verify of nothing: status %d, %s", status, errs)
	}
	if out, _, status := oblik(t, "weights", "list", "--weights-dir", dir, "--json"); status != 0 || !json.Valid([]byte(out)) {
		t.Errorf("list: status %d, %s", status, out)
	}
}
