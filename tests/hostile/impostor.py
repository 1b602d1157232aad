"""Servers that mean harm: what one sends on each connection, piece by piece, whatever its client says. None: nothing more, it
only stays. Those of NEVER_READ read nothing; the others read all, and forget it."""
import itertools
import socket
import struct
import threading
import time

from frames import Http2, Native, varint

BATCH = 200  # frames in a piece
CALLS = range(1, 200, 2)  # the ids that a client's first calls have
HUGE = 0xFFFFFFFF


def batches(frames, n=BATCH):
    frames = iter(frames)
    while piece := b"".join(itertools.islice(frames, n)):
        yield piece


def slowly(piece):
    for i in range(len(piece)):
        yield piece[i:i + 1]
        time.sleep(0.05)
    yield None


# ---- any wire ------------------------------------------------------------


def native_says_nothing():
    yield None


def native_hangs_up():
    yield b""


def native_speaks_http():
    yield b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    yield None


# ---- native --------------------------------------------------------------


def native_answer(stream, body=b"\x08\x01"):
    return Native.frame(Native.CLOSE, Native.MESSAGE, stream, body=body)


def native_byte_by_byte():
    yield from slowly(Native.preface() + native_answer(1) + native_answer(3))


def native_never_reads():
    yield Native.preface()
    yield None


def native_oversize_frame():
    yield Native.preface() + struct.pack(">IIHBB", HUGE, 1, 0, Native.DATA, Native.MESSAGE)
    yield from itertools.repeat(bytes(1 << 16))


def native_oversize_message():
    yield Native.preface()
    for s in CALLS:
        yield Native.frame(Native.HEADERS, 0, s) + Native.frame(Native.DATA, Native.MORE, s, b"\x30\x80\x80\x80\x80\x08")
    yield None


def native_announced_and_not_sent():
    yield Native.preface()
    yield from batches(Native.frame(Native.DATA, Native.MORE, s, b"\x30\x80\x80\x80\x10", b"x") for s in CALLS)
    yield None


def native_endless_messages():
    """More than any window holds, on every stream."""
    yield Native.preface()
    yield from batches(Native.frame(Native.DATA, Native.MESSAGE, s, body=b"\x08\x01\x12\xe8\x07" + bytes(1000))
                       for s in itertools.cycle(CALLS))


def native_empty_messages():
    yield Native.preface()
    yield from batches(Native.frame(Native.DATA, Native.MESSAGE, s) for s in itertools.cycle(CALLS))


def native_wrong_ids():
    yield Native.preface()
    yield from batches(native_answer(s) for s in itertools.cycle((0, 2, 4, 1 << 30, HUGE - 1, HUGE)))


def native_answers_twice():
    yield Native.preface()
    yield from batches(native_answer(s) for s in itertools.cycle(CALLS))


def native_opens_calls():
    yield Native.preface()
    yield from batches(Native.call(s, 100) for s in itertools.count(2, 2))


def native_no_window():
    yield Native.preface(stream_window=1)
    yield None


def native_window_overflow():
    yield Native.preface()
    yield from batches(itertools.repeat(Native.frame(Native.WINDOW, head=b"\x08" + varint((1 << 31) - 1))))


def native_goaways():
    yield Native.preface()
    yield from batches(Native.frame(Native.GOAWAY, head=b"\x08" + varint(n)) for n in itertools.cycle((7, 1, 99, 0)))


def native_huge_metadata():
    entry = b"\x0a\x04long\x12" + varint(60000) + b"x" * 60000
    head = b"\x1a" + varint(len(entry)) + entry
    yield Native.preface()
    yield from (Native.frame(Native.HEADERS, 0, s, head) for s in itertools.cycle(CALLS))


def native_pings():
    yield Native.preface()
    yield from batches(itertools.repeat(Native.frame(Native.PING, body=bytes(8))))


def native_nonsense():
    yield Native.preface()
    yield from itertools.repeat(bytes(range(256)) * 16)


# ---- HTTP/2 --------------------------------------------------------------


def h2_preface(**settings):
    return Http2.preface(**settings)[24:]


def h2_headers(stream, *fields, flags=0):
    block = b"\x88" + Http2.field(b"content-type", b"application/grpc") + b"".join(Http2.field(*f) for f in fields)
    return Http2.headers(stream, flags, block)


def h2_data(stream, payload, flags=0):
    return Http2.frame(Http2.DATA, flags, stream, b"\0" + len(payload).to_bytes(4, "big") + payload)


def h2_says_nothing():
    yield None


def h2_byte_by_byte():
    yield from slowly(h2_preface() + h2_headers(1) + h2_data(1, b"\x08\x01"))


