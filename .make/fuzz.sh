#!/usr/bin/env bash
# Every fuzz target of the module, one after another, for FUZZTIME each. A
# finding is kept by Go beside the test, in testdata/fuzz, and stops the run.
. .make/lib.sh

found=0
while IFS=: read -r file name; do
	found=$((found + 1))
	say "$name in $(dirname "$file"), for $FUZZTIME"
	# Minimising an interesting input may take a minute of its own in which nothing is tried: it is cut short.
	go test -run '^$' -fuzz "^$name\$" -fuzztime "$FUZZTIME" -fuzzminimizetime 1x "./$(dirname "$file")"
done < <(git grep --untracked -hoE --full-name -H '^func Fuzz[A-Za-z0-9_]+' -- '*_test.go' | sed 's/func //' | sort)
[ "$found" -gt 0 ] || die "there is no fuzz target"
say "$found fuzz targets, no finding"
