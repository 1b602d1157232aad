"""Stands between an HTTP/2 client and its server, and counts the frames that go by."""
import socket
import threading

import processes

DATA, PING, ACK = 0, 6, 1
PREFIX_LEN = 9


def frames():
    """Is sent bytes as they come, gives the (kind, flags, length) of each frame that begins in them."""
    prefix, skip = b"", 0
    found = []
    while True:
        data = memoryview((yield found))
        found = []
        while data:
            if skip:
                n = min(skip, len(data))
                skip -= n
            else:
                n = PREFIX_LEN - len(prefix)
                prefix += data[:n]
            data = data[n:]
            if len(prefix) == PREFIX_LEN:
                skip = int.from_bytes(prefix[:3], "big")
                found.append((prefix[3], prefix[4], skip))
                prefix = b""


class Wiretap:
    def __init__(self, port):
        self.upstream = port
        self.n_acks = 0  # PINGs that the server has answered
        self.n_data = 0  # bytes of DATA that it has sent
        self.changed = threading.Condition()
        self.sockets = [socket.create_server(("127.0.0.1", 0))]
        self.threads = []
        self.address = "127.0.0.1:%d" % self.sockets[0].getsockname()[1]
        self.start(self.accept, self.sockets[0])

    def start(self, target, *args):
        thread = threading.Thread(target=target, args=args)
        self.threads.append(thread)
        thread.start()

    def accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.upstream))
            self.sockets += [client, server]
            self.start(self.pump, client, server, None)
            self.start(self.pump, server, client, frames())

    def pump(self, source, sink, seen):
        if seen:
            next(seen)
        try:
            while data := source.recv(1 << 18):
                sink.sendall(data)
                if seen:
                    self.count(seen.send(data))
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def count(self, found):
        with self.changed:
            for kind, flags, length in found:
                self.n_acks += kind == PING and flags == ACK
                self.n_data += length if kind == DATA else 0
            self.changed.notify_all()

    def wait_for_acks(self, n):
        with self.changed:
            if not self.changed.wait_for(lambda: self.n_acks >= n, processes.PATIENCE_S):
                raise AssertionError(f"only {self.n_acks} PINGs were answered")

    def close(self):
        for sock in self.sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self.threads:
            thread.join(processes.PATIENCE_S)
        for sock in self.sockets:
            sock.close()
