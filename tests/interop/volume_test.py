"""100 MiB through one call of Tern's client, to and from gRPC C++: it holds a window of them, not all. Arguments:
volume_client, cpp_server."""
import sys
import unittest

import processes

CLIENT, SERVER = sys.argv[1:]
BOUND_KIB = 64 * 1024


class Volume(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = processes.Server([SERVER, "--host=127.0.0.1", "--port=0"])
        cls.addClassCleanup(cls.server.stop)

    def move(self, way):
        said = processes.run([CLIENT, way, f"grpc://{self.server.address}", "100"])
        self.assertRegex(said, "^[0-9]+ KiB at most$")
        self.assertLess(int(said.split()[0]), BOUND_KIB)

    def test_up(self):
        self.move("up")

    def test_down(self):
        self.move("down")

    def test_up_to_one_that_reads_slowly(self):
        self.move("slow")


processes.main()
