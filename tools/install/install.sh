#!/usr/bin/env bash
# bazel run //:install -- [--prefix=DIR] [--libdir=lib] [--destdir=DIR] [--debug]
# bazel run //:install -- --uninstall [--prefix=DIR]      (or tools/install/install.sh --uninstall)
#
# Installs libtern for C programs that are built with anything: headers, both libraries, the files
# for pkg-config and CMake, and the protoc plugin. The prefix (/usr/local) is written into those
# files; --destdir puts the tree elsewhere without changing what is written, for packages.
# --debug keeps the symbols of libraries that were built with -g (bazel run --copt=-g) apart, in .debug/ beside them, where
# gdb finds them. --uninstall removes what was ever installed under a prefix, and nothing else.
set -euo pipefail

prefix=/usr/local
libdir=lib
destdir=
manifest=
is_debug=
is_uninstall=
for arg in "$@"; do
    case $arg in
    --prefix=*) prefix=${arg#*=} ;;
    --libdir=*) libdir=${arg#*=} ;;
    --destdir=*) destdir=${arg#*=} ;;
    --debug) is_debug=1 ;;
    --uninstall) is_uninstall=1 ;;
    --manifest=*) manifest=${arg#*=} ;;  # the CMake build's
    *)
        sed -n '2,9s/^# \{0,1\}//p' "$0"
        [ "$arg" = --help ]
        exit
        ;;
    esac
done

# Bazel runs us in a folder of its own: relative paths are meant from where the caller stands.
[ -n "$manifest$is_uninstall" ] || runfiles=$(realpath "${RUNFILES_DIR:-$0.runfiles}")/tern
manifest=${manifest:-${runfiles:-}/install.manifest}
cd "${BUILD_WORKING_DIRECTORY:-$PWD}"
prefix=$(realpath -ms "$prefix")
[ -z "$destdir" ] || destdir=$(realpath -ms "$destdir")
root=$destdir$prefix

# What is there because of us, a path a line: files, and the folders that we made, with a / at the end. A package has a
# list of its own.
list=$root/share/tern/installed

uninstall() {
    local paths path

    [ -e "$list" ] || { echo "no tern was installed under $root, or not by this: there is no $list" >&2 && exit 1; }
    mapfile -t paths < <(LC_ALL=C sort -r "$list")  # what is in a folder comes before it
    for path in "${paths[@]}"; do
        case $path in
        */) [ ! -d "$path" ] || rmdir --ignore-fail-on-non-empty "$path" ;;
        *) rm -f "$path" ;;
        esac
    done
    echo "tern is no longer installed under $root"
}

if [ -n "$is_uninstall" ]; then
    uninstall
    exit
fi

# Onto the list.
note() { echo "$1" >&4; }

# lib/x says "in the folder for libraries"; --libdir says which one that is.
place_of() {
    case $1 in
    lib/*) echo "$root/$libdir/${1#lib/}" ;;
    *) echo "$root/$1" ;;
    esac
}

# A template of the pkg-config or CMake kind. What lies elsewhere than a system's own libraries, programs are told
# where to find.
fill_in() {
    local names=${private//-l/}  # as CMake has them
    local rpath=' -Wl,-rpath,${libdir}'

    [ "$prefix" != /usr ] || rpath=
    sed -e "s|@PREFIX@|$prefix|g" -e "s|@LIBDIR@|$libdir|g" -e "s|@VERSION@|$version|g" \
        -e "s|@PRIVATE_LIBS@|$private|g" -e "s|@RPATH@|$rpath|g" \
        -e "s|@PRIVATE_NAMES@|${names// /;}|g" "$1"
}

make_folder() {
    [ ! -d "$1" ] || return 0
    make_folder "$(dirname "$1")"
    mkdir "$1"
    note "$1/"
}

# Writes stdin to a file. A new one each time: the old library may be in use. Not by install(1), whose
# name is ours where PATH begins with a dot, as in a Bazel test.
#   put MODE PLACE
put() {
    make_folder "$(dirname "$2")"
    note "$2"
    rm -f "$2"
    cat >"$2"
    chmod "$1" "$2"
}

put_link() {
    note "$2"
    ln -sf "$1" "$2"
}

# Before anything is installed.
require_symbols() {
    local kind dest file

    while read -r kind dest file; do
        [ "$kind" = library ] || continue
        [[ $file == /* ]] || file=$runfiles/$file
        [[ $(readelf -S "$file") == *.debug_info* ]] ||
            { echo "${dest##*/} has no debug symbols: bazel run --copt=-g //:install -- --debug" >&2 && exit 1; }
    done <"$manifest"
}

# A library in two: $scratch/library and, named by where it goes, its symbols.
#   split LIBRARY PLACE
split() {
    local symbols=$scratch/${2##*/}.debug

    objcopy --only-keep-debug "$1" "$symbols"
    objcopy --strip-debug --add-gnu-debuglink="$symbols" "$1" "$scratch/library"
    put 0644 "$(dirname "$2")/.debug/${2##*/}.debug" <"$symbols"
}

# A shared one, under its name with the whole version; what programs need and what linkers look for lead there.
#   put_library PLACE FILE
put_library() {
    local file=$2

    if [ -n "$is_debug" ]; then
        split "$file" "$1.$version"
        file=$scratch/library
    fi
    put 0755 "$1.$version" <"$file"
    put_link "$(basename "$1").$version" "$1.$soversion"
    put_link "$(basename "$1").$soversion" "$1"
}

# What an earlier version has left stays on it.
put_list() {
    local before=()

    [ ! -e "$list" ] || before=("$list")
    make_folder "$(dirname "$list")"
    note "$list"
    LC_ALL=C sort -u "$scratch/notes" "${before[@]}" >"$scratch/all"
    put 0644 "$list" <"$scratch/all"
}

[ -z "$is_debug" ] || require_symbols
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
exec 4>"$scratch/notes"
{
    read -r _ version soversion
    read -r _ private
    while read -r kind dest file; do
        place=$(place_of "$dest")
        [[ $file == /* ]] || file=$runfiles/$file
        case $kind in
        data) put 0644 "$place" <"$file" ;;
        program) put 0755 "$place" <"$file" ;;
        library) put_library "$place" "$file" ;;
        template) fill_in "$file" | put 0644 "$place" ;;
        esac
    done
} <"$manifest"
[ -n "$destdir" ] || put_list

echo "tern $version is installed under $root"
