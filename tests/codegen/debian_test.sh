#!/bin/sh
# Every .proto that Debian ships with protobuf and grpc-proto generates and compiles.
set -eu
plugin=$PWD/codegen/protoc-gen-tern
out=$TEST_TMPDIR/out
grpc=/usr/share/grpc-proto
mkdir -p "$out" "$TEST_TMPDIR/missing"
[ -d $grpc ] || { echo "needs the packages libprotobuf-dev and grpc-proto"; exit 1; }

generate() {  # root, and the .proto files below it
    root=$1
    shift
    protoc -I"$root" -I/usr/include -Iproto -I"$TEST_TMPDIR/missing" --plugin=protoc-gen-tern="$plugin" --tern_out="$out" "$@"
}
generate /usr/include $(cd /usr/include && find google/protobuf -name '*.proto') 2> /dev/null
# One of grpc-proto imports a file that Debian does not ship; a stand-in with the type it uses.
mkdir -p "$TEST_TMPDIR/missing/envoy/config/core/v3"
echo 'syntax = "proto3"; package envoy.config.core.v3; message ApiConfigSource {}' \
    > "$TEST_TMPDIR/missing/envoy/config/core/v3/config_source.proto"
generate "$TEST_TMPDIR/missing" envoy/config/core/v3/config_source.proto
n=0
for path in $(cd $grpc && find . -name '*.proto' | sed 's,^\./,,'); do
    generate $grpc "$path" 2> "$TEST_TMPDIR/notes" || { cat "$TEST_TMPDIR/notes"; exit 1; }
    n=$((n + 1))
done
echo "$n files of grpc-proto"
[ "$n" -ge 26 ]
exec tests/codegen/compile_test.sh "$out"
