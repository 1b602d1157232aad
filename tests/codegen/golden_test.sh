#!/bin/sh
# The generator writes, byte for byte, what tests/codegen/golden holds; again when run again; and its
# own messages as they are checked in. After a wanted change: tools/regen, and read the diff.
set -eu
export PLUGIN=$PWD/codegen/protoc-gen-tern
out=$TEST_TMPDIR/out

tests/codegen/generate.sh "$out"
diff -r tests/codegen/golden "$out"

tests/codegen/generate.sh "$TEST_TMPDIR/again"
diff -r "$out" "$TEST_TMPDIR/again"

mkdir "$TEST_TMPDIR/own"
protoc -I/usr/include --plugin=protoc-gen-tern="$PLUGIN" --tern_out="$TEST_TMPDIR/own" \
    google/protobuf/descriptor.proto google/protobuf/compiler/plugin.proto
diff -r codegen/google "$TEST_TMPDIR/own/google"

# All files in one run give the same as one by one.
mkdir "$TEST_TMPDIR/together"
protoc -Itests/codegen/proto -Itests/codegen/imported -Iproto -I/usr/include --plugin=protoc-gen-tern="$PLUGIN" \
    --tern_out="$TEST_TMPDIR/together" \
    $(cd tests/codegen/proto && find . -name '*.proto' | sed 's,^\./,,' | sort) 2> /dev/null
diff -r -x notes -x protobuf-c -x no-descriptors -x google -x foreign "$out" "$TEST_TMPDIR/together"
