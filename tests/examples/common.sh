# For the tests of examples: verdicts as every test prints them, and servers that leave.
set -u

failed=0
scratch=$(mktemp -d /tmp/tern.XXXXXX)  # a path of TEST_TMPDIR is too long for a unix socket
trap 'rm -rf "$scratch"' EXIT

# Of the last command: verdict $? NAME
verdict() {
    if [ "$1" = 0 ]; then
        echo "[       OK ] $2"
    else
        echo "[  FAILED  ] $2"
        failed=1
    fi
}

# Until a command succeeds; for half a minute, then it says what has not come: await WHAT COMMAND...
await() {
    local what=$1 i

    shift
    for ((i = 0; i < 1500; i++)); do
        "$@" && return
        sleep 0.02
    done
    verdict 1 "$what"
    exit 1
}

# Starts a server that takes its address as the only argument, and waits for its socket. Sets $address
# and $server.
serve() {
    local socket=$scratch/$(basename "$1")

    address=unix://$socket
    "$1" "$address" &
    server=$!
    await "$1 has started" test -S "$socket"
}

# It leaves on SIGTERM with 0; under a sanitizer that also says that nothing was left over.
stop() {
    kill "$1"
    wait "$1"
    verdict $? "$2_leaves_cleanly"
}
