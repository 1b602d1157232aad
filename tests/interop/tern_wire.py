"""A small peer for Tern's native wire, written from docs/wire.md alone: blocking sockets, one
connection at a time, python3-protobuf for the heads. It shows that the document is enough.

    conn = Connection.connect(("127.0.0.1", 50051))
    status, replies = conn.call("/demo.Greeter/SayHello", [request_bytes])

    Server(handlers).serve(listening_socket)      # {path: handler(list of requests) -> replies}
"""
import socket
import struct

import wire_pb2

SETTINGS, OPEN, HEADERS, DATA, CLOSE, RESET, WINDOW, PING, GOAWAY = range(9)
MESSAGE, END, MORE, COMPRESSED, ACK = 1, 2, 4, 8, 16

PREFACE = b"TERN\r\n\x01\x00"
PREFIX = struct.Struct(">IIHBB")
HEADS = {
    SETTINGS: wire_pb2.Settings, OPEN: wire_pb2.Open, HEADERS: wire_pb2.Headers,
    DATA: wire_pb2.Data, CLOSE: wire_pb2.Close, RESET: wire_pb2.Reset,
    WINDOW: wire_pb2.Window, GOAWAY: wire_pb2.GoAway,
}
# kind: (a client may send it, a server may, on stream 0, on a stream, flags)
RULES = {
    SETTINGS: (1, 1, 1, 0, 0), OPEN: (1, 0, 0, 1, 15), HEADERS: (0, 1, 0, 1, 0),
    DATA: (1, 1, 0, 1, 15), CLOSE: (0, 1, 0, 1, 11), RESET: (1, 1, 0, 1, 0),
    WINDOW: (1, 1, 1, 1, 0), PING: (1, 1, 1, 0, 16), GOAWAY: (1, 1, 1, 0, 0),
}
LAST_STREAM = 0xC0000000
UNKNOWN, EXHAUSTED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE = 2, 8, 12, 13, 14


class ProtocolError(Exception):
    pass


class Gone(Exception):
    """The peer has closed the connection."""


class Status:
    def __init__(self, code=0, message="", details=b"", metadata=(), is_reset=False,
                 not_processed=False):
        self.code, self.message, self.details = code, message, details
        self.metadata = [(m.key, m.value) for m in metadata]
        self.is_reset, self.not_processed = is_reset, not_processed


class Stream:
    def __init__(self, number, send_window, recv_window):
        self.number = number
        self.send_window, self.recv_window = send_window, recv_window
        self.advance = self.unacked = 0
        self.parts, self.size = None, 0     # of a message that is not whole yet
        self.messages, self.headers = [], None
        self.open = None                    # server: the Open
        self.remote_end = False
        self.status = None


