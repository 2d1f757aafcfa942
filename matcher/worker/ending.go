package worker

import (
	"syscall"
	"time"
)

// kill ends the child and its like at once. Closing our end of its output ends
// listen even if something else still holds the other.
func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.reaped {
		_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) // an error means it has ended already
		_ = c.out.Close()
	}
}

// ended says whether the child has said its last, or must say no more.
func (c *child) ended() bool {
	select {
	case <-c.gone:
		return true
	default:
		return c.retired.Load()
	}
}

// wait waits until the child says no more, collects it and says how it ended.
func (c *child) wait() string {
	<-c.gone // before Wait, which closes the pipe
	_ = c.in.Close()
	timer := time.AfterFunc(endTimeout, c.kill) // it may go on without a voice
	defer timer.Stop()
	_ = c.cmd.Wait() // the state says it better
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reaped = true
	return c.cmd.ProcessState.String()
}
