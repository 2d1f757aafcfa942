package s3

import (
	"net/http"
	"sync"
	"testing"

	"github.com/minio/minio-go/v7"

	"oblik/models"
	"oblik/storage"
	"oblik/storage/storagetest/servers"
)

// TestDeleteRemovesEveryVersion of one object, delete markers too, and nothing
// of another whose name begins with its name.
func TestDeleteRemovesEveryVersion(t *testing.T) {
	s := open(t, versioned(t))
	ref, err := s.Put(background, storage.NewKey(), []byte("first"))
	must(t, err)
	name := s.name(ref.Key)
	s.overwrite(t, name, []byte("second"))
	must(t, s.core.RemoveObject(background, s.bucket, name, minio.RemoveObjectOptions{})) // leaves a marker
	s.overwrite(t, name, []byte("third"))
	s.overwrite(t, name+"-other", []byte("not ours"))
	if n := s.objects(t)[name]; n != 4 {
		t.Fatalf("%d versions and markers, want 4", n)
	}
	must(t, s.Delete(background, ref.Key))
	if left := s.objects(t); len(left) != 1 || left[name+"-other"] != 1 {
		t.Errorf("left: %v", left)
	}
	must(t, s.Delete(background, ref.Key))
}

// TestDeleteTellsWhatIsLeft: a server that says yes and keeps the image.
func TestDeleteTellsWhatIsLeft(t *testing.T) {
	s := ready(t, servers.S3(t), fails(always, http.MethodDelete, says(204, "")))
	ref, err := s.Put(background, storage.NewKey(), []byte("x"))
	must(t, err)
	wantFault(t, s.Delete(background, ref.Key), models.Unavailable, "still there")
}

// TestListLeavesOthersOut: other prefixes, other names, other people's objects.
func TestListLeavesOthersOut(t *testing.T) {
	b := servers.S3(t)
	s := open(t, b)
	ref, err := s.Put(background, storage.NewKey(), []byte("x"))
	must(t, err)
	c := config(t, b)
	c.Prefix = ""
	top, err := Open(background, c)
	must(t, err)
	other, err := top.Put(background, storage.NewKey(), []byte("y"))
	must(t, err)
	for _, name := range []string{"images/readme", "images/ab/cd", "images/ff/" + ref.Key, "images/" + ref.Key, "zz/" + ref.Key} {
		s.overwrite(t, name, nil)
	}
	for store, want := range map[*Store]string{s: ref.Key, top: other.Key} {
		var keys []string
		must(t, store.List(background, func(key string, _ int64) error { keys = append(keys, key); return nil }))
		if len(keys) != 1 || keys[0] != want {
			t.Errorf("listed %q, want only %q", keys, want)
		}
	}
}

func TestListOutOfOrder(t *testing.T) {
	s := ready(t, servers.S3(t), fails(always, http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
		const a, b = "0123456789abcdef0123456789abcdef", "f123456789abcdef0123456789abcdef"
		_, _ = w.Write([]byte("<ListBucketResult><Contents><Key>images/f1/" + b + "</Key></Contents>" +
			"<Contents><Key>images/01/" + a + "</Key></Contents></ListBucketResult>"))
	}))
	wantFault(t, s.List(background, func(string, int64) error { return nil }), models.Unavailable, "out of order")
}

// TestManyAtOnce store, read and delete; a server that keeps folders makes and
// removes them meanwhile.
func TestManyAtOnce(t *testing.T) {
	s := open(t, servers.S3(t))
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 20 {
				ref, err := s.Put(background, storage.NewKey(), []byte("x"))
				if err == nil {
					_, err = s.Get(background, ref)
				}
				if err == nil {
					err = s.Delete(background, ref.Key)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if left := s.objects(t); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
