package storage

import (
	"crypto/rand"
	"encoding/hex"
	"strings"

	"oblik/models"
)

// keyLength is that of 128 random bits in hex.
const keyLength = 32

// NewKey makes the key of an image or of an act: 128 random bits as 32
// hexadecimal digits in lower case. It says nothing about anybody.
func NewKey() string {
	var random [keyLength / 2]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}

// CheckKey is [models.Invalid] for what [NewKey] could not have made. A key
// that passes is safe in a path and in an object's name.
func CheckKey(op, key string) error {
	if len(key) != keyLength || strings.Trim(key, "0123456789abcdef") != "" {
		return models.Errorf(op, models.Invalid, "no key: it has %d hex digits in lower case", keyLength)
	}
	return nil
}
