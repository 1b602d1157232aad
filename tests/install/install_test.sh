#!/usr/bin/env bash
# Installs into a temporary prefix, looks at what is there, and builds a program outside of the tree
# against it: with cc and pkg-config, and with CMake, each with the shared and the static library.
set -euo pipefail
. tests/install/check.sh

program=$PWD/tests/install/program
options=$PWD/tests/install/options
prefix=$TEST_TMPDIR/prefix
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
unset LD_LIBRARY_PATH  # programs find the library by themselves

installs_every_part() {
    local file

    ./install --prefix="$prefix"
    for file in include/tern/{base,version,poller}.h include/tern/tern.{h,hpp} lib/libtern.{a,so} lib/libtern.so.0 \
        lib/pkgconfig/tern.pc lib/cmake/tern/tern-config{,-version}.cmake bin/protoc-gen-tern \
        include/tern/pb/{tern/options.proto,google/rpc/status.{proto,tern.h}}; do
        [ -f "$prefix/$file" ] || { echo "no $file" && return 1; }
    done
}

destdir_is_not_written_anywhere() {
    ./install --prefix=/usr --libdir=lib/x86 --destdir="$TEST_TMPDIR/stage"
    grep -q '^prefix=/usr$' "$TEST_TMPDIR/stage/usr/lib/x86/pkgconfig/tern.pc"
    ! grep rpath "$TEST_TMPDIR/stage/usr/lib/x86/pkgconfig/tern.pc" || return 1  # a system's own
    ! grep -r "$TEST_TMPDIR" "$TEST_TMPDIR/stage"
}

# Into a folder that was there before, with something of somebody else's, and over an older Tern that had a file more.
uninstalls_what_it_has_installed() {
    local here=$TEST_TMPDIR/and\ back

    mkdir -p "$here/lib/pkgconfig" "$here/share"
    touch "$here/lib/pkgconfig/other.pc"
    find "$here" | sort >"$TEST_TMPDIR/before"
    ./install --prefix="$here/"
    mkdir "$here/include/tern/old"
    touch "$here/include/tern/old/gone.h"
    printf '%s\n' "$here"/include/tern/old/{,gone.h} >>"$here/share/tern/installed"
    ./install --prefix="$here" --libdir=lib/x86
    [ -f "$here/lib/libtern.so" ] && [ -f "$here/lib/x86/libtern.so" ]
    ./install --uninstall --prefix="$here"
    find "$here" | sort | diff "$TEST_TMPDIR/before" -
}

# What others have put where we have made a folder, they keep; and without a list nothing is guessed.
uninstalls_nothing_else() {
    local here=$TEST_TMPDIR/others said

    ./install --prefix="$here"
    touch "$here/include/tern/theirs.h"
    ./install --uninstall --prefix="$here"
    [ "$(cd "$here" && find . -type f)" = ./include/tern/theirs.h ]
    said=$(./install --uninstall --prefix="$here" 2>&1) && return 1
    grep -q 'no tern was installed' <<<"$said"
    [ -f "$here/include/tern/theirs.h" ]
}

packages_have_no_list() {
    ./install --prefix=/usr --destdir="$TEST_TMPDIR/package"
    [ -f "$TEST_TMPDIR/package/usr/lib/libtern.so" ]
    [ ! -e "$TEST_TMPDIR/package/usr/share/tern/installed" ]
}

# Of a library that stands for ours, which are built without.
keeps_debug_symbols_apart() {
    local out=$TEST_TMPDIR/debug

    mkdir "$out"
    echo 'int answer(void) { return 42; }' >"$out/answer.c"
    cc -g -shared -fPIC -o "$out/libanswer.so" "$out/answer.c"
    printf 'version 1.2.3 1\nprivate\nlibrary lib/libanswer.so %s\n' "$out/libanswer.so" >"$out/manifest"
    ./install --manifest="$out/manifest" --prefix="$out/prefix" --debug
    rm "$out/libanswer.so"
    ! readelf -S "$out/prefix/lib/libanswer.so.1" | grep debug_info || return 1
    gdb -batch -nx -ex 'info line answer' "$out/prefix/lib/libanswer.so.1" | grep -q 'answer.c'
    rm "$out/prefix/lib/.debug/libanswer.so.1.2.3.debug"
    ! gdb -batch -nx -ex 'info line answer' "$out/prefix/lib/libanswer.so.1" | grep 'answer.c' || return 1
    ./install --uninstall --prefix="$out/prefix"
    [ ! -e "$out/prefix" ]
}

