# Every target is a few lines here or a script in .make; each does the set-up it needs.
SHELL := bash
.DEFAULT_GOAL := help
FUZZTIME ?= 60s
TORTURE ?= 50
.PHONY: help setup servers build demo services test test-opencv test-s3-peer test-contract torture check fuzz soak bench bench-peers vuln fresh offline clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## system packages, bin/oblik, weights and sample photographs: what is lacking of them
	@.make/setup.sh

build: setup ## bin/oblik (set-up ends with it)

demo: setup ## enrol, verify, identify and erase real photographs through the HTTP interface
	@bin/oblik demo --weights-dir .cache/weights --photos .cache/photos

servers: setup # PostgreSQL and an S3 server, for the tests; not for the demonstration
	@.make/servers.sh

services: servers ## a throw-away PostgreSQL and S3 server to try things on, until Ctrl-C
	@go run ./.make/services

test: servers ## all tests; ends with the tests skipped and why
	@.make/test.sh

test-opencv: servers ## the tests of the program again as where there is no OpenVINO
	@TEST_ENGINE=opencv go test -count=1 -timeout 20m ./cmd/oblik

test-s3-peer: servers ## the tests of storage/s3 against another server, MinIO
	@.make/s3peer.sh

test-contract: setup ## clients nobody here wrote: schemathesis, a generated client, curl (5 minutes; DEVELOPMENT_DATA holds osia/abis.yaml)
	@CONTRACT=yes go test -count=1 -run 'Contract$$' -v -timeout 30m ./cmd/oblik

torture: servers ## kill the service TORTURE (50) times at every step, break its servers, and look for what is lost (20 minutes)
	@TORTURE=$(TORTURE) go test -count=1 -run Torture -v -timeout 60m ./cmd/oblik

check: servers ## go vet, golangci-lint and the tests under the race detector
	@.make/check.sh

fuzz: setup ## every fuzz target for FUZZTIME (60s) each
	@FUZZTIME=$(FUZZTIME) .make/fuzz.sh

soak: servers ## resident memory over 5,000 verifies (minutes)
	@SOAK_VERIFIES=5000 go test -count=1 -run SoakMemory -v -timeout 30m ./cmd/oblik

bench: servers ## the Go benchmarks
	@go test -run '^$$' -bench . -benchmem ./...

bench-peers: setup ## the search beside FAISS's and USearch's, in turns, over TEMPLATES (1000000) vectors; PHOTOS makes a tenth of them real ones (10 minutes)
	@.make/peers.sh

vuln: setup ## govulncheck: known vulnerabilities in what is imported
	@.make/vuln.sh

fresh: ## demo and test of HEAD on a clean Debian 12 (a chroot, needs root)
	@.make/fresh.sh

offline: setup ## the demo without a network, set-up in less than 5 s
	@.make/offline.sh

clean: ## remove bin and .cache, downloads included
	rm -rf --one-file-system bin .cache
