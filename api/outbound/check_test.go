package outbound

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"oblik/models"
)

func TestCheck(t *testing.T) {
	c, err := New(Config{Hosts: []string{"Desk.example", "other.example:8443", "10.1.2.3", "[fd00::1]:9000"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []string{
		"https://desk.example", "https://DESK.example:443/a?b=c&d=%20", "HTTPS://desk.example/",
		"https://other.example:8443/x", "https://10.1.2.3/", "https://[fd00::1]:9000/",
	} {
		if err := c.Check(u); err != nil {
			t.Errorf("%s: %v", u, err)
		}
	}
	for _, u := range []string{
		"", "desk.example", "//desk.example/", "/path", "http://desk.example/", "ftp://desk.example/", "file:///etc/passwd",
		"https:desk.example", "https:///x", "https://desk.example:8443/", "https://other.example/", "https://desk.example:0443/",
		"https://user@desk.example/", "https://user:secret@desk.example/", "https://desk.example@10.0.0.1/",
		"https://desk.example/#f", "https://desk.example#", "https://desk.example\\@evil.example/", "https://desk.example /",
		"https://desk.example\t/", "https://desk.example/\x00", "https://desk.example./", "https://sub.desk.example/",
		"https://desk.example.evil.example/", "https://dеsk.example/", "https://desk%2eexample/",
		"https://167838211/", "https://012.1.2.3/", "https://0x0a010203/", "https://10.66051/", "https://10.1.2.3./",
		"https://[::ffff:10.1.2.3]/", "https://[::ffff:a01:203]/", "https://[fd00:0::1]:9000/", "https://[fd00::1%25eth0]:9000/",
		"https://[fd00::1]/", "https://desk.example/" + strings.Repeat("x", maxURL),
	} {
		err := c.Check(u)
		wantKind(t, err, models.Invalid)
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "evil")) {
			t.Errorf("the error quotes the URL: %v", err)
		}
	}
}

func TestConfigCheck(t *testing.T) {
	sound := Config{Hosts: []string{"localhost", "a-b.c_d.example:1", "127.0.0.1:65535", "[::1]"},
		Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	if c, err := sound.Check(); err != nil || c.Timeout != usualTimeout {
		t.Errorf("%+v, %v", c, err)
	}
	for _, host := range []string{
		"", ":443", "a:", "a:0", "a:65536", "a:080", "a:b", "a:1:2", "*", "*.example", "https://a", "a/b", "a b", "user@a", "a..b", ".a", "a.",
		"127.1", "2130706433", "0x7f000001", "0177.0.0.1", "1.2.3.4.5", "256.1.1.1", "::1", "[::1", "[::1]x", "[127.0.0.1]", "[0::1]",
		"[::ffff:127.0.0.1]", "[fe80::1%eth0]", "ünï.example", strings.Repeat("a.", 127) + "aa",
	} {
		_, err := New(Config{Hosts: []string{"good.example", host}})
		if models.KindOf(err) != models.Invalid {
			t.Errorf("%q: %v", host, err)
		}
	}
	for _, c := range []Config{
		{}, {Hosts: make([]string, maxHosts+1)},
		{Hosts: sound.Hosts, Timeout: -1}, {Hosts: sound.Hosts, Timeout: time.Hour},
		{Hosts: sound.Hosts, Networks: []netip.Prefix{{}}},
		{Hosts: sound.Hosts, Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/8")}},
		{Hosts: sound.Hosts, CAFile: t.TempDir()},
		{Hosts: sound.Hosts, CAFile: "no such file"},
		{Hosts: sound.Hosts, CAFile: "config.go"},
	} {
		_, err := New(c)
		wantKind(t, err, models.Invalid)
	}
}

// Whatever passes names a listed host, with a port of its own, and nothing else.
func FuzzCheck(f *testing.F) {
	c, err := New(Config{Hosts: []string{"desk.example", "127.0.0.1:8080", "[::1]"}, InsecureHTTP: true})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		"https://desk.example/a?b=c", "http://127.0.0.1:8080/", "https://[::1]/", "https://u:p@desk.example/#x", "http://0x7f.1:8080/",
		"https://desk.example\\@evil/", "https://desk.example:443", "//desk.example", "https://[::ffff:127.0.0.1]:8080", "http:///", "http://desk.example:",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := c.parse(raw)
		if err != nil {
			if models.KindOf(err) != models.Invalid {
				t.Errorf("%v", err)
			}
			return
		}
		again, err := c.parse(u.String())
		if err != nil || again.Host != u.Host {
			t.Errorf("%q is read as %q, then as %v, %v", raw, u, again, err)
		}
		if h := lower(u.Hostname()); h != "desk.example" && h != "127.0.0.1" && h != "::1" || u.User != nil || u.Fragment != "" {
			t.Errorf("%q passes as %q", raw, u)
		}
	})
}
