#!/usr/bin/env bash
# Clients that nobody here wrote, against a service of its own on the loopback:
# schemathesis with the standard's file, a client that a stock generator makes of
# that file, and the README's walk with curl and jq. EXAMPLES (220) is the number
# of requests that schemathesis makes up for each operation, SEED their seed.
. .make/lib.sh
. .make/packages.sh
. .make/downloads.sh
. .make/contract/tools.sh
. .make/contract/service.sh

standard=${DEVELOPMENT_DATA:-}/osia/abis.yaml
[ -f "$standard" ] || die "the standard's file is not here; it is no part of this checkout." \
	"Set DEVELOPMENT_DATA to the folder that holds osia/abis.yaml, OSIA Biometrics 1.6.1."
standard=$(realpath "$standard")

lock
# shellcheck disable=SC2034 # for packages.sh
contract=yes
packages
schemathesis
generated_client
exec 9>&-

temp=$(mktemp -d)
trap 'exit 130' INT TERM HUP
trap 'stop_service; rm -rf "$temp"' EXIT

start_service
say "a client that oapi-codegen made of the standard's file"
"$client" "$url" .cache/photos <<<"$token"

seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
say "schemathesis: ${EXAMPLES:-220} requests made up for each operation, and those that follow from the schema; SEED=$seed"
(fuzz "$seed") || failed=yes
python3 .make/contract/table.py "$temp/table.json" || failed=yes
[ ! -s "$temp/serve.log" ] || { say "what the service logged"; tail -n 20 "$temp/serve.log"; }
stop_service

say "the README's walk with curl and jq"
.make/contract/walk.sh || failed=yes
[ -z "${failed:-}" ] || die "a client was not served as the standard says; see above." "SEED=$seed makes the same requests again."
