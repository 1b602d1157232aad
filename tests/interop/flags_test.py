"""What interop_server and interop_client are told on their command lines. Arguments: the two."""
import subprocess
import sys
import unittest

import processes

SERVER, CLIENT = sys.argv[1:]


def refused(command):
    """What a program says that does not even begin."""
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=processes.PATIENCE_S,
                          check=False)
    return done.stderr if done.returncode == 2 else f"not refused: {done.returncode}"


class Flags(unittest.TestCase):
    def test_value_may_be_an_argument_of_its_own(self):
        server = processes.Server([SERVER, "--host", "127.0.0.1", "--port", "0"])
        processes.run([CLIENT, "--server_port", str(server.port), "--server_host", "127.0.0.1",
                       "--use_tls", "false", "--use_test_ca", "--test_case", "empty_unary",
                       "--server_host_override=foo.test.google.fr"])
        server.stop()

    def test_tls_without_certificates_says_so(self):
        for command in ([SERVER, "--port=0"], [CLIENT, "--server_port=1", "--test_case=empty_unary"]):
            self.assertIn("--use_tls", refused(command + ["--use_tls"]))
            self.assertNotEqual("", refused(command + ["--use_tls", "--certs=/nowhere"]))

    def test_unknown_case_is_answered_with_the_known_ones(self):
        self.assertIn("  ping_pong\n", refused([CLIENT, "--server_port=1", "--test_case=pong"]))

    def test_what_is_no_flag_is_named(self):
        self.assertEqual("what is `--prot=1`?\n", refused([SERVER, "--prot=1"]))
        self.assertEqual("what is `port`?\n", refused([SERVER, "port", "1"]))
        self.assertEqual("--port wants a value\n", refused([SERVER, "--port"]))
        self.assertEqual("--use_tls is true or false, not `yes`\n", refused([SERVER, "--use_tls=yes"]))


class Failure(unittest.TestCase):
    def test_server_that_is_not_there_fails_the_case(self):
        done = subprocess.run([CLIENT, "--server_host=127.0.0.1", "--server_port=1",
                               "--test_case=large_unary"], stderr=subprocess.PIPE, text=True,
                              timeout=processes.PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("expected the call to end with OK, not UNAVAILABLE: cannot connect", done.stderr)


processes.main()
