"""Each imposture, beside an honest server: a client with calls of all kinds to both. Those to the honest one are answered,
those to the other end in their time, and what the client holds is bounded. Arguments: the soak's server and client."""
import json
import os
import subprocess
import sys
import time
import unittest

import processes
from impostor import IMPOSTURES, Impostor

SERVER, CLIENT = sys.argv[1:]
TIMEOUT_MS = 1000
PATIENCE_S = 60
ENOUGH = 150  # honest calls

# Three connections, each with a connection's window and what is read at once.
BOUND_BYTES = (3 * (16 + 4) + 16) << 20


class Client:
    def __init__(self, addresses):
        command = [CLIENT, "-", str(TIMEOUT_MS)] + addresses
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.failed = []

    def figures(self):
        self.process.stdin.write("figures\n")
        self.process.stdin.flush()
        return self.await_figures()

    def await_figures(self):
        for line in self.process.stdout:
            if line.startswith("figures "):
                return json.loads(line.partition(" ")[2])
            self.failed.append(line.split(" ", 6))
        raise RuntimeError("the client has gone")

    def end(self):
        self.process.stdin.close()
        self.await_figures()
        status = self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        return status


class Impostures(unittest.TestCase):
    def setUp(self):
        self.folder = processes.scratch()
        self.socket = os.path.join(self.folder.name, "honest")
        self.honest = subprocess.Popen([SERVER, "unix://" + self.socket, os.path.join(self.folder.name, "executed")],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.honest.stdout.readline()

    def tearDown(self):
        self.honest.stdin.close()
        self.assertEqual(self.honest.wait(PATIENCE_S), 0)
        self.honest.stdout.close()
        self.folder.cleanup()

    def call_both(self, client, impostor):
        """The most that was held until enough honest calls were answered, and somebody has met the impostor."""
        most, until = 0, time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            figures = client.figures()
            most = max(most, figures["live_bytes"])
            if figures["n_well"][1] >= ENOUGH and impostor.n_clients:
                return most
            time.sleep(0.05)
        self.fail(f"honest calls in {PATIENCE_S} s: {figures['n_well'][1]}")

    def check_failures(self, failed):
        for verdict, target, kind, began, ended, code, message in failed:
            if target == "1":  # late is what anybody may be on a busy machine
                self.assertEqual((verdict, code), ("failed", "DEADLINE_EXCEEDED"), (kind, message))
            self.assertLess(float(ended) - float(began), PATIENCE_S / 2)

    def play(self, name):
        impostor = Impostor(name)
        self.addCleanup(impostor.stop)
        scheme = "grpc" if name.startswith("h2") else "tcp"
        honest = ("grpc+unix://" if name.startswith("h2") else "unix://") + self.socket
        client = Client([f"{scheme}://127.0.0.1:{impostor.port}", honest])
        most = self.call_both(client, impostor)
        self.assertEqual(client.end(), 0)
        self.check_failures(client.failed)
        self.assertLess(most, BOUND_BYTES)


for imposture in IMPOSTURES:
    setattr(Impostures, f"test_{imposture}", lambda self, name=imposture: self.play(name))


processes.main()
