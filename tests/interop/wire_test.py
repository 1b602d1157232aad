"""Tern's engines against tern_wire.py, both ways. Argument: the path of native_peer."""
import os
import socket
import subprocess
import sys
import threading
import unittest

from tern_wire import Connection, ProtocolError, Server

NATIVE_PEER = sys.argv.pop()


class OurServer(unittest.TestCase):
    """The C engine serves, Python calls."""

    def setUp(self):
        self.peer = subprocess.Popen([NATIVE_PEER, "server"], stdout=subprocess.PIPE, text=True)
        self.conn = Connection.connect(("127.0.0.1", int(self.peer.stdout.readline())))

    def tearDown(self):
        self.conn.close()
        self.peer.stdout.close()
        self.assertEqual(self.peer.wait(timeout=20), 0)

    def test_unary(self):
        for message in (b"hi", b"", b"x" * 100000):
            status, replies = self.conn.call("/t/unary", [message], timeout_us=5000000,
                                             metadata=[("k", b"v")])
            self.assertEqual((status.code, replies), (0, [message]))

    def test_status_of_all_parts(self):
        stream = self.conn.open("/t/fail", b"")
        status = self.conn.wait(stream)
        self.assertEqual((status.code, status.message, status.details), (9, "désolé", b"\1\2"))
        self.assertEqual(status.metadata, [("x-bin", b"\0\1\xff")])
        self.assertEqual(stream.headers, [("x-bin", b"\0\1\xff")])

    def test_unknown_path(self):
        for _ in range(2):
            self.assertEqual(self.conn.call("none", [b""])[0].code, 12)

    def test_stream(self):
        messages = [b"m" * i for i in range(100)]
        status, replies = self.conn.call("/t/stream", messages)
        self.assertEqual((status.code, replies), (0, messages))

    def test_empty_stream(self):
        self.assertEqual(self.conn.call("/t/stream", [])[1], [])

    def test_large_messages(self):
        message = os.urandom(20 << 20)
        for _ in range(3):  # more than the connection's window in all
            status, replies = self.conn.call("/t/unary", [message])
            self.assertEqual(status.code, 0)
            self.assertTrue(replies == [message])

    def test_too_large_message_ends_its_call_alone(self):
        self.conn.ping()
        self.conn.peer["max_message"] = 1 << 40  # and we do not care
        status, _ = self.conn.call("/t/unary", [b"x" * ((64 << 20) + 1)])
        self.assertEqual(status.code, 8)
        self.assertEqual(self.conn.call("/t/unary", [b"hi"])[1], [b"hi"])

    def test_many_calls_at_once(self):
        streams = [self.conn.open("/t/unary", b"%d" % i) for i in range(3000)]
        for i, stream in enumerate(streams):
            self.assertEqual(self.conn.wait(stream).code, 0)
            self.assertEqual(stream.messages, [b"%d" % i])

    def test_cancel(self):
        stream = self.conn.open("/t/stream", b"x", is_last=False)
        self.conn.reset(stream, 1)
        self.conn.ping()

    def test_more_paths_than_numbers(self):
        for i in range(70):
            self.assertEqual(self.conn.call("none/%d" % i, [b""])[0].code, 12)


class WrongClient(unittest.TestCase):
    def test_error_is_told(self):
        peer = subprocess.Popen([NATIVE_PEER, "server"], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True)
        conn = Connection.connect(("127.0.0.1", int(peer.stdout.readline())))
        conn.ping()
        conn.send(7, 1, 0)
        # The engine says GOAWAY; the driver closes without waiting for it to be read.
        with self.assertRaises(Exception):
            while True:
                conn.read_frame()
        conn.close()
        peer.stdout.close()
        self.assertEqual(peer.wait(timeout=20), 1)


class OurClient(unittest.TestCase):
    """The C engine calls, Python serves."""

    def test_all(self):
        def fail(requests):
            raise ValueError("oh no")

        listener = socket.create_server(("127.0.0.1", 0))
        peer = subprocess.Popen([NATIVE_PEER, "client", str(listener.getsockname()[1])])
        sock, _ = listener.accept()
        listener.close()
        server = Server({"/t/unary": lambda r: r[:1], "/t/stream": lambda r: r, "/t/fail": fail})
        thread = threading.Thread(target=server.serve_connection, args=(sock,))
        thread.start()
        self.assertEqual(peer.wait(timeout=60), 0)
        thread.join(timeout=10)
        self.assertFalse(thread.is_alive())


if __name__ == "__main__":
    unittest.main(verbosity=2)
