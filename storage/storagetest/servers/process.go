package servers

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience is how long a server may take to be ready or to stop, seconds:
// a thousand times what it takes on an idle machine.
const patience = 60 * time.Second

// process is a server's process, which can be ended and started again. Its
// methods are for one goroutine at a time.
type process struct {
	folder  *folder
	name    string // for errors
	command func() *exec.Cmd
	ready   func() bool
	stop    syscall.Signal // asks the server to end in order

	running *exec.Cmd
	ended   chan struct{} // closed when running has ended
	log     *bytes.Buffer // of the running server; read after its end only
}

// Start starts the server and waits until it answers.
func (p *process) Start() error {
	if p.running != nil {
		return fmt.Errorf("servers: %s is running already", p.name)
	}
	cmd, log, ended := p.command(), &bytes.Buffer{}, make(chan struct{})
	cmd.Stdout, cmd.Stderr = log, log
	cmd.WaitDelay = time.Second // a child may hold the log open
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("servers: starting %s: %w", p.name, err)
	}
	go func() {
		_ = cmd.Wait() // how it ended is of no interest, its log is
		close(ended)
	}()
	p.running, p.log, p.ended = cmd, log, ended
	for deadline := time.Now().Add(patience); !p.ready(); time.Sleep(5 * time.Millisecond) {
		select {
		case <-ended:
			p.running = nil
			return fmt.Errorf("servers: %s ended at once:\n%s", p.name, log)
		default:
		}
		if time.Now().After(deadline) {
			return errors.Join(fmt.Errorf("servers: %s is not ready after %s", p.name, patience), p.Kill())
		}
	}
	return nil
}

// Stop asks the server to end in order and waits for it. Stopping one that
// does not run is no error.
func (p *process) Stop() error {
	if p.running == nil {
		return nil
	}
	if err := p.running.Process.Signal(p.stop); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		p.running = nil
		return nil
	case <-time.After(patience):
		return errors.Join(fmt.Errorf("servers: %s does not stop", p.name), p.Kill())
	}
}

// Kill ends the server with all its processes at once, by SIGKILL: nothing is
// written any more. The machine and its caches live on; it is no power cut.
func (p *process) Kill() error {
	if p.running == nil {
		return nil
	}
	// Frozen first: its first process would see the others die and start new ones.
	p.signal(syscall.SIGSTOP)
	p.signal(syscall.SIGKILL)
	select {
	case <-p.ended:
	case <-time.After(patience):
		return fmt.Errorf("servers: %s can't be killed", p.name)
	}
	for deadline := time.Now().Add(patience); len(p.pids()) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("servers: processes of %s can't be killed", p.name)
		}
	}
	p.running = nil
	return nil
}

// Pause freezes the server with all its processes: connections stay open and
// nothing is answered.
func (p *process) Pause() { p.signal(syscall.SIGSTOP) }

// Resume lets a paused server go on.
func (p *process) Resume() { p.signal(syscall.SIGCONT) }

// Close ends the server and removes its files.
func (p *process) Close() error { return errors.Join(p.Kill(), p.folder.close()) }

// signal sends to all processes of the server, until there are no new ones.
func (p *process) signal(s syscall.Signal) {
	sent := map[int]bool{}
	for again := true; again; {
		again = false
		for _, pid := range p.pids() {
			if !sent[pid] {
				_ = syscall.Kill(pid, s) // it may have ended meanwhile
				sent[pid], again = true, true
			}
		}
	}
}

// pids are the live processes that work in the server's folder. PostgreSQL's
// each lead a session of their own: there is no group to signal.
func (p *process) pids() (pids []int) {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd") // fails for a wrong pattern only
	for _, link := range links {
		cwd, err := os.Readlink(link)
		if err != nil || !strings.HasPrefix(cwd+"/", p.folder.path+"/") {
			continue
		}
		if pid, err := strconv.Atoi(strings.Split(link, "/")[2]); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
