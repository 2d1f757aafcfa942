#!/usr/bin/env bash
# What the tests need beyond setup.sh: the servers they start and throw away.
# That is PostgreSQL, a system package, and versitygw, an S3 server over a folder.
. .make/lib.sh

. .make/packages.sh
. .make/downloads.sh
. .make/versitygw.sh

lock
# shellcheck disable=SC2034 # for packages.sh
tests=yes
packages
versitygw
