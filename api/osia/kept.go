package osia

import (
	"bytes"
	"encoding/json"
)

// without is a stored object less one member; nil if it is empty then. The
// others stay as they came.
func without(object []byte, member string) []byte {
	if !bytes.Contains(object, []byte(`"`+member+`"`)) {
		return object
	}
	var kept bytes.Buffer
	_, err := decode(object, 0, false, func(r *reader) bool {
		r.object(func(key string) {
			if value := r.raw((*reader).value); key != member {
				kept.WriteByte(',')
				kept.Write(appendString(nil, key))
				kept.WriteByte(':')
				kept.Write(value)
			}
		})
		return true
	})
	if err != nil || kept.Len() == 0 { // it was checked when it was stored
		return nil
	}
	kept.Bytes()[0] = '{'
	return append(kept.Bytes(), '}')
}

// encryptionOf is the scope of a stored object's encryption block.
func encryptionOf(object []byte) (scope string, encrypted bool) {
	var o struct {
		Encryption *struct {
			Scope string `json:"scope"`
		} `json:"encryption"`
	}
	if json.Unmarshal(object, &o) != nil || o.Encryption == nil {
		return "", false
	}
	return o.Encryption.Scope, true
}

// sealed says whether a stored sample's image is the client's ciphertext.
func sealed(details []byte) bool {
	_, encrypted := encryptionOf(details)
	return encrypted
}

// allSealed says it of all samples of an encounter with this protection.
func allSealed(protection []byte) bool {
	scope, encrypted := encryptionOf(protection)
	return encrypted && hidesImages(scope)
}
