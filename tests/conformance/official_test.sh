#!/bin/sh
# The official runner with our testee, where CONFORMANCE_TEST_RUNNER says that it is one:
#   CONFORMANCE_TEST_RUNNER=/path/to/conformance_test_runner bazel test //tests/conformance:official_test
set -eu
if [ -z "${CONFORMANCE_TEST_RUNNER:-}" ]; then
    echo "no CONFORMANCE_TEST_RUNNER: nothing was run"
    exit 0
fi
exec "$CONFORMANCE_TEST_RUNNER" --enforce_recommended --output_dir "$TEST_TMPDIR/" "$1"
