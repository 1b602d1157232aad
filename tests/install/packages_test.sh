#!/usr/bin/env bash
# Builds the Debian packages, unpacks them below a root of their own, and builds the guide's first service against what is
# there, as somebody who is not root.
set -euo pipefail
. tests/install/check.sh

tree=$(dirname "$(realpath WORKSPACE)")
here=$PWD
folder=$(mktemp -d /tmp/packages.XXXXXX)  # short, for a unix socket; and not below a home that others may not enter
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
root=$folder/root
lib=usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)

# lintian's errors end it; tools/packages says what else it has.
builds_them() { "$tree/tools/packages" "$folder/debs"; }

unpacks_without_a_file_twice() {
    local package

    mkdir "$root"
    for package in libtern0 libtern-dev protoc-gen-tern; do
        dpkg-deb -x "$folder/debs/$package"_*.deb "$root"
        dpkg-deb -c "$folder/debs/$package"_*.deb | awk '!/^d/ { print $6 }'
    done | sort | uniq -d >"$folder/twice"
    cat "$folder/twice"
    [ ! -s "$folder/twice" ]
    ! find "$root" -path '*/share/doc' -prune -o -type f -print | xargs grep -l "$folder" || return 1
}

has_the_version() {
    local version

    version=$(dpkg-deb -f "$folder"/debs/libtern0_*.deb Version)
    [ "$(sed -n 's/^version \([^ ]*\) .*/\1/p' "$here/install.manifest")" = "$version" ]
}

# Packages have manuals and what Debian wants told besides.
holds_what_bazel_installs() {
    local version

    version=$(dpkg-deb -f "$folder"/debs/libtern0_*.deb Version)
    (cd "$here" && ./install --prefix=/usr --libdir="${lib#usr/}" --destdir="$folder/bazel")
    # gdb finds a system's own by that name.
    (cd "$folder/bazel" && find . -not -type d) |
        sed "s|/share/tern/tern-gdb.py|/share/gdb/auto-load/$lib/libtern.so.$version-gdb.py|" | sort >"$folder/of-bazel"
    (cd "$root" && find . -not -type d -not -path './usr/share/doc/*' -not -path './usr/share/man/*' | sort) >"$folder/of-packages"
    grep -q '/libtern.so.0$' "$folder/of-packages"
    diff "$folder/of-bazel" "$folder/of-packages"
}

# Each by itself has what programs need to run, and nothing that only compilers read.
library_package_is_for_programs() {
    dpkg-deb -c "$folder"/debs/libtern0_*.deb | awk '!/^d/ { print $6 }' >"$folder/libtern0"
    grep -q '/libtern.so.0$' "$folder/libtern0"
    ! grep -E '\.(a|so|h|pc|cmake)$' "$folder/libtern0"
}

# Whoever runs this, what follows is done without root's rights.
as_nobody=()
[ "$(id -u)" != 0 ] || as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs)

# A file that the guide shows.
#   of_the_guide NAME
of_the_guide() {
    awk -v name="file=$1" '/^```/ { shown = $2 == name; next } shown' "$here/docs/guide.md" |
        sed "s|tcp://127.0.0.1:7010|unix://$folder/work/socket|"
}

# A scratch root is no /usr: what /usr would find by itself is said here, and only here.
build_first_service() {
    local program

    cd "$folder/work"
    export PATH=$root/usr/bin:$PATH PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1
    export PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 PKG_CONFIG_PATH=$root/$lib/pkgconfig
    protoc --tern_out=. library.proto
    for program in server borrow; do
        cc -O2 -Wall -Werror -o $program $program.c library.tern.c $(pkg-config --cflags --libs tern)
    done
}

has_the_guides_first_service() {
    local name

    mkdir "$folder/work"
    for name in library.proto server.c borrow.c; do
        of_the_guide $name >"$folder/work/$name"
    done
    [ "$(id -u)" != 0 ] || chown -R 65534:65534 "$folder/work"
    export -f build_first_service
    export folder root lib
    "${as_nobody[@]}" bash -euc build_first_service
    export LD_LIBRARY_PATH=$root/$lib
    "${as_nobody[@]}" "$folder/work/server" &
    trap "kill $! 2>/dev/null || true" EXIT
    [ "$("${as_nobody[@]}" "$folder/work/borrow" Eliot)" = 'Middlemarch (1871), lent to Ada' ]
    kill $!
    wait $!  # 0: SIGTERM stops it well
}

# ---- what gdb shows ----

