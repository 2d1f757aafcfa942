package s3

import (
	"context"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"oblik/models"
	"oblik/storage"
	"oblik/storage/storagetest/servers"
)

func TestOpenRefuses(t *testing.T) {
	good := Config{Endpoint: "https://s3.example", Bucket: "images"}
	_, err := Open(background, good)
	must(t, err)
	for text, change := range map[string]func(*Config){
		"the endpoint":         func(c *Config) { c.Endpoint = "s3.example:9000" },
		"https://host:port":    func(c *Config) { c.Endpoint = "https://s3.example/path" },
		"to have the form":     func(c *Config) { c.Endpoint = "https://key:secret@s3.example" },
		"plain http":           func(c *Config) { c.Endpoint = "http://s3.example" },
		"unencrypted":          func(c *Config) { c.Endpoint = "http://192.168.1.1:9000" },
		"name of a bucket":     func(c *Config) { c.Bucket = "Images" },
		"Bucket name":          func(c *Config) { c.Bucket = "" },
		"the prefix":           func(c *Config) { c.Prefix = "../other" },
		"the prefix is":        func(c *Config) { c.Prefix = "/a" },
		"addressing":           func(c *Config) { c.PathStyle = "both" },
		"the credentials file": func(c *Config) { c.CredentialsFile = filepath.Join(t.TempDir(), "none") },
		"no certificate":       func(c *Config) { c.CAFile = keys(t, "a", "b") },
		"file of authorities":  func(c *Config) { c.CAFile = filepath.Join(t.TempDir(), "none") },
	} {
		c := good
		change(&c)
		_, err := Open(background, c)
		wantFault(t, err, models.Invalid, text)
		if strings.Contains(err.Error(), "secret@") {
			t.Errorf("%q tells too much", err)
		}
	}
	for _, endpoint := range []string{"http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"} {
		good.Endpoint = endpoint
		_, err := Open(background, good)
		must(t, err)
	}
}

func TestWrongCredentials(t *testing.T) {
	b := servers.S3(t)
	for text, file := range map[string]string{
		"does not know the access key":       keys(t, "nobody", b.SecretKey),
		"does not accept the secret key":     keys(t, b.AccessKey, "wrong"),
		"no S3 credentials":                  keys(t, "", ""),
		"no S3 credentials were found: in t": keys(t, "half", ""),
	} {
		c := config(t, b)
		c.CredentialsFile = file
		s, err := Open(background, c)
		must(t, err)
		err = s.Ping(background)
		wantFault(t, err, models.Unavailable, text)
		quiet(t, err, b, "wrong")
	}
	c := config(t, b)
	c.Bucket = "there-is-none"
	s, err := Open(background, c)
	must(t, err)
	wantFault(t, s.Ping(background), models.Unavailable, "no such bucket")
}

// TestCredentialsFromTheEnvironment: where none are named; with none at all the
// machine is not asked where that is switched off.
func TestCredentialsFromTheEnvironment(t *testing.T) {
	b := servers.S3(t)
	c := config(t, b)
	file := c.CredentialsFile
	c.CredentialsFile = ""
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_PROFILE", "AWS_CONFIG_FILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "")
	ping := func() error {
		s, err := Open(background, c)
		must(t, err)
		return s.Ping(background)
	}
	wantFault(t, ping(), models.Unavailable, "no S3 credentials")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	must(t, ping())
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "")
	t.Setenv("AWS_ACCESS_KEY_ID", b.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", b.SecretKey)
	must(t, ping())
}

// TestReplacedCredentials are taken up when the file is due.
func TestReplacedCredentials(t *testing.T) {
	path := keys(t, "old", "secret")
	f := &file{}
	f.Filename = path
	for minutes, want := range []string{"old", "new"} {
		f.CurrentTime = func() time.Time { return time.Now().Add(time.Duration(minutes) * 2 * reread) }
		if !f.IsExpired() {
			t.Fatal("the file is not due")
		}
		value, err := f.RetrieveWithCredContext(nil)
		must(t, err)
		if value.AccessKeyID != want {
			t.Errorf("the key is %q, want %q", value.AccessKeyID, want)
		}
		f.CurrentTime = time.Now
		if f.IsExpired() {
			t.Error("the file is due at once")
		}
		text, err := os.ReadFile(path)
		must(t, err)
		must(t, os.WriteFile(path, []byte(strings.Replace(string(text), "old", "new", 1)), 0o600))
	}
}

// TestAddressing looks at what is asked of a server by name.
func TestAddressing(t *testing.T) {
	for style, want := range map[string]string{
		"path": "s3.example/images", "auto": "s3.example/images", "virtual": "images.s3.example/",
	} {
		var asked string
		server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = r.Host + r.URL.Path
			says(403, "AccessDenied")(w, r)
		}))
		authority := filepath.Join(t.TempDir(), "ca.pem")
		must(t, os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
		s, err := Open(background, Config{Endpoint: "https://s3.example", Bucket: "images", PathStyle: style,
			CredentialsFile: keys(t, "a", "b"), CAFile: authority})
		must(t, err)
		s.transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		}
		s.transport.TLSClientConfig.ServerName = "example.com" // whom the certificate names
		key := storage.NewKey()
		wantFault(t, s.Delete(background, key), models.Unavailable, "do not permit")
		server.Close()
		if strings.TrimSuffix(asked, "/") != strings.TrimSuffix(want, "/") {
			t.Errorf("%s: %q was asked, want %q", style, asked, want)
		}
	}
}
