"""Programs that a test starts, and ends by their pid; and verdicts as cmocka prints them."""
import os
import signal
import subprocess
import sys
import tempfile
import unittest

# Far more than anything takes, also under a sanitizer on a busy machine.
PATIENCE_S = 100


class Server:
    """A program that prints `listening on tcp://127.0.0.1:PORT`, or tls://, once it does. It has to leave with 0."""

    def __init__(self, command):
        self.name = os.path.basename(command[0])
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.process.kill()
            self.process.wait()
            raise RuntimeError(f"{self.name} has said {line!r}")
        self.port = int(line.rpartition(":")[2])
        self.address = f"127.0.0.1:{self.port}"

    def memory_kib(self, what="VmRSS"):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(what + ":"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        if status != 0:
            raise RuntimeError(f"{self.name} has left with {status}")


def run(command):
    """What a program says that has to end with 0."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=PATIENCE_S, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}")
    return done.stdout


class Verdicts(unittest.TextTestResult):
    """tools/count-tests counts these lines."""

    def __init__(self, stream, descriptions, verbosity):
        super().__init__(stream, descriptions, 0)

    @staticmethod
    def say(verdict, test):
        print(f"[{verdict:>9} ] {test.id().rpartition('.')[2]}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.say("OK", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say("FAILED ", test)

    def addError(self, test, err):
        super().addError(test, err)
        self.say("FAILED ", test)


def main():
    unittest.main(argv=sys.argv[:1], testRunner=unittest.TextTestRunner(resultclass=Verdicts))


def scratch():
    """A folder of the test's own, short enough for the path of a unix socket."""
    return tempfile.TemporaryDirectory(prefix="tern.", dir="/tmp")
