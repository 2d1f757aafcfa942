package worker

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"oblik/matcher/worker/sandbox"
	"oblik/models"
)

// child is one running worker process, used by one request at a time.
type child struct {
	cmd     *exec.Cmd
	in      *os.File
	asked   atomic.Bool // whether a frame is due: the greeting or an answer
	answers chan []byte // closed when the child says no more, which is its end
	gone    chan struct{}
	stderr  tail
	format  models.Format
	engine  string
	state   sandbox.State

	asks    atomic.Int64 // how often it was asked
	most    int64        // after so many it is ended
	retired atomic.Bool  // it is being ended for that

	stat       *os.File // what the kernel tells of it; nil if it does not
	atGreeting uint64   // bytes resident

	mu     sync.Mutex
	out    io.Closer
	reaped bool // its process id may be another's by now
}

// errUnread says that a child was gone before it had an image: not the
// image's fault.
var errUnread = errors.New("the worker ended before it had read the photograph")

// start runs the command and waits for its greeting, at most startTimeout and
// until closing is closed. A child whose sandbox is less than the mode asks for
// is not taken.
func start(cmd *exec.Cmd, mode sandbox.Mode, closing <-chan struct{}) (*child, error) {
	c := &child{cmd: cmd, answers: make(chan []byte, 1), gone: make(chan struct{})}
	c.asked.Store(true)
	cmd.Stderr = &c.stderr
	cmd.Env = []string{} // nothing of the service's environment, secrets included
	// a group, to end whatever it may have started, too; and it ends with the
	// service, whether it wants to or not
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = endTimeout
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, unavailable(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, unavailable(err)
	}
	c.out = out
	if c.in, _ = in.(*os.File); c.in == nil {
		return nil, unavailable(errors.New("its input is no pipe"))
	}
	enlarge(c.in)
	lacking := handNothingDown()
	if err := startBound(cmd); err != nil {
		return nil, unavailable(err)
	}
	// now, and held open: later it may be hidden (hidepid), or its id another's
	c.stat, err = os.Open(fmt.Sprintf("/proc/%d/stat", cmd.Process.Pid))
	lacking = errors.Join(lacking, err)
	go c.listen(out)
	err = c.greeted(closing, lacking)
	if err == nil && mode == sandbox.Require && !c.state.Full() {
		err = fmt.Errorf("its sandbox is not whole (%s)", c.state)
	}
	if err != nil {
		c.discard()
		return nil, unavailable(err)
	}
	return c, nil
}

// discard ends a child that is not taken.
func (c *child) discard() {
	c.kill()
	c.wait()
	_ = c.stat.Close() // allowed on nil
}

// listen passes the child's frames on until they end, make no sense or come
// unasked: an answer ahead of its question would be taken for the next one's.
func (c *child) listen(out io.Reader) {
	defer close(c.gone)
	defer close(c.answers)
	buffered := bufio.NewReader(out)
	for {
		data, err := readFrame(buffered, maxAnswer)
		if err != nil || !c.asked.CompareAndSwap(true, false) {
			return
		}
		c.answers <- data
	}
}

// greeted waits for the greeting. What this side could not do of the sandbox is
// lacking in its state.
func (c *child) greeted(closing <-chan struct{}, lacking error) error {
	var g greeting
	select {
	case data, ok := <-c.answers:
		if !ok {
			return errors.New("it ended before it had greeted")
		}
		if err := json.Unmarshal(data, &g); err != nil {
			return err
		}
	case <-time.After(startTimeout):
		return errors.New("it did not greet in time")
	case <-closing:
		return errors.New("the service is ending")
	}
	if g.Error != "" {
		return errors.New(g.Error)
	}
	c.format, c.engine, c.state = g.Format, g.Engine, g.Sandbox
	if lacking == nil {
		var u usage
		u, lacking = c.usage()
		c.atGreeting = u.resident
	}
	if lacking != nil && c.state.Mode != sandbox.Off {
		c.state.Missing = append(c.state.Missing, "what its parent does: "+lacking.Error())
	}
	return nil
}

// ask sends an image and waits for the answer. After an error (errUnread, or
// one of kind [models.Crashed] or [models.Deadline]) the child is dead or dying.
func (c *child) ask(image []byte, within time.Duration) ([]byte, error) {
	var late atomic.Bool
	timer := time.AfterFunc(within, func() {
		late.Store(true)
		c.kill()
	})
	defer timer.Stop()
	c.asks.Add(1) // before asked, as the watch expects
	c.asked.Store(true)
	unread := sendFrame(c.in, image)
	if unread == nil {
		if data, ok := <-c.answers; ok && timer.Stop() {
			if c.asks.Load() >= c.most {
				c.retired.Store(true)
				c.kill()
			}
			return data, nil
		}
	}
	c.kill()
	switch {
	case late.Load():
		return nil, models.Errorf("worker", models.Deadline, "the photograph took longer than %s", within)
	case unread != nil:
		return nil, errUnread
	}
	return nil, crashed("the photograph ended the process that read it")
}

func unavailable(err error) error {
	return models.Errorf("worker", models.Unavailable, "a worker can't start: %w", err)
}
