package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goPackage is what `go list -json` tells of one package.
type goPackage struct {
	ImportPath, Doc                    string
	GoFiles, CgoFiles                  []string
	Imports, TestImports, XTestImports []string
	Deps                               []string
}

// layers says what each part of the module may import of the others, the most
// particular line first. A name ending in /... stands for all below it too.
// Imports point one way: cmd, api/osia, api, {matcher, storage}, models.
var layers = []struct {
	part string
	may  []string
}{
	{"models/...", nil},
	{"matcher/...", []string{"models", "matcher/..."}},
	{"storage/...", []string{"models", "storage/..."}},
	{"api/osia", []string{"api", "api/outbound", "models"}},
	{"api/observe", []string{"api", "models"}},
	{"api/outbound", []string{"models"}},
	{"api/conformance", nil}, // it is for any ABIS
	{"api/desk", []string{"api", "models"}},
	{"api", []string{"matcher", "storage", "models"}},
	{"benchmarks", []string{"matcher", "models"}},
	{"cmd/...", []string{"api/...", "benchmarks", "matcher/...", "models", "storage/..."}},
}

// owners says which packages alone may import something, tests included.
var owners = map[string][]string{
	"C":                                   {"matcher/opencv", "matcher/openvino", "matcher/scan"},
	"gocv.io/x/gocv":                      {"matcher/opencv"},
	"github.com/landlock-lsm/go-landlock": {"matcher/worker/sandbox"},
	"kernel.org/pub/linux":                {"matcher/worker/sandbox"},
	"github.com/elastic/go-seccomp-bpf":   {"matcher/worker/sandbox"},
	"github.com/jackc/pgx":                {"storage/postgres"},
	"github.com/minio/minio-go":           {"storage/s3"},
	"modernc.org/sqlite":                  {"storage/local"},
	"github.com/gofiber/fiber":            {"api/osia", "api/desk"},
	"github.com/golang-jwt/jwt":           {"api/osia"},
	"github.com/MicahParks":               {"api/osia"},
	"github.com/swaggest/swgui":           {"api/osia"},
	"github.com/getkin/kin-openapi":       {"api/osia"},
	"code.dny.dev/ssrf":                   {"api/outbound"},
	"github.com/prometheus":               {"api/observe"},
	"go.opentelemetry.io":                 {"api/observe"},
}

// onlyBuiltByCmd are the concrete things; outside cmd only tests name them.
var onlyBuiltByCmd = []string{
	"matcher/opencv", "matcher/openvino", "matcher/worker", "matcher/index", "matcher/matchertest", "matcher/indextest",
	"storage/local", "storage/postgres", "storage/s3", "storage/storagetest", "storage/storagetest/servers",
}

// packageFaults is every rule that one of the packages breaks.
func packageFaults(packages []goPackage) []string {
	var faults []string
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, "oblik/")
		if len(p.GoFiles)+len(p.CgoFiles) > 0 && p.Doc == "" {
			faults = append(faults, name+" has no package doc")
		}
		for _, imported := range p.Imports {
			if !mayImport(name, imported) {
				faults = append(faults, name+" must not import "+imported)
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if !owns(name, imported) || neverMeet(name, imported) {
				faults = append(faults, "a test of "+name+" must not import "+imported)
			}
		}
		if name == "matcher" && slices.Contains(p.Deps, "gocv.io/x/gocv") {
			faults = append(faults, "matcher reaches OpenCV; its logic must test without")
		}
	}
	return faults
}

func mayImport(name, imported string) bool {
	ours, isOurs := strings.CutPrefix(imported, "oblik/")
	if !isOurs {
		standard := !strings.Contains(strings.Split(imported, "/")[0], ".")
		return owns(name, imported) && (standard || !within("models/...", name))
	}
	if slices.Contains(onlyBuiltByCmd, ours) && !within("cmd/...", name) {
		return false
	}
	for _, l := range layers {
		if within(l.part, name) {
			return slices.ContainsFunc(l.may, func(part string) bool { return within(part, ours) })
		}
	}
	return false // a folder that the design does not know
}

func owns(name, imported string) bool {
	for thing, packages := range owners {
		if within(thing+"/...", imported) && !slices.Contains(packages, name) {
			return false
		}
	}
	return true
}

func neverMeet(name, imported string) bool {
	return within("matcher/...", name) && within("oblik/storage/...", imported) ||
		within("storage/...", name) && within("oblik/matcher/...", imported)
}

// within reports whether name is part, or below it if part ends in "/...".
func within(part, name string) bool {
	folder, below := strings.CutSuffix(part, "/...")
	return name == folder || below && strings.HasPrefix(name, folder+"/")
}

func TestPackagesKeepTheRules(t *testing.T) {
	out := outputOf(t, "go", "list", "-json=ImportPath,Doc,GoFiles,CgoFiles,Imports,TestImports,XTestImports,Deps", "./...")
	var packages []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < 5 {
		t.Fatalf("go list found %d packages only", len(packages))
	}
	for _, fault := range packageFaults(packages) {
		t.Error(fault)
	}
}

func TestRulesCatchPlantedFaults(t *testing.T) {
	planted := []goPackage{
		{ImportPath: "oblik/models", Imports: []string{"github.com/google/uuid"}},
		{ImportPath: "oblik/models", Imports: []string{"oblik/storage"}},
		{ImportPath: "oblik/matcher", Imports: []string{"oblik/storage"}},
		{ImportPath: "oblik/matcher", XTestImports: []string{"oblik/storage/local"}},
		{ImportPath: "oblik/matcher", Imports: []string{"oblik/matcher/opencv"}},
		{ImportPath: "oblik/matcher", Deps: []string{"gocv.io/x/gocv"}},
		{ImportPath: "oblik/matcher/face", Imports: []string{"C"}},
		{ImportPath: "oblik/matcher/worker", TestImports: []string{"gocv.io/x/gocv"}},
		{ImportPath: "oblik/storage/local", Imports: []string{"oblik/matcher"}},
		{ImportPath: "oblik/storage/s3", Imports: []string{"github.com/jackc/pgx/v5/pgxpool"}},
		{ImportPath: "oblik/api", Imports: []string{"oblik/storage/local"}},
		{ImportPath: "oblik/api", Imports: []string{"github.com/gofiber/fiber/v2"}},
		{ImportPath: "oblik/api/osia", Imports: []string{"oblik/matcher"}},
		{ImportPath: "oblik/benchmarks", Imports: []string{"oblik/api"}},
		{ImportPath: "oblik/cmd/oblik", Imports: []string{"github.com/golang-jwt/jwt/v5"}},
		{ImportPath: "oblik/helpers", Imports: []string{"oblik/models"}},
		{ImportPath: "oblik/api", GoFiles: []string{"service.go"}},
	}
	for _, p := range planted {
		if faults := packageFaults([]goPackage{p}); len(faults) != 1 {
			t.Errorf("%+v: faults %q, want one", p, faults)
		}
	}
	sound := goPackage{
		ImportPath: "oblik/api", Doc: "Package api.", GoFiles: []string{"service.go"},
		Imports: []string{"context", "oblik/matcher", "oblik/storage", "oblik/models"}, TestImports: []string{"oblik/storage/local"},
	}
	if faults := packageFaults([]goPackage{sound}); len(faults) != 0 {
		t.Errorf("a sound package has faults: %q", faults)
	}
}

// outputOf gives the standard output of a command run in the repository's top folder.
func outputOf(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = filepath.Join("..", "..")
	var failure bytes.Buffer
	command.Stderr = &failure
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, failure.String())
	}
	return out
}
