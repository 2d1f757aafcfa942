package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"oblik/models"
	"oblik/storage"
)

// statusOf is what `oblik status --json` says of each part.
func statusOf(t *testing.T, set storeSet, args ...string) (parts map[string]check, well bool, exit int) {
	t.Helper()
	all := append([]string{"status", "--json", "--data-dir", set.dir}, set.flags...)
	out, errs, exit := oblikEnv(t, set.env, append(all, args...)...)
	var said struct {
		Well   bool
		Checks []check
	}
	if err := json.Unmarshal([]byte(out), &said); err != nil {
		t.Fatalf("%v: %q %s", err, out, errs)
	}
	parts = map[string]check{}
	for _, c := range said.Checks {
		parts[c.Part] = c
	}
	return parts, said.Well, exit
}

// enrolOne puts one person into a set whose service is not running.
func enrolOne(t *testing.T, set storeSet, person string) {
	t.Helper()
	args := append([]string{"enroll", "--data-dir", set.dir, "--weights-dir", weightsDir, "--workers", "1", "--person", person}, set.flags...)
	if _, errs, status := oblikEnv(t, set.env, append(args, photosDir+"/obama.jpg")...); status != 0 {
		t.Fatalf("%d %s", status, errs)
	}
}

// open looks into a set until the test ends, or closed is called.
func (s storeSet) open(t *testing.T) (look *stores, closed func()) {
	t.Helper()
	look = s.look(t)
	return look, func() {
		if err := look.close(); err != nil {
			t.Error(err)
		}
	}
}

func TestStatusOfAll(t *testing.T) {
	for _, set := range []storeSet{embeddedSet(t), serverSet(t)} {
		t.Run(set.name, func(t *testing.T) {
			enrolOne(t, set, "anna")
			s := set.start(t, nil)
			parts, well, exit := statusOf(t, set, "--url", s.url)
			if !well || exit != 0 || parts["service"].State != partWell || parts["database"].State != partWell {
				t.Errorf("running: %d %+v", exit, parts)
			}
			if len(set.flags) > 0 && (parts["images"].State != partWell || parts["galleries"].Detail != "1 in use") {
				t.Errorf("running: %+v", parts)
			}
			parts, _, exit = statusOf(t, set, "--url", "https"+strings.TrimPrefix(s.url, "http"))
			if exit != exitNo || !strings.Contains(parts["service"].Next, "--insecure-loopback") {
				t.Errorf("asked by https: %d %+v", exit, parts)
			}
			s.stop()
			parts, well, exit = statusOf(t, set, "--url", s.url)
			if well || exit != exitNo || parts["service"].State != partWrong || !strings.Contains(parts["service"].Next, "systemctl start") ||
				parts["database"].State != partWell || parts["galleries"].Detail != "1 in use" || parts["tasks"].Detail != "none" {
				t.Errorf("stopped: %d %+v", exit, parts)
			}
		})
	}
}

// TestStatusSaysWhatToDo: undelivered results, locked people, images that wait.
func TestStatusSaysWhatToDo(t *testing.T) {
	for _, set := range []storeSet{embeddedSet(t), serverSet(t)} {
		t.Run(set.name, func(t *testing.T) {
			enrolOne(t, set, "anna")
			look, closed := set.open(t)
			ctx := context.Background()
			for range 50 {
				if err := look.Attempts().Fail(ctx, "anna"); err != nil {
					t.Fatal(err)
				}
			}
			for _, state := range []models.TaskState{models.TaskFailed, models.TaskPending} {
				if err := look.Tasks().Add(ctx, models.Task{ID: storage.NewKey(), Operation: "identify", State: state}); err != nil {
					t.Fatal(err)
				}
			}
			closed()
			parts, _, _ := statusOf(t, set)
			if k := parts["locked"]; k.State != partLook || !strings.HasPrefix(k.Detail, "1 people locked, 0 delayed") || !strings.Contains(k.Next, "oblik unlock") {
				t.Errorf("locked: %+v", k)
			}
			if k := parts["tasks"]; k.State != partLook || k.Detail != "1 PENDING, 1 RESPONSE_ERROR" || k.Next == "" {
				t.Errorf("tasks: %+v", k)
			}
		})
	}
}

