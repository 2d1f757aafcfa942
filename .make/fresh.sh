#!/usr/bin/env bash
# What a newcomer meets: a Debian 12 that holds only Go, make, git and pip, in
# a chroot. It clones HEAD and runs the demonstration and the tests there, with
# empty caches and a clean environment, and prints how long each took.
#
# All mounts are made in a mount namespace of their own, and the processes in a
# pid namespace: both end with the inner script, whatever it dies of, so that
# nothing is mounted any more when the folder is removed.
. .make/lib.sh

top=.cache/fresh
packages=ca-certificates,git,make,python3-pip

mkdir -p "$top" # before sudo, so that make clean can empty it
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || die "a chroot needs root, and there is no sudo here"
	say "a chroot needs root: asking sudo"
	exec sudo env "PATH=$PATH" "$0"
fi

# The mirror this machine's apt uses, if it is a Debian's; nothing otherwise,
# and debootstrap takes its default.
mirror() {
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null | head -n 1
}

base() {
	[ -f "$top/base.tar" ] && return
	command -v debootstrap >/dev/null || {
		say "debootstrap is lacking: installing it"
		DEBIAN_FRONTEND=noninteractive apt-get -qq update
		DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends debootstrap debian-archive-keyring
	}
	say "debootstrap: a minimal Debian 12, kept in $top/base.tar for the next time"
	temp=$(mktemp -d "$top/base.XXXXXX")
	# shellcheck disable=SC2046 # no mirror, no word
	unshare --mount --propagation private debootstrap --variant=minbase --include="$packages" bookworm "$temp" $(mirror) >"$top/debootstrap.log" ||
		die "debootstrap failed:" "$(tail -n 5 "$top/debootstrap.log")"
	tar -C "$temp" --one-file-system --numeric-owner -cf "$top/base.tar.new" .
	mv -f "$top/base.tar.new" "$top/base.tar"
	rm -rf --one-file-system "$temp"
}

# own_network hands over what belongs to this network and not to the machine:
# names, apt's proxies, and authorities it trusts beyond Debian's.
own_network() {
	cp -L /etc/resolv.conf "$root/etc/resolv.conf"
	apt-config dump 2>/dev/null | grep -iE '^Acquire::https?::Proxy' >"$root/etc/apt/apt.conf.d/80proxy" || true
	local bundle=etc/ssl/certs/ca-certificates.crt
	[ -f "/$bundle" ] || return 0
	awk -v into="$root/usr/local/share/ca-certificates" '
		/BEGIN CERTIFICATE/ { pem = "" }
		{ pem = pem $0 "\n" }
		/END CERTIFICATE/ {
			if (NR == FNR) known[pem] = 1
			else if (!(pem in known)) { file = into "/host-" ++n ".crt"; printf "%s", pem >file; close(file) }
		}' "$root/$bundle" "/$bundle"
	chroot "$root" update-ca-certificates >/dev/null 2>&1
}

# Stopped halfway, what runs inside is ended first: it would go on writing. A
# signal is acted on when the command at hand is over; the long one is waited for.
clean_up() {
	if [ -n "${inside:-}" ]; then
		# its child is the first of the pid namespace: the others end with it
		kill -KILL "$(cat "/proc/$inside/task/$inside/children" 2>/dev/null)" 2>/dev/null || true
		wait "$inside" || true
	fi
	rm -rf --one-file-system ${temp:+"$temp"} ${root:+"$root"}
}

trap 'exit 130' INT TERM HUP
trap clean_up EXIT
lock
base
exec 9>&- # what follows has a folder of its own
root=$(mktemp -d "$PWD/$top/root.XXXXXX")
say "unpacking it; cloning HEAD ($(git rev-parse --short HEAD)); empty caches"
[ -z "$(git status --porcelain)" ] || say "note: what is not committed is left out"
tar -C "$root" --numeric-owner -xf "$top/base.tar"
chmod 755 "$root" # mktemp's is 700, and PostgreSQL does not run as root
own_network
mkdir -p "$root/usr/local/go"
branch=$(git branch --show-current)
# shellcheck disable=SC2086 # no branch, no word
git bundle create --quiet "$root/root/oblik.bundle" HEAD $branch
cp .make/fresh_inside.sh "$root/root/"
unshare --mount --propagation private --pid --fork --kill-child \
	.make/fresh_mounts.sh "$root" "$(go env GOROOT)" "$(go env GOPROXY)" &
inside=$!
wait "$inside"
