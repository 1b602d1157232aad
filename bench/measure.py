"""Builds systems, runs one under one load, server and client pinned to a core each."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path
from typing import NamedTuple

from systems import System

ROOT = Path(__file__).resolve().parent.parent
ANSWER_SECONDS = 30  # longer than anything here takes when it works


class Failure(Exception):
    """A measurement that cannot be made; the message says why."""


class Workload(NamedTuple):
    conns: int
    depth: int
    size: int
    idle: int = 0

    @classmethod
    def parse(cls, text):
        """`CONNSxDEPTHxBYTES`, as 64x8x1024."""
        match = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)x(\d+)", text)
        if not match:
            raise ValueError(f"{text}: a workload is CONNSxDEPTHxBYTES")
        return cls(*map(int, match.groups()))

    def __str__(self):
        return f"{self.conns}x{self.depth}x{self.size}" + (f"+{self.idle}idle" if self.idle else "")


def build(systems):
    """Builds the servers and the generators they need, optimised. Where they are."""
    targets = {s.target for s in systems if s.target} | {s.load for s in systems}
    command = ["bazel", "build", "-c", "opt", "--jobs=2", *sorted(targets)]
    if subprocess.run(command, cwd=ROOT).returncode != 0:
        raise Failure("the build failed")
    command = ["bazel", "info", "-c", "opt", "bazel-bin"]
    out = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return out.strip()


def cores():
    """The server's core and the client's."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2:
        raise Failure("two cores are needed, one for the server and one for the client")
    return usable[0], usable[1]


def start_on(core, command, **kwargs):
    return subprocess.Popen(
        command, preexec_fn=lambda: os.sched_setaffinity(0, {core}), text=True, **kwargs
    )


class Server:
    """A server while it runs: `with Server(...) as s: s.address`."""

    def __init__(self, command, core):
        self.command = [str(c) for c in command] + ["--listen", "tcp://127.0.0.1:0"]
        self.core = core

    def __enter__(self):
        self.process = start_on(self.core, self.command, stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        match = re.match(r"listening on (\S+)", line)
        if not match:
            self.process.kill()
            raise Failure(f"{self.command[0]} said {line!r}, not `listening on ADDRESS`")
        self.address = match.group(1)
        return self

    def __exit__(self, error, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process.stdout.close()
        if status != 0 and not error:
            raise Failure(f"{self.command[0]} ended with {status} on SIGTERM")


class Bench:
    """Runs systems that are built, one at a time."""

    def __init__(self, bin_dir, seconds, warmup):
        self.bin = Path(bin_dir)
        self.server_core, self.client_core = cores()
        self.seconds = seconds
        self.warmup = warmup

    def run(self, system: System, workload: Workload):
        """One fresh server under one load: the generator's JSON object."""
        with Server(self._absolute(system.command), self.server_core) as server:
            return self._load(system, workload, server)

    def _absolute(self, command):
        return [self.bin / command[0], *command[1:]]

    def _load(self, system, workload, server):
        load = self.bin / system.load.lstrip("/").replace(":", "/")
        command = [str(load), "--connect", server.address, "--server-pid", server.process.pid]
        command += ["--conns", workload.conns, "--depth", workload.depth, "--size", workload.size]
        command += ["--seconds", self.seconds, "--warmup", self.warmup]
        if workload.idle:
            command += ["--idle", workload.idle]
        process = start_on(self.client_core, [str(c) for c in command], stdout=subprocess.PIPE)
        try:
            out, _ = process.communicate(timeout=self.seconds + self.warmup + ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failure(f"no result from {' '.join(process.args)}") from None
        if process.returncode != 0:
            raise Failure(f"{' '.join(process.args)} ended with {process.returncode}: {out}")
        return json.loads(out.splitlines()[-1])
