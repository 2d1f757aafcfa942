package osia

import "slices"

// The scopes of OSIA's ABIS interface. They must not be changed.
const (
	scopeWrite      = "abis.encounter.write"
	scopeRead       = "abis.encounter.read"
	scopeIdentify   = "abis.identify"
	scopeVerify     = "abis.verify"
	scopeGallery    = "abis.gallery.read"
	scopeTaskRead   = "abis.task.read"
	scopeTaskUpdate = "abis.task.update"
)

// Scopes are all there are.
func Scopes() []string {
	return []string{scopeWrite, scopeRead, scopeIdentify, scopeVerify, scopeGallery, scopeTaskRead, scopeTaskUpdate}
}

// permit is a fault unless scopes hold the one that is needed.
func permit(scopes []string, needed string) error {
	if slices.Contains(scopes, needed) {
		return nil
	}
	return &Fault{Code: codeScope, Detail: needed}
}

// challenge is the WWW-Authenticate of a fault (RFC 6750, section 3), empty if
// it has none. RFC 6750 keeps the reason back from a request without a token.
func challenge(code int32, detail string) string {
	switch {
	case code == codeScope:
		return `Bearer error="insufficient_scope", scope="` + detail + `"`
	case code == codeToken && detail == "":
		return "Bearer"
	case code == codeToken, code == codeCertificate:
		return `Bearer error="invalid_token"`
	}
	return ""
}
