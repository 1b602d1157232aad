#!/usr/bin/env python3
"""Does what a document says, docs/guide.md or another, in a shell that has nothing set: writes its files, runs its
commands, compares what they print. Then each C file is compiled once more, with strict flags.

A block's info string says what is done with it:
    c file=NAME        a whole file (any language)
    sh run             commands, in order, in the folder of the files
    text output        what the commands before it have printed
    ... shown          only shown; not allowed for C and proto, so no snippet goes untested
"""
import collections
import glob
import os
import re
import signal
import socket
import subprocess
import sys

STRICT = "-O2 -c -o /dev/null -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
COMPILERS = {".c": f"cc -Wstrict-prototypes {STRICT}", ".cc": f"c++ -std=c++17 {STRICT}"}
FENCE = re.compile(r"^```(\w+) ?(.*?)\n(.*?)^```$", re.M | re.S)


def fail(what):
    print(f"[  FAILED  ] {what}")
    sys.exit(1)


def ok(what):
    print(f"[       OK ] {what}")


def read(path):
    with open(path) as file:
        return file.read()


def blocks(text):
    if len(re.findall(r"^```", text, re.M)) != 2 * len(FENCE.findall(text)):
        fail("a block has no language")
    return FENCE.findall(text)


class Port:
    """Nobody else is given it while it is bound here; who listens with SO_REUSEADDR may have it all the same."""

    def __init__(self):
        self.bound = socket.socket()
        self.bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.bound.bind(("127.0.0.1", 0))
        self.number = self.bound.getsockname()[1]


PORTS = collections.defaultdict(Port)


def private(text, folder):
    """On sockets of this test's own: ports may be taken. TLS has no others than ports."""
    text = re.sub(r"(tls|grpcs)://([\w.]+):(70\d\d)",
                  lambda m: f"{m[1]}://{m[2]}:{PORTS[m[3]].number}", text)
    text = re.sub(r"tcp://127.0.0.1:(70\d\d)", rf"unix://{folder}/\1", text)
    text = re.sub(r"grpc://127.0.0.1:(70\d\d)", rf"grpc+unix://{folder}/\1", text)
    return re.sub(r"\"127.0.0.1:(70\d\d)\"", rf'"unix:{folder}/\1"', text)  # Python's


class Shell:
    """What a reader types into one goes into several here: what they export goes from each to the next."""

    def __init__(self, home, path):
        self.env = {"HOME": home, "PATH": path}

    def run(self, commands):
        """stdout and stderr as a reader sees them; servers go on."""
        commands = re.sub(r"^(\./\w+) &", r"\1 >server.log 2>&1 &", commands, flags=re.M)
        exports = f"{self.env['HOME']}/exports"
        script = subprocess.run(
            ["bash", "-c", f"{{ {commands}\n}} 2>&1\nenv -0 >{exports}"],
            env=self.env, stdout=subprocess.PIPE, timeout=200
        )
        with open(exports) as file:
            self.env = dict(pair.split("=", 1) for pair in file.read().split("\0") if pair)
        printed = script.stdout.decode()
        sys.stdout.write(printed)
        return printed


def write_files(guide, folder):
    for language, info, body in blocks(guide):
        if info.startswith("file="):
            with open(f"{folder}/{info[5:]}", "w") as file:
                file.write(private(body, folder))
        elif language in ("c", "cpp", "proto"):
            fail(f"a block of {language} is `{info}`, which nobody tests")


def play(guide, folder, shell):
    printed = ""
    for _, info, body in blocks(guide):
        if info == "run":
            printed = shell.run(private(body, folder))
            if re.search(r"error|warning|\*\*\*", printed):
                fail(f"commands\n{body}\nhave printed\n{printed}")
            ok(body.strip().splitlines()[0])
        elif info == "output":
            if printed != body:
                fail(f"output\n{printed}\ninstead of\n{body}")
            ok("prints what the guide says")
        elif info != "shown" and not info.startswith("file="):
            fail(f"a block is `{info}`, which means nothing")


def install(guide, shell):
    print(shell.run(next(body for _, info, body in blocks(guide) if info == "run")))


def compile_strictly(shell):
    for name in sorted(glob.glob("*.c") + glob.glob("*.cc")):
        command = f"{COMPILERS[os.path.splitext(name)[1]]} {name}"
        if shell.run(f"{command} $(pkg-config --cflags tern)"):
            fail(command)
    ok("compiles without a warning")


def main():
    top, *before, document = sys.argv[1:]
    shell = Shell(f"{top}/home", f"{top}/bin:/usr/bin:/bin")
    os.chdir(f"{top}/work")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for other in before:
        install(read(other), shell)
    text = read(document)
    write_files(text, os.getcwd())
    play(text, os.getcwd(), shell)
    compile_strictly(shell)


main()
