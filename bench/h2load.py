#!/usr/bin/env python3
"""A load generator for gRPC servers: nghttp2's h2load, which costs so little that a core of it keeps up with them.

Takes the options of bench/load that it can honour and prints the same JSON line. A short run first finds out how
many calls fit the time, so that what the server spends is spent on those alone.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import tempfile

PATH = "/bench.Echo/Echo"


def varint(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def request(size):
    """An EchoMessage with a payload of so many bytes, as gRPC frames it."""
    message = b"\x08\x01\x12" + varint(size) + bytes(size)
    return b"\0" + len(message).to_bytes(4, "big") + message


def cpu_us(pid):
    """Of all of the process's threads. The scheduler's own figure: ticks are too coarse."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat") as f:
            total += int(f.read().split()[0])
    return total / 1e3


def memory_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup") as f:
        text = f.read()
    return {key: int(re.search(rf"^{key}: *(\d+)", text, re.M)[1]) for key in ("Rss", "Anonymous")}


def h2load(options, n_calls, body):
    scheme = "https" if options.wire == "grpc-tls" else "http"
    url = f"{scheme}://" + options.connect.split("://")[-1] + PATH
    out = subprocess.run(
        ["h2load", f"-n{n_calls}", f"-c{options.conns}", f"-m{options.depth}", "-w30", "-W30",
         "--tls13-ciphers=TLS_AES_128_GCM_SHA256",
         "-Hcontent-type: application/grpc", "-Hte: trailers", f"-d{body}", url],
        capture_output=True, text=True, check=True,
    ).stdout
    done = int(re.search(r"(\d+) succeeded", out)[1])
    if done != n_calls or "2xx" not in out:
        raise SystemExit(f"h2load: {done} of {n_calls} calls succeeded\n{out}")
    return float(re.search(r", ([\d.]+) req/s", out)[1])


def main():
    parser = argparse.ArgumentParser()
    for name, kind, default in (
        ("connect", str, None), ("wire", str, "grpc"), ("conns", int, 1), ("depth", int, 1), ("size", int, 1024),
        ("seconds", float, 2), ("warmup", float, 0.5), ("calls", int, 0), ("server-pid", int, 0),
    ):
        parser.add_argument("--" + name, type=kind, default=default)
    options = parser.parse_args()
    with tempfile.NamedTemporaryFile() as body:
        body.write(request(options.size))
        body.flush()
        n_calls = options.calls
        if not n_calls:
            least = 50 * options.conns * options.depth
            rate = h2load(options, least, body.name)
            n_warm = max(least, int(rate * options.warmup))
            rate = h2load(options, n_warm, body.name)
            n_calls = max(least, int(rate * options.seconds))
        before = cpu_us(options.server_pid) if options.server_pid else 0
        own = resource.getrusage(resource.RUSAGE_CHILDREN)
        rate = h2load(options, n_calls, body.name)
        own_after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = cpu_us(options.server_pid) - before if options.server_pid else 0
        memory = memory_kib(options.server_pid) if options.server_pid else {"Rss": 0, "Anonymous": 0}
    own_us = 1e6 * (own_after.ru_utime + own_after.ru_stime - own.ru_utime - own.ru_stime)
    print(json.dumps({
        "rps": rate, "server_cpu_us": spent / n_calls, "client_cpu_us": own_us / n_calls,
        "server_rss_kib": memory["Rss"], "server_anonymous_kib": memory["Anonymous"],
        "client_rss_kib": 0, "client_anonymous_kib": 0, "calls_per_read": 0,
        # h2load does not tell how long calls took, but on the average.
        "p50_us": 0, "p99_us": 0, "p999_us": 0, "max_us": 0, "percentiles_us": [],
        "requests": n_calls, "errors": 0, "seconds": n_calls / rate,
    }))


if __name__ == "__main__":
    main()
