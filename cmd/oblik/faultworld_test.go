package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"oblik/storage/storagetest/servers"
)

// world is a service with servers of its own, and what stands between them:
//
//	service -> toxiproxy -> cutter -> PostgreSQL
//	service -> toxiproxy -> forger -> S3 server
type world struct {
	t      *testing.T
	record *faultRecord
	n      int // how often each fault is made
	random *rand.Rand

	db           *servers.PostgresServer
	s3           *servers.S3Server
	dbNet, s3Net *network
	cutter       *cutter
	forger       *forger

	set     storeSet
	s       *server
	victims []victim
	made    int    // people so far
	idled   []span // when the service was left alone
}

// known is who is verified and read while faults last.
const known = "known"

// newBareWorld has neither servers nor a service.
func newBareWorld(t *testing.T, record *faultRecord) *world {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return &world{t: t, record: record, n: min(5, max(1, kills(t)/10)), random: rand.New(rand.NewPCG(seed, 5))}
}

// newWorld starts the servers and what stands before them, not the service.
func newWorld(t *testing.T, record *faultRecord) *world {
	t.Helper()
	db := servers.NewPostgres(t)
	store, bucket := servers.NewS3(t)
	return newWorldOn(t, record, db, store, bucket)
}

// newWorldOn is newWorld with given servers.
func newWorldOn(t *testing.T, record *faultRecord, db *servers.PostgresServer, store *servers.S3Server, bucket servers.Bucket) *world {
	t.Helper()
	w := newBareWorld(t, record)
	w.db, w.s3 = db, store
	w.cutter, w.forger = newCutter(t, w.db.Address), newForger(t, bucket.Endpoint)
	w.dbNet, w.s3Net = newNetwork(t, w.cutter.address), newNetwork(t, w.forger.address)
	w.psql("postgres", "CREATE ROLE service LOGIN")
	w.psql("postgres", "CREATE DATABASE oblik OWNER service")
	bucket.Endpoint = "http://" + w.s3Net.address
	w.set = setOn(t, "postgres://service@"+w.dbNet.address+"/oblik?sslmode=disable", bucket)
	return w
}

// psql asks the database server itself, as its superuser.
func (w *world) psql(database, sql string) string {
	w.t.Helper()
	host, port, err := net.SplitHostPort(w.db.Address)
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), "psql", "-XAtq", "-h", host, "-p", port, "-U", "oblik", "-d", database, "-c", sql)
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("psql: %v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *world) start() {
	w.t.Helper()
	w.s = w.set.start(w.t, nil, "--workers", "1")
}

// startWithKnown starts the service and enrols whom the questions are about.
func (w *world) startWithKnown() {
	w.t.Helper()
	w.start()
	w.ready()
	w.enrolled(known)
}

// enrolled puts a person on record, while nothing is wrong.
func (w *world) enrolled(person string) {
	w.t.Helper()
	v := victim{step: "before", person: person, retry: true}
	if status, text := v.send(w.s); status != 200 {
		w.t.Fatalf("enrol: %d %s", status, text)
	}
	w.victims = append(w.victims, v)
}

// someone is a new person.
func (w *world) someone() string {
	w.made++
	return fmt.Sprintf("person-%d", w.made)
}
