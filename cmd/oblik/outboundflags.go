package main

import (
	"net/netip"
	"strings"
	"time"

	"oblik/api/outbound"
	"oblik/models"
)

// outboundFlags say whom the service may call: who waits for the result of an
// asynchronous request, and who has a photograph that came by reference.
type outboundFlags struct {
	CallbackHosts        []string      `help:"Hosts that results of asynchronous requests may be delivered to, as HOST or HOST:PORT; none: there are no asynchronous answers." placeholder:"HOST"`
	CallbackNetworks     []string      `help:"Private networks in which these hosts and those of --image-ref-hosts may be, as 10.1.0.0/16." placeholder:"NETWORK"`
	CallbackCAFile       string        `name:"callback-ca-file" help:"Certificates of these hosts to trust besides the system's, a PEM file." type:"path"`
	CallbackInsecureHTTP bool          `name:"callback-insecure-http" help:"Also plain HTTP; for trying it on one machine."`
	CallbackTimeout      time.Duration `help:"Time for one call." default:"10s"`
	CallbackAttempts     int           `help:"Deliveries tried before a task is RESPONSE_ERROR." default:"10"`
	TaskRetention        time.Duration `help:"How long the state of a task that is over can be read." default:"24h"`
	ImageRefHosts        []string      `help:"Hosts that photographs given by imageRef may be fetched from; none: there are no references." placeholder:"HOST"`
}

// client calls hosts; nil if there is none.
func (f outboundFlags) client(hosts []string) (*outbound.Client, error) {
	if len(hosts) == 0 {
		return nil, nil //nolint:nilnil // nobody is called
	}
	for _, h := range hosts {
		if strings.Contains(h, "/") {
			return nil, models.Errorf("serve", models.Invalid, "%q is not a host: write HOST or HOST:PORT, not a URL", h)
		}
	}
	networks := make([]netip.Prefix, len(f.CallbackNetworks))
	for i, text := range f.CallbackNetworks {
		var err error
		if networks[i], err = netip.ParsePrefix(text); err != nil {
			return nil, models.Errorf("serve", models.Invalid, "--callback-networks: %w", err)
		}
	}
	return outbound.New(outbound.Config{
		Hosts: hosts, Networks: networks, InsecureHTTP: f.CallbackInsecureHTTP, CAFile: f.CallbackCAFile, Timeout: f.CallbackTimeout,
	})
}