def h2_never_reads():
    yield h2_preface()
    yield None


def h2_oversize_frame():
    yield h2_preface() + b"\xff\xff\xff" + bytes([Http2.DATA, 0]) + (1).to_bytes(4, "big")
    yield from itertools.repeat(bytes(1 << 16))


def h2_oversize_message():
    yield h2_preface()
    for s in CALLS:
        yield h2_headers(s) + Http2.frame(Http2.DATA, 0, s, b"\0\xff\xff\xff\xff")
    yield None


def h2_announced_and_not_sent():
    yield h2_preface()
    for s in CALLS:
        yield h2_headers(s) + Http2.frame(Http2.DATA, 0, s, b"\0\2\0\0\0x")
    yield None


def h2_endless_messages():
    yield h2_preface() + b"".join(h2_headers(s) for s in CALLS)
    yield from batches(h2_data(s, b"\x08\x01\x12\xe8\x07" + bytes(1000)) for s in itertools.cycle(CALLS))


def h2_empty_messages():
    yield h2_preface() + b"".join(h2_headers(s) for s in CALLS)
    yield from batches(Http2.frame(Http2.DATA, 0, s, bytes(5 * 100)) for s in itertools.cycle(CALLS))


def h2_wrong_ids():
    yield h2_preface()
    yield from batches(h2_headers(s) for s in itertools.cycle((2, 4, 1 << 30, (1 << 31) - 1)))


def h2_answers_twice():
    yield h2_preface()
    yield from batches(h2_headers(s, (b"grpc-status", b"0"), flags=Http2.END_STREAM) for s in itertools.cycle(CALLS))


def h2_pushes():
    yield h2_preface()
    yield from batches(Http2.frame(Http2.PUSH, Http2.END_HEADERS, 1, struct.pack(">I", s) + Http2.request_block())
                       for s in itertools.count(2, 2))


def h2_no_window():
    yield h2_preface(initial_window=0)
    yield None


def h2_window_games():
    """It opens and shuts."""
    frames = [Http2.frame(Http2.SETTINGS, 0, 0, struct.pack(">HI", 4, n)) for n in (0, (1 << 31) - 1)]
    yield h2_preface()
    yield from batches(itertools.cycle(frames))


def h2_window_overflow():
    yield h2_preface()
    yield from batches(itertools.repeat(Http2.window(0, (1 << 31) - 1)))


def h2_goaways():
    yield h2_preface()
    yield from batches(Http2.frame(Http2.GOAWAY, 0, 0, struct.pack(">II", n, 0)) for n in itertools.cycle((7, 1, 99, 0)))


def h2_huge_metadata():
    yield h2_preface() + Http2.frame(Http2.HEADERS, 0, 1, b"\x88")
    yield from itertools.repeat(Http2.frame(Http2.CONTINUATION, 0, 1, Http2.field(b"long", b"x" * 15000)))


def h2_hpack_bomb():
    block = b"\x88\x40" + Http2.string(b"bomb") + Http2.string(b"x" * 4000) + b"\xbe" * 12000
    yield h2_preface()
    yield from (Http2.headers(s, 0, block) for s in itertools.cycle(CALLS))


def h2_pings():
    yield h2_preface()
    yield from batches(itertools.repeat(Http2.frame(Http2.PING, 0, 0, bytes(8))))


def h2_resets():
    yield h2_preface()
    yield from batches(Http2.reset(s) for s in itertools.cycle(CALLS))


def h2_nonsense():
    yield h2_preface()
    yield from itertools.repeat(bytes(range(256)) * 16)


IMPOSTURES = {name: value for name, value in list(globals().items()) if name.startswith(("native_", "h2_"))
              and name not in ("native_answer", "h2_preface", "h2_headers", "h2_data")}
NEVER_READ = {"native_never_reads", "h2_never_reads"}


class Impostor:
    """Listens on 127.0.0.1:`port` until it is stopped."""

    def __init__(self, name):
        self.imposture, self.reads = IMPOSTURES[name], name not in NEVER_READ
        self.is_over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.n_clients = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.is_over.is_set():
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.n_clients += 1
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def drain(self, sock):
        try:
            while sock.recv(1 << 16):
                pass
        except OSError:
            pass

    def serve(self, sock):
        with sock:
            if self.reads:
                threading.Thread(target=self.drain, args=(sock,), daemon=True).start()
            try:
                for piece in self.imposture():
                    if self.is_over.is_set():
                        return
                    if piece is None:
                        self.is_over.wait()
                        return
                    sock.sendall(piece)
            except OSError:
                pass

    def stop(self):
        self.is_over.set()
        self.listener.close()
