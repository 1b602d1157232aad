#!/usr/bin/env bash
# The CMake build has Bazel's files: it compiles the same ones, with the same flags, and installs the same ones. That it
# builds, and that what it builds runs, is packages_test's.
set -euo pipefail
. tests/install/check.sh

root=$(dirname "$(realpath WORKSPACE)")
build=$TEST_TMPDIR/build

configures() {
    cmake -S "$root" -B "$build" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DCMAKE_INSTALL_LIBDIR=lib
}

# Each once, from where the tree or the build folder begins.
compiles_what_bazel_compiles() {
    awk 'NF == 2 { print $1 }' tests/install/sources.txt | sort >"$build/of-bazel"
    sed -n 's/^ *"file": "\(.*\)"$/\1/p' "$build/compile_commands.json" |
        sed -e "s|^$build/||" -e "s|^$root/||" | sort -u >"$build/of-cmake"
    grep -qx 'rpc/client/unary.c' "$build/of-cmake"
    grep -qx 'proto/tern/health.tern.c' "$build/of-cmake"
    diff "$build/of-bazel" "$build/of-cmake"
}

# What is where, and what pkg-config says; not the files that it comes from.
installs_what_bazel_installs() {
    local manifest n=0

    for manifest in install.manifest "$build/install.manifest"; do
        awk '$1 == "version" || $1 == "private" { print; next } { print $1, $2 }' "$manifest" | sort >"$build/installed"
        grep -q '^library lib/libtern.so$' "$build/installed"
        mv "$build/installed" "$build/installed.$((++n))"
    done
    diff "$build/installed.1" "$build/installed.2"
}

# Flags that change what the code means, of one file of each kind.
#   compiles_with FILE FLAG...
compiles_with() {
    local file=$1 flag

    shift
    grep -B 1 "\"file\": \".*/$file\"" "$build/compile_commands.json" | grep '"command"' >"$build/commands"
    for flag in "$@"; do
        ! grep -v -e " $flag " "$build/commands" || return 1
    done
}

refuses_to_cross_without_a_plugin() {
    local said

    said=$(cmake -S "$root" -B "$build-cross" -DCMAKE_SYSTEM_NAME=Linux 2>&1) && return 1
    grep -q 'TERN_PLUGIN=FILE' <<<"$said"
}

check configures
check compiles_what_bazel_compiles
check installs_what_bazel_installs
check compiles_with rpc/client/unary.c -fno-strict-aliasing -fvisibility=hidden -std=gnu17 -DNDEBUG
check compiles_with rpc/compress/gzip.c -DTERN_HAS_ZLIB
check compiles_with codegen/main.c -UNDEBUG
check refuses_to_cross_without_a_plugin
exit $failed
