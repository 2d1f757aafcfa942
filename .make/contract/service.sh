# shellcheck shell=bash
# The service that contract.sh asks, with a data folder of its own below $temp.

# start_service sets $url and $token. A port of the loopback is kept for callbacks.
start_service() {
	inbox=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	mkdir "$temp/data"
	bin/oblik serve --data-dir "$temp/data" --weights-dir .cache/weights --listen 127.0.0.1:0 --insecure-loopback --log-level warn \
		--callback-hosts "127.0.0.1:$inbox" --callback-insecure-http >"$temp/serve.out" 2>"$temp/serve.log" &
	service=$!
	url=
	while [ -z "$url" ]; do
		kill -0 "$service" 2>/dev/null || die "the service did not start:" "$(cat "$temp/serve.log")"
		sleep 0.1
		url=$(sed -n 's/^listening on //p' "$temp/serve.out")
	done
	token=$(bin/oblik token --data-dir "$temp/data" --client contract --for 2h --scope \
		abis.encounter.write,abis.encounter.read,abis.verify,abis.identify,abis.gallery.read,abis.task.read,abis.task.update)
}

stop_service() {
	[ -n "${service:-}" ] || return 0
	kill "$service" 2>/dev/null || true
	wait "$service" || true
	service=
}

# fuzz SEED: schemathesis with all its checks; what the hooks counted goes to
# table.json. It runs in $temp, where it may leave what it likes.
fuzz() {
	local top=$PWD
	cd "$temp" || return
	PYTHONPATH=$top/.make/contract PYTHONDONTWRITEBYTECODE=1 \
		CONTRACT_URL=$url CONTRACT_TOKEN=$token CONTRACT_INBOX=$inbox CONTRACT_PHOTOS=$top/.cache/photos CONTRACT_TABLE=$temp/table.json \
		"$top/$venv/bin/schemathesis" --config-file "$top/.make/contract/schemathesis.toml" run "$standard" --url "$url" \
		--header "Authorization: Bearer $token" --max-examples "${EXAMPLES:-220}" --seed "$1"
}