says_that_there_are_no_debug_symbols() {
    local said

    said=$(./install --prefix="$TEST_TMPDIR/none" --debug 2>&1) && return 1
    grep -q 'libtern.so has no debug symbols: bazel run --copt=-g' <<<"$said"
    [ ! -e "$TEST_TMPDIR/none" ]
}

shows_only_its_interface() {
    local shown

    shown=$(nm -D --defined-only "$prefix/lib/libtern.so" | awk '$2 ~ /[B-Z]/ { print $3 }')
    grep -q '^tern_version@' <<<"$shown"
    ! grep -v '^tern_' <<<"$shown"
}

# Also the namespace of the archive, which cannot hide anything, is ours alone.
archive_takes_no_foreign_names() {
    nm -g --defined-only "$prefix/lib/libtern.a" | awk 'NF == 3 { print $3 }' >"$TEST_TMPDIR/names"
    grep -q '^tern_version$' "$TEST_TMPDIR/names"
    ! grep -vE '^(terni?|proto_tern)_' "$TEST_TMPDIR/names"  # the latter: proto/tern's files
}

has_a_soname_and_no_cxx() {
    readelf -d "$prefix/lib/libtern.so" >"$TEST_TMPDIR/dynamic"
    grep -q 'SONAME.*\[libtern\.so\.[0-9]*\]' "$TEST_TMPDIR/dynamic"
    ! grep 'NEEDED.*stdc++' "$TEST_TMPDIR/dynamic"
}

# Every installed header, as a program's only #include. Bazel hands them to our own sources as system
# headers, in which compilers do not warn; here they do.
#   compiles_alone COMPILER FLAG...
compiles_alone() {
    local header

    for header in $(cd "$prefix/include" && find tern -name '*.h'); do
        echo "#include <$header>" >"$TEST_TMPDIR/alone"
        "$@" -Wall -Wextra -Wpedantic -Wshadow -Werror -fsyntax-only -I"$prefix/include" "$TEST_TMPDIR/alone"
    done
}

