#!/bin/sh
# Every bad/*.proto is refused where and how its comments `// refused: LINE:COLUMN: sentence` say
# (with a file in front where the fault is in another one).
set -eu
plugin=$PWD/codegen/protoc-gen-tern
failed=0
for path in tests/codegen/bad/*.proto; do
    name=$(basename "$path")
    sed -n "s,^// refused: \([0-9]\),$name:\1,p; s,^// refused: ,,p" "$path" > "$TEST_TMPDIR/want"
    if protoc -Itests/codegen/bad -Itests/codegen/proto -Iproto -I/usr/include \
        --plugin=protoc-gen-tern="$plugin" --tern_out="$TEST_TMPDIR" "$name" \
        > "$TEST_TMPDIR/out" 2>&1; then
        echo "$name: was not refused"
        failed=1
    fi
    sed 's/^--tern_out: //; /: note: /d; /: warning: /d' "$TEST_TMPDIR/out" > "$TEST_TMPDIR/got"
    diff "$TEST_TMPDIR/want" "$TEST_TMPDIR/got" || failed=1
done

# What protoc 3.21 would not hand over: editions, and requests that contradict themselves.
answer() {  # a CodeGeneratorRequest as text, and what the answer has to say
    echo "$1" | protoc -I/usr/include --encode=google.protobuf.compiler.CodeGeneratorRequest \
        google/protobuf/compiler/plugin.proto | "$plugin" |
        protoc -I/usr/include --decode=google.protobuf.compiler.CodeGeneratorResponse \
            google/protobuf/compiler/plugin.proto > "$TEST_TMPDIR/out"
    grep -q -F "$2" "$TEST_TMPDIR/out" || { echo "$1: wanted $2, got:"; cat "$TEST_TMPDIR/out"; failed=1; }
}
answer 'file_to_generate: "e.proto" proto_file { name: "e.proto" syntax: "editions"
        source_code_info { location { path: 12 span: [2, 0, 20] } } }' \
    'e.proto:3:1: editions are not supported; say syntax = \"proto3\"'
answer 'file_to_generate: "x.proto" proto_file { name: "x.proto" dependency: "y.proto" }' \
    'x.proto: the request lacks the import `y.proto`'
answer 'file_to_generate: "x.proto" proto_file { name: "x.proto" public_dependency: 3 }' \
    'x.proto: the request is malformed'
answer 'file_to_generate: "x.proto" proto_file { name: "x.proto" message_type { name: "M"
        field { name: "f" type: TYPE_INT32 label: LABEL_OPTIONAL number: 1 oneof_index: 2 } } }' \
    'x.proto: the request is malformed'
answer 'file_to_generate: "x.proto" proto_file { name: "x.proto" message_type { field { } } }' \
    'x.proto: the request is malformed'
answer 'file_to_generate: "x.proto" proto_file { name: "x.proto" message_type { name: "M"
        field { name: "f" type: TYPE_MESSAGE label: LABEL_OPTIONAL number: 1 type_name: ".M.X" } } }' \
    'x.proto: the request lacks the type `.M.X`'
answer 'file_to_generate: "x.proto" proto_file { name: "x.proto" message_type { name: "M"
        nested_type { name: "E" options { map_entry: true }
            field { name: "key" type: TYPE_INT32 label: LABEL_OPTIONAL number: 1 }
            field { name: "value" type: TYPE_INT32 label: LABEL_OPTIONAL number: 2 } } } }' \
    'x.proto: `M.E` is a map'

# A group among the options, as proto2 has them: x.proto { options { 100 { } } }. It is embedded as it came.
printf '\012\007x.proto\172\017\012\007x.proto\102\004\243\006\244\006' | "$plugin" > "$TEST_TMPDIR/out"
grep -a -q '0x42, 0x04, 0xa3, 0x06, 0xa4, 0x06' "$TEST_TMPDIR/out" || { echo "no group in:"; cat "$TEST_TMPDIR/out"; failed=1; }

# What stands on the command line.
complains() {
    if "$plugin" "$1" > "$TEST_TMPDIR/out" 2>&1; then echo "$1: was not refused"; failed=1; fi
    grep -q "$2" "$TEST_TMPDIR/out" || { cat "$TEST_TMPDIR/out"; failed=1; }
}
complains --frobnicate '^protoc-gen-tern: `--frobnicate` is not an option'
"$plugin" --version | grep -q '^protoc-gen-tern [0-9]'
"$plugin" --help | grep -q 'messages=protobuf-c'
"$plugin" --help | grep -q 'descriptors=none'
if echo nonsense | "$plugin" > "$TEST_TMPDIR/out" 2>&1; then failed=1; fi
grep -q 'not a CodeGeneratorRequest' "$TEST_TMPDIR/out" || failed=1
if protoc -Itests/codegen/proto --plugin=protoc-gen-tern="$plugin" --tern_out="$TEST_TMPDIR" \
    --tern_opt=colour=red greeter.proto > "$TEST_TMPDIR/out" 2>&1; then failed=1; fi
grep -q '`colour=red` is not an option of protoc-gen-tern' "$TEST_TMPDIR/out" || failed=1
exit $failed
