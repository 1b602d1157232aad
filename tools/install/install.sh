#!/usr/bin/env bash
# bazel run //:install -- [--prefix=DIR] [--libdir=lib] [--destdir=DIR]
#
# Installs libtern for C programs that are built with anything: headers, both libraries, the files
# for pkg-config and CMake, and the protoc plugin. The prefix (/usr/local) is written into those
# files; --destdir puts the tree elsewhere without changing what is written, for packages.
set -euo pipefail

prefix=/usr/local
libdir=lib
destdir=
manifest=
for arg in "$@"; do
    case $arg in
    --prefix=*) prefix=${arg#*=} ;;
    --libdir=*) libdir=${arg#*=} ;;
    --destdir=*) destdir=${arg#*=} ;;
    --manifest=*) manifest=${arg#*=} ;;  # the CMake build's
    *)
        sed -n '2,6s/^# \{0,1\}//p' "$0"
        [ "$arg" = --help ]
        exit
        ;;
    esac
done

# Bazel runs us in a folder of its own: relative paths are meant from where the caller stands.
[ -n "$manifest" ] || runfiles=$(realpath "${RUNFILES_DIR:-$0.runfiles}")/tern
manifest=${manifest:-$runfiles/install.manifest}
cd "${BUILD_WORKING_DIRECTORY:-$PWD}"
prefix=$(realpath -ms "$prefix")
[ -z "$destdir" ] || destdir=$(realpath -ms "$destdir")
root=$destdir$prefix

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

# Writes stdin to a file. A new one each time: the old library may be in use. Not by install(1), whose
# name is ours where PATH begins with a dot, as in a Bazel test.
#   put MODE PLACE
put() {
    mkdir -p "$(dirname "$2")"
    rm -f "$2"
    cat >"$2"
    chmod "$1" "$2"
}

# A shared one, under its name with the whole version; what programs need and what linkers look for lead there.
put_library() {
    put 0755 "$1.$version"
    ln -sf "$(basename "$1").$version" "$1.$soversion"
    ln -sf "$(basename "$1").$soversion" "$1"
}

{
    read -r _ version soversion
    read -r _ private
    while read -r kind dest file; do
        place=$(place_of "$dest")
        [[ $file == /* ]] || file=$runfiles/$file
        case $kind in
        data) put 0644 "$place" <"$file" ;;
        program) put 0755 "$place" <"$file" ;;
        library) put_library "$place" <"$file" ;;
        template) fill_in "$file" | put 0644 "$place" ;;
        esac
    done
} <"$manifest"

echo "tern $version is installed under $root"
