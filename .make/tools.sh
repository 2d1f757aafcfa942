# shellcheck shell=bash
# Development tools at the versions that .tools/go.mod pins, built once each.

# tool NAME MODULE: sets $tool to the program, built if this version is not there.
tool() {
	local name=$1 version
	version=$(go list -modfile=.tools/go.mod -m -f '{{.Version}}' "$2")
	tool=.cache/bin/$name-$version
	lock
	if [ ! -x "$tool" ]; then
		say "$name $version: building it once (minutes)"
		go build -modfile=.tools/go.mod -o "$tool.new" "$2/cmd/$name"
		mv -f "$tool.new" "$tool"
	fi
	exec 9>&-
}
