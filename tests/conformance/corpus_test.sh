#!/bin/sh
# corpus.txt is what record.py writes.
set -eu
tests/interop/python.sh google.protobuf tests/conformance/record.py "$TEST_TMPDIR/corpus.txt" 2> "$TEST_TMPDIR/errors" ||
    { cat "$TEST_TMPDIR/errors"; exit 1; }
diff tests/conformance/corpus.txt "$TEST_TMPDIR/corpus.txt"
