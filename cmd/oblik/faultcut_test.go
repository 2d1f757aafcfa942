package main

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// cutter passes connections to PostgreSQL on, and can end one exactly when a
// transaction commits.
type cutter struct {
	address, behind string

	mu      sync.Mutex
	plan    *cut // nil for none; made once
	dark    bool // nothing gets through
	open    map[net.Conn]bool
	strikes int
}

// cut is the loss of a connection at a COMMIT.
type cut struct {
	of      string // what the transaction holds that is meant
	reaches bool   // the COMMIT reaches the server and its answer is lost
	dark    bool   // from then on nothing gets through on any connection
}

func newCutter(t *testing.T, behind string) *cutter {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	c := &cutter{address: listener.Addr().String(), behind: behind, open: map[net.Conn]bool{}}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go c.relay(client)
		}
	}()
	return c
}

func (c *cutter) set(plan *cut) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.plan, c.dark, c.strikes = plan, false, 0
}

func (c *cutter) struck() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.strikes
}

// keep notes a connection, or closes it where nothing gets through.
func (c *cutter) keep(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dark {
		conn.Close()
		return false
	}
	c.open[conn] = true
	return true
}

func (c *cutter) drop(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
	conn.Close()
}

// lost is the plan if it means the transaction of these bytes, which end with a
// COMMIT.
func (c *cutter) lost(transaction []byte) *cut {
	c.mu.Lock()
	defer c.mu.Unlock()
	plan := c.plan
	if plan == nil || !bytes.Contains(transaction, []byte(plan.of)) {
		return nil
	}
	c.plan = nil
	return plan
}

// strike ends everything, if the plan says so; the connection itself is ended
// by its relay.
func (c *cutter) strike(plan *cut) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.strikes++
	if c.dark = plan.dark; c.dark {
		for conn := range c.open {
			conn.Close()
		}
	}
}

func (c *cutter) relay(client net.Conn) {
	if !c.keep(client) {
		return
	}
	defer c.drop(client)
	server, err := net.Dial("tcp", c.behind)
	if err != nil || !c.keep(server) {
		return
	}
	defer c.drop(server)
	var committing atomic.Pointer[cut]
	go func() { // answers
		defer client.Close()
		pump(client, server, func([]byte) bool {
			plan := committing.Load()
			if plan != nil {
				c.strike(plan)
			}
			return plan == nil
		})
	}()
	var transaction []byte // what was asked since the last COMMIT
	pump(server, client, func(request []byte) bool {
		transaction = append(transaction, request...)
		if !bytes.Contains(request, []byte("commit\x00")) {
			return true
		}
		plan := c.lost(transaction)
		transaction = nil
		if plan == nil {
			return true
		}
		if !plan.reaches {
			c.strike(plan)
			return false
		}
		committing.Store(plan)
		return true
	})
}

// pump copies what pass lets through, until the first that it does not.
func pump(to, from net.Conn, pass func([]byte) bool) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := from.Read(buffer)
		if err != nil || !pass(buffer[:n]) {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
