package postgres

import (
	"cmp"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"oblik/models"
)

// Config says which database is used and how.
type Config struct {
	// URL is postgres://user@host:port/database?sslmode=verify-full, also with
	// several hosts, of which the first is used that takes changes. What it leaves
	// out is taken from the PG* environment variables, a password from PGPASSWORD or
	// the file PGPASSFILE names.
	URL string
	// Schema is where the tables are; empty for the database's default.
	Schema string
	// MaxConns bounds the connections; 0 for DefaultMaxConns. A scan keeps one
	// for as long as it takes. [Store.Await] has one more.
	MaxConns int
}

// DefaultMaxConns leaves room for other users of a server with
// PostgreSQL's default of 100 connections.
const DefaultMaxConns = 16

const connectTimeout = time.Second

// settings are those of every session, unless the URL has others.
var settings = map[string]string{
	"application_name":                    "oblik",
	"statement_timeout":                   "5s",
	"lock_timeout":                        "2s",
	"idle_in_transaction_session_timeout": "10s",
	"jit":                                 "off", // no statement here gains from it; where there are no statistics it costs some 100 ms
}

// inURL is what a URL may hold; secrets are what it may not, since it is seen
// in the list of processes and printed with the configuration.
var (
	inURL = slices.Concat(slices.Collect(maps.Keys(settings)), []string{
		"host", "port", "dbname", "user", "service", "servicefile", "passfile", "connect_timeout", "target_session_attrs",
		"ssl", "sslmode", "sslcert", "sslkey", "sslrootcert", "sslnegotiation", "channel_binding"})
	secrets = []string{"password", "sslpassword"}
)

// Check is [models.Invalid] for a configuration that [Open] would refuse.
func (c Config) Check() error {
	_, err := c.parse("storage/postgres.Check")
	return err
}

// parse gives the pool's configuration. Its errors hold nothing of the URL.
func (c Config) parse(op string) (*pgxpool.Config, error) {
	if !strings.HasPrefix(c.URL, "postgres://") && !strings.HasPrefix(c.URL, "postgresql://") {
		return nil, models.Errorf(op, models.Invalid, "the database URL does not begin with postgres://")
	}
	if !allowed(c.URL, inURL) {
		if allowed(c.URL, slices.Concat(inURL, secrets)) {
			return nil, models.Errorf(op, models.Invalid,
				"the database URL holds a password: put it into PGPASSFILE or PGPASSWORD, where others can't see it")
		}
		return nil, models.Errorf(op, models.Invalid,
			"the database URL is not understood, or a file it names can't be read: postgres://user@host:port/database?sslmode=verify-full, with no other parameters than %s",
			strings.Join(inURL, ", "))
	}
	pool, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, models.Errorf(op, models.Invalid, "the database URL is not understood")
	}
	if plain(pool.ConnConfig) && !strings.Contains(c.URL, "sslmode=") && os.Getenv("PGSSLMODE") == "" {
		return nil, models.Errorf(op, models.Invalid,
			"the database URL leaves open whether the connection is encrypted: give sslmode=verify-full, or another one knowingly")
	}
	c.apply(pool.ConnConfig)
	pool.MaxConns = int32(cmp.Or(max(0, min(c.MaxConns, 10_000)), DefaultMaxConns)) // #nosec G115 -- bounded
	pool.PingTimeout = pingTimeout
	return pool, nil
}

// plain says if the connection may go unencrypted to another machine.
func plain(c *pgx.ConnConfig) bool {
	remote := func(host string) bool {
		ip := net.ParseIP(host)
		return host != "localhost" && !strings.HasPrefix(host, "/") && (ip == nil || !ip.IsLoopback())
	}
	found := c.TLSConfig == nil && remote(c.Host)
	for _, f := range c.Fallbacks {
		found = found || f.TLSConfig == nil && remote(f.Host)
	}
	return found
}

// allowed says if url can be read and holds no other parameters than keys.
func allowed(url string, keys []string) bool {
	_, err := pgconn.ParseConfigWithOptions(url, pgconn.ParseConfigOptions{ConnStringAllowedKeys: keys})
	return err == nil
}

// apply sets what every session has.
func (c Config) apply(conn *pgx.ConnConfig) {
	for name, value := range settings {
		if _, set := conn.RuntimeParams[name]; !set {
			conn.RuntimeParams[name] = value
		}
	}
	conn.RuntimeParams["synchronous_commit"] = "on"                        // an answer is durable
	conn.RuntimeParams["default_transaction_isolation"] = "read committed" // what has been waited for is seen
	if c.Schema != "" {
		conn.RuntimeParams["search_path"] = pgx.Identifier{c.Schema}.Sanitize()
	}
	conn.ConnectTimeout = cmp.Or(conn.ConnectTimeout, connectTimeout)
	if several(conn) && conn.ValidateConnect == nil { // a standby's answers may be old
		conn.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
}

// several says if the URL names more than one server.
func several(c *pgx.ConnConfig) bool {
	return slices.ContainsFunc(c.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.Host != c.Host || f.Port != c.Port })
}
