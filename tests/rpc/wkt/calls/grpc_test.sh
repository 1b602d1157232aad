#!/usr/bin/env bash
# Runs grpc_test.py with the protobuf code of google.rpc and of the desk.
#   grpc_test.sh <server> <client> <grpc_test.py>
set -euo pipefail

out=${TEST_TMPDIR:-$(mktemp -d)}
# The first python3 need not be Debian's, which is where the packages go.
for python in python3 /usr/bin/python3; do
    "$python" -c 'import google.protobuf, grpc' 2>/dev/null && break
    [ "$python" = python3 ] ||
        { echo "python3-grpcio or python3-protobuf is missing: tools/setup test" >&2; exit 1; }
done
# In one folder, under names of their own: `google` is the package that protobuf has installed.
cp proto/google/rpc/{status,error_details}.proto tests/rpc/wkt/calls/desk.proto "$out"
(cd "$out" && protoc --python_out=. status.proto error_details.proto desk.proto)
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$out "$python" "$3" "$1" "$2"
