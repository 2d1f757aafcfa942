package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// badInputRow is one kind of bad input that the service must stand.
type badInputRow struct {
	number int
	input  string
	tests  []string // folder.Test
	// left says what of the row is not tested, and why; empty for nothing.
	left string
}

// Where the image rows are tested: the same files before a decoder, and over HTTP.
var (
	imageRow = []string{"cmd/oblik.TestRowsOfBadInput", "cmd/oblik.TestBadImagesOverHTTP", "matcher/header.TestHostile"}
	faceRow  = []string{"cmd/oblik.TestRowsOfFaces"}
	bodyRow  = []string{"cmd/oblik.TestRowsOfBodies", "api/osia.TestBadBodies"}
	httpRow  = []string{"cmd/oblik.TestRowsOfHTTP", "api/osia.TestRawHTTP"}
)

// What is left out, and why.
const (
	noDocuments = "documents' own containers (DG2) are a later capability"
	noQuality   = "assessment of quality is a later capability"
	noDuplicate = "a search at enrolment is a later capability; OSIA leaves it to the desk"
	noLiveness  = "presentation attacks are not detected; the README says so"
	noImport    = "no operation imports templates: a client's own is kept and never compared; migration to other weights is a later capability"
	noSealing   = "sealed rows and a chained audit trail are a later capability; a threshold is in no row"
)

