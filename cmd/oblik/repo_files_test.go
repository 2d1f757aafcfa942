package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// topLevel is all that stands in the top folder, beside names with a dot.
var topLevel = []string{
	"cmd", "matcher", "storage", "api", "models", "benchmarks", "go.mod", "go.sum", "README.md",
	"LICENSE", "NOTICE", "CHANGELOG.md", "Makefile", "Dockerfile", "compose.yaml",
}

// forbidden are words of the machines this is developed on, and of package
// registries: which one is used is each user's own configuration. They are
// in pieces so that this file does not hold them.
var forbidden = []string{
	"/wo" + "rk/", "pypi" + ".org", "pythonhosted" + ".org", "proxy.golang" + ".org", "sum.golang" + ".org",
	"deb.debian" + ".org", "archive.ubuntu" + ".com", "registry.npmjs" + ".org", "docker" + ".io", "ghcr" + ".io",
}

// fileFaults is every rule that a file of the repository breaks.
func fileFaults(file string, content []byte) []string {
	var faults []string
	top, _, _ := strings.Cut(file, "/")
	if !strings.HasPrefix(top, ".") && !slices.Contains(topLevel, top) {
		faults = append(faults, "has no place in the top folder")
	}
	image := []string{".jpg", ".jpeg", ".png", ".jp2", ".webp", ".gif", ".bmp", ".tif", ".tiff"}
	magic := slices.ContainsFunc([]string{"\xff\xd8\xff", "\x89PNG\r\n", "\x00\x00\x00\x0cjP  ", "RIFF"},
		func(m string) bool { return bytes.HasPrefix(content, []byte(m)) })
	if magic || slices.Contains(image, strings.ToLower(path.Ext(file))) {
		faults = append(faults, "is an image; no photograph is committed")
	}
	for _, word := range forbidden {
		if bytes.Contains(content, []byte(word)) {
			faults = append(faults, "names "+word)
		}
	}
	if !strings.HasSuffix(file, "_test.go") && bytes.Contains(content, []byte("../sha"+"red")) {
		faults = append(faults, "names the development data; only tests do")
	}
	return faults
}

func TestFilesKeepTheRules(t *testing.T) {
	if err := exec.Command("git", "rev-parse").Run(); err != nil {
		t.Skip("not a git checkout, so what would be committed is not known")
	}
	listed := string(outputOf(t, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"))
	for file := range strings.SplitSeq(strings.TrimSuffix(listed, "\x00"), "\x00") {
		content, err := os.ReadFile(filepath.Join("..", "..", file))
		if errors.Is(err, os.ErrNotExist) {
			continue // removed, and the removal is not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range fileFaults(file, content) {
			t.Errorf("%s %s", file, fault)
		}
	}
}

func TestFileRulesCatchPlantedFaults(t *testing.T) {
	planted := map[string]string{
		"helpers.go":            "package helpers",
		"models/face.JPG":       "",
		"models/testdata/seed":  "\xff\xd8\xff\xe0",
		".make/setup.sh":        "curl https://pypi" + ".org/simple",
		"README.md":             "cd /wo" + "rk/main",
		"benchmarks/dataset.go": `const dir = "../sha` + `red/lfw"`,
	}
	for file, content := range planted {
		if faults := fileFaults(file, []byte(content)); len(faults) != 1 {
			t.Errorf("%s: faults %q, want one", file, faults)
		}
	}
	if faults := fileFaults("models/doc.go", []byte("package models")); len(faults) != 0 {
		t.Errorf("a sound file has faults: %q", faults)
	}
}
