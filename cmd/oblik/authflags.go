package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"oblik/api/osia"
	"oblik/models"
)

// authFlags say whose requests the service accepts, and what it leaves them.
type authFlags struct {
	Issuer     string        `help:"Issuer (iss) a token must name." default:"oblik"`
	Audience   string        `help:"Audience (aud) a token must name." default:"oblik"`
	TokenKeys  []string      `help:"Public keys that tokens are signed with, instead of the service's own: PEM files, separated by commas." placeholder:"FILE" type:"path"`
	JWKSURL    string        `name:"jwks-url" help:"Where an identity provider publishes the keys that tokens are signed with, instead of the service's own: https, or http to this machine." placeholder:"URL"`
	JWKSMaxAge time.Duration `name:"jwks-max-age" help:"How long keys are good while the provider can't be read." default:"24h"`
	ClientCA   string        `name:"client-ca" help:"Authorities of client certificates, a PEM file: each client must show one, with a name that is its token's client's." placeholder:"FILE" type:"path"`
	ClientCRL  []string      `name:"client-crl" help:"Lists of revoked client certificates, PEM files, separated by commas; read again on SIGHUP." placeholder:"FILE" type:"path"`
	Policy     string        `help:"What each client may do, a JSON file; read again on SIGHUP. Without it, whatever its token's scopes allow." placeholder:"FILE" type:"path"`
}

// otherKeys says whether tokens are signed by somebody else.
func (f authFlags) otherKeys() bool { return len(f.TokenKeys) > 0 || f.JWKSURL != "" }

// load reads all that the flags name; the policy is nil if none is. The service's
// own key is made if tokens are not signed by somebody else.
func (f authFlags) load(data dataFlags, log *slog.Logger) (auth osia.Auth, policy *osia.Policy, err error) {
	bad := func(text string) error { return models.Errorf("serve", models.Invalid, "%s", text) }
	auth = osia.Auth{Issuer: f.Issuer, Audience: f.Audience}
	switch {
	case len(f.TokenKeys) > 0 && f.JWKSURL != "":
		return auth, nil, bad("--token-keys and --jwks-url exclude each other")
	case len(f.ClientCRL) > 0 && f.ClientCA == "":
		return auth, nil, bad("--client-crl needs --client-ca")
	}
	if f.ClientCA != "" {
		if auth.Certificates, err = osia.LoadCertificates(f.ClientCA, f.ClientCRL...); err != nil {
			return auth, nil, err
		}
	}
	if f.Policy != "" {
		if policy, err = osia.LoadPolicy(f.Policy); err != nil {
			return auth, nil, err
		}
	}
	auth.Keys, err = f.keys(data, log)
	return auth, policy, err
}

// keys are those of the provider, which are read until the process ends, of the
// files, or the service's own.
func (f authFlags) keys(data dataFlags, log *slog.Logger) (*osia.Keys, error) {
	if f.JWKSURL != "" {
		return osia.FetchKeys(context.Background(), f.JWKSURL, f.JWKSMaxAge, log)
	}
	if len(f.TokenKeys) > 0 {
		return osia.LoadKeys(f.TokenKeys...)
	}
	own, err := data.key()
	if err != nil {
		return nil, err
	}
	return osia.NewKeys(own.Public())
}

// follow reads policy and revocations again at each SIGHUP, until ctx ends. Bad
// ones are told in the log, and those read before stay in force. policy may be nil:
// SIGHUP does not end the process then either, since whoever sends it asks for
// something else, and systemd would not start it again.
func follow(ctx context.Context, auth osia.Auth, policy *osia.Policy, log *slog.Logger) {
	again := map[string]func() error{}
	if policy != nil {
		again["policy"] = policy.Reload
	}
	if auth.Certificates != nil {
		again["revocations"] = auth.Certificates.Reload
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGHUP)
	go func() {
		defer signal.Stop(asked)
		for {
			select {
			case <-ctx.Done():
				return
			case <-asked:
			}
			for what, read := range again {
				if err := read(); err != nil {
					log.Error(what+" not read again, the former stays in force", "error", err)
				} else {
					log.Info(what + " read again")
				}
			}
		}
	}()
}