// badInputRows is all bad input there is a rule for, and where it is tested.
var badInputRows = []badInputRow{
	{1, "no image", imageRow, ""},
	{2, "a byte; magic bytes alone", imageRow, ""},
	{3, "text, HTML or JSON as an image", imageRow, ""},
	{4, "a JPEG cut off", append([]string{"matcher/header.TestEveryCut"}, imageRow...), ""},
	{5, "a JPEG with flipped bytes", append([]string{"matcher/header.TestFlipped"}, imageRow...), ""},
	{6, "a JPEG of unsound segments", imageRow, ""},
	{7, "a JPEG that claims to be huge", imageRow, ""},
	{8, "a JPEG of thousands of scans", imageRow, ""},
	{9, "a JPEG of another coding", imageRow, ""},
	{10, "two files in one", imageRow, ""},
	{11, "EXIF: orientations and nonsense", append([]string{"matcher/opencv.TestOrientations"}, imageRow...), ""},
	{12, "a name or a place in EXIF", imageRow, ""},
	{13, "huge profiles and comments", imageRow, ""},
	{14, "a PNG that claims to be huge", imageRow, ""},
	{15, "a PNG that is damaged or a bomb", imageRow, ""},
	{16, "variants of PNG", imageRow, ""},
	{17, "a PNG whose text is a bomb", imageRow, ""},
	{18, "a JPEG 2000 that costs too much", imageRow, ""},
	{19, "a JPEG 2000 that is damaged or of another variant", imageRow, ""},
	{20, "WebP", imageRow, ""},
	{21, "images of other types", imageRow, ""},
	{22, "a face out of a passport's chip", nil, noDocuments},
	{23, "too few pixels", []string{"cmd/oblik.TestBadImagesOverHTTP", "matcher/header.TestHostile"}, ""},
	{24, "black, white, grey, noise", faceRow, ""},
	{25, "a landscape, a statue, a drawing", faceRow, "statues and drawings may pass for faces; the README says so"},
	{26, "several faces", append([]string{"cmd/oblik.TestBadImagesOverHTTP", "cmd/oblik.TestCommands"}, faceRow...), "twins are not told apart"},
	{27, "half a face, or one turned away", nil, noQuality},
	{28, "glasses, masks, closed eyes", nil, noQuality},
	{29, "the least distance between the eyes", nil, noQuality},
	{30, "dark, bright and blurred photographs", nil, noQuality},
	{31, "one photograph under two ids", nil, noDuplicate},
	{32, "prints, screens, masks, morphs", nil, noLiveness},
	{33, "what is no JSON", bodyRow, ""},
	{34, "JSON of another shape", bodyRow, ""},
	{35, "what is no base64", bodyRow, ""},
	{36, "requests that do not end when they said", []string{"cmd/oblik.TestRowsOfUnfinishedRequests", "api/osia.TestRawHTTP", "api/osia.TestSilentConnections"}, ""},
	{37, "bodies too long or compressed", append([]string{"api/osia.TestTwoLargeImagesFit", "api/osia.TestContentTypes"}, bodyRow...), ""},
	{38, "multipart", append([]string{"api/osia.TestContentTypes"}, bodyRow...), ""},
	{39, "content types", append([]string{"api/osia.TestContentTypes"}, bodyRow...), ""},
	{40, "ids", []string{"cmd/oblik.TestRowsOfIDs", "api/osia.TestIDs"}, ""},
	{41, "Idempotency-Keys", []string{"cmd/oblik.TestRowsOfIdempotencyKeys", "api/osia.TestIdempotencyKey", "api/osia.TestIdempotencyKeyOfAnErasure"}, ""},
	{42, "tokens", []string{"api/osia.TestTokens", "api/osia.TestEveryRouteNeedsItsScope"}, ""},
	{43, "certificates of clients", []string{"api/osia.TestClientCertificates"}, ""},
	{44, "headers", append([]string{"api/observe.TestOnlyASoundParentIsTaken"}, httpRow...), ""},
	{45, "smuggled requests and unknown methods", httpRow, ""},
	{46, "people who are unknown, erased or blocked", []string{"cmd/oblik.TestRowsOfWhoIsNotThere", "api.TestVerifyAgainstOtherWeights"}, ""},
	{47, "bounds of searches", []string{"cmd/oblik.TestRowsOfSearches", "api/osia.TestQueryParameters"}, ""},
	{48, "records that are there already, or no longer", []string{"cmd/oblik.TestRowsOfRecords", "api.TestEnrollAgainstErase"}, ""},
	{49, "templates of others", nil, noImport},
	{50, "rows that were edited by hand", []string{"api.TestDamagedTemplate"}, noSealing},
	{51, "images that were replaced", []string{"api.TestReadRefusesAnotherImage", "storage/s3.TestGetOverFaults", "cmd/oblik.TestTortureFaults"}, ""},
	{52, "settings that can't be meant", []string{"cmd/oblik.TestSettings", "api.TestPolicyIsChecked", "api/osia.TestNewRefuses", "matcher.TestParseCalibration"}, ""},
	{53, "weights that are missing or damaged", []string{"cmd/oblik.TestWeightsCommands", "matcher/weights.TestManifestRefuses", "matcher/weights.TestImportRefuses", "matcher/worker.TestNoStart"}, ""},
	{54, "too many requests at once", []string{"cmd/oblik.TestRowsOfTooMuch", "api/osia.TestBusyAndHealthy", "api/osia.TestBodiesTogetherAreBounded"}, ""},
	{55, "clients that hang up", []string{"cmd/oblik.TestRowsOfHangingUp", "matcher/worker.TestAbandonedRequestGivesTheWorkerBack"}, ""},
}

// testsOfTheModule are the names of all tests there are, each after its folder.
func testsOfTheModule(t *testing.T) (names []string) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "bin"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				names = append(names, filepath.ToSlash(folder)+"."+f.Name.Name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Each kind of bad input is tested by tests that are there, or it is said why not.
func TestRowsAreCovered(t *testing.T) {
	const rows = 55
	if len(badInputRows) != rows {
		t.Errorf("%d rows, want %d", len(badInputRows), rows)
	}
	all := testsOfTheModule(t)
	for i, row := range badInputRows {
		if row.number != i+1 || row.input == "" {
			t.Errorf("row %d stands in the place of row %d", row.number, i+1)
		}
		if len(row.tests) == 0 && row.left == "" {
			t.Errorf("row %d has neither a test nor a reason", row.number)
		}
		for _, name := range row.tests {
			if !slices.Contains(all, name) {
				t.Errorf("row %d names %s, which there is not", row.number, name)
			}
		}
		if row.left != "" {
			t.Logf("row %d, %s: not tested: %s", row.number, row.input, row.left)
		}
	}
}
