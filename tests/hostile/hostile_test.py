"""Each attack, beside honest clients: their calls are answered, and the server holds no more than it says. How long they
wait is bench/run hostile's business. Arguments: the server and the load generator of bench/."""
import json
import subprocess
import sys
import unittest
from pathlib import Path

import processes
from attacker import ATTACKS

SERVER, LOAD = sys.argv[1:]
ATTACKER = Path(__file__).parent / "attacker.py"
ATTACK_S = 100  # never so long: there are
PIECES = 1000
N_CALLS = 300

# Of what a server holds beyond what it has at rest. At most 20 connections are held against it.
BOUND_MIB = 16
BOUNDS_MIB = {
    "h2_stalled_windows": 20 * 50 * 2 * 16 / 1024 + BOUND_MIB,  # each call its request and its reply
    "h2_never_reads": 20 * 8 + BOUND_MIB,  # max_untaken, in blocks that hold as much again, and what came in one read
    "native_never_reads": 20 * 8 + BOUND_MIB,
}


def is_sanitized():
    program = Path(SERVER).read_bytes()
    return b"__asan_init" in program or b"__tsan_init" in program


class Attacks(unittest.TestCase):
    def call_honestly(self, server, wire):
        out = processes.run([LOAD, "--connect", f"tcp://{server.address}", "--wire", wire, "--conns=2", "--depth=4",
                             "--size=128", f"--calls={N_CALLS}"])
        result = json.loads(out.splitlines()[-1])
        self.assertEqual((result["errors"], result["requests"]), (0, N_CALLS))

    def play(self, name):
        wire = "native" if name.startswith("native") else "grpc"
        server = processes.Server([SERVER, "--listen", "tcp://127.0.0.1:0"])
        self.addCleanup(server.stop)
        self.call_honestly(server, wire)
        at_rest = server.memory_kib("VmHWM")
        with subprocess.Popen([sys.executable, ATTACKER, name, server.address, str(ATTACK_S), str(PIECES)],
                              stdout=subprocess.PIPE, text=True) as attacker:
            self.assertEqual(attacker.stdout.readline(), "attacking\n")
            while attacker.poll() is None:
                self.call_honestly(server, wire)
            self.assertEqual(attacker.returncode, 0)
        self.call_honestly(server, wire)
        held_mib = (server.memory_kib("VmHWM") - at_rest) / 1024
        if not is_sanitized():
            self.assertLess(held_mib, BOUNDS_MIB.get(name, BOUND_MIB))


for attack in ATTACKS:
    setattr(Attacks, f"test_{attack}", lambda self, name=attack: self.play(name))


processes.main()
