# shellcheck shell=bash
# OpenVINO's libraries, a part of setup.sh: of the wheel in the Python package
# index what running networks on the CPU takes. Without them everything works,
# on OpenCV alone; OPENVINO=no leaves them out.

openvino=.cache/openvino
openvino_wheel=openvino-2026.4.1-22982-cp311-cp311-manylinux_2_28_x86_64.whl
openvino_digest=2d22b1da03f7caf74df30e9f6417d0ab2f637e4a38e08e1dcd294d2c37407aaf

# The folder is put in place in one act, so that its being there tells enough.
openvino_libraries() {
	local temp
	if [ "$(cat "$openvino/wheel.sha256" 2>/dev/null)" = "$openvino_digest" ]; then return; fi
	case "${OPENVINO:-}" in
	"") ;;
	no)
		say "OpenVINO: left out, as OPENVINO=no asks; OpenCV runs the networks"
		return
		;;
	*) die "OPENVINO=$OPENVINO: the only value is no, which leaves OpenVINO out." ;;
	esac
	if [ "$(uname -m)" != x86_64 ]; then
		say "OpenVINO: no libraries are pinned for $(uname -m); OpenCV runs the networks"
		return
	fi
	say "OpenVINO 2026.4.1: downloading its wheel (59 MB); OPENVINO=no leaves it out"
	mkdir -p "$downloads"
	# one wheel for every Python: nothing of it is run by Python
	(fetch "$openvino_wheel" "$openvino_digest" openvino==2026.4.1 --only-binary :all: --implementation cp \
		--python-version 3.11 --abi cp311 --platform manylinux_2_28_x86_64) || {
		say "OpenVINO is not here: OpenCV runs the networks, two to three times slower. The next make tries again."
		return
	}
	rm -rf "$openvino" "$openvino".new.* # of a run that was cut short
	temp=$(mktemp -d "$openvino.new.XXXXXX")
	python3 .make/openvino.py "$downloads/$openvino_wheel" "$temp"
	printf '%s\n' "$openvino_digest" >"$temp/wheel.sha256"
	chmod 755 "$temp" # mktemp's is 700
	chmod -R go-w "$temp" # whatever the umask: nothing that others can write to is loaded
	mv "$temp" "$openvino"
	rm -f "$downloads/$openvino_wheel"
}
