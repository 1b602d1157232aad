#!/bin/sh
# The programs of the API's design compile against the generated greeter as they stand (api/), and
# wrong use does not compile (misuse/, whose first line has what the compiler says). So does a client on
# messages of protoc-gen-c.
set -eu
export LC_ALL=C  # plain quotes in messages
. tests/codegen/strict.sh
includes="$includes -Itests/codegen/golden"
failed=0
compile() { $1 $strict_c $includes -c "$2" -o "$TEST_TMPDIR/out.o" > "$TEST_TMPDIR/says" 2>&1; }

for cc in gcc clang; do
    for program in tests/codegen/api/*.c tests/codegen/misuse/right.c; do
        compile $cc "$program" || { cat "$TEST_TMPDIR/says"; failed=1; }
    done
    for program in tests/codegen/misuse/*.c; do
        want=$(sed -n 's,^// error: ,,p' "$program")
        [ -n "$want" ] || continue
        if compile $cc "$program"; then
            echo "$cc: $program compiles"
            failed=1
        elif ! grep -q -E "error: .*($want)" "$TEST_TMPDIR/says"; then
            echo "$cc: $program: wanted $want, got:"
            cat "$TEST_TMPDIR/says"
            failed=1
        fi
    done
done

protoc -Itests/codegen/proto --c_out="$TEST_TMPDIR" greeter.proto
includes="-Irpc/include -Itransport/include -Itests/codegen/golden/protobuf-c -I$TEST_TMPDIR"
for cc in gcc clang; do
    compile $cc tests/codegen/api/protobuf-c/client.c || { cat "$TEST_TMPDIR/says"; failed=1; }
done
exit $failed
