package osia

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"oblik/models"
)

// LoadOrCreateKey reads an Ed25519 key (PEM, PKCS #8) that only its owner may
// read, or makes one if there is no file. Two processes that start at once get
// the same key. A file readable by others is refused as [models.Invalid].
func LoadOrCreateKey(path string) (ed25519.PrivateKey, error) {
	key, err := loadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := createKey(path); err != nil {
		return nil, models.Errorf("token key", models.Internal, "%w", err)
	}
	return loadKey(path)
}

func loadKey(path string) (key ed25519.PrivateKey, err error) {
	bad := func(text string, args ...any) error { return models.Errorf("token key", models.Invalid, text, args...) }
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, bad("%w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, bad("%w", err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, bad("%s must be a file that only its owner may read (chmod 600)", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, 16<<10))
	if err != nil {
		return nil, bad("%w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, bad("%s holds no PEM block PRIVATE KEY", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, bad("%s is not PKCS #8", path) // the cause might quote the file
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, bad("%s is not an Ed25519 key", path)
	}
	return key, nil
}

// createKey never leaves a half-written file at path, and never replaces one:
// a link to a name that exists fails, and the other process's key is taken.
func createKey(path string) (err error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	d, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
