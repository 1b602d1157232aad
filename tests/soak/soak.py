"""Calls of all kinds for a while, among faults, and then an audit. Arguments: the programs, a folder of certificates or "-",
and how many seconds. tools/soak is the way in.

Three servers: `steady` lives through it all, `victim` is killed, frozen and restarted, `guarded` is behind TLS. A target
is a way to one of them: at once, or through a gate. Whatever ends otherwise than it should has to be explained by a
fault that befell its target at the time, and by a status that goes with that fault.

Beside that: no number is executed twice, each callback has run once, nobody got anybody else's answer; at rest, what
the client and `steady` hold is what they held before the first fault; and, where it takes minutes, the last minute
brings at least 90 % of the calls of the first."""
import collections
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time

from gate import Gate

PATIENCE_S = 60
WARM_UP_S = 3
SLACK_S = 5  # after a fault: a backoff, a keepalive
TIMEOUT_MS = 4000
LONG = 180  # seconds, from when on speed is compared

BROKEN = {"UNAVAILABLE", "DEADLINE_EXCEEDED"}
LEAVING = BROKEN | {"CANCELLED"}


class Program:
    """Obeys on stdin, and answers with lines."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.figures = queue.Queue()
        self.first = queue.Queue()
        self.said = []
        self.reader = threading.Thread(target=self.listen, daemon=True)
        self.reader.start()

    def listen(self):
        for line in self.process.stdout:
            if line.startswith("figures "):
                self.figures.put(json.loads(line.partition(" ")[2]))
            elif line.startswith("listening "):
                self.first.put(line.split()[-1])
            else:
                self.said.append(line.rstrip("\n"))

    def order(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return self.figures.get(timeout=PATIENCE_S)

    def end(self):
        self.process.stdin.close()
        status = self.process.wait(PATIENCE_S)
        self.reader.join(PATIENCE_S)
        self.process.stdout.close()
        return status


class Server:
    def __init__(self, program, folder, name, certs=None):
        self.socket = os.path.join(folder, name)
        address = "tls://127.0.0.1:0" if certs else "unix://" + self.socket
        self.command = [program, address, os.path.join(folder, name + ".executed")] + ([certs] if certs else [])
        self.name = name
        self.start()

    def start(self):
        if os.path.exists(self.socket):
            os.unlink(self.socket)  # of one that was killed
        self.program = Program(self.command)
        self.address = self.program.first.get(timeout=PATIENCE_S)

    def target(self):
        if self.address.startswith("unix"):
            return self.socket
        return ("127.0.0.1", int(self.address.rpartition(":")[2]))

    def kill(self):
        self.program.process.kill()
        self.program.end()

    def leave(self):
        status = self.program.end()
        if status != 0:
            raise AssertionError(f"{self.name} has left with {status}")


class Soak:
    def __init__(self, server, client, certs, folder):
        self.explained = {}
        self.faults = []  # (target, began, ended, codes, what)
        self.complaints = []
        self.steady = Server(server, folder, "steady")
        self.victim = Server(server, folder, "victim")
        self.guarded = Server(server, folder, "guarded", certs) if certs else None
        self.gates = {s: Gate(s.target) for s in (self.steady, self.victim, self.guarded) if s}
        self.targets = self.addresses()
        self.client = Program([client, certs or "-", str(TIMEOUT_MS)] + [a for _, _, a in self.targets])

    def addresses(self):
        """(server, whether through its gate, address)"""
        at = {s: f"127.0.0.1:{g.port}" for s, g in self.gates.items()}
        plain = "unix://" + self.steady.socket
        targets = [
            (self.steady, False, plain),
            (self.steady, False, "grpc+" + plain),
            (self.steady, True, "tcp://" + at[self.steady]),
            (self.victim, True, "tcp://" + at[self.victim]),
            (self.victim, True, "grpc://" + at[self.victim]),
        ]
        if self.guarded:
            targets += [(self.guarded, True, scheme + at[self.guarded]) for scheme in ("tls://", "grpcs://")]
        return targets

    # ---- faults

    def befall(self, server, codes, what, for_s, begin, end):
        began = time.monotonic()
        begin()
        time.sleep(for_s)
        end()
        for i, (s, has_gate, _) in enumerate(self.targets):
            if s is server and has_gate:
                self.faults.append((i, began, time.monotonic(), codes, what))

    def kill(self, server):
        self.befall(server, BROKEN, "kill -9", 0.3, server.kill, server.start)

    def leave(self, server):
        self.befall(server, LEAVING, "restart", 0.1, server.leave, server.start)

    def freeze(self, server):
        pid = server.program.process.pid
        self.befall(server, BROKEN, "SIGSTOP", 2, lambda: os.kill(pid, signal.SIGSTOP),
                    lambda: os.kill(pid, signal.SIGCONT))

    def stall(self, server):
        gate = self.gates[server]
        self.befall(server, BROKEN, "stall", 2, gate.open.clear, gate.open.set)

    def cut(self, server):
        gate = self.gates[server]
        self.befall(server, BROKEN, "cut", 0, gate.cut, lambda: None)

    def trickle(self, server):
        gate = self.gates[server]
        self.befall(server, BROKEN, "trickle", 2, lambda: setattr(gate, "trickles", True),
                    lambda: setattr(gate, "trickles", False))

    def cycle(self):
        every = [(self.kill, self.victim), (self.cut, self.steady), (self.freeze, self.victim), (self.stall, self.steady),
                 (self.leave, self.victim), (self.trickle, self.steady), (self.cut, self.victim)]
        if self.guarded:
            every += [(self.cut, self.guarded), (self.kill, self.guarded), (self.stall, self.guarded)]
        return every

    # ---- the course of it

    def chaos(self, seconds):
        """Faults one after the other; also how many calls ended in each whole minute."""
        end, n_faults = time.monotonic() + seconds, 0
        every = self.cycle()
        pause_s = max(0.2, (min(seconds, 60) - 12) / len(every))
        minutes, mark = [], time.monotonic()
        n_ended = self.client.order("figures")["n_ended"]
        while time.monotonic() < end or n_faults < len(every):
            fault, server = every[n_faults % len(every)]
            fault(server)
            n_faults += 1
            time.sleep(pause_s)
            if time.monotonic() >= mark + 60:
                now, n = time.monotonic(), self.client.order("figures")["n_ended"]
                minutes.append((n - n_ended) / (now - mark))
                mark, n_ended = now, n
        return n_faults, minutes

    def rest(self):
        """What client and steady server hold when no call is in progress."""
        at_client = self.client.order("pause")
        time.sleep(0.5)  # for the server to see the last of it
        held = {"client": self.client.order("figures"), "steady": self.steady.program.order("figures")}
        self.client.order("go")
        return at_client, held

    def run(self, seconds):
        time.sleep(WARM_UP_S)
        _, before = self.rest()
        n_faults, minutes = self.chaos(seconds)
        time.sleep(SLACK_S)
        figures, after = self.rest()
        self.compare(before, after)
        self.check_end()
        self.audit(figures)
        self.check_speed(minutes)
        self.report(figures, n_faults, before, after, minutes)

    # ---- the audit

    def complain(self, text):
        self.complaints.append(text)

    def compare(self, before, after):
        for who in before:
            b, a = before[who], after[who]
            if a["n_fds"] != b["n_fds"]:
                self.complain(f"{who}: {b['n_fds']} descriptors before, {a['n_fds']} after")
            if a["live_bytes"] > b["live_bytes"] * 1.25 + 1024 * 1024:
                self.complain(f"{who}: {b['live_bytes']} bytes allocated before, {a['live_bytes']} after")
            if a["rss_kib"] > b["rss_kib"] * 1.5 + 8 * 1024 and not is_sanitized(self.steady.command[0]):
                self.complain(f"{who}: {b['rss_kib']} KiB resident before, {a['rss_kib']} after")

    def check_end(self):
        if (status := self.client.end()) != 0:
            self.complain(f"the client has left with {status}")
        for server in self.gates:
            server.leave()

    def explanation(self, target, began, ended, code):
        """The latest fault that may have done it, and how long after its end: (what, seconds), or None."""
        able = [(b, e, what) for t, b, e, codes, what in self.faults
                if t == target and b <= ended and began <= e + SLACK_S and code in codes]
        return (max(able)[2], ended - max(able)[1]) if able else None

    def audit(self, figures):
        self.explained = collections.defaultdict(list)
        for line in self.client.said:
            verdict, target, kind, began, ended, code, message = (line.split(" ", 6) + [""])[:7]
            found = self.explanation(int(target), float(began), float(ended), code)
            if verdict == "failed" and found:
                self.explained[found[0], code].append(found[1])
            else:
                self.complain(f"{verdict}: {kind} to {self.targets[int(target)][2]} from {began} to {ended}: {code}: {message}")
        if figures["n_right"] + figures["n_failed"] + figures["n_wrong"] != figures["n_ended"]:
            self.complain("calls that are in no account")
        if figures["n_begun"] != figures["n_called_back"]:
            self.complain(f"{figures['n_begun']} callbacks awaited, {figures['n_called_back']} have run")

    def check_speed(self, minutes):
        if len(minutes) >= LONG / 60 and minutes[-1] < 0.9 * minutes[0]:
            self.complain(f"{minutes[0]:.0f} calls/s in the first minute, {minutes[-1]:.0f} in the last")

    def report(self, figures, n_faults, before, after, minutes):
        print(f"{figures['n_ended']} calls, {figures['n_right']} right, {figures['n_failed']} failed, {n_faults} faults")
        for (what, code), after_s in sorted(self.explained.items()):
            print(f"    {len(after_s)} {code} by {what}, the last {max(after_s):.1f} s after its end")
        if minutes:
            print(f"{minutes[0]:.0f} calls/s in the first minute, {minutes[-1]:.0f} in the last")
        for who in before:
            print(f"{who}: " + ", ".join(f"{k} {before[who][k]} -> {after[who][k]}"
                                         for k in ("live_bytes", "rss_kib", "n_fds")))
        for text in self.complaints[:50]:
            print(text)
        if self.complaints:
            sys.exit(f"{len(self.complaints)} complaints")


def is_sanitized(program):
    with open(program, "rb") as f:
        code = f.read()
    return b"__asan_init" in code or b"__tsan_init" in code


def main():
    server, client, certs, seconds = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="tern.", dir="/tmp") as folder:
        soak = Soak(server, client, None if certs == "-" else certs, folder)
        soak.run(float(seconds))


main()
