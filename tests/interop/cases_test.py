"""gRPC's interop cases between a client and a server that take the official flags: one test for each.
Arguments: the two programs."""
import sys
import unittest

import processes

CASES = """
    empty_unary large_unary client_streaming server_streaming ping_pong empty_stream custom_metadata
    status_code_and_message special_status_message unimplemented_method unimplemented_service
    cancel_after_begin cancel_after_first_response timeout_on_sleeping_server
""".split()

CLIENT, SERVER = (
    [sys.executable, name] if name.endswith(".py") else [name] for name in sys.argv[1:]
)

# Those who say of one message that it is compressed, and can see that one was: Tern will, Python never does.
if "cpp_client" in CLIENT[0] and "cpp_server" in SERVER[0]:
    CASES += """
        client_compressed_unary server_compressed_unary client_compressed_streaming
        server_compressed_streaming
    """.split()


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = processes.Server(SERVER + ["--host=127.0.0.1", "--port=0", "--use_tls=false"])

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def play(self, case):
        processes.run(CLIENT + ["--server_host=127.0.0.1", f"--server_port={self.server.port}",
                                f"--test_case={case}", "--use_tls=false"])


for name in CASES:
    setattr(Cases, f"test_{name}", lambda self, name=name: self.play(name))


processes.main()