class Connection:
    STREAM_WINDOW, WINDOW = 256 * 1024, 16 * 1024 * 1024
    MAX_FRAME, MAX_MESSAGE, MAX_STREAMS, MAX_PATH_IDS = 1 << 20, 64 << 20, 1000, 4096

    def __init__(self, sock, is_server):
        self.sock, self.is_server = sock, is_server
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.peer = dict(max_frame=65536, max_message=1 << 63, max_streams=100, max_path_ids=64,
                         stream_window=65536, connection_window=16777216)
        self.send_window, self.recv_window = 16777216, self.WINDOW
        self.advance = self.unacked = self.reserved = 0
        self.streams, self.last_id, self.settled = {}, 0, False
        self.paths = {}                     # client: path -> id; server: id -> path
        self.goaway = None
        self.pongs = []
        if is_server:
            self.read_preface()
        self.sock.sendall(PREFACE)
        self.send(SETTINGS, head=wire_pb2.Settings(
            max_frame=self.MAX_FRAME, max_message=self.MAX_MESSAGE, max_streams=self.MAX_STREAMS,
            max_path_ids=self.MAX_PATH_IDS, stream_window=self.STREAM_WINDOW,
            connection_window=self.WINDOW))
        self.has_preface = is_server

    @classmethod
    def connect(cls, address):
        return cls(socket.create_connection(address), is_server=False)

    # ---- bytes ----------------------------------------------------------

    def read_exactly(self, n):
        data = bytearray()
        while len(data) < n:
            got = self.sock.recv(min(n - len(data), 1 << 20))
            if not got:
                raise Gone()
            data += got
        return bytes(data)

    def read_preface(self):
        preface = self.read_exactly(8)
        if preface[:6] != PREFACE[:6] or preface[6] == 0:
            raise ProtocolError("peer does not speak Tern")
        self.has_preface = True

    def send(self, kind, flags=0, stream=0, head=None, body=b""):
        head = head.SerializeToString() if head else b""
        self.sock.sendall(PREFIX.pack(len(head) + len(body), stream, len(head), kind, flags)
                          + head + body)

    def fail(self, why):
        self.send(GOAWAY, head=wire_pb2.GoAway(
            last_stream=self.last_id if self.is_server else 0, code=1, message=why))
        raise ProtocolError(why)

    # ---- frames in ------------------------------------------------------

    def read_frame(self):
        """Reads one frame and does what it says."""
        if not self.has_preface:
            self.read_preface()
        size, number, head_len, kind, flags = PREFIX.unpack(self.read_exactly(PREFIX.size))
        if size > self.MAX_FRAME or head_len > size or flags > 31:
            self.fail("a malformed prefix")
        data = self.read_exactly(size)
        if not self.settled and kind != SETTINGS:
            self.fail("the first frame is not SETTINGS")
        if kind not in RULES:
            return
        by_client, by_server, on_none, on_stream, known = RULES[kind]
        if not (by_client if self.is_server else by_server):
            self.fail("a frame from the wrong side")
        if not (on_stream if number else on_none) or flags & ~known:
            self.fail("a frame with a wrong stream or flag")
        if number > self.last_id and kind != OPEN:
            self.fail("a frame for a stream that was never opened")
        self.take(kind, flags, number, data[:head_len], data[head_len:])

    def take(self, kind, flags, number, head_bytes, body):
        head = None
        if kind in HEADS:
            try:
                head = HEADS[kind].FromString(head_bytes)
            except Exception:
                self.fail("a malformed head")
        stream = self.streams.get(number)
        if kind == SETTINGS:
            self.take_settings(head)
        elif kind == OPEN:
            self.take_open(number, flags, head, body)
        elif kind == HEADERS and stream:
            if stream.headers is not None or stream.messages or stream.parts is not None:
                self.fail("HEADERS out of place")
            stream.headers = [(m.key, m.value) for m in head.metadata]
        elif kind in (DATA, CLOSE):
            self.take_body(kind, flags, stream, head, body)
        elif kind == RESET and stream:
            self.end(stream, Status(head.code if head.code <= 16 else UNKNOWN, head.message,
                                    is_reset=True, not_processed=head.not_processed))
        elif kind == WINDOW and number == 0:
            self.send_window += head.bytes
        elif kind == WINDOW and stream:
            stream.send_window += head.bytes
        elif kind == PING:
            self.take_ping(flags, body)
        elif kind == GOAWAY:
            self.take_goaway(head)

    def take_settings(self, head):
        if self.settled:
            self.fail("SETTINGS came twice")
        self.settled = True
        before = dict(self.peer)
        for name in self.peer:
            value = getattr(head, name)
            if name == "max_message":
                self.peer[name] = value or self.peer[name]
            else:
                self.peer[name] = max(self.peer[name], value)
        self.send_window += self.peer["connection_window"] - before["connection_window"]
        for stream in self.streams.values():
            stream.send_window += self.peer["stream_window"] - before["stream_window"]

    def take_open(self, number, flags, head, body):
        if number <= self.last_id:
            self.fail("an OPEN reuses a number")
        if head.path_id > self.MAX_PATH_IDS or not (head.path or head.path_id):
            self.fail("a malformed OPEN")
        if head.path_id and bool(head.path) == (head.path_id in self.paths):
            self.fail("an unknown path id, or one given twice")
        if head.path_id and head.path:
            self.paths[head.path_id] = head.path
        head.path = head.path or self.paths[head.path_id]
        self.last_id = number
        self.count(len(body))
        if len(self.streams) >= self.MAX_STREAMS:
            self.give_back(None, len(body))
            self.send(RESET, 0, number, wire_pb2.Reset(code=UNAVAILABLE, not_processed=True))
            return
        stream = self.add_stream(number)
        stream.open, stream.advance = head, len(body)
        self.take_message(flags, stream, head.message_size, body)
        stream.remote_end = bool(flags & END)

    def take_body(self, kind, flags, stream, head, body):
        self.count(len(body))
        if not stream:
            self.give_back(None, len(body))
            return
        if kind == DATA:
            stream.recv_window -= len(body)
            if stream.recv_window < 0:
                self.fail("a stream's window is overrun")
        if stream.remote_end:
            self.fail("DATA behind END")
        self.take_message(flags, stream, head.message_size, body)
        if kind == CLOSE:
            self.end(stream, Status(head.code if head.code <= 16 else UNKNOWN, head.message,
                                    head.details, head.metadata))
        elif self.is_server and flags & END:
            stream.remote_end = True

    def take_message(self, flags, stream, announced, body):
        if flags & MORE and flags & (MESSAGE | END) or body and not flags & (MESSAGE | MORE):
            self.fail("flags that do not go together")
        if not flags & (MESSAGE | MORE):
            return
        if stream.parts is None and flags & MORE:
            if announced > self.MAX_MESSAGE:
                self.give_back(None, len(body))
                self.reset(stream, EXHAUSTED, "a message is larger than max_message")
                return
            stream.parts, stream.size = bytearray(), announced
            self.grant(stream, announced - len(body))
            self.reserved += len(body)
        if stream.parts is None:
            stream.messages.append(body)
            self.give_back(stream, len(body))
            return
        stream.parts += body
        self.reserved -= len(body)
        if len(stream.parts) > stream.size or flags & MESSAGE and len(stream.parts) < stream.size:
            self.fail("a message is not what was announced")
        if flags & MESSAGE:
            stream.messages.append(bytes(stream.parts))
            stream.parts = None
            self.give_back(stream, stream.size)

    def take_ping(self, flags, body):
        if len(body) != 8:
            self.fail("a PING has 8 bytes")
        if flags & ACK:
            self.pongs.append(body)
        else:
            self.send(PING, ACK, body=body)

    def take_goaway(self, head):
        self.goaway = head
        if not self.is_server:
            for number in [n for n in self.streams if n > head.last_stream]:
                self.end(self.streams[number], Status(UNAVAILABLE, "the server is going",
                                                      is_reset=True, not_processed=True))

    # ---- windows --------------------------------------------------------

    def count(self, n):
        self.recv_window -= n
        if self.recv_window < 0:
            self.fail("the connection's window is overrun")

    def credit(self, target, stream_number, n, step):
        """What was consumed, less what was granted ahead, in steps."""
        paid = min(target.advance, n)
        target.advance -= paid
        target.unacked += n - paid
        if target.unacked >= step:
            self.send(WINDOW, 0, stream_number, wire_pb2.Window(bytes=target.unacked))
            target.recv_window += target.unacked
            target.unacked = 0

    def give_back(self, stream, n):
        if stream and not stream.status and not stream.remote_end:
            self.credit(stream, stream.number, n, self.STREAM_WINDOW // 2)
        self.credit(self, 0, n, self.WINDOW // 2)

    def grant(self, stream, lacking):
        self.reserved += lacking
        for target, number, wanted in ((stream, stream.number, lacking),
                                       (self, 0, self.reserved)):
            more = wanted - target.recv_window
            if more > 0:
                self.send(WINDOW, 0, number, wire_pb2.Window(bytes=more))
                target.recv_window += more
                target.advance += more

    # ---- streams --------------------------------------------------------

    def add_stream(self, number):
        stream = Stream(number, self.peer["stream_window"], self.STREAM_WINDOW)
        self.streams[number] = stream
        return stream

    def end(self, stream, status):
        if stream.parts is not None:
            if status.code == 0 and not status.is_reset:
                self.fail("OK in the middle of a message")
            self.reserved -= stream.size - len(stream.parts)
            self.give_back(None, len(stream.parts))
        stream.status = status
        self.streams.pop(stream.number, None)

    def reset(self, stream, code, message="", not_processed=False):
        self.send(RESET, 0, stream.number, wire_pb2.Reset(code=code, message=message,
                                                          not_processed=not_processed))
        self.end(stream, Status(code, message, is_reset=True))

    # ---- frames out -----------------------------------------------------

    def send_message(self, stream, message, flags=0, kind=DATA, head=None):
        """One message; in parts where windows or max_frame ask for it. `kind` and `head` are those of
        its first frame (OPEN), or of its last one (CLOSE)."""
        at, begun = 0, False
        while not stream.status:
            rest = len(message) - at
            room = self.send_window
            if not (kind == OPEN and not begun):
                room = min(room, stream.send_window)
            n = min(rest, max(room, 0), self.peer["max_frame"] - 1024)
            if n == rest:
                last_kind = kind if kind == CLOSE or not begun else DATA
                last = head if last_kind == kind and head else wire_pb2.Data()
                self.send_part(stream, last_kind, MESSAGE | flags, last, message[at:])
                return
            if n > 0 or not begun:
                first_kind = OPEN if kind == OPEN and not begun else DATA
                first = head if first_kind == OPEN else wire_pb2.Data()
                if not begun:
                    first.message_size = len(message)
                self.send_part(stream, first_kind, MORE, first, message[at:at + n])
                at, begun = at + n, True
            else:
                self.read_frame()

    def send_part(self, stream, kind, flags, head, body):
        self.send(kind, flags, stream.number, head, body)
        self.send_window -= len(body)
        if kind == DATA:
            stream.send_window -= len(body)

    def open(self, path, message=None, is_last=True, timeout_us=0, metadata=()):
        """A client's call. Returns its Stream."""
        while len(self.streams) >= self.peer["max_streams"]:
            self.read_frame()
        if self.goaway or self.last_id >= LAST_STREAM:
            raise Gone()
        head = wire_pb2.Open(timeout_us=timeout_us, metadata=[
            wire_pb2.Metadata(key=k, value=v) for k, v in metadata])
        if path in self.paths:
            head.path_id = self.paths[path]
        else:
            head.path = path
            if len(self.paths) < self.peer["max_path_ids"]:
                head.path_id = self.paths[path] = len(self.paths) + 1
        self.last_id += 1
        stream = self.add_stream(self.last_id)
        flags = END if is_last else 0
        if message is None:
            self.send(OPEN, flags, stream.number, head)
        else:
            self.send_message(stream, message, flags, OPEN, head)
        return stream

    def wait(self, stream):
        """Reads until the call is over."""
        while not stream.status:
            self.read_frame()
        return stream.status

    def call(self, path, messages, **more):
        """A whole call: its messages, then (Status, replies)."""
        if len(messages) == 1:
            stream = self.open(path, messages[0], **more)
        else:
            stream = self.open(path, None, is_last=not messages, **more)
            for i, message in enumerate(messages):
                self.send_message(stream, message, END if i + 1 == len(messages) else 0)
        return self.wait(stream), stream.messages

    def ping(self, opaque=b"ternping"):
        self.send(PING, body=opaque)
        while opaque not in self.pongs:
            self.read_frame()

    def close(self):
        self.sock.close()


class Server:
    """Answers one connection at a time. A handler takes the requests of a call, all of them, and
    returns the replies, or raises."""

    def __init__(self, handlers):
        self.handlers = handlers

    def serve_connection(self, sock):
        conn = Connection(sock, is_server=True)
        try:
            while True:
                conn.read_frame()
                for stream in [s for s in conn.streams.values() if s.remote_end]:
                    self.answer(conn, stream)
        except Gone:
            return
        finally:
            conn.close()

    def answer(self, conn, stream):
        handler = self.handlers.get(stream.open.path)
        if not handler:
            close, replies = wire_pb2.Close(code=UNIMPLEMENTED, message="no such method"), []
        else:
            try:
                close, replies = wire_pb2.Close(), handler(stream.messages)
            except Exception as problem:
                close, replies = wire_pb2.Close(code=INTERNAL, message=str(problem)), []
        for reply in replies[:-1]:
            conn.send_message(stream, reply)
        if replies:
            conn.send_message(stream, replies[-1], END, CLOSE, close)
        elif not stream.status:
            conn.send(CLOSE, END, stream.number, close)
        if not stream.status:
            conn.end(stream, Status())
