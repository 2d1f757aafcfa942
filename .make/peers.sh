#!/usr/bin/env bash
# The search beside FAISS's and USearch's, which are installed into a folder of
# their own once (60 MB). TEMPLATES (1000000) is the size of the register,
# PHOTOS a folder or archive of photographs for every tenth template.
. .make/lib.sh

requirements=benchmarks/peers/requirements.txt
venv=.cache/peers
lock
digest=$(digest_of $requirements)
if [ "$(cat "$venv/requirements.sha256" 2>/dev/null)" != "$digest" ]; then
	python3 -c 'import ensurepip, venv' 2>/dev/null || die "Python's venv is lacking; install Debian's package python3-venv, then run make again."
	say "FAISS and USearch: installing them, once"
	rm -rf "$venv"
	python3 -m venv "$venv"
	"$venv/bin/python" -m pip --disable-pip-version-check --no-input install --quiet --require-hashes --only-binary :all: --requirement $requirements 9>&- ||
		die "they could not be installed; pip says why above."
	printf '%s\n' "$digest" >"$venv/requirements.sha256"
fi
exec 9>&-
photos=()
if [ -n "${PHOTOS:-}" ]; then photos=(--photos "$PHOTOS"); fi
GLIBC_TUNABLES=glibc.malloc.hugetlb=1 "$venv/bin/python" benchmarks/peers/peers.py --flags '--weights-dir .cache/weights' --templates "${TEMPLATES:-1000000}" \
	--rounds "${ROUNDS:-5}" "${photos[@]}"