# <tern/tern.h> has all of libtern, by the list of what is installed. The rest is of the libraries beside it.
umbrella_has_every_header() {
    local beside='any broadcast duration error_details field_mask json testing timestamp tls value'

    (cd "$prefix/include" && printf '%s\n' tern/*.h) | grep -vx "tern/\(tern\|${beside// /\\|}\)\.h" >"$TEST_TMPDIR/all"
    sed -n 's/^#include <\(.*\)>$/\1/p' "$prefix/include/tern/tern.h" | diff "$TEST_TMPDIR/all" -
}

# How a user compiles: our flags for pkg-config beside strict ones.
compile() {
    cc -std=c17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Werror \
        $(pkg-config --cflags tern) "$@"
}

prints_its_version() {
    local version

    version=$(pkg-config --modversion tern)
    [ "$("$1")" = "tern $version" ]
}

builds_with_pkg_config() {
    compile -o "$TEST_TMPDIR/program" "$program/program.c" $(pkg-config --libs tern)
    prints_its_version "$TEST_TMPDIR/program"
}

builds_static_with_pkg_config() {
    compile -static -o "$TEST_TMPDIR/program-static" "$program/program.c" $(pkg-config --static --libs tern)
    prints_its_version "$TEST_TMPDIR/program-static"
}

generates_with_protoc() {
    local out=$TEST_TMPDIR/generated

    mkdir "$out"
    PATH=$prefix/bin:$PATH protoc --tern_out="$out" -I "$program" "$program/place.proto"
    compile -I"$out" -o "$out/program" "$program/message.c" "$out/place.tern.c" $(pkg-config --libs tern)
    [ "$("$out/program")" = "South Pole" ]
}

# A program that knows nothing of Tern loads a shared object that does, and closes it.
plugin_may_be_closed() {
    local out=$TEST_TMPDIR/plugin

    mkdir "$out"
    PATH=$prefix/bin:$PATH protoc --tern_out="$out" -I "$program" "$program"/{place,atlas}.proto
    compile -D_GNU_SOURCE -fPIC -shared -I"$out" -o "$out/plugin.so" "$program/plugin.c" "$out"/{place,atlas}.tern.c \
        $(pkg-config --libs tern)
    cc -std=gnu17 -Wall -Wextra -Werror -o "$out/loader" "$program/loader.c"
    "$out/loader" "$out/plugin.so"
}

# Without a single flag of the user's: gcc 12 would only warn.
refuses_the_handler_of_another_method() {
    local out=$TEST_TMPDIR/generated

    PATH=$prefix/bin:$PATH protoc --tern_out="$out" -I "$program" "$program"/{place,atlas}.proto
    sed 's/.find = find/.find = main/' "$program/server.c" >"$out/wrong.c"
    cc -I"$out" -fsyntax-only $(pkg-config --cflags tern) "$program/server.c"
    ! cc -I"$out" -fsyntax-only $(pkg-config --cflags tern) "$out/wrong.c"
}

#   builds_in_cxx COMPILER STANDARD
builds_in_cxx() {
    local out=$TEST_TMPDIR/$1-$2

    mkdir "$out"
    PATH=$prefix/bin:$PATH protoc --tern_out="$out" -I "$program" "$program"/{place,atlas}.proto
    for name in place atlas; do
        compile -I"$out" -c -o "$out/$name.o" "$out/$name.tern.c"
    done
    "$1" -std="$2" -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -I"$out" -o "$out/program" \
        "$program/lambda.cc" "$out"/*.o $(pkg-config --cflags --libs tern)
    [ "$("$out/program")" = "South Pole" ]
}

# A server and its client, each linked with the archive by what pkg-config says and no flag more.
builds_both_ends() {
    local out=$TEST_TMPDIR/ends end

    mkdir "$out"
    PATH=$prefix/bin:$PATH protoc --tern_out="$out" -I "$program" "$program"/{place,atlas}.proto
    for end in client server; do
        compile -static -I"$out" -o "$out/$end" "$program/$end.c" "$out"/{place,atlas}.tern.c \
            $(pkg-config --static --libs tern)
    done
}

#   ends_meet CLIENT SERVER
ends_meet() {
    local out=$TEST_TMPDIR/ends address

    exec 3< <(exec "$out/$2" tcp://127.0.0.1:0)
    trap "kill $!" EXIT
    read -r -u 3 address
    [ "$("$out/$1" "$address")" = "South Pole" ]
}

# The same two, with one line more.
builds_without_grpc() {
    local out=$TEST_TMPDIR/ends end

    for end in client server; do
        compile -static -I"$out" -o "$out/native_$end" "$program"/{$end,without_grpc}.c \
            "$out"/{place,atlas}.tern.c $(pkg-config --static --libs tern)
        nm "$out/$end" >"$out/$end.all"
        grep -q ' terni_h2_' "$out/$end.all"
        nm "$out/native_$end" >"$out/native_$end.all"
        ! grep -E ' terni_(h2|hpack)_' "$out/native_$end.all" || return 1
    done
}

says_that_grpc_is_not_there() {
    local said

    said=$("$TEST_TMPDIR/ends/native_client" grpc://127.0.0.1:1 2>&1) && return 1
    grep -q 'linked without gRPC' <<<"$said"
}

# What is promised of the library, with all that is in it.
shared_library_is_small() {
    strip -o "$TEST_TMPDIR/stripped.so" "$prefix/lib/libtern.so"
    stat -c '%s bytes' "$TEST_TMPDIR/stripped.so"
    [ "$(stat -c %s "$TEST_TMPDIR/stripped.so")" -le $((500 * 1024)) ]
}

# What only the other end needs, by its prefixes.
client_only='tern_connect tern_channel_ tern_stub_unary tern_dial terni_channel_ terni_shard_
    terni_link_ terni_connector_ terni_outcall_ terni_observers_ terni_balancer_'
server_only='tern_listen tern_server_ tern_serve tern_ctx_ tern_stub_register tern_group_ tern_listener_
    terni_registry_ terni_server_conn_ terni_dispatch_ terni_worker_ terni_health_ terni_ctx_'

# Each prefix has to be in the other program, or nobody would notice that it is no longer one.
#   links_nothing_of END OTHER
links_nothing_of() {
    local here=$TEST_TMPDIR/ends/$1 there=$TEST_TMPDIR/ends/$2 prefix prefixes=${2}_only

    nm "$here" | awk '{ print $NF }' >"$here.names"
    nm "$there" | awk '{ print $NF }' >"$there.names"
    for prefix in ${!prefixes}; do
        grep -q "^$prefix" "$there.names" || { echo "nothing is called $prefix*" && return 1; }
        ! grep "^$prefix" "$here.names" || return 1
    done
}

# What generated code holds for reflection is for servers: the linker drops it from a client, if it is told to
# drop what nobody uses.
client_carries_no_descriptors() {
    local out=$TEST_TMPDIR/ends

    compile -static -O2 -fdata-sections -ffunction-sections -I"$out" -o "$out/slim" "$program/client.c" \
        "$out"/{place,atlas}.tern.c -Wl,--gc-sections $(pkg-config --static --libs tern)
    nm "$out/client" >"$out/client.all"
    nm "$out/slim" >"$out/slim.all"
    grep -q ' atlas_proto_file$' "$out/client.all"
    ! grep proto_file "$out/slim.all"
}

# Reflection, and the descriptors it tells, are for those who register it.
server_carries_no_reflection() {
    grep -q '^terni_health_' "$TEST_TMPDIR/ends/server.names"
    ! grep -E '^(tern_reflection|terni_catalog|terni_descriptor|terni_own_files)' "$TEST_TMPDIR/ends/server.names"
}

# A program that was compiled with other headers than the library it runs with.
#   runs_with_headers HOW FLAG...
runs_with_headers() {
    local out=$TEST_TMPDIR/$1 how=$1

    shift
    mkdir "$out"
    cp -r "$prefix/include/tern" "$out"
    python3 "$options/vary.py" "$out/tern" "$how"
    PATH=$prefix/bin:$PATH protoc --tern_out="$out" -I "$program" "$program"/{place,atlas}.proto
    cc -std=gnu17 -Wall -Werror -O2 "$@" -I"$out" -o "$out/program" "$options/program.c" \
        "$out"/{place,atlas}.tern.c $(pkg-config --libs tern)
    "$out/program"
}

# ---- the well-known types ----

wkt_is_a_library_of_its_own() {
    local lib=$prefix/lib shown

    readelf -d "$lib/libtern-wkt.so" >"$TEST_TMPDIR/wkt.dynamic"
    grep -q 'SONAME.*\[libtern-wkt\.so\.0\]' "$TEST_TMPDIR/wkt.dynamic"
    grep -q 'NEEDED.*\[libtern\.so\.0\]' "$TEST_TMPDIR/wkt.dynamic"
    shown=$(nm -D --defined-only "$lib/libtern-wkt.so" | awk '$2 ~ /[B-Z]/ { print $3 }')
    grep -q '^google_protobuf_timestamp_descriptor@' <<<"$shown"
    ! grep -v '^\(tern_\|google_\(protobuf\|rpc\)_\|TERN_WKT_0\)' <<<"$shown" || return 1
    nm -g --defined-only "$lib/libtern-wkt.a" | awk 'NF == 3 { print $3 }' >"$TEST_TMPDIR/wkt.names"
    ! grep -vE '^(terni?|google_(protobuf|rpc))_' "$TEST_TMPDIR/wkt.names" || return 1
    strip -o "$TEST_TMPDIR/wkt.stripped" "$lib/libtern-wkt.so"
}

# One archive of somebody's, whose .proto imports them.
#   puts_into_an_archive NAME
puts_into_an_archive() {
    local out=$TEST_TMPDIR/wkt

    mkdir -p "$out"
    PATH=$prefix/bin:$PATH protoc --tern_out="$out" -I "$program" \
        -I "$(pkg-config --variable=protodir tern)" "$program/$1.proto"
    compile -I"$out" -c -o "$out/$1.o" "$out/$1.tern.c" $(pkg-config --cflags tern-wkt)
    ar rcs "$out/lib$1.a" "$out/$1.o"
}

meets_the_tern() { [ "$("$1")" = "at 7 s: fog" ]; }

links_two_with_pkg_config() {
    local out=$TEST_TMPDIR/wkt

    puts_into_an_archive sighting
    puts_into_an_archive diary
    compile -I"$out" -o "$out/shared" "$program/two.c" -L"$out" -ldiary -lsighting $(pkg-config --libs tern-wkt)
    meets_the_tern "$out/shared"
    compile -static -I"$out" -o "$out/static" "$program/two.c" -L"$out" -ldiary -lsighting \
        $(pkg-config --static --libs tern-wkt)
    meets_the_tern "$out/static"
    nm "$out/static" | awk '{ print $3 }' >"$out/static.names"
    ! grep '^google_protobuf_struct_' "$out/static.names"  # nobody imports it
}

# A program that brings the code of its own, as it had to once, goes on as it is.
links_what_brings_its_own() {
    local out=$TEST_TMPDIR/own

    mkdir "$out"
    PATH=$prefix/bin:$PATH protoc --tern_out="$out" -I "$program" -I "$(pkg-config --variable=protodir tern)" \
        "$program"/{diary,sighting}.proto google/protobuf/{any,timestamp}.proto google/rpc/status.proto
    compile -I"$out" -o "$out/program" "$program/two.c" "$out"/*.tern.c "$out"/google/*/*.tern.c \
        $(pkg-config --libs tern)
    meets_the_tern "$out/program"
    compile -static -I"$out" -o "$out/both" "$program/two.c" "$out"/*.tern.c "$out"/google/*/*.tern.c \
        $(pkg-config --static --libs tern-wkt)
    meets_the_tern "$out/both"
}

links_two_with_cmake() {
    local build=$TEST_TMPDIR/wkt-build

    cmake -S "$program" -B "$build" -DCMAKE_PREFIX_PATH="$prefix" -DWITH_WKT=ON
    cmake --build "$build" --target two_wkt two_wkt_static
    meets_the_tern "$build/two_wkt"
    meets_the_tern "$build/two_wkt_static"
}

# ---- testing ----

testing_is_a_library_of_its_own() {
    local lib=$prefix/lib shown

    readelf -d "$lib/libtern-testing.so" >"$TEST_TMPDIR/testing.dynamic"
    grep -q 'SONAME.*\[libtern-testing\.so\.0\]' "$TEST_TMPDIR/testing.dynamic"
    grep -q 'NEEDED.*\[libtern\.so\.0\]' "$TEST_TMPDIR/testing.dynamic"
    shown=$(nm -D --defined-only "$lib/libtern-testing.so" | awk '$2 ~ /[B-Z]/ { print $3 }')
    grep -q '^tern_testing_new_sized@' <<<"$shown"
    ! grep -v '^\(tern_testing_\|TERN_TESTING_0\)' <<<"$shown" || return 1
}

tests_a_handler() { [ "$("$1")" = "not you" ]; }

builds_testing_with_pkg_config() {
    compile -o "$TEST_TMPDIR/testing.shared" "$program/testing.c" $(pkg-config --cflags --libs tern-testing)
    tests_a_handler "$TEST_TMPDIR/testing.shared"
    compile -static -o "$TEST_TMPDIR/testing.static" "$program/testing.c" $(pkg-config --static --libs tern-testing)
    tests_a_handler "$TEST_TMPDIR/testing.static"
}

# ---- JSON ----

json_is_a_library_of_its_own() {
    local lib=$prefix/lib shown

    readelf -d "$lib/libtern-json.so" >"$TEST_TMPDIR/json.dynamic"
    grep -q 'SONAME.*\[libtern-json\.so\.0\]' "$TEST_TMPDIR/json.dynamic"
    grep -q 'NEEDED.*\[libtern\.so\.0\]' "$TEST_TMPDIR/json.dynamic"
    shown=$(nm -D --defined-only "$lib/libtern-json.so" | awk '$2 ~ /[B-Z]/ { print $3 }')
    grep -q '^tern_json_encode_sized@' <<<"$shown"
    ! grep -v '^\(tern_json_\|TERN_JSON_0\)' <<<"$shown" || return 1
    nm -g --defined-only "$lib/libtern-json.a" | awk 'NF == 3 { print $3 }' >"$TEST_TMPDIR/json.names"
    ! grep -vE '^terni?_json_' "$TEST_TMPDIR/json.names"
}

speaks_json() {
    [ "$("$@")" = '{"name":"South Pole"}' ]
}

builds_json_with_pkg_config() {
    local out=$TEST_TMPDIR/json

    mkdir "$out"
    PATH=$prefix/bin:$PATH protoc --tern_out="$out" -I "$program" "$program/place.proto"
    compile -I"$out" -o "$out/shared" "$program/json.c" "$out/place.tern.c" $(pkg-config --cflags --libs tern-json)
    speaks_json "$out/shared"
    compile -static -I"$out" -o "$out/static" "$program/json.c" "$out/place.tern.c" \
        $(pkg-config --static --libs tern-json)
    speaks_json "$out/static"
}

# ---- TLS, where it was built ----

has_tls() { [ -f "$prefix/lib/libtern-tls.so" ]; }

tls_is_a_library_of_its_own() {
    local lib=$prefix/lib shown

    ! readelf -d "$lib/libtern.so" | grep 'NEEDED.*\(libssl\|libcrypto\)' || return 1
    readelf -d "$lib/libtern-tls.so" >"$TEST_TMPDIR/tls.dynamic"
    grep -q 'SONAME.*\[libtern-tls\.so\.0\]' "$TEST_TMPDIR/tls.dynamic"
    grep -q 'NEEDED.*\[libtern\.so\.0\]' "$TEST_TMPDIR/tls.dynamic"
    grep -q 'NEEDED.*libssl' "$TEST_TMPDIR/tls.dynamic"
    shown=$(nm -D --defined-only "$lib/libtern-tls.so" | awk '$2 ~ /[B-Z]/ { print $3 }')
    grep -q '^tern_tls_new_sized@' <<<"$shown"
    ! grep -v '^\(tern_tls_\|TERN_TLS_0\)' <<<"$shown" || return 1
    nm -g --defined-only "$lib/libtern-tls.a" | awk 'NF == 3 { print $3 }' >"$TEST_TMPDIR/tls.names"
    ! grep -vE '^terni?_tls_' "$TEST_TMPDIR/tls.names"
}

make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=here \
        -addext subjectAltName=IP:127.0.0.1 -keyout "$TEST_TMPDIR/key.pem" -out "$TEST_TMPDIR/cert.pem"
}

