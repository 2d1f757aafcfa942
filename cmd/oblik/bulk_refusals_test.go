package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"oblik/models"
)

// What can't be enrolled is listed with its reason and what to do, and nothing
// of it is on record; all else goes in.
func TestBulkRefusals(t *testing.T) {
	dir := t.TempDir()
	good := photoFile(t, "obama.jpg")
	for name, data := range map[string][]byte{
		"good.jpg": good, "two.jpg": twoFaces(t), "void.jpg": noFace(t), "cut.jpg": good[:len(good)/2], "empty.jpg": nil,
		"text.jpg": []byte("not a photograph"), "large.jpg": make([]byte, 6291457),
	} {
		write(t, filepath.Join(dir, name), data)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.jpg"), 0o600); err != nil {
		t.Fatal(err)
	}
	wants := []struct{ line, outcome, reason string }{
		{"good.jpg,anna,first,vip;staff,visit", "enrolled", ""},
		{filepath.Join(dir, "good.jpg") + ",bert,,,", "enrolled", ""},
		{"./good.jpg,bert,,,", "refused", "invalid: the register names this encounter of this person twice"},
		{"two.jpg,p1,,,", "refused", "several faces"},
		{"void.jpg,p2,,,", "refused", "no face"},
		{"cut.jpg,p3,,,", "refused", "truncated image"},
		{"empty.jpg,p4,,,", "refused", "empty image"},
		{"text.jpg,p5,,,", "refused", "unknown image type"},
		{"large.jpg,p6,,,", "refused", "image too large: 6291457 bytes"},
		{"nowhere.jpg,p7,,,", "refused", "not found: no such file"},
		{"pipe.jpg,p8,,,", "refused", "invalid: not a file"},
		{"../" + filepath.Base(dir) + ",p9,folder,,", "refused", "invalid: not a file"},
		{"good.jpg/x,p10,,,", "refused", "invalid: not a directory"},
		{"bad person.jpg,p 11,,,", "refused", "invalid: line 15: personId may hold"},
		{"all.jpg,p12,,ALL,", "refused", "not found"},
		{"good.jpg//,p13,1,ALL,", "refused", "invalid: ALL stands for every gallery"},
		{"./././good.jpg,p14,1,," + strings.Repeat("x", 257), "refused", "invalid: the encounter's type"},
	}
	text := "file,person,encounter,gallery,type\n"
	for _, w := range wants {
		text += w.line + "\n"
	}
	from := filepath.Join(dir, "list.csv")
	write(t, from, []byte(text))
	p, report := localPlace(t), filepath.Join(t.TempDir(), "report.csv")
	s, status := p.enrol(t, from, "--report", report)
	if status != exitNo || s.Total != len(wants) || s.Enrolled != 2 || len(s.Failed) > 0 || s.Refused["several faces"] != 1 || s.Refused["invalid"] != 7 || s.NotTried != 0 || s.Engine == "" {
		t.Errorf("status %d, %+v", status, s)
	}
	lines := readReport(t, report)
	for _, w := range wants {
		file, _, _ := strings.Cut(w.line, ",")
		line := lines[file]
		if len(line) != 6 || line[3] != w.outcome || !strings.HasPrefix(line[4], w.reason) || (line[5] == "") != (w.outcome == "enrolled") {
			t.Errorf("%s: %q, want %s, %s", w.line, line, w.outcome, w.reason)
		}
	}
	if info, err := os.Stat(report); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the report is for others, too: %v, %v", info, err)
	}
	held := p.held(t)
	if len(held) != 2 {
		t.Errorf("on record: %v", held)
	}
	if what := held[models.EncounterKey{Person: "anna", Encounter: "first"}]; !strings.HasPrefix(what, "ACTIVE [vip staff] ") {
		t.Errorf("anna's encounter is %.40q", what)
	}
	if out, errs, status := oblik(t, p.bulkArgs(from, "--report", report)...); status != exitError || !strings.Contains(errs, "there already") {
		t.Errorf("over a report: status %d, %s%s", status, out, errs)
	}
}

