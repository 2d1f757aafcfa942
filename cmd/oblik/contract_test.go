package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Clients that nobody here wrote are served as the standard says: schemathesis,
// a generated client, and the README's walk. See .make/contract.sh.
func TestContract(t *testing.T) {
	if os.Getenv("CONTRACT") == "" {
		t.Skip("takes minutes and needs the network once; make test-contract runs it")
	}
	data := os.Getenv("DEVELOPMENT_DATA")
	if data == "" {
		data = filepath.Join("..", "..", "..", "shared")
	}
	data, err := filepath.Abs(data)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(context.Background(), filepath.Join(".make", "contract.sh"))
	c.Dir = filepath.Join("..", "..")
	c.Env = append(os.Environ(), "DEVELOPMENT_DATA="+data)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		t.Error(err)
	}
}
