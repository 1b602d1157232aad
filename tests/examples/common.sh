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

# Starts a server that takes its address as the only argument, and waits for its socket. Sets $address
# and $server.
serve() {
    local socket=$scratch/$(basename "$1")

    address=unix://$socket
    "$1" "$address" &
    server=$!
    for _ in $(seq 400); do
        [ -S "$socket" ] && return
        sleep 0.025
    done
    verdict 1 "$1 has started"
    exit 1
}

# It leaves on SIGTERM with 0; under a sanitizer that also says that nothing was left over.
stop() {
    kill "$1"
    wait "$1"
    verdict $? "$2_leaves_cleanly"
}
