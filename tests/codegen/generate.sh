#!/bin/sh
# Runs the plugin ($PLUGIN) over every .proto of tests/codegen/proto, each on its own, so that what a
# file becomes cannot depend on its neighbours. `notes` collects what the author is told.
#   PLUGIN=bazel-bin/codegen/protoc-gen-tern tests/codegen/generate.sh OUT
set -eu
out=$1
mkdir -p "$out" "$out/protobuf-c" "$out/no-descriptors"
for path in $(cd tests/codegen/proto && find . -name '*.proto' | sort); do
    protoc -Itests/codegen/proto -Itests/codegen/imported -Iproto -I/usr/include --plugin=protoc-gen-tern="$PLUGIN" \
        --tern_out="$out" "${path#./}"
done 2> "$out/notes"
protoc -I/usr/include --plugin=protoc-gen-tern="$PLUGIN" --tern_out="$out" \
    google/protobuf/timestamp.proto google/protobuf/any.proto google/protobuf/struct.proto \
    google/protobuf/descriptor.proto
protoc -Itests/codegen/imported -I/usr/include --plugin=protoc-gen-tern="$PLUGIN" --tern_out="$out" foreign/grouped.proto
for name in foreign greeter route; do
    protoc -Itests/codegen/proto -Itests/codegen/imported -I/usr/include --plugin=protoc-gen-tern="$PLUGIN" \
        --tern_out="$out/protobuf-c" --tern_opt=messages=protobuf-c "$name.proto"
done
protoc -Itests/codegen/proto -Itests/codegen/imported -I/usr/include --plugin=protoc-gen-tern="$PLUGIN" \
    --tern_out="$out/no-descriptors" --tern_opt=descriptors=none foreign.proto
