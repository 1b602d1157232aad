"""gRPC's interop cases between a client and a server that take the official flags: one test for each.
Arguments: the two programs; a proxy that stands between them, `none`, if one shall; and tools/certs, if they shall
speak TLS, each with a certificate."""
import sys
import unittest

import processes
import proxies

CASES = """
    empty_unary large_unary client_streaming server_streaming ping_pong empty_stream custom_metadata
    status_code_and_message special_status_message unimplemented_method unimplemented_service
    cancel_after_begin cancel_after_first_response timeout_on_sleeping_server
""".split()

CLIENT, SERVER = (
    [sys.executable, name] if name.endswith(".py") else [name] for name in sys.argv[1:3]
)
PROXY = sys.argv[3] if len(sys.argv) > 3 and sys.argv[3] != "none" else None
CERTS = sys.argv[4] if len(sys.argv) > 4 else None

# Whoever can say of one message that it is compressed, and see that one was: Python can not.
if not any("python" in name for name in CLIENT + SERVER):
    CASES += """
        client_compressed_unary server_compressed_unary client_compressed_streaming
        server_compressed_streaming
    """.split()


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.security = ["--use_tls=false"]
        folder = processes.scratch()
        cls.addClassCleanup(folder.cleanup)
        if CERTS:
            processes.run([CERTS, folder.name])
            cls.security = ["--use_tls=true", f"--certs={folder.name}"]
        server = processes.Server(SERVER + ["--host=127.0.0.1", "--port=0"] + cls.security)
        cls.addClassCleanup(server.stop)
        cls.port = server.port
        if CERTS:
            cls.security.append("--server_host_override=server.tern.test")
        if PROXY:
            proxy = proxies.KINDS[PROXY](server.address, folder.name if CERTS else None)
            # A stream that gRPC C++ resets behind its end is worth a line to nginx.
            cls.addClassCleanup(proxy.stop, may_complain="cpp_server" in SERVER[0])
            cls.port = proxy.port

    def play(self, case):
        processes.run(CLIENT + ["--server_host=127.0.0.1", f"--server_port={self.port}",
                                f"--test_case={case}"] + self.security)


for name in CASES:
    setattr(Cases, f"test_{name}", lambda self, name=name: self.play(name))


processes.main()
