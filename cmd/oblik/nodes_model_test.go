package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"oblik/models"
)

// TestTortureNodes: two nodes on one database, four clients who enrol, change,
// merge, erase and search a few people, while a node is killed and started again,
// the database is killed and started again, and announcements are lost. Nobody is
// named whose erasure had been answered; afterwards both nodes answer alike, and
// as the database says. TORTURE=50 goes through the faults 25 times, without it
// once.
func TestTortureNodes(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	m := &modelled{nodes: newNodes(t), began: time.Now(), end: make(chan struct{})}
	var clients sync.WaitGroup
	for i := range 4 {
		clients.Go(func() { m.client(rand.New(rand.NewPCG(seed, uint64(i)))) })
	}
	for range max(1, kills(t)/2) {
		m.faults()
	}
	close(m.end)
	clients.Wait()
	t.Logf("both nodes say what the database says after %v", m.within("the nodes do not say what the database says", m.settled))
	t.Log(m.history.counts())
	for _, fault := range m.history.faults() {
		t.Error(fault)
	}
}

// modelled are nodes whose clients' doings are written down.
type modelled struct {
	*nodes
	history history
	began   time.Time
	end     chan struct{}
}

// looks are the photographs: two people, so that a change of face shows.
var looks = []string{"obama.jpg", "obama2.jpg", "biden.jpg"}

// faults makes each once, and lets the nodes work in between.
func (m *modelled) faults() {
	const between = time.Second
	time.Sleep(between)
	m.hush.on.Store(true)
	time.Sleep(between)
	m.node(1).kill()
	time.Sleep(between / 2)
	m.start(1)
	m.hush.on.Store(false)
	time.Sleep(between)
	if err := errors.Join(m.db.Kill(), m.db.Start()); err != nil {
		m.t.Fatal(err)
	}
	for i := range m.all {
		m.ready(i)
	}
	time.Sleep(between)
}

// client does one thing after another until the end.
func (m *modelled) client(random *rand.Rand) {
	for {
		select {
		case <-m.end:
			return
		default:
			m.deed(random)
		}
	}
}

// deed does something, and writes it down. One who enrols says with the
// encounter's type which photograph it is. Each person's encounters have ids of
// their own, so that most merges find no clash.
func (m *modelled) deed(random *rand.Rand) {
	someone := func() string { return fmt.Sprint("p", random.IntN(5)) }
	d := deed{node: random.IntN(len(m.all)), person: someone()}
	visit := fmt.Sprintf("/v1/persons/%s/encounters/%s-%d", d.person, d.person, random.IntN(2))
	look := looks[random.IntN(len(looks))]
	photo := photoFile(m.t, look)
	e := encounter(photo)
	e["encounterType"] = look
	s := m.node(d.node)
	d.begun = time.Since(m.began)
	switch n := random.IntN(12); {
	case n < 3:
		d.operation = "enrol"
		d.status, _ = s.once("", http.MethodPost, visit, e)
	case n < 5:
		d.operation = "update"
		d.status, _ = s.once("", http.MethodPut, visit, e)
	case n < 6:
		d.operation = "erase"
		d.status, _ = s.once("", http.MethodDelete, "/v1/persons/"+d.person, nil)
	case n < 8:
		d.operation, d.other = "merge", someone()
		d.status, _ = s.once("", http.MethodPost, "/v1/persons/"+d.person+"/merge/"+d.other, nil)
	default:
		d.operation, d.person = "identify", ""
		if people, ok := s.named(photo); ok {
			d.status, d.named = http.StatusOK, people
		}
	}
	d.ended = time.Since(m.began)
	m.history.add(d)
}

// settled says that both nodes name by each photograph whom they should.
func (m *modelled) settled() bool {
	rows := m.set.look(m.t)
	defer rows.close() //nolint:errcheck // only read
	for _, look := range looks {
		var want []string
		err := rows.Scan(context.Background(), func(e models.Entry) error {
			r, err := rows.Read(context.Background(), e.Key)
			if err == nil && r.Encounter.Type[:5] == look[:5] { // of the same face
				want = append(want, string(e.Key.Person))
			}
			return err
		})
		slices.Sort(want)
		if err != nil || !m.agree(photoFile(m.t, look), slices.Compact(want)...) {
			return false
		}
	}
	return true
}
