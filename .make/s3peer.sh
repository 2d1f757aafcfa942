#!/usr/bin/env bash
# The tests of storage/s3 again, against the last MinIO that was published as a
# Go module. It is archived and never shipped: a second opinion of what S3 is.
. .make/lib.sh

modules=.tools/minio/go.mod
version=$(go list -modfile=$modules -m -f '{{.Version}}' github.com/minio/minio)
peer=$PWD/.cache/bin/minio-$version
lock
if [ ! -x "$peer" ]; then
	say "MinIO $version: building it once (two minutes)"
	mkdir -p .cache/bin
	go build -modfile=$modules -o "$peer.new" github.com/minio/minio 9>&-
	mv -f "$peer.new" "$peer"
fi
exec 9>&-
say "storage/s3 against MinIO $version"
TEST_S3_SERVER=$peer CI=true go test -count=1 -json ./storage/s3 2>&1 | python3 .make/testreport.py .cache/skipped-peer
