package servers

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// reap waits until its standard input ends, which it does with the process
// that holds the other end. What still runs in the folder $1 is killed, stopped
// or not; it may write for a moment longer, so removing is tried again.
const reap = `cat >/dev/null
for i in 1 2 3 4 5 6 7 8 9 10; do
	for p in /proc/[0-9]*; do
		case "$(readlink "$p/cwd" 2>/dev/null)/" in "$1"/*) kill -KILL "${p#/proc/}" 2>/dev/null ;; esac
	done
	rm -rf -- "$1" 2>/dev/null && exit
	sleep 0.2
done`

// folder is a temporary folder that does not outlive this process.
type folder struct {
	path   string
	reaper *exec.Cmd
	hold   io.Closer // the reaper's standard input
}

func newFolder() (*folder, error) {
	path, err := os.MkdirTemp("", "oblik-server-")
	if err != nil {
		return nil, err
	}
	f := &folder{path: path, reaper: exec.Command("/bin/sh", "-c", reap, "reap", path)} // #nosec G204 -- a constant script and a path made here
	f.reaper.SysProcAttr = &syscall.SysProcAttr{Setsid: true}                           // Ctrl-C is not for it
	f.reaper.Dir = "/"
	if f.hold, err = f.reaper.StdinPipe(); err == nil {
		err = f.reaper.Start()
	}
	if err != nil {
		_ = os.RemoveAll(path) // the first error tells more
		return nil, fmt.Errorf("servers: the process that cleans up: %w", err)
	}
	return f, nil
}

// close kills what runs in the folder and removes it.
func (f *folder) close() error {
	_ = f.hold.Close() // fails only if closed before
	return f.reaper.Wait()
}
