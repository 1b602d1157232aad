#!/usr/bin/env python3
"""Does what a document says, docs/guide.md or another: writes its files, runs its commands, compares what they print.

A block's info string says what is done with it:
    c file=NAME        a whole file (any language)
    sh run             commands, in order, in the folder of the files
    text output        what the commands before it have printed
    ... shown          only shown; not allowed for C and proto, so no snippet goes untested
"""
import collections
import os
import re
import signal
import socket
import subprocess
import sys

STRICT = "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Werror"
FENCE = re.compile(r"^```(\w+) ?(.*?)\n(.*?)^```$", re.M | re.S)


def fail(what):
    print(f"[  FAILED  ] {what}")
    sys.exit(1)


def ok(what):
    print(f"[       OK ] {what}")


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


def run(commands, env):
    """As one script, whose servers go on. stdout and stderr as a reader sees them."""
    script = subprocess.run(
        ["bash", "-c", f"{{ {commands}\n}} 2>&1"], env=env, stdout=subprocess.PIPE, timeout=200
    )
    printed = script.stdout.decode()
    sys.stdout.write(printed)
    return printed


def is_there(address):
    scheme, _, place = address.partition("://")
    if scheme == "unix":
        return os.path.exists(place)
    host, _, port = place.rpartition(":")
    try:
        socket.create_connection((host, int(port))).close()
        return True
    except ConnectionRefusedError:
        return False


def wait_for_servers(commands, folder):
    """A command that ends in & starts a server, on the socket that its source names."""
    for name in re.findall(r"^\./(\w+) &$", commands, re.M):
        with open(f"{folder}/{name}.c") as source:
            address = re.search(r"tern_listen\(\"((?:unix|tls)://[^\"]*)", source.read()).group(1)
        for _ in range(400):
            if is_there(address):
                break
            subprocess.run(["sleep", "0.025"])
        else:
            fail(f"{name} did not start")


def write_files(guide, folder):
    for language, info, body in blocks(guide):
        if info.startswith("file="):
            with open(f"{folder}/{info[5:]}", "w") as file:
                file.write(private(body, folder))
        elif language in ("c", "proto"):
            fail(f"a block of {language} is `{info}`, which nobody tests")


def play(guide, folder, env):
    printed = ""
    for _, info, body in blocks(guide):
        if info == "run":
            printed = run(private(body, folder).replace("&\n", ">server.log 2>&1 &\n"), env)
            wait_for_servers(body, folder)
            if re.search(r"error|warning|\*\*\*", printed):
                fail(f"commands\n{body}\nhave printed\n{printed}")
            ok(body.strip().splitlines()[0])
        elif info == "output":
            if printed != body:
                fail(f"output\n{printed}\ninstead of\n{body}")
            ok("prints what the guide says")
        elif info != "shown" and not info.startswith("file="):
            fail(f"a block is `{info}`, which means nothing")


def main():
    guide, prefix, folder = sys.argv[1:4]
    env = dict(
        os.environ,
        PATH=f"{prefix}/bin:{os.environ['PATH']}",
        PKG_CONFIG_PATH=f"{prefix}/lib/pkgconfig",
        LD_LIBRARY_PATH=f"{prefix}/lib",
        CMAKE_PREFIX_PATH=prefix,
        CFLAGS=STRICT,
    )
    os.chdir(folder)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with open(guide) as file:
        text = file.read()
    write_files(text, folder)
    play(text, folder, env)


main()
