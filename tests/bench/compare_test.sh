#!/bin/sh
# bench/compare from end to end, on small runs: what it prints, what it writes, and how it fails.
set -eu
compare=$1
bin_dir=$PWD
json=$TEST_TMPDIR/result.json

run() {
    "$compare" --bin-dir "$bin_dir" --rounds 2 --seconds 0.05 --warmup 0.01 --json "$json" "$@"
}

check_json() {
    python3 -c "import json, sys; r = json.load(open(sys.argv[1])); assert $1, r" "$json"
}

expect_failure() {
    wanted=$1
    shift
    if run "$@" 2>"$TEST_TMPDIR/err"; then
        echo "succeeded: $*" >&2
        exit 1
    fi
    grep -q "$wanted" "$TEST_TMPDIR/err"
}

run epoll epoll --workload 2x3x100 --workload 1x1x0 | tee "$TEST_TMPDIR/table"
grep -q '^2x3x100' "$TEST_TMPDIR/table"
grep -q '^  epoll#2 ' "$TEST_TMPDIR/table"
check_json "set(r['workloads']) == {'2x3x100', '1x1x0'}"
check_json "len(r['workloads']['2x3x100']['epoll#2']['ratio']['rounds']) == 2"
check_json "r['workloads']['1x1x0']['epoll']['median']['server_cpu_us'] > 0"
check_json "r['workloads']['1x1x0']['epoll']['ratio']['median'] == 1"

run small epoll --command "small=bench/epoll_echo --buffer 64" --workload 1x1x4096
check_json "r['workloads']['1x1x4096']['epoll']['ratio']['median'] < 0.5"

run --idle epoll --workload 1x1x16
check_json "r['idle']['epoll']['change']['median'] > 0"

expect_failure 'no such system' nonesuch
expect_failure 'CONNSxDEPTHxBYTES' epoll --workload 1x1
expect_failure 'listening on' silent --command "silent=/bin/true"
