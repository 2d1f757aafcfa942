# shellcheck shell=bash
# System packages, a part of setup.sh, servers.sh and contract.sh; with tests=yes
# those of the tests too, with contract=yes those of contract.sh, which the
# demonstration does without.

# lacking names the packages whose programs or libraries cannot be found. It
# asks for the thing, not for the package, so that an OpenCV or a compiler of
# one's own counts.
lacking() {
	local names=()
	command -v g++ >/dev/null || names+=(g++)
	command -v pkg-config >/dev/null || names+=(pkg-config)
	pkg-config --exists opencv4 2>/dev/null || names+=(libopencv-dev)
	command -v git >/dev/null || names+=(git)
	if [ "${tests:-}" = yes ] && ! postgresql_server; then names+=(postgresql); fi
	if [ "${contract:-}" = yes ]; then
		python3 -c 'import ensurepip, venv' 2>/dev/null || names+=(python3-venv)
		command -v curl >/dev/null || names+=(curl)
		command -v jq >/dev/null || names+=(jq)
	fi
	if ! downloaded && ! python3 -m pip --version >/dev/null 2>&1; then names+=(python3-pip ca-certificates); fi
	echo "${names[*]}"
}

# postgresql_server: where storage/storagetest/servers looks for it.
postgresql_server() {
	local dir
	for dir in /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v initdb)")"; do
		if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then return; fi
	done
	return 1
}

packages() {
	local names
	as_root=()
	names=$(lacking)
	[ -n "$names" ] || return 0
	command -v apt-get >/dev/null || die "these are lacking: $names" \
		"There is no apt-get here; install what corresponds to these Debian packages, then run make again."
	if [ "$(id -u)" != 0 ]; then
		as_root=(sudo)
		may_sudo || by_hand "$names"
	fi
	apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -o Dpkg::Use-Pty=0)
	say "system packages: $names, and what they depend on (a minute or two)"
	# shellcheck disable=SC2086 # $names is a list of words
	install_packages $names || {
		tail -n 15 .cache/apt.log >&2
		by_hand "$names"
	}
	names=$(lacking)
	[ -z "$names" ] || die "apt-get has run, but these are still lacking: $names" "Its output is in .cache/apt.log."
}

# install_packages PACKAGE...: Debian's PostgreSQL makes a cluster when it is
# installed, and starts it. Meanwhile its own settings say that it shall not.
install_packages() {
	local settings=/etc/postgresql-common/createcluster.conf line='create_main_cluster = false # while make installs' status=0
	"${apt[@]}" update >.cache/apt.log 2>&1 9>&- || return
	if [[ " $* " != *" postgresql "* ]]; then
		install_now "$@"
		return
	fi
	[ -f "$settings" ] || install_now postgresql-common || return
	printf '%s\n' "$line" | "${as_root[@]}" tee -a "$settings" >/dev/null || return
	install_now "$@" || status=$?
	"${as_root[@]}" sed -i "/^$line\$/d" "$settings"
	return "$status"
}

# Descriptor 9 is the lock: nothing that a package starts may keep it.
install_now() {
	local total
	total=$("${apt[@]}" install --simulate --no-install-recommends "$@" 2>>.cache/apt.log 9>&- | grep -c '^Inst ') || return
	"${apt[@]}" install --yes --no-install-recommends "$@" 2>&1 9>&- |
		counted "packages downloaded and unpacked" $((2 * total)) '^(Get:|Unpacking )' .cache/apt.log
}

# may_sudo: sudo is there, and there is somebody to ask for a password or no need to.
may_sudo() { command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }

by_hand() {
	die "these packages are lacking and could not be installed from here: $1" "As root, run" "" \
		"    apt-get update && apt-get install --no-install-recommends $1" "" "then make again."
}
