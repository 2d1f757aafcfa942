#!/usr/bin/env bash
# walk.sh [README]: what a stranger does who has only the README: runs the commands
# of its section "Try it with curl" as they stand there, in a shell of their own on
# a data folder of their own, and shows them with what they print. Only where the
# port is taken it is another one.
. .make/lib.sh

for program in curl jq; do
	command -v $program >/dev/null || die "$program is lacking; install Debian's package $program"
done
commands=$(awk '/^## / { inside = ($0 == "## Try it with curl") } inside && sub(/^    /, "")' "${1:-README.md}")
[ -n "$commands" ] || die "the README has no section \"Try it with curl\""

port=8443
if (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null; then
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	say "port 8443 is taken; this is on $port"
	commands=${commands//:8443/:$port}
fi

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
# The service that the commands start ends with them, also when one of them fails.
# shellcheck disable=SC2016 # for the shell of the walk
printf '%s\n' 'trap "kill \$(jobs -p); wait" ERR' 'set -eEv -o pipefail' "$commands" wait >"$temp/walk"
OBLIK_DATA_DIR=$temp/data OBLIK_LISTEN=127.0.0.1:$port OBLIK_LOG_LEVEL=warn bash "$temp/walk" 2>&1 | tee "$temp/transcript"
said=$(grep -oE '^HTTP [0-9]{3}' "$temp/transcript" | cut -d' ' -f2 | tr '\n' ' ')
[ "$said" = "200 200 200 200 200 204 404 " ] || die "the answers were $said, not 200 200 200 200 200 204 404"
grep -q '"decision":true' "$temp/transcript" || die "the same person was not recognised"
grep -q '"decision":false' "$temp/transcript" || die "another person was taken for her"