// A folder's people are its folders; what is no photograph there is listed, and
// the status says that not all went in.
func TestBulkFolder(t *testing.T) {
	dir, photo := t.TempDir(), photoFile(t, "biden.jpg")
	for name, data := range map[string][]byte{
		"anna/1.jpg": photo, "anna/2.JPEG": photo, "bert.jpg": photo, ".hidden.jpg": photo, "anna/.hidden": nil,
		"bert/1.jpg": photo, "notes.txt": nil, "cleo/sub/1.jpg": photo, "dora/.keep": nil, "e f/1.jpg": photo, "gina/not an id.jpg": photo,
	} {
		write(t, filepath.Join(dir, name), data)
	}
	for _, name := range []string{"anna/3.jpg", "linked"} {
		if err := os.Symlink(filepath.Join(dir, "anna"), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	p, report := localPlace(t), filepath.Join(t.TempDir(), "report.csv")
	s, status := p.enrol(t, dir, "--report", report, "--gallery", "register")
	if status != exitNo || s.Enrolled != 3 || s.Total != 11 {
		t.Errorf("status %d, %+v", status, s)
	}
	lines := readReport(t, report)
	for file, want := range map[string]string{
		"anna/1.jpg": "anna 1 enrolled", "anna/2.JPEG": "anna 2 enrolled", "bert/1.jpg": "bert 1 enrolled", "bert.jpg": "bert 1 refused",
		"notes.txt": "  skipped", "cleo/sub": "  skipped", "dora": "  skipped", "anna/3.jpg": "  skipped", "linked": "  skipped",
		"e f/1.jpg": "e f 1 refused", "gina/not an id.jpg": "gina not an id refused",
	} {
		line := lines[file]
		if len(line) != 6 || strings.Join(line[1:4], " ") != want || (line[5] == "") != strings.HasSuffix(want, "enrolled") {
			t.Errorf("%s: %q, want %s", file, line, want)
		}
	}
	for key, what := range p.held(t) {
		if !strings.HasPrefix(what, "ACTIVE [register] ") {
			t.Errorf("%v: %.40q", key, what)
		}
	}
}

func TestBulkFlags(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bad.csv"), []byte("file;person\n"))
	write(t, filepath.Join(dir, "none.csv"), []byte("file,person\n"))
	write(t, filepath.Join(dir, "one", "anna.jpg"), photoFile(t, "biden.jpg"))
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	for args, says := range map[string]string{
		"":                                          "--person and a photograph are needed",
		"--person anna":                             "--person and a photograph are needed",
		"a.jpg":                                     "--person and a photograph are needed",
		"--person anna --resume a.jpg":              "go with --from",
		"--person anna --report r a.jpg":            "go with --from",
		"--from DIR/empty --person anna":            "do not go with it",
		"--from DIR/empty --encounter 1":            "do not go with it",
		"--from DIR/empty a.jpg":                    "do not go with it",
		"--from DIR/one --give-up-after=-1s":        "less than nothing",
		"--from DIR/empty":                          "names no photograph",
		"--from DIR/none.csv":                       "names no photograph",
		"--from DIR/bad.csv":                        "not by semicolons",
		"--from DIR/nowhere.csv":                    "no such file",
		"--from /dev/null":                          "neither a file nor a folder",
		"--from DIR/one --report DIR/nowhere/r.csv": "no such file",
		"--from DIR/one --resume --report DIR":      "is a directory",
		"--from DIR/one --data-dir DIR/one":         "something else",
		"--from DIR/one --database-url postgres://": "--s3-endpoint",
	} {
		words := append([]string{"enroll", "--weights-dir", weightsDir, "--data-dir", filepath.Join(dir, "data")}, strings.Fields(strings.ReplaceAll(args, "DIR", dir))...)
		out, errs, status := oblik(t, words...)
		if status != exitError || !strings.Contains(errs, says) || out != "" {
			t.Errorf("%s: status %d, want %q: %s%s", args, status, says, out, errs)
		}
	}
}
