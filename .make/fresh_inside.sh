#!/usr/bin/env bash
# The newcomer's part of fresh.sh; runs inside the chroot.
set -euo pipefail

timed() {
	local start=$SECONDS
	"$@"
	times+=("$*: $((SECONDS - start)) s")
}

times=()
cd "$HOME"
git clone --quiet oblik.bundle oblik
cd oblik
timed make demo
timed make test
timed make demo
printf '%s\n' "== on a clean Debian 12, with go, make, git and pip only:" "${times[@]/#/   }"
