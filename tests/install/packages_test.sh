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
    (cd "$here" && ./install --prefix=/usr --libdir="${lib#usr/}" --destdir="$folder/bazel")
    (cd "$folder/bazel" && find . -not -type d | sort) >"$folder/of-bazel"
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

check builds_them
check unpacks_without_a_file_twice
check has_the_version
check holds_what_bazel_installs
check library_package_is_for_programs
check has_the_guides_first_service
exit $failed
