#!/usr/bin/env bash
# gRPC for Python against the server's reflection and health, with code for the official .proto files.
#   reflection_test.sh <server> <reflection_test.py>
set -euo pipefail

out=$TEST_TMPDIR/python
official=/usr/share/grpc-proto/grpc  # below it, lest there be a Python package `grpc` beside gRPC's own
mkdir -p "$out"
protoc -I"$official" --python_out="$out" --grpc_python_out="$out" \
    --plugin=protoc-gen-grpc_python="$(command -v grpc_python_plugin)" \
    "$official"/{health/v1/health,reflection/v1/reflection,reflection/v1alpha/reflection}.proto
# What protoc itself says of the files that the server was generated from.
protoc -Itests/codegen/proto -Itests/codegen/imported -Iproto -I/usr/include --include_imports \
    --descriptor_set_out="$out/expected.pb" foreign.proto imports.proto

# The first python3 need not be Debian's, which is where packages go.
for python in python3 /usr/bin/python3; do
    "$python" -c 'import grpc, google.protobuf' 2>/dev/null && break
    [ "$python" = python3 ] || { echo "python3-grpcio is missing: tools/setup test" >&2; exit 1; }
done
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$out "$python" "$2" "$1" "$out/expected.pb"
