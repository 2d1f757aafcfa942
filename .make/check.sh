#!/usr/bin/env bash
# What no merge may break beside the tests: vet, lint (gofmt is a part of it), races.
. .make/lib.sh
. .make/tools.sh

say "go vet"
go vet ./... ./.make/services
# Go's test cache does not see that a file was added: these are always run.
say "the repository's rules"
go test -count=1 -run 'Rules' ./cmd/oblik
tool golangci-lint github.com/golangci/golangci-lint/v2
say "golangci-lint, gofmt"
"$tool" run ./... ./.make/services
say "go test -race ./... (minutes)"
go test -race -timeout 40m ./...
