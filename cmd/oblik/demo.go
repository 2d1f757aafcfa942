package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"oblik/models"
)

// demoCmd shows the service at work: a real server process on a free loopback
// port and fresh data, spoken to over HTTP as a kiosk would.
type demoCmd struct {
	engineFlags
	Photos string `help:"Folder with obama.jpg, obama2.jpg, obama3.jpg and biden.jpg." default:".cache/photos" type:"path"`
}

// demoScopes are those of every operation there is.
const demoScopes = "abis.encounter.write,abis.encounter.read,abis.verify,abis.identify,abis.gallery.read"

// Run implements the subcommand; an answer that is not the expected one is an
// error.
func (c demoCmd) Run(p *program) (err error) {
	dir, err := os.MkdirTemp("", "oblik-demo-")
	if err != nil {
		return models.Errorf("demo", models.Unavailable, "%w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fmt.Fprintln(p.out, "Starting a service on fresh data, answering on this machine alone ...")
	began := time.Now()
	server, url, err := c.start(p, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopProcess(server)) }()
	fmt.Fprintf(p.out, "  ready at %s after %d ms\n  weights %s and %s\n\n", url, time.Since(began).Milliseconds(), c.Detector, c.Recogniser)
	token, err := c.token(p.ctx, dir)
	if err != nil {
		return err
	}
	script := demoScript{client: newDemoClient(p.ctx, url, token), photos: c.Photos, out: p.out}
	if err := script.run(); err != nil {
		return err
	}
	c.farewell(p)
	return nil
}

func (c demoCmd) farewell(p *program) {
	self := os.Args[0]
	fmt.Fprintf(p.out, `
All answers were as expected; the service and its data are gone again.
To run one of your own:
  %[1]s serve --insecure-loopback
  %[1]s token --client me --scope %[2]s --for 8h
or, without a server:
  %[1]s enroll --person anna anna.jpg
  %[1]s verify --person anna somebody.jpg
`, self, demoScopes)
}

// start runs the server and waits for the line that says where it listens.
func (c demoCmd) start(p *program, dir string) (*exec.Cmd, string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, "", models.Errorf("demo", models.Internal, "%w", err)
	}
	args := append([]string{"serve"}, c.args()...)
	args = append(args, "--data-dir", dir, "--listen", "127.0.0.1:0", "--insecure-loopback", "--log-level", "warn")
	cmd := exec.CommandContext(context.Background(), self, args...) //nolint:gosec // this program
	cmd.Stderr = p.err
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", models.Errorf("demo", models.Internal, "%w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, "", models.Errorf("demo", models.Internal, "%w", err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), listening); ok {
			return cmd, url, nil
		}
		fmt.Fprintln(p.out, " ", lines.Text()) // the engine, the sandbox
	}
	_ = cmd.Wait() // its own words are on the standard error
	return nil, "", models.Errorf("demo", models.Unavailable, "the service did not start; it says why above")
}

func (c demoCmd) token(ctx context.Context, dir string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", models.Errorf("demo", models.Internal, "%w", err)
	}
	out, err := exec.CommandContext(ctx, self, "token", "--client", "demo", "--data-dir", filepath.Clean(dir), "--for", "10m", "--scope", //nolint:gosec // this program
		demoScopes).Output()
	if err != nil {
		return "", models.Errorf("demo", models.Unavailable, "no token: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// stopProcess asks the server to drain and end.
func stopProcess(cmd *exec.Cmd) error {
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return models.Errorf("demo", models.Internal, "%w", err)
	}
	if err := cmd.Wait(); err != nil {
		return models.Errorf("demo", models.Internal, "the service ended with %w", err)
	}
	return nil
}
