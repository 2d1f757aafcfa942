package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"oblik/storage/postgres"
	"oblik/storage/storagetest/servers"
)

// nodes are two services on one database, behind a network that can lose
// announcements:
//
//	service, service -> hush -> PostgreSQL
type nodes struct {
	t    *testing.T
	db   *servers.PostgresServer
	hush *hush
	set  storeSet
	all  [2]atomic.Pointer[server]
}

// newNodes starts them. They keep no images: what is searched is in the database.
func newNodes(t *testing.T) *nodes {
	t.Helper()
	n := &nodes{t: t, db: servers.NewPostgres(t)}
	n.hush = newHush(t, n.db.Address)
	config := postgres.Config{URL: "postgres://oblik@" + n.hush.address + "/postgres?sslmode=disable"}
	if _, _, err := postgres.Migrate(context.Background(), config); err != nil {
		t.Fatal(err)
	}
	n.set = storeSet{dir: t.TempDir(), flags: []string{"--database-url", config.URL, "--images", "forget"}, look: func(t testing.TB) *stores {
		rows, err := postgres.Open(context.Background(), config)
		if err != nil {
			t.Fatal(err)
		}
		return &stores{records: rows, close: func() error { rows.Close(); return nil }}
	}}
	for i := range n.all {
		n.start(i)
	}
	return n
}

// start starts a node, and waits until it is ready.
func (n *nodes) start(i int) {
	n.t.Helper()
	n.all[i].Store(n.set.start(n.t, nil, "--workers", "1"))
	n.ready(i)
}

// ready waits until a node is.
func (n *nodes) ready(i int) {
	n.t.Helper()
	n.within("a node is not ready", func() bool {
		status, _ := n.node(i).once("", http.MethodGet, "/readyz", nil)
		return status == http.StatusOK
	})
}

func (n *nodes) node(i int) *server { return n.all[i].Load() }

// within waits for something, and tells how long it took.
func (n *nodes) within(what string, is func() bool) time.Duration {
	n.t.Helper()
	began := time.Now()
	for !is() {
		if time.Since(began) > recovery {
			n.t.Fatalf("after %s: %s", recovery, what)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(began)
}

// do is a change that must succeed.
func (n *nodes) do(i int, method, path string, body any) {
	n.t.Helper()
	if status, text := n.node(i).once("", method, path, body); status >= 300 || status == 0 {
		n.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
}

// named are the people a node finds by a photograph, sorted; not ok if it does
// not answer.
func (s *server) named(photo []byte) (people []string, ok bool) {
	q := probe(photo)
	q["filter"] = map[string]any{}
	status, text := s.once("", http.MethodPost, "/v1/identify/ALL?maxNbCand=1000", q)
	var all []struct{ PersonID string }
	if status != http.StatusOK || json.Unmarshal(text, &all) != nil {
		return nil, false
	}
	for _, c := range all {
		people = append(people, c.PersonID)
	}
	slices.Sort(people)
	return people, true
}

// tool runs a program of PostgreSQL on the nodes' database, beside the network.
func (n *nodes) tool(input, name string, args ...string) string {
	n.t.Helper()
	host, port, err := net.SplitHostPort(n.db.Address)
	if err != nil {
		n.t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), name, append([]string{"-h", host, "-p", port, "-U", "oblik", "-d", "postgres"}, args...)...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		n.t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

// hush passes connections to PostgreSQL on, and can keep announcements back.
type hush struct {
	address string
	on      atomic.Bool
	kept    atomic.Int64
}

func newHush(t *testing.T, behind string) *hush {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	h := &hush{address: listener.Addr().String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go h.relay(client, behind)
		}
	}()
	return h
}

func (h *hush) relay(client net.Conn, behind string) {
	defer client.Close()
	server, err := net.Dial("tcp", behind)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		defer server.Close()
		_, _ = io.Copy(server, client)
	}()
	h.answers(client, server)
}

// answers passes the server's messages on: a byte for the type, four for the
// length, which counts itself. Type A is a NotificationResponse.
func (h *hush) answers(client, server net.Conn) {
	var head [5]byte
	for {
		if _, err := io.ReadFull(server, head[:]); err != nil {
			return
		}
		to, length := io.Writer(client), int64(binary.BigEndian.Uint32(head[1:]))-4
		if head[0] == 'A' && h.on.Load() {
			h.kept.Add(1)
			to = io.Discard
		}
		if _, err := to.Write(head[:]); err != nil {
			return
		}
		if _, err := io.CopyN(to, server, length); err != nil {
			return
		}
	}
}
