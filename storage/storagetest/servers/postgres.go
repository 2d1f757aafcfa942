package servers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// nobody is the user PostgreSQL runs as where we are root, as which it refuses to.
const nobody = 65534

// PostgresServer is one PostgreSQL server with one superuser and no password.
// It writes durably, as a real one.
type PostgresServer struct {
	process
	// Address is the host and the port.
	Address string
	bin     string // the folder of its programs
}

// URL names the server's first database.
func (p *PostgresServer) URL() string {
	return "postgres://oblik@" + p.Address + "/postgres?sslmode=disable"
}

// StartPostgres makes a cluster and starts its server, in about a second.
func StartPostgres() (*PostgresServer, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	f, err := newFolder()
	if err != nil {
		return nil, err
	}
	p := &PostgresServer{bin: bin, Address: fmt.Sprintf("127.0.0.1:%d", port)}
	p.process = process{folder: f, name: "PostgreSQL", stop: syscall.SIGINT, ready: p.isReady}
	p.command = func() *exec.Cmd {
		return p.program("postgres", "-D", p.data(), "-p", fmt.Sprint(port), "-k", f.path,
			"-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "fsync=on")
	}
	if err = p.initialise(); err == nil {
		err = p.Start()
	}
	if err != nil {
		_ = f.close() // the first error tells more
		return nil, err
	}
	return p, nil
}

func (p *PostgresServer) data() string { return filepath.Join(p.folder.path, "data") }

// initialise makes the cluster. Its files are not synced, those written later are.
func (p *PostgresServer) initialise() error {
	if os.Geteuid() == 0 {
		if err := os.Chown(p.folder.path, nobody, nobody); err != nil {
			return err
		}
	}
	out, err := p.program("initdb", "-D", p.data(), "-U", "oblik", "-A", "trust", "-E", "UTF8",
		"--locale=C", "--data-checksums", "--no-sync").CombinedOutput()
	if err != nil {
		return fmt.Errorf("servers: initdb: %w\n%s", err, out)
	}
	return nil
}

func (p *PostgresServer) program(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.bin, name), args...) // #nosec G204 -- a program of PostgreSQL
	cmd.Dir = p.folder.path
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/bin:/bin"}  // none of PGDATA, PGPORT, ...
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	return cmd
}

// isReady asks as pg_ctl does: line 1 of postmaster.pid is the server's process
// and line 8 its state. A killed server leaves the file behind.
func (p *PostgresServer) isReady() bool {
	text, err := os.ReadFile(filepath.Join(p.data(), "postmaster.pid"))
	lines := strings.Split(string(text), "\n")
	return err == nil && len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready" &&
		strings.TrimSpace(lines[0]) == fmt.Sprint(p.running.Process.Pid)
}

// postgresBin finds the folder of initdb and postgres. Debian keeps them out of
// PATH, one folder a version; the last is the newest.
func postgresBin() (string, error) {
	var candidates []string
	if path, err := exec.LookPath("initdb"); err == nil {
		candidates = append(candidates, filepath.Dir(path))
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		candidates = append(candidates, strings.TrimSpace(string(out)))
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // fails for a wrong pattern only
	for _, dir := range slices.Backward(append(candidates, debian...)) {
		if isProgram(filepath.Join(dir, "initdb")) && isProgram(filepath.Join(dir, "postgres")) {
			return dir, nil
		}
	}
	return "", &missing{"the PostgreSQL server"}
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// missing says that a server's program is not installed.
type missing struct{ what string }

func (m *missing) Error() string {
	return m.what + " is not installed; `make test`, and every other target that needs it, installs it"
}