// TestUnlock: the failures are forgotten, the trail tells, and nobody else is touched.
func TestUnlock(t *testing.T) {
	for _, set := range []storeSet{embeddedSet(t), serverSet(t)} {
		t.Run(set.name, func(t *testing.T) {
			enrolOne(t, set, "anna")
			enrolOne(t, set, "ben")
			look, closed := set.open(t)
			for range 50 {
				for _, person := range []models.PersonID{"anna", "ben"} {
					if err := look.Attempts().Fail(context.Background(), person); err != nil {
						t.Fatal(err)
					}
				}
			}
			closed()
			unlock := func(args ...string) (string, int) {
				out, errs, status := oblikEnv(t, set.env, append(append([]string{"unlock", "--data-dir", set.dir}, set.flags...), args...)...)
				return out + errs, status
			}
			if out, status := unlock("--list", "--lock-after", "51"); out != "nobody is locked or has to wait\n" || status != 0 {
				t.Errorf("%d %q", status, out)
			}
			if out, status := unlock("--list"); out != "anna\t50\tlocked\nben\t50\tlocked\n" || status != 0 {
				t.Errorf("%d %q", status, out)
			}
			if out, status := unlock("anna"); !strings.HasPrefix(out, "unlocked: 50 failures") || status != 0 {
				t.Errorf("%d %q", status, out)
			}
			if out, status := unlock("--list", "--lock-stop", "51"); out != "ben\t50\tdelayed\n" || status != 0 {
				t.Errorf("%d %q", status, out)
			}
			if out, status := unlock("nobody"); !strings.HasPrefix(out, "nothing to forget") || status != 0 {
				t.Errorf("%d %q", status, out)
			}
			for _, bad := range [][]string{{}, {"anna", "--list"}, {"../anna"}} {
				if out, status := unlock(bad...); status != exitError {
					t.Errorf("%v: %d %q", bad, status, out)
				}
			}
			if n := set.events(t)[[2]string{"anna", "unlock"}]; n != 1 {
				t.Errorf("%d lines in the trail", n)
			}
		})
	}
}

// TestStatusOfTheService without stores: what answers decides.
func TestStatusOfTheService(t *testing.T) {
	answers := map[string]struct {
		status      int
		body, state string
	}{
		"ready":     {200, `{"status":"ready"}`, partWell},
		"impaired":  {200, `{"status":"impaired","detail":"the image store is not available"}`, partWrong},
		"not ready": {503, `{"code":50303,"message":"the index has not been loaded yet"}`, partWrong},
		"another":   {200, `<html>`, partWrong},
	}
	for name, a := range answers {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(a.status)
				_, _ = w.Write([]byte(a.body)) // who asks will notice
			}))
			defer server.Close()
			got := probeFlags{URL: server.URL}.checks(context.Background())
			if len(got) != 1 || got[0].State != a.state || (got[0].Next == "") != (a.state == partWell) {
				t.Errorf("%+v", got)
			}
		})
	}
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	if got := (probeFlags{URL: secure.URL}).checks(context.Background()); got[0].State != partWrong || !strings.Contains(got[0].Next, "--ca-file") {
		t.Errorf("a certificate that nobody trusts: %+v", got)
	}
}

// TestStatusOfAServiceThatDemandsACertificate says which flags are lacking.
func TestStatusOfAServiceThatDemandsACertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS13}
	server.StartTLS()
	defer server.Close()
	own := authFile(t, "CERTIFICATE", server.Certificate().Raw)
	got := probeFlags{URL: server.URL, CAFile: own}.checks(context.Background())
	if got[0].State != partWrong || !strings.Contains(got[0].Next, "--client-cert and --client-key") {
		t.Errorf("%+v", got)
	}
}

// TestStatusBeforeTheFirstUse: there is no data directory yet.
func TestStatusBeforeTheFirstUse(t *testing.T) {
	parts, well, exit := statusOf(t, storeSet{dir: filepath.Join(t.TempDir(), "none")}, "--listen", freeAddress(t))
	if k := parts["database"]; well || exit != exitNo || k.State != partWrong || !strings.Contains(k.Next, "`oblik serve` makes it") {
		t.Errorf("%d %+v", exit, parts)
	}
}

// TestUnlockBesideAService: the data directory is one process's at a time.
func TestUnlockBesideAService(t *testing.T) {
	set := embeddedSet(t)
	set.start(t, nil, "--workers", "1")
	for _, args := range [][]string{{"--list"}, {"anna"}} {
		_, errs, status := oblik(t, append([]string{"unlock", "--data-dir", set.dir}, args...)...)
		if status != exitError || !strings.Contains(errs, "stop the service, unlock, and start it again") {
			t.Errorf("%v: %d %s", args, status, errs)
		}
	}
}

func TestWhereTheServiceIs(t *testing.T) {
	for want, f := range map[string]probeFlags{
		"https://127.0.0.1:8443":   {Listen: "127.0.0.1:8443"},
		"http://127.0.0.1:80":      {Listen: "0.0.0.0:80", InsecureLoopback: true},
		"https://127.0.0.1:1":      {Listen: ":1"},
		"https://[::1]:1":          {Listen: "[::1]:1"},
		"https://face.example:444": {URL: "https://face.example:444/", Listen: ":1"},
	} {
		if got, err := f.base(); got != want || err != nil {
			t.Errorf("%+v: %s %v", f, got, err)
		}
	}
	for _, bad := range []probeFlags{{URL: "face.example"}, {URL: "ftp://x"}, {URL: "https://u:p@x"}, {URL: "https://x/v1"}, {Listen: "8443"}} {
		if got, err := bad.base(); err == nil {
			t.Errorf("%+v: %s", bad, got)
		}
	}
}