speaks_tls() {
    local answer

    answer=$("$@" "$TEST_TMPDIR/cert.pem" "$TEST_TMPDIR/cert.pem" "$TEST_TMPDIR/key.pem")
    [ "$answer" = TLSv1.3 ]
}

builds_tls_with_pkg_config() {
    local out=$TEST_TMPDIR/tls

    mkdir "$out"
    make_certificate
    PATH=$prefix/bin:$PATH protoc --tern_out="$out" -I "$program" "$program"/{place,atlas}.proto
    compile -I"$out" -o "$out/shared" "$program/tls.c" "$out"/{place,atlas}.tern.c \
        $(pkg-config --cflags --libs tern-tls)
    speaks_tls "$out/shared"
    compile -I"$out" -o "$out/static" "$program/tls.c" "$out"/{place,atlas}.tern.c \
        -Wl,-Bstatic $(pkg-config --libs tern-tls) -Wl,-Bdynamic $(pkg-config --static --libs tern-tls)
    speaks_tls "$out/static"
}

builds_tls_with_cmake() {
    local build=$TEST_TMPDIR/tls-build

    cmake -S "$program" -B "$build" -DCMAKE_PREFIX_PATH="$prefix" -DWITH_TLS=ON
    cmake --build "$build" --target with_tls with_tls_static
    speaks_tls "$build/with_tls"
    speaks_tls "$build/with_tls_static"
}

