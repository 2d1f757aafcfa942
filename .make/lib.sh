# shellcheck shell=bash
# What the scripts beside this one share. They are run from the checkout's top
# folder by make, and source this file first.

set -euo pipefail

say() { printf '%s\n' "== $*"; }
die() {
	printf '%s\n' "" "error: $1" "${@:2}" >&2
	exit 1
}

# lock makes a second make in this checkout wait instead of writing into .cache
# at the same time. It is held until the script ends.
lock() {
	mkdir -p .cache
	exec 9>.cache/lock
	flock --nonblock 9 && return
	say "another make is at work in .cache here; waiting for it"
	flock 9
}

digest_of() { sha256sum -- "$1" | cut -d' ' -f1; }

# counted TEXT TOTAL PATTERN LOG: keeps its input in LOG and shows how many of
# TOTAL lines match PATTERN so far; on a terminal in place, elsewhere a line at
# every tenth.
counted() {
	local text=$1 total=$2 pattern=$3 log=$4 line n=0 tenth=0
	: >"$log"
	while IFS= read -r line; do
		printf '%s\n' "$line" >>"$log"
		[[ $line =~ $pattern ]] || continue
		n=$((n + 1))
		if [ -t 1 ]; then
			printf '\r   %s: %d of %d ' "$text" "$n" "$total"
		elif [ $((n * 10 / total)) -gt "$tenth" ]; then
			tenth=$((n * 10 / total))
			printf '   %s: %d of %d\n' "$text" "$n" "$total"
		fi
	done
	if [ -t 1 ] && [ "$n" -gt 0 ]; then echo; fi
}
