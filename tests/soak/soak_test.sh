#!/usr/bin/env bash
# soak_test.sh SERVER CLIENT tls|plain: every fault once.
set -euo pipefail

certs=-
if [ "$3" = tls ]; then
    certs=$TEST_TMPDIR/certs
    tools/certs "$certs"
fi
PYTHONDONTWRITEBYTECODE=1 exec python3 tests/soak/soak.py "$1" "$2" "$certs" 1
