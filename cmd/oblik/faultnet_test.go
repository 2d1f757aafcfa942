package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// network is a toxiproxy before a server.
type network struct {
	t                 *testing.T
	address, upstream string
	proxy             *toxiproxy.Proxy
}

// newNetwork starts it on a port that lies below those of outgoing connections,
// so that it is free when the network comes back.
func newNetwork(t *testing.T, upstream string) *network {
	t.Helper()
	n := &network{t: t, upstream: upstream}
	for range 100 {
		n.address = fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(10_000))
		if n.start() == nil {
			t.Cleanup(n.stop)
			return n
		}
	}
	t.Fatal("no free port")
	return nil
}

func (n *network) start() error {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	n.proxy = toxiproxy.NewProxy(server, "net", n.address, n.upstream)
	return n.proxy.Start()
}

// toxic puts a fault into the network, in one direction or both.
func (n *network) toxic(text string, directions ...string) {
	n.t.Helper()
	for _, direction := range directions {
		if _, err := n.proxy.Toxics.AddToxicJson(strings.NewReader(`{"stream":"` + direction + `",` + text + `}`)); err != nil {
			n.t.Fatal(err)
		}
	}
}

// stop ends all connections, and no other is taken.
func (n *network) stop() { n.proxy.Stop() }

// mend makes the network sound, with a new proxy: to take a toxic out of an old
// one can hang for ever.
func (n *network) mend() {
	n.t.Helper()
	n.stop()
	if err := n.start(); err != nil {
		n.t.Fatal(err)
	}
}
