package main

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// engineSaid is what a server says of its engine when it starts.
func engineSaid(t *testing.T, s *server) string {
	t.Helper()
	i := slices.IndexFunc(s.says, func(line string) bool { return strings.HasPrefix(line, engineIs) })
	if i < 0 {
		t.Fatalf("the server does not say its engine: %q", s.says)
	}
	return strings.TrimPrefix(s.says[i], engineIs)
}

// Where there is no OpenVINO everything works on OpenCV, and it is said why.
func TestWithoutOpenVINO(t *testing.T) {
	s := startServer(t, t.TempDir(), nil, "--engine", "auto", "--openvino-dir", t.TempDir())
	if said := engineSaid(t, s); !strings.HasPrefix(said, "OpenCV ") || !strings.Contains(said, "no OpenVINO: ") {
		t.Errorf("the engine is %q", said)
	}
	if status := s.do("POST", "/v1/persons/p/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 {
		t.Errorf("enrol: %d", status)
	}
	if status := s.do("POST", "/v1/verify/ALL/p", probe(photoFile(t, "obama2.jpg")), nil); status != 200 {
		t.Errorf("verify: %d", status)
	}
	s.stop()
	_, errs, status := oblik(t, "verify", "--weights-dir", weightsDir, "--engine", "openvino", "--openvino-dir", t.TempDir(),
		photosDir+"/obama.jpg", photosDir+"/obama2.jpg")
	if status != exitError || !strings.Contains(errs, "libopenvino_c.so") {
		t.Errorf("asked for by name: status %d, %q", status, errs)
	}
}

// A template does not tell which engine made it, since it makes no difference:
// who was enrolled with one is verified with the other.
func TestEnginesShareARecord(t *testing.T) {
	if _, err := os.Stat(openvinoDir); err != nil {
		t.Skip("OpenVINO is not here (make setup puts it there, unless OPENVINO=no)")
	}
	dir := t.TempDir()
	said := map[string]string{engineOpenCV: "OpenCV ", engineOpenVINO: "OpenVINO "}
	for _, engine := range []string{engineOpenCV, engineOpenVINO, engineOpenCV} {
		s := startServer(t, dir, nil, "--engine", engine)
		if got := engineSaid(t, s); !strings.HasPrefix(got, said[engine]) {
			t.Errorf("asked for %s, the engine is %q", engine, got)
		}
		if status := s.do("POST", "/v1/persons/p-"+engine+"/encounters/1", encounter(photoFile(t, "obama.jpg")), nil); status != 200 && status != 409 {
			t.Errorf("%s: enrol: %d", engine, status)
		}
		for _, other := range []string{engineOpenCV, engineOpenVINO} {
			var v verified
			status := s.do("POST", "/v1/verify/ALL/p-"+other, probe(photoFile(t, "obama.jpg")), &v)
			if status == 404 && engine == engineOpenCV { // not enrolled yet
				continue
			}
			if status != 200 || !v.Decision || len(v.Scores) == 0 || v.Scores[0].Score < 90 {
				t.Errorf("enrolled with %s, verified with %s: status %d, %+v", other, engine, status, v)
			}
		}
		s.stop()
	}
}

// What is not as an operator may think is said.
func TestEngineSaysWhatIsAmiss(t *testing.T) {
	verify := []string{"verify", "--weights-dir", weightsDir, photosDir + "/obama.jpg", photosDir + "/obama2.jpg"}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no workers":          {[]string{"--workers", "0"}, "no sandbox"},
		"a mistyped folder":   {[]string{"--engine", "auto", "--openvino-dir", t.TempDir() + "/none"}, "does not load from the folder"},
		"no sandbox is asked": {[]string{"--sandbox", "off"}, "sandbox"},
	} {
		_, errs, status := oblik(t, append(verify, c.args...)...)
		if status != exitMatch || !strings.Contains(errs, c.says) {
			t.Errorf("%s: status %d, %q", name, status, errs)
		}
	}
	if _, errs, _ := oblik(t, verify...); errs != "" {
		t.Errorf("with nothing amiss: %q", errs)
	}
	if _, err := os.Stat(openvinoDir); err != nil {
		t.Skip("OpenVINO is not here (make setup puts it there, unless OPENVINO=no)")
	}
	shared := t.TempDir()
	if err := os.Chmod(shared, 0o777); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, t.TempDir(), nil, "--engine", "openvino", "--compiled-dir", shared)
	if said := engineSaid(t, s); !strings.Contains(said, "compiled anew at each start") {
		t.Errorf("the engine is %q", said)
	}
}
