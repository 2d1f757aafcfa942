package main

import (
	"crypto/ed25519"
	"fmt"
	"path/filepath"
	"time"

	"oblik/api/osia"
	"oblik/models"
	"oblik/storage/local"
)

// tokenCmd issues a token with the key of the data directory.
type tokenCmd struct {
	dataFlags
	authFlags
	Client string        `help:"Who it is for, one name a client: it stands in the audit trail, and Idempotency-Keys are apart by it." required:"" placeholder:"NAME"`
	Scope  []string      `help:"OSIA scopes, separated by commas: abis.encounter.write, abis.encounter.read, abis.verify, abis.identify, abis.gallery.read, abis.task.read, abis.task.update." required:""`
	For    time.Duration `help:"How long it is good." default:"1h"`
}

// Run implements the subcommand: the token alone on a line.
func (c tokenCmd) Run(p *program) error {
	if c.otherKeys() {
		return models.Errorf("token", models.Invalid,
			"the service accepts tokens of other keys (--token-keys or --jwks-url), none of its own: ask the identity provider for one")
	}
	key, err := c.key()
	if err != nil {
		return err
	}
	token, err := osia.IssueToken(key, osia.Token{Issuer: c.Issuer, Audience: c.Audience, Subject: c.Client, Scopes: c.Scope, Lifetime: c.For})
	if err != nil {
		return err
	}
	fmt.Fprintln(p.out, token)
	return nil
}

// key is the service's signing key, made at its first use.
func (f dataFlags) key() (ed25519.PrivateKey, error) {
	if err := local.Prepare(f.dataFolder()); err != nil {
		return nil, err
	}
	return osia.LoadOrCreateKey(filepath.Join(f.dataFolder(), "token-key.pem"))
}
