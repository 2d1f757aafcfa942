#!/usr/bin/env bash
# All tests, shown as plain `go test` shows them, with the skipped ones and
# their reasons at the end. Unchanged packages come from Go's test cache.
. .make/lib.sh

say "go test ./..."
go test -json -timeout 14m ./... 2>&1 | python3 .make/testreport.py .cache/skipped