#   in_gdb ARGUMENT...
in_gdb() {
    (cd "$folder/parked" && LD_LIBRARY_PATH=$root/$lib gdb -batch -nx -iex "set debug-file-directory $root/usr/lib/debug" \
        -iex "add-auto-load-safe-path $root" -ex "source $(ls "$root"/usr/share/gdb/auto-load/"$lib"/libtern.so.*-gdb.py)" "$@")
}

builds_a_program_to_look_at() {
    local flags

    dpkg-deb -x "$folder"/debs/libtern0-dbgsym_*.deb "$root"
    mkdir "$folder/parked"
    cp "$here"/tests/install/program/{parked.c,place.proto,atlas.proto} "$folder/parked"
    cd "$folder/parked"
    PATH=$root/usr/bin:$PATH protoc --tern_out=. place.proto atlas.proto
    cc -g -O1 -Wall -Werror -o parked parked.c {place,atlas}.tern.c -I"$root/usr/include" -L"$root/$lib" -ltern -lprotobuf-c
}

# Two handlers are parked, with their stacks, and one runs.
shows_parked_handlers() {
    [ "$(grep -c 'fiber 0x[0-9a-f]* /demo.Atlas/Find of .* s left: waits for sleep since' "$1")" = 2 ]
    [ "$(grep -c 'fiber 0x[0-9a-f]* /demo.Atlas/Find of .* s left: running' "$1")" = 1 ]
    grep -q 'at most 3600.000 s more' "$1"
    grep -q 'at most 7200.000 s more' "$1"
    [ "$(grep -c '#[0-9]* 0x[0-9a-f]* in tern_fiber_sleep at .*fiber_wait.c:' "$1")" = 2 ]
    [ "$(grep -c '#[0-9]* 0x[0-9a-f]* in sail at .*parked.c:13$' "$1")" = 2 ]
    [ "$(grep -c '#[0-9]* 0x[0-9a-f]* in find at .*parked.c:24$' "$1")" = 2 ]
    [ "$(grep -c '#[0-9]* 0x[0-9a-f]* in run_on_fiber at' "$1")" = 2 ]
}

# And gdb is where it was, with the thread's own stack.
shows_a_live_process() {
    local fiber

    in_gdb -ex run -ex 'tern fibers bt' -ex 'tern calls' -ex 'echo own stack\n' -ex bt ./parked >"$folder/live" 2>&1
    cat "$folder/live"
    shows_parked_handlers "$folder/live"
    [ "$(grep -c '    /demo.Atlas/Find: runs, .* s left, fiber 0x' "$folder/live")" = 3 ]
    [ "$(grep -c '      /demo.Atlas/Find: on its way, attempt 1, .* s left$' "$folder/live")" = 3 ]
    sed '1,/^own stack/d' "$folder/live" | grep -q 'find (.*parked.c:22'
}

shows_one_stack() {
    in_gdb -ex run -ex 'tern fibers' -ex 'python gdb.execute("tern bt %d" % next(fibers_of(pollers()[1][1])))' ./parked \
        >"$folder/one" 2>&1
    cat "$folder/one"
    [ "$(grep -c 'in sail at' "$folder/one")" = 1 ]
}

# The kernel's, where it writes one into the folder; gdb's own gcore leaves out stacks with guards (docs/guide.md).
shows_a_core() {
    (cd "$folder/parked" && ulimit -c unlimited && LD_LIBRARY_PATH=$root/$lib ./parked) || true
    in_gdb -ex 'tern fibers bt' ./parked "$(basename "$folder"/parked/core*)" >"$folder/core" 2>&1 || true
    cat "$folder/core"
    shows_parked_handlers "$folder/core"
}

says_that_there_are_no_symbols() {
    (cd "$folder/parked" && LD_LIBRARY_PATH=$root/$lib gdb -batch -nx -iex 'set debug-file-directory /nowhere' \
        -ex "source $(ls "$root"/usr/share/gdb/auto-load/"$lib"/libtern.so.*-gdb.py)" -ex run -ex 'tern fibers' ./parked) \
        >"$folder/without" 2>&1 || true
    grep -q 'no debug symbols of Tern here' "$folder/without"
}

check builds_them
check unpacks_without_a_file_twice
check has_the_version
check holds_what_bazel_installs
check library_package_is_for_programs
check has_the_guides_first_service
check builds_a_program_to_look_at
check shows_a_live_process
check shows_one_stack
check says_that_there_are_no_symbols
if [[ $(cat /proc/sys/kernel/core_pattern) != [/\|]* ]]; then
    check shows_a_core
fi
exit $failed
