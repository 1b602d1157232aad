# tests/install/check.sh: what the tests of this folder share. Sourced by bash, never run.
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
