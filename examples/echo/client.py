#!/usr/bin/env python3
"""client.py tcp://HOST:PORT TEXT...: sends each text as a frame, all at once, and prints the echoes.

A frame is a 4-byte big-endian length and that many bytes.
"""
import socket
import struct
import sys
import urllib.parse


def read_exactly(stream, size):
    data = stream.read(size)
    if len(data) != size:
        sys.exit("client.py: the server hung up")
    return data


def main():
    address = urllib.parse.urlparse(sys.argv[1])
    texts = [text.encode() for text in sys.argv[2:]]
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        stream = connection.makefile("rb")
        connection.sendall(b"".join(struct.pack(">I", len(text)) + text for text in texts))
        for text in texts:
            (size,) = struct.unpack(">I", read_exactly(stream, 4))
            echo = read_exactly(stream, size)
            if echo != text:
                sys.exit(f"client.py: sent {text!r}, got {echo!r}")
            print(f"sent {len(text)} bytes, got back: {echo.decode()}")


main()
