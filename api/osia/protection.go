package osia

import "strings"

// maxIntegrity bounds the integrity blocks of one object.
const maxIntegrity = 16

var integrityShape = shape{
	members: map[string]func(*reader){
		"id": text(128), "type": enum("NONE", "JWS", "PKCS7"), "scope": text(4096), "alg": text(64),
		"encrypted": boolean, "hash": text(1024), "signature": text(32 << 10), "signatureRef": uri,
	},
	required: []string{"scope", "alg", "hash"},
}

// integrity checks Integrity blocks. They are kept and given back; their
// hashes and signatures are not verified.
func integrity(r *reader) { integrityShape.list(maxIntegrity)(r) }

// encryption reads an Encryption block and returns its scope.
func (r *reader) encryption() (scope string) {
	shape{
		members: map[string]func(*reader){
			"type":  enum("JWE", "PKCS7"),
			"scope": func(r *reader) { scope = r.text(4096) },
		},
		required: []string{"type", "scope"},
	}.read(r)
	return scope
}

func encryption(r *reader) { r.encryption() }

// hidesImages says whether an encounter's encryption may reach its images:
// unless every path leads to one of the opaque blocks, it may.
func hidesImages(scope string) bool {
	for _, path := range strings.Fields(scope) {
		if !opaque(path) {
			return true
		}
	}
	return false
}

func opaque(path string) bool {
	for _, block := range []string{"biographicData", "contextualData", "clientData"} {
		for _, prefix := range []string{"$." + block, "$['" + block + "']"} {
			rest, ok := strings.CutPrefix(path, prefix)
			if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
				return true
			}
		}
	}
	return false
}
