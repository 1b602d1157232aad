"""What tools that know HTTP/2 and nothing of gRPC do with a server of Tern's. Argument: interop_server."""
import os
import sys
import unittest

import processes
import proxies

SERVER = sys.argv[1]
EMPTY_CALL = "/grpc.testing.TestService/EmptyCall"
EMPTY_MESSAGE = bytes(5)


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = processes.Server([SERVER, "--host=127.0.0.1", "--port=0"])
        cls.addClassCleanup(cls.server.stop)
        folder = processes.scratch()
        cls.addClassCleanup(folder.cleanup)
        cls.body = os.path.join(folder.name, "body")
        with open(cls.body, "wb") as file:
            file.write(EMPTY_MESSAGE)


class H2load(Base):
    N_CALLS = 20000

    def load(self, address, *options):
        said = processes.run([
            proxies.program("h2load"), f"--requests={self.N_CALLS}", f"--data={self.body}",
            "--header=content-type: application/grpc", "--header=te: trailers", *options,
            f"http://{address}{EMPTY_CALL}",
        ])
        n = self.N_CALLS
        self.assertIn(f"{n} done, {n} succeeded, 0 failed, 0 errored, 0 timeout", said)
        self.assertIn(f"status codes: {n} 2xx,", said)
        # A call that has failed answers no message.
        self.assertIn(f"({n * len(EMPTY_MESSAGE)}) data", said)

    def behind(self, kind):
        proxy = proxies.KINDS[kind](self.server.address)
        self.addCleanup(proxy.stop)
        return proxy.address

    def test_one_connection_128_deep(self):
        self.load(self.server.address, "--clients=1", "--max-concurrent-streams=128")

    def test_64_connections_8_deep(self):
        self.load(self.server.address, "--clients=64", "--max-concurrent-streams=8")

    def test_small_windows(self):
        self.load(self.server.address, "--clients=2", "--max-concurrent-streams=32",
                  "--window-bits=10", "--connection-window-bits=12")

    def test_through_nginx(self):
        self.load(self.behind("nginx"), "--clients=4", "--max-concurrent-streams=32")

    def test_through_nghttpx(self):
        self.load(self.behind("nghttpx"), "--clients=4", "--max-concurrent-streams=32")


class Curl(Base):
    def curl(self, *options, path=EMPTY_CALL):
        """Its body, its headers and its trailers."""
        return processes.run([proxies.program("curl"), "--silent", "--show-error", "--include", "--max-time",
                              str(processes.PATIENCE_S), *options,
                              f"http://{self.server.address}{path}"])

    def test_looking_with_http_2_is_answered_in_words(self):
        said = self.curl("--http2-prior-knowledge", path="/")
        self.assertRegex(said, "^HTTP/2 405")
        self.assertIn("gRPC's calls are made with POST.", said)

    def test_looking_with_http_1_is_answered_in_words(self):
        said = self.curl("--http1.1", path="/")
        self.assertRegex(said, "^HTTP/1.1 4")
        self.assertRegex(said, "\n[A-Z].*\\.\\s*$")

    def test_other_content_is_refused_in_words(self):
        # Without a body: this curl takes an answer that comes while it still sends for a failure.
        said = self.curl("--http2-prior-knowledge", "--request", "POST",
                         "--header", "content-type: application/json")
        self.assertRegex(said, "^HTTP/2 415")
        self.assertIn("the content-type is application/grpc.", said)

    def test_call_by_hand(self):
        said = self.curl("--http2-prior-knowledge", "--data-binary", f"@{self.body}", "--output", "-",
                         "--header", "content-type: application/grpc", "--header", "te: trailers")
        self.assertRegex(said, "^HTTP/2 200")
        self.assertIn("content-type: application/grpc", said)
        self.assertIn("\0" * 5, said)
        self.assertIn("grpc-status: 0", said)


processes.main()
