package servers

import (
	"fmt"
	"math/rand/v2"
	"net"
)

// freePort finds a port of the loopback that nobody listens on. It lies below
// those that Linux gives to outgoing connections, so that a server that is
// started again finds it free.
func freePort() (int, error) {
	for range 100 {
		port := 20_000 + rand.IntN(10_000) // #nosec G404 -- any port will do
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return port, l.Close()
		}
	}
	return 0, fmt.Errorf("servers: no free port found")
}
