"""The bytes of both wires, for peers that send what nobody should: no state, no rules."""
import itertools
import struct

PATH = "/bench.Echo/Echo"
STREAM_PATH = "/bench.Echo/Chat"


def varint(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def echo_message(size):
    """An EchoMessage with a payload of so many bytes."""
    return b"\x08\x01\x12" + varint(size) + bytes(size)


class Http2:
    DATA, HEADERS, PRIORITY, RESET, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
    END_STREAM, END_HEADERS = 1, 4
    CANCEL = 8

    @staticmethod
    def frame(kind, flags, stream, payload=b""):
        return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload

    @classmethod
    def preface(cls, **settings):
        numbers = {"initial_window": 4, "max_frame": 5}
        payload = b"".join(struct.pack(">HI", numbers[k], v) for k, v in settings.items())
        return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + cls.frame(cls.SETTINGS, 0, 0, payload)

    @staticmethod
    def string(text):
        n = len(text)
        return (bytes([n]) if n < 127 else b"\x7f" + varint(n - 127)) + text

    @classmethod
    def field(cls, name, value):
        """A literal that leaves no trace in the table."""
        return b"\0" + cls.string(name) + cls.string(value)

    @classmethod
    def request_block(cls, path=PATH):
        return (b"\x83\x86" + b"\x04" + cls.string(path.encode()) + b"\x01" + cls.string(b"hostile")
                + cls.field(b"content-type", b"application/grpc") + cls.field(b"te", b"trailers"))

    @classmethod
    def headers(cls, stream, flags=0, block=None):
        return cls.frame(cls.HEADERS, cls.END_HEADERS | flags, stream, block or cls.request_block())

    @classmethod
    def reset(cls, stream):
        return cls.frame(cls.RESET, 0, stream, struct.pack(">I", cls.CANCEL))

    @classmethod
    def window(cls, stream, n):
        return cls.frame(cls.WINDOW, 0, stream, struct.pack(">I", n))

    @classmethod
    def call(cls, stream, size):
        message = echo_message(size)
        data = b"\0" + len(message).to_bytes(4, "big") + message
        return cls.headers(stream) + cls.frame(cls.DATA, cls.END_STREAM, stream, data)

    @staticmethod
    def streams():
        return itertools.count(1, 2)


class Native:
    SETTINGS, OPEN, HEADERS, DATA, CLOSE, RESET, WINDOW, PING, GOAWAY = range(9)
    MESSAGE, END, MORE, COMPRESSED, ACK = 1, 2, 4, 8, 16
    PREFACE = b"TERN\r\n\x01\x00"

    @staticmethod
    def frame(kind, flags=0, stream=0, head=b"", body=b""):
        return struct.pack(">IIHBB", len(head) + len(body), stream, len(head), kind, flags) + head + body

    @classmethod
    def preface(cls, stream_window=0):
        """Zero: that of the first flight."""
        head = b"\x28" + varint(stream_window) if stream_window else b""
        return cls.PREFACE + cls.frame(cls.SETTINGS, head=head)

    @classmethod
    def open(cls, stream, flags=0, path=PATH, body=b"", more_head=b""):
        head = b"\x0a" + varint(len(path)) + path.encode() + more_head
        return cls.frame(cls.OPEN, flags, stream, head, body)

    @classmethod
    def call(cls, stream, size):
        return cls.open(stream, cls.MESSAGE | cls.END, body=echo_message(size))

    @classmethod
    def reset(cls, stream):
        return cls.frame(cls.RESET, 0, stream, b"\x08\x01")

    @staticmethod
    def streams():
        return itertools.count(1, 2)
