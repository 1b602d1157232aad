#!/usr/bin/env bash
# Runs grpc_test.py with the protobuf code of press.proto.
#   grpc_test.sh <server> <client> <press.proto> <grpc_test.py>
set -euo pipefail

out=${TEST_TMPDIR:-$(mktemp -d)}
# The first python3 need not be Debian's, which is where the packages go.
for python in python3 /usr/bin/python3; do
    "$python" -c 'import google.protobuf, grpc' 2>/dev/null && break
    [ "$python" = python3 ] ||
        { echo "python3-grpcio or python3-protobuf is missing: tools/setup test" >&2; exit 1; }
done
protoc --proto_path="$(dirname "$3")" --python_out="$out" "$3"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$out "$python" "$4" "$1" "$2"
