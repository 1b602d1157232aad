#!/usr/bin/env bash
# Runs wire_test.py with the protobuf code of proto/tern/wire.proto.
#   wire_test.sh <native_peer> <wire.proto> <wire_test.py>
set -euo pipefail

out=${TEST_TMPDIR:-$(mktemp -d)}
# The first python3 need not be Debian's, which is where the package goes.
for python in python3 /usr/bin/python3; do
    "$python" -c 'import google.protobuf' 2>/dev/null && break
    [ "$python" = python3 ] ||
        { echo "python3-protobuf is missing: tools/setup test" >&2; exit 1; }
done
protoc --proto_path="$(dirname "$2")" --python_out="$out" "$2"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$out:$(dirname "$3") "$python" "$3" "$1"
