#!/bin/sh
# bench/run from end to end, on small runs: what it prints, what it writes, and how it fails. Times are
# not looked at, but that they are there.
set -eu
run=$1
bin_dir=$PWD
out=$TEST_TMPDIR/out

run() {
    "$run" --bin-dir "$bin_dir" --seconds 0.05 --warmup 0.01 "$@"
}

part() {
    run "$@" --rounds 2 --out "$out" | tee "$TEST_TMPDIR/table"
}

check() { # FILE EXPRESSION: of `r`, what the file holds
    python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); assert eval(sys.argv[2]), r' "$@"
}

# The contract with programs: the last line is an object with these figures.
check_one_run() {
    run --json "$@" | tail -n 1 >"$TEST_TMPDIR/one.json"
    check "$TEST_TMPDIR/one.json" "r['errors'] == 0 and r['requests'] > 0"
    for key in rps p50_us p99_us p999_us server_cpu_us client_cpu_us server_rss_kib; do
        check "$TEST_TMPDIR/one.json" "r['$key'] > 0"
    done
}

fails() { # STATUS WORDS ARGUMENTS...
    wanted=$1
    words=$2
    shift 2
    status=0
    run "$@" 2>"$TEST_TMPDIR/err" || status=$?
    [ $status = "$wanted" ]
    grep -q "$words" "$TEST_TMPDIR/err"
}

check_plots() {
    for name in "$@"; do
        python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' "$out/$name.svg"
    done
}

check_one_run --system tern --workload 2x3x100
check_one_run --system tern-stream --workload 2x3x100
check_one_run --system tern-own-client --workload 2x3x100
check_one_run --system epoll --workload 1x1x0

run --json --system tern-h2 --workload 2x3x100 | tail -n 1 >"$TEST_TMPDIR/one.json"
check "$TEST_TMPDIR/one.json" "r['requests'] > 0 and r['rps'] > 0 and r['server_cpu_us'] > 0"

part throughput epoll epoll tern --workload 2x3x100 --workload 1x1x16
grep -q '^| 2x3x100 ' "$TEST_TMPDIR/table"
grep -q '^| epoll#2 ' "$TEST_TMPDIR/table"
check "$out/throughput.json" "set(r['result']) == {'2x3x100', '1x1x16'}"
check "$out/throughput.json" "r['result']['1x1x16']['epoll']['ratio']['median'] == 1"
check "$out/throughput.json" "len(r['result']['1x1x16']['tern']['ratio']['rounds']) == 2"

# A server of one's own, which leaves a mark when it is started.
cat >"$TEST_TMPDIR/marked" <<END
#!/bin/sh
echo "\$@" >"$TEST_TMPDIR/mark"
exec "$bin_dir/bench/epoll_echo" "\$@"
END
chmod +x "$TEST_TMPDIR/marked"
part throughput marked epoll --command "marked=$TEST_TMPDIR/marked --buffer 64" --workload 1x1x4096
grep -q -e '--buffer 64' "$TEST_TMPDIR/mark"
check "$out/throughput.json" "r['result']['1x1x4096']['marked']['median']['requests'] > 0"

part latency epoll tern --workload 4x4x100
check "$out/latency.json" "r['result']['4x4x100']['tern']['median']['p99_us'] > 0"
part idle epoll --quick --workload 1x1x16
check "$out/idle.json" "r['result']['epoll']['change']['median'] > 0"
check_plots cpu throughput latency-4x4x100
grep -q '^## What a call costs' "$out/tables.md"

fails 2 'the systems are' --json --system nonesuch --workload 1x1x1
fails 2 'CONNSxDEPTHxBYTES' --json --system tern --workload 1x1
fails 2 'the parts are' nonesuch
fails 1 'listening on' throughput silent --command "silent=/bin/true"
