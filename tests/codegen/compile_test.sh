#!/bin/sh
# All that the generator wrote compiles without a warning: gcc and clang for the sources, g++ for the
# headers. $1: the folder.
set -eu
. tests/codegen/strict.sh
if [ -d "$1/protobuf-c" ]; then  # services on messages of protoc-gen-c
    protoc -Itests/codegen/proto -Itests/codegen/imported -I/usr/include --c_out="$TEST_TMPDIR" \
        greeter.proto route.proto foreign.proto foreign/annotations.proto foreign/rule.proto \
        google/protobuf/timestamp.proto google/protobuf/descriptor.proto
fi
includes="$includes -I$1 -I$TEST_TMPDIR"
failed=0
for source in $(find "$1" -name '*.tern.c' | sort); do
    for cc in gcc clang; do
        $cc $strict_c $includes -c "$source" -o "$TEST_TMPDIR/out.o" || failed=1
    done
done
for header in $(find "$1" -name '*.tern.h' | sort); do
    g++ $strict_cpp $includes -x c++ -include "$header" -c /dev/null -o "$TEST_TMPDIR/out.o" || failed=1
done
exit $failed
