package osia

import (
	"bytes"
	"reflect"
	"testing"

	"oblik/api"
	"oblik/models"
)

func TestStoredRequest(t *testing.T) {
	for _, q := range []request{
		{params: map[string]string{}, body: []byte{}},
		{params: map[string]string{"personId": "p%2F", "encounterId": ""}, rawURL: "transactionId=1", csv: true, body: []byte("\x00body")},
	} {
		for _, once := range []*api.Once{nil, {Key: [32]byte{1}, Body: [32]byte{2}}} {
			data := encodeRequest(q, once)
			got, gotOnce, err := decodeRequest(data)
			if err != nil || !reflect.DeepEqual(got, q) || !reflect.DeepEqual(gotOnce, once) {
				t.Errorf("%+v %+v, %v", got, gotOnce, err)
			}
			for n := range data { // cut anywhere
				if _, _, err := decodeRequest(data[:n]); models.KindOf(err) != models.Integrity {
					t.Errorf("%d of %d bytes: %v", n, len(data), err)
				}
			}
			if _, _, err := decodeRequest(append(data, 0)); models.KindOf(err) != models.Integrity {
				t.Errorf("a byte more: %v", err)
			}
		}
	}
}

// Whatever is read has one form.
func FuzzStoredRequest(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{2, 0, 0, 0, 0, 0})
	f.Add([]byte{1, 4, 0, 0, 0, 0})
	f.Add([]byte{1, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff})
	f.Add(encodeRequest(request{params: map[string]string{"a": "b", "c": ""}, rawURL: "x=y", csv: true, body: []byte("{}")}, &api.Once{}))
	f.Add(encodeRequest(request{}, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		q, once, err := decodeRequest(data)
		if err != nil {
			if models.KindOf(err) != models.Integrity {
				t.Error(err)
			}
			return
		}
		if again := encodeRequest(q, once); !bytes.Equal(again, data) {
			t.Errorf("%x is written as %x", data, again)
		}
	})
}
