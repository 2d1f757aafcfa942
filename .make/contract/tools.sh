# shellcheck shell=bash
# The tools of contract.sh: schemathesis in a folder of its own, and the client
# that is generated. Both need the network once; then all is in .cache and in
# Go's module cache.

# schemathesis: its packages and their digests are in requirements.txt.
schemathesis() {
	local requirements=.make/contract/requirements.txt digest
	digest=$(digest_of $requirements)
	venv=.cache/schemathesis
	if [ "$(cat "$venv/requirements.sha256" 2>/dev/null)" = "$digest" ]; then return; fi
	python3 -c 'import ensurepip, venv' 2>/dev/null || die "Python's venv is lacking; install Debian's package python3-venv, then run make again."
	say "schemathesis: installing it and what it needs (30 MB), once"
	rm -rf "$venv"
	python3 -m venv "$venv"
	"$venv/bin/python" -m pip --disable-pip-version-check --no-input install --quiet --require-hashes --only-binary :all: --requirement $requirements 9>&- ||
		die "schemathesis could not be installed; pip says why above."
	printf '%s\n' "$digest" >"$venv/requirements.sha256"
}

# generated_client sets $client. Nothing that was generated is kept beside the sources.
generated_client() {
	local folder
	client=$PWD/.cache/bin/contract-client
	mkdir -p .cache/bin
	say "oapi-codegen: generating the client"
	folder=$(mktemp -d)
	cp .make/contract/client/* "$folder"
	mkdir "$folder/abis"
	(cd "$folder" && go tool oapi-codegen -config oapi-codegen.yaml "$standard" && go vet . && go build -o "$client" .) 9>&- ||
		{ rm -rf "$folder" && die "the client could not be generated or built; see above."; }
	rm -rf "$folder"
}
