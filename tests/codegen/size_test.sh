#!/bin/sh
# What a method costs in generated lines, header and source together, empty lines and comments aside:
# at most 30 when unary, 45 when streaming. And readable headers: as clang-format leaves them.
set -eu
plugin=$PWD/codegen/protoc-gen-tern
failed=0

lines() {  # of a service with the given methods
    {
        echo 'syntax = "proto3"; package demo; message HelloRequest {} message HelloReply {}'
        echo "service Greeter { rpc First(HelloRequest) returns (HelloReply); $1 }"
    } > "$TEST_TMPDIR/size.proto"
    protoc -I"$TEST_TMPDIR" --plugin=protoc-gen-tern="$plugin" --tern_out="$TEST_TMPDIR" size.proto
    sed '/static const uint8_t bytes/,/^};/d' "$TEST_TMPDIR/size.tern.h" "$TEST_TMPDIR/size.tern.c" |
        grep -c -v -E '^ *(//.*)?$'
}
base=$(lines '')
check() {  # kind, limit, method
    n=$(($(lines "$3") - base))
    echo "$1: $n lines"
    [ $n -le "$2" ] || failed=1
}
check unary 30 'rpc SayHello(HelloRequest) returns (HelloReply);'
check 'server stream' 45 'rpc Watch(HelloRequest) returns (stream HelloReply);'
check 'client stream' 45 'rpc Upload(stream HelloRequest) returns (HelloReply);'
check 'bidirectional stream' 45 'rpc Chat(stream HelloRequest) returns (stream HelloReply);'

for header in greeter kinds presence imports bare lib/base; do
    clang-format "tests/codegen/golden/$header.tern.h" | diff "tests/codegen/golden/$header.tern.h" - ||
        failed=1
done
exit $failed
