#!/usr/bin/env bash
# Installs into a temporary prefix, looks at what is there, and builds a program outside of the tree
# against it: with cc and pkg-config, and with CMake, each with the shared and the static library.
set -euo pipefail

program=$PWD/tests/install/program
prefix=$TEST_TMPDIR/prefix
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
failed=0

# Runs a check in a shell of its own, where the first error ends it, and shows the output of one that
# fails. The verdicts look like cmocka's, so that tools/test counts them. A second word names a variant.
#   check FUNCTION ARGUMENT...
check() {
    local output status

    set +e
    output=$(
        set -e
        "$@" 2>&1
    )
    status=$?
    set -e
    if [ $status = 0 ]; then
        echo "[       OK ] $*"
    else
        printf '%s\n[  FAILED  ] %s\n' "$output" "$1"
        failed=1
    fi
}

installs_every_part() {
    local file

    ./install --prefix="$prefix"
    for file in include/tern/{base,version,poller}.h lib/libtern.{a,so} lib/libtern.so.0 \
        lib/pkgconfig/tern.pc lib/cmake/tern/tern-config{,-version}.cmake bin/protoc-gen-tern; do
        [ -f "$prefix/$file" ] || { echo "no $file" && return 1; }
    done
}

destdir_is_not_written_anywhere() {
    ./install --prefix=/usr --libdir=lib/x86 --destdir="$TEST_TMPDIR/stage"
    grep -q '^prefix=/usr$' "$TEST_TMPDIR/stage/usr/lib/x86/pkgconfig/tern.pc"
    ! grep -r "$TEST_TMPDIR" "$TEST_TMPDIR/stage"
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

    for header in "$prefix"/include/tern/*.h; do
        echo "#include <tern/$(basename "$header")>" >"$TEST_TMPDIR/alone"
        "$@" -Wall -Wextra -Wpedantic -Wshadow -Werror -fsyntax-only -I"$prefix/include" "$TEST_TMPDIR/alone"
    done
}

# How a user compiles: our flags for pkg-config beside strict ones.
compile() {
    cc -std=c17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Werror \
        $(pkg-config --cflags tern) "$@"
}

prints_its_version() {
    local version

    version=$(pkg-config --modversion tern)
    [ "$(LD_LIBRARY_PATH=$prefix/lib "$1")" = "tern $version" ]
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
    [ "$(LD_LIBRARY_PATH=$prefix/lib "$out/program")" = "South Pole" ]
}

builds_with_cmake() {
    local build=$TEST_TMPDIR/build

    cmake -S "$program" -B "$build" -DCMAKE_PREFIX_PATH="$prefix"
    cmake --build "$build"
    prints_its_version "$build/with_shared"
    prints_its_version "$build/with_static"
    [ "$("$build/with_message")" = "South Pole" ]
}

check installs_every_part
check destdir_is_not_written_anywhere
check shows_only_its_interface
check archive_takes_no_foreign_names
check has_a_soname_and_no_cxx
check compiles_alone gcc -x c -std=c11 -Wconversion -Wstrict-prototypes
check compiles_alone clang -x c -std=c11 -Wconversion -Wstrict-prototypes
check compiles_alone g++ -x c++ -std=c++17
check builds_with_pkg_config
check builds_static_with_pkg_config
check generates_with_protoc
check builds_with_cmake
exit $failed
