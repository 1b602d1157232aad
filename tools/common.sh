# tools/common.sh: what the commands of this folder share. Sourced by bash, never run.
#
# Leaves the caller in the repository's root, with errors fatal and an environment that Bazel and
# the JVM accept, also in a bare chroot without locale, user name, home or /tmp.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C.UTF-8 USER=${USER:-$(id -un 2>/dev/null || id -u)}

# Prints to stderr and ends the command.
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

usable_dir() { [ -n "$1" ] && [ -d "$1" ] && [ -w "$1" ] && [ -x "$1" ]; }

use_own_dirs_where_needed() {
    local own=$PWD/.cache

    mkdir -p "$own"
    [ -n "${HOME:-}" ] || HOME=$(getent passwd "$(id -u)" | cut -d: -f6) || true
    export HOME
    usable_dir "$HOME" || HOME=$own/home
    usable_dir "${TMPDIR:-/tmp}" || export TMPDIR=$own/tmp
    mkdir -p "$HOME" "${TMPDIR:-/tmp}"
}

# Seconds since $1, a value of EPOCHREALTIME, with one decimal.
seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

# Runs a command with its output in a log that is shown only if it fails.
#   quietly LOG COMMAND...
quietly() {
    local log=$1 status=0

    shift
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 || status=$?
    [ "$status" = 0 ] || tail -n 200 "$log" >&2
    return "$status"
}

use_own_dirs_where_needed
