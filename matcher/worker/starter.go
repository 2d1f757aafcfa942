package worker

import (
	"os/exec"
	"runtime"
	"sync"
)

// starter is a thread that does not end before the process does. Children are
// started by it, since the kernel ends them with the thread that did (Pdeathsig),
// and Go's other threads come and go.
var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread() // never unlocked
		for f := range work {
			f()
		}
	}()
	return work
})

// startBound starts a command that ends with this process.
func startBound(cmd *exec.Cmd) error {
	done := make(chan error)
	starter() <- func() { done <- cmd.Start() }
	return <-done
}
