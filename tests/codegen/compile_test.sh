#!/bin/sh
# All that the generator wrote compiles without a warning: gcc and clang for the sources, g++ for the
# headers. $1: the folder.
set -eu
if [ -d "$1/protobuf-c" ]; then  # services on messages of protoc-gen-c
    protoc -Itests/codegen/proto --c_out="$TEST_TMPDIR" greeter.proto route.proto
fi
includes="-Irpc/include -Itransport/include -I$1 -I$TEST_TMPDIR"
strict="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
failed=0
for source in $(find "$1" -name '*.tern.c' | sort); do
    for cc in gcc clang; do
        $cc -std=c17 $strict -Wstrict-prototypes \
            $includes -c "$source" -o "$TEST_TMPDIR/out.o" || failed=1
    done
done
for header in $(find "$1" -name '*.tern.h' | sort); do
    g++ -std=c++17 $strict $includes -x c++ -include "$header" -c /dev/null -o "$TEST_TMPDIR/out.o" ||
        failed=1
done
exit $failed