builds_with_cmake() {
    local build=$TEST_TMPDIR/build

    cmake -S "$program" -B "$build" -DCMAKE_PREFIX_PATH="$prefix"
    cmake --build "$build"
    prints_its_version "$build/with_shared"
    prints_its_version "$build/with_static"
    [ "$("$build/with_message")" = "South Pole" ]
    speaks_json "$build/with_json"
    speaks_json "$build/with_json_static"
    tests_a_handler "$build/with_testing"
    tests_a_handler "$build/with_testing_static"
}

check installs_every_part
check destdir_is_not_written_anywhere
check uninstalls_what_it_has_installed
check uninstalls_nothing_else
check packages_have_no_list
check keeps_debug_symbols_apart
check says_that_there_are_no_debug_symbols
check shows_only_its_interface
check archive_takes_no_foreign_names
check has_a_soname_and_no_cxx
check compiles_alone gcc -x c -std=c11 -Wconversion -Wstrict-prototypes
check compiles_alone clang -x c -std=c11 -Wconversion -Wstrict-prototypes
check compiles_alone g++ -x c++ -std=c++17
check umbrella_has_every_header
check builds_with_pkg_config
check builds_static_with_pkg_config
check generates_with_protoc
check plugin_may_be_closed
check refuses_the_handler_of_another_method
check builds_in_cxx g++ c++17
check builds_in_cxx clang++ c++20
check builds_both_ends
check ends_meet client server
check builds_without_grpc
check ends_meet native_client native_server
check says_that_grpc_is_not_there
check shared_library_is_small
check client_carries_no_descriptors
check links_nothing_of client server
check links_nothing_of server client
check server_carries_no_reflection
check runs_with_headers older-options -DOLDER_OPTIONS
check runs_with_headers older-elements
check runs_with_headers newer -DNEWER
check builds_with_cmake
check wkt_is_a_library_of_its_own
check links_two_with_pkg_config
check links_what_brings_its_own
check links_two_with_cmake
check testing_is_a_library_of_its_own
check builds_testing_with_pkg_config
check json_is_a_library_of_its_own
check builds_json_with_pkg_config
if has_tls; then
    check tls_is_a_library_of_its_own
    check builds_tls_with_pkg_config
    check builds_tls_with_cmake
fi

for end in {,native_}{client,server}; do
    strip -o "$TEST_TMPDIR/ends/$end.stripped" "$TEST_TMPDIR/ends/$end" &&
        echo "a $end, static and stripped: $(stat -c %s "$TEST_TMPDIR/ends/$end.stripped") bytes"
done
echo "libtern-wkt.so, stripped: $(stat -c %s "$TEST_TMPDIR/wkt.stripped") bytes"
exit $failed
