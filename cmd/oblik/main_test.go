package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"oblik/api/osia"
)

// The test binary is the program too: run with a first argument that is no
// test flag it behaves as oblik does, race detector included. A name before the
// subcommand puts something in its way, see sabotage_test.go.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.") {
		p := &program{}
		args := os.Args[1:]
		if p.parts = sabotage[args[0]]; p.parts != nil {
			args = args[1:]
		}
		os.Exit(process(p, args))
	}
	for _, e := range os.Environ() { // a setting of the developer's is not part of a test
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, envPrefix) {
			_ = os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}

const (
	weightsDir = "../../.cache/weights"
	photosDir  = "../../.cache/photos"
)

// openvinoDir is absolute: a server started elsewhere is given it, too.
var openvinoDir = func() string {
	dir, err := filepath.Abs("../../.cache/openvino")
	if err != nil {
		panic(err)
	}
	return dir
}()

// photoFile reads a sample photograph.
func photoFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(photosDir, name))
	if err != nil {
		t.Fatalf("%v (make setup puts the photographs there)", err)
	}
	return data
}

// oblik runs a command and returns its output, its error output and its status.
func oblik(t testing.TB, args ...string) (string, string, int) {
	t.Helper()
	return oblikEnv(t, nil, args...)
}

// oblikEnv is oblik with more in its environment.
func oblikEnv(t testing.TB, env []string, args ...string) (string, string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // a service that should have refused to start
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Env = &out, &errs, append(cleanEnv(), env...)
	err := cmd.Run()
	if _, exit := err.(*exec.ExitError); err != nil && !exit { //nolint:errorlint // exec gives it as it is
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// cleanEnv has nothing of ours in it but the engine, if TEST_ENGINE names one:
// all of these tests hold for each.
func cleanEnv() []string {
	env := []string{"HOME=/nonexistent", "PATH=" + os.Getenv("PATH")}
	if _, err := os.Stat(openvinoDir); err == nil {
		env = append(env, envPrefix+"OPENVINO_DIR="+openvinoDir)
	}
	if engine := os.Getenv("TEST_ENGINE"); engine != "" {
		env = append(env, envPrefix+"ENGINE="+engine)
	}
	return env
}

// server is a service in a process of its own.
type server struct {
	t     testing.TB
	cmd   *exec.Cmd
	says  []string // on its standard output, before it listens
	url   string
	token string
	log   *bytes.Buffer
	http  http.Client
}

// startServer runs `oblik serve` on dir with extra arguments before and after
// the subcommand.
func startServer(t testing.TB, dir string, before []string, after ...string) *server {
	t.Helper()
	return startServerIn(t, dir, nil, before, after...)
}

// startServerIn is startServer with more in its environment.
func startServerIn(t testing.TB, dir string, env, before []string, after ...string) *server {
	t.Helper()
	args := append(append([]string{}, before...), "serve", "--data-dir", dir, "--weights-dir", weightsDir,
		"--listen", "127.0.0.1:0", "--insecure-loopback", "--log-level", "debug")
	s := &server{t: t, cmd: exec.CommandContext(context.Background(), os.Args[0], append(args, after...)...), log: &bytes.Buffer{}}
	s.cmd.Env, s.cmd.Stderr = append(cleanEnv(), env...), s.log
	s.http.Timeout = 60 * time.Second
	s.http.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if url, ok := strings.CutPrefix(lines.Text(), listening); ok {
			s.url, s.token = url, tokenOf(t, dir)
			return s
		}
		s.says = append(s.says, lines.Text())
	}
	s.kill()
	t.Fatalf("the service did not start: %s (make setup puts the weights there)", s.log)
	return nil
}

func tokenOf(t testing.TB, dir string) string {
	t.Helper()
	key, err := osia.LoadOrCreateKey(filepath.Join(dir, "token-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if len(key) != ed25519.PrivateKeySize {
		t.Fatal("no key")
	}
	token, err := osia.IssueToken(key, osia.Token{Issuer: "oblik", Audience: "oblik", Subject: "tester", Scopes: osia.Scopes(), Lifetime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// kill ends the process at once, like a power cut of the process alone.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.http.CloseIdleConnections()
}

// stop asks it to end and waits.
func (s *server) stop() {
	s.t.Helper()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("the service ended with %v: %s", err, s.log)
	}
}

// do sends a request and decodes the answer into answer, if that is not nil.
// A status of 0 says that no answer came.
func (s *server) do(method, path string, body, answer any) int {
	status, text := s.once("", method, path, body)
	if answer != nil && len(text) > 0 {
		if err := json.Unmarshal(text, answer); err != nil {
			s.t.Errorf("%s %s: %v in %.200s", method, path, err, text)
		}
	}
	return status
}

// once sends a request with an idempotency key, if there is one, and gives the
// status and the body as they came; 0 if none came.
func (s *server) once(key, method, path string, body any) (int, []byte) {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			s.t.Error(err)
		}
	}
	mark := "?transactionId=t"
	switch {
	case strings.Contains(path, "transactionId="):
		mark = ""
	case strings.Contains(path, "?"):
		mark = "&transactionId=t"
	}
	r, err := http.NewRequestWithContext(context.Background(), method, s.url+path+mark, bytes.NewReader(data))
	if err != nil {
		s.t.Error(err)
		return 0, nil
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Content-Type", "application/json")
	reply, err := s.http.Do(r)
	if err != nil {
		return 0, nil
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		return 0, nil
	}
	return reply.StatusCode, text
}

// The bodies of requests.
func faces(images ...[]byte) []map[string]any {
	list := []map[string]any{}
	for _, im := range images {
		list = append(list, map[string]any{"biometricType": "FACE", "image": base64.StdEncoding.EncodeToString(im)})
	}
	return list
}

func encounter(images ...[]byte) map[string]any {
	return map[string]any{"status": "ACTIVE", "encounterType": "test", "galleries": []string{"g"}, "biometricData": faces(images...)}
}

func probe(images ...[]byte) map[string]any {
	return map[string]any{"biometricData": faces(images...)}
}

// fault is OSIA's error body.
type fault struct {
	Code    int
	Message string
}
