# shellcheck shell=bash
# The S3 server of the tests, a part of servers.sh: built from the module that Go's
# checksum database knows. storage/storagetest/servers names the version too.

versitygw_version=v1.8.0

versitygw() {
	local temp program=.cache/bin/versitygw-$versitygw_version
	if [ -x "$program" ]; then return; fi
	say "versitygw $versitygw_version, the S3 server of the tests: building it once (two minutes)"
	mkdir -p .cache/bin
	rm -rf .cache/bin/.versitygw.* # of a run that was cut short; the lock keeps out all others
	temp=$(mktemp -d "$PWD/.cache/bin/.versitygw.XXXXXX")
	GOBIN=$temp go install "github.com/versity/versitygw/cmd/versitygw@$versitygw_version" >.cache/versitygw.log 2>&1 9>&- ||
		die "versitygw could not be built:" "$(tail -n 15 .cache/versitygw.log)"
	mv -f "$temp/versitygw" "$program"
	rm -rf "$temp"
}
