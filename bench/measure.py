"""Builds systems, runs one under one load, server and client pinned to a core each."""

import functools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from systems import OWN_CLIENT, System

ROOT = Path(__file__).resolve().parent.parent
HOSTILE = ROOT / "tests" / "hostile"
ANSWER_SECONDS = 60  # longer than anything here takes when it works


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


def bazel(*arguments, **kwargs):
    return subprocess.run(["bazel", *arguments], cwd=ROOT, text=True, **kwargs)


def build(systems):
    """Builds the servers and the generators they need, optimised. Where they are."""
    targets = sorted({t for s in systems for t in s.targets} | {OWN_CLIENT})  # it prices memory, too
    quiet = ["--noshow_progress", "--ui_event_filters=-info,-stdout"]
    if bazel("build", "-c", "opt", "--jobs=2", *quiet, *targets).returncode != 0:
        raise Failure("the build failed")
    link = ROOT / "bazel-bin"  # to what was built last; asking Bazel takes longer than a build
    if link.exists():
        return link.resolve()
    return Path(bazel("info", "-c", "opt", "bazel-bin", check=True, capture_output=True).stdout.strip())


def build_what_can_be(systems):
    """The same for a dictionary of systems: without those whose packages are not installed."""
    try:
        return build(systems.values()), systems
    except Failure:
        left = {n: s for n, s in systems.items() if s.wire not in ("grpc", "grpc-tls")}
        if left == systems:
            raise
    print("gRPC C++ is left out: `tools/setup bench` installs what it needs")
    return build(left.values()), left


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


@functools.lru_cache
def certificates():
    """A folder of tools/certs, made once, that goes with this process."""
    folder = tempfile.TemporaryDirectory()
    subprocess.run([ROOT / "tools" / "certs", folder.name], check=True)
    return folder


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

    def rss_kib(self):
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as f:
            return int(re.search(r"^Rss:\s+(\d+)", f.read(), re.MULTILINE).group(1))


def attacks():
    """Their names, as the program tells them."""
    said = subprocess.run([sys.executable, HOSTILE / "attacker.py"], stdout=subprocess.PIPE, text=True, check=True)
    return said.stdout.split()


class Attacker:
    """Somebody who does harm while it lasts, gently enough for honest clients on the same core."""

    def __init__(self, core, attack, address):
        self.core = core
        self.command = [sys.executable, HOSTILE / "attacker.py", attack, address.split("//")[1], "100"]

    def __enter__(self):
        gently = {**os.environ, "TERN_ATTACK_GENTLY": "1"}
        self.process = start_on(self.core, self.command, stdout=subprocess.PIPE, env=gently)
        if self.process.stdout.readline() != "attacking\n":
            raise Failure(f"{self.command} does not attack")

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


class Bench:
    """Runs systems that are built, one at a time."""

    def __init__(self, bin_dir, seconds, warmup):
        self.bin = Path(bin_dir)
        self.server_core, self.client_core = cores()
        self.seconds = seconds
        self.warmup = warmup

    def run(self, system: System, workload: Workload, **options):
        """One fresh server under one load: the generator's JSON object. `options` are more of the
        generator's own: rate, wire, calls."""
        with self.serve(system) as server:
            return self.load(system, workload, server, options)

    def rss_at_rest_kib(self, system):
        """Of a server that nobody has called."""
        with self.serve(system) as server:
            return server.rss_kib()

    def instructions(self, system, workload, n_calls, **options):
        """That the server executes in user space, from beginning to end, counted by callgrind."""
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "callgrind"
            valgrind = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out}"]
            with self.serve(system, valgrind) as server:
                self.load(system, workload, server, {**options, "calls": n_calls})
            total = re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.MULTILINE)
        return int(total.group(1))

    def serve(self, system, prefix=()):
        program = self.bin / system.command[0]
        arguments = [certificates().name if a == "CERTS" else a for a in system.command[1:]]
        return Server([*prefix, program, *arguments], self.server_core)

    def load(self, system, workload, server, options):
        """The generator's JSON object, of a server that runs already."""
        load = self.bin / system.load.lstrip("/").replace(":", "/")
        settings = {
            "connect": server.address,
            "server-pid": server.process.pid,
            "conns": workload.conns,
            "depth": workload.depth,
            "size": workload.size,
            "seconds": self.seconds,
            "warmup": self.warmup,
            "wire": system.wire,
            **({"idle": workload.idle} if workload.idle else {}),
            **options,
        }
        command = [str(load)] + [f"--{name}={value}" for name, value in settings.items()]
        process = start_on(self.client_core, command, stdout=subprocess.PIPE)
        try:
            out, _ = process.communicate(timeout=self.seconds + self.warmup + ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failure(f"no result from {' '.join(process.args)}") from None
        if process.returncode != 0:
            raise Failure(f"{' '.join(process.args)} ended with {process.returncode}: {out}")
        return json.loads(out.splitlines()[-1])
