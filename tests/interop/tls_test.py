"""TLS of Tern's with those who know TLS, and nothing of gRPC: OpenSSL's own client and server, curl, and a proxy in plain
text. Arguments: interop_server, interop_client, tools/certs."""
import os
import socket
import subprocess
import sys
import unittest

import processes
import proxies

SERVER, CLIENT, CERTS = sys.argv[1:4]
EMPTY_CALL = "/grpc.testing.TestService/EmptyCall"
NAME = "server.tern.test"
OPENSSL = proxies.program("openssl")
SETTINGS = bytes((4, 0, 0, 0, 0, 0))  # the frame, and no stream: behind its length
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + SETTINGS
# OpenSSL speaks TLS 1.1 to who insists.
ANCIENT = ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = processes.scratch()
        cls.addClassCleanup(folder.cleanup)
        cls.certs = folder.name
        processes.run([CERTS, cls.certs])

    @classmethod
    def file(cls, name):
        return os.path.join(cls.certs, name)


class Callers(Base):
    """Others call our server, which wants a certificate of theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = processes.Server([SERVER, "--host=127.0.0.1", "--port=0", "--use_tls=true",
                                       f"--certs={cls.certs}"])
        cls.addClassCleanup(cls.server.stop)
        cls.ours = ["-cert", cls.file("client.pem"), "-key", cls.file("client.key")]


class OpensslClient(Callers):
    def command(self, *options):
        return [OPENSSL, "s_client", "-connect", self.server.address, "-servername", NAME,
                "-verify_hostname", NAME, "-verify_return_error", "-CAfile", self.file("ca.pem"), *options]

    def hear(self, said, awaited, *options):
        """What it prints, once it has told the server what is `said`. It hangs up when it has heard what is awaited."""
        client = subprocess.Popen(self.command(*self.ours, *options), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        client.stdin.write(said)
        client.stdin.flush()
        heard = b""
        while awaited not in heard and (piece := os.read(client.stdout.fileno(), 4096)):
            heard += piece
        return heard + client.communicate(timeout=processes.PATIENCE_S)[0]

    def refused(self, *options):
        """What it prints when it has failed."""
        done = subprocess.run(self.command(*options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=processes.PATIENCE_S,
                              check=False)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def check_settings(self, version):
        self.assertIn(SETTINGS, self.hear(PREFACE, SETTINGS, "-alpn", "h2", version))

    def test_who_offers_h2_gets_settings_by_tls_1_3(self):
        self.check_settings("-tls1_3")

    def test_who_offers_h2_gets_settings_by_tls_1_2(self):
        self.check_settings("-tls1_2")

    def test_who_offers_something_else_is_told(self):
        self.assertIn("alert no application protocol",
                      self.refused(*self.ours, "-alpn", "imap,spdy/1"))

    def test_tls_1_1_is_refused(self):
        self.assertIn("alert protocol version", self.refused(*self.ours, "-alpn", "h2", *ANCIENT))

    def test_who_shows_no_certificate_is_told(self):
        self.assertIn("alert handshake failure", self.refused("-alpn", "h2", "-tls1_2"))

    def test_renegotiation_is_refused(self):
        heard = self.hear(b"R\n", b"until it ends", "-alpn", "h2", "-tls1_2")
        self.assertIn(b"RENEGOTIATING", heard)
        self.assertIn(b"no renegotiation", heard)

    def test_nobody_is_offered_early_data(self):
        heard = self.hear(PREFACE, SETTINGS, "-alpn", "h2", "-tls1_3")  # a ticket comes before
        self.assertIn(b"Max Early Data: 0\n", heard)


class Curl(Callers):
    def curl(self, *options, path=EMPTY_CALL):
        """What it prints: a body, headers and trailers."""
        return processes.run([
            proxies.program("curl"), "--silent", "--show-error", "--include", "--max-time",
            str(processes.PATIENCE_S), "--cacert", self.file("ca.pem"), "--cert", self.file("client.pem"),
            "--key", self.file("client.key"), "--resolve", f"{NAME}:{self.server.port}:127.0.0.1", *options,
            f"https://{NAME}:{self.server.port}{path}",
        ])

    def test_call_by_hand(self):
        body = self.file("body")
        with open(body, "wb") as file:
            file.write(bytes(5))
        said = self.curl("--http2", "--data-binary", f"@{body}", "--output", "-",
                         "--header", "content-type: application/grpc", "--header", "te: trailers")
        self.assertRegex(said, "^HTTP/2 200")
        self.assertIn("\0" * 5, said)
        self.assertIn("grpc-status: 0", said)

    def test_other_content_is_refused_in_words(self):
        said = self.curl("--http2", "--request", "POST", "--header", "content-type: application/json")
        self.assertRegex(said, "^HTTP/2 415")
        self.assertIn("the content-type is application/grpc.", said)

    def test_looking_with_http_1_is_answered_in_words(self):
        said = self.curl("--http1.1", "--no-alpn", path="/")
        self.assertRegex(said, "^HTTP/1.1 4")
        self.assertRegex(said, "\n[A-Z].*\\.\\s*$")


class Answerers(Base):
    """Our client calls others, and finds something wrong with each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.strangers = processes.scratch()
        cls.addClassCleanup(cls.strangers.cleanup)
        processes.run([CERTS, cls.strangers.name])

    def call(self, port, name=NAME):
        """What our client says when a call has failed."""
        done = subprocess.run([CLIENT, "--server_host=127.0.0.1", f"--server_port={port}",
                               "--test_case=empty_unary", "--use_tls=true", f"--certs={self.certs}",
                               f"--server_host_override={name}"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=processes.PATIENCE_S,
                              check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stdout

    def start(self, *options, certs=None, name="server"):
        """The port of an s_server."""
        folder = certs or self.certs
        server = subprocess.Popen([OPENSSL, "s_server", "-accept", "127.0.0.1:0",
                                   "-cert", os.path.join(folder, name + ".pem"),
                                   "-key", os.path.join(folder, name + ".key"), *options],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        for line in server.stdout:
            if line.startswith("ACCEPT "):
                return int(line.rpartition(":")[2])
        raise RuntimeError("s_server does not start")

    def test_certificate_that_has_expired(self):
        request, folder = self.file("old.csr"), self.certs
        with open(self.file("old.ext"), "w", encoding="ascii") as file:
            file.write(f"subjectAltName=DNS:{NAME}\n")
        processes.run([OPENSSL, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                       "-nodes", "-subj", "/CN=old", "-keyout", self.file("old.key"), "-out", request])
        processes.run([OPENSSL, "x509", "-req", "-in", request, "-CA", f"{folder}/ca.pem", "-CAkey",
                       f"{folder}/ca.key", "-CAcreateserial", "-days", "-1", "-extfile",
                       self.file("old.ext"), "-out", self.file("old.pem")])
        port = self.start("-alpn", "h2", name="old")
        self.assertIn(f"TLS with {NAME} failed: its certificate has expired: it was good until 20",
                      self.call(port))

    def test_certificate_for_another_host(self):
        self.assertIn("its certificate is for `localhost`, not for `other.example`",
                      self.call(self.start("-alpn", "h2"), name="other.example"))

    def test_certificate_of_a_stranger(self):
        self.assertIn(f"nobody in {self.file('ca.pem')} signed its certificate",
                      self.call(self.start("-alpn", "h2", certs=self.strangers.name)))

    def test_our_certificate_is_a_strangers(self):
        port = self.start("-alpn", "h2", "-Verify", "1", "-verify_return_error", "-CAfile",
                          os.path.join(self.strangers.name, "ca.pem"))
        self.assertIn("it refuses our certificate: nobody whom it trusts has signed it", self.call(port))

    def test_tls_1_1_alone(self):
        self.assertIn("it speaks no version of TLS that we do",
                      self.call(self.start("-alpn", "h2", *ANCIENT)))

    def test_another_protocol(self):
        self.assertIn("it does not speak `h2` there", self.call(self.start("-alpn", "imap")))

    def test_plain_text_of_a_proxy(self):
        with socket.socket() as nobody:  # behind it
            nobody.bind(("127.0.0.1", 0))
            proxy = proxies.Nghttpx(f"127.0.0.1:{nobody.getsockname()[1]}")
            self.addCleanup(proxy.stop, may_complain=True)
            self.assertRegex(self.call(proxy.port), f"TLS with {NAME} failed: it speaks HTTP/[12] there, "
                             "without TLS")


processes.main()
