"""run.py believes an honest testee, and finds every lie of another one."""
import os
import stat
import subprocess
import sys
import tempfile
import unittest

import corpus

HERE = os.path.dirname(os.path.abspath(__file__))
KIND = "some.Type"
CASES = [
    corpus.Case("bytes", "required", KIND, False, (corpus.BINARY, b"\x08\x01"), corpus.BINARY, (corpus.BINARY, b"\x08\x01")),
    corpus.Case("error", "required", KIND, False, (corpus.BINARY, b"\x08"), corpus.BINARY, (corpus.PARSE_ERROR, "")),
    corpus.Case("json", "required", KIND, True, (corpus.JSON, '{"a":"\u00e4\\n"}'), corpus.JSON,
                (corpus.JSON, '{"a": "\u00e4\\n", "b": [1.0, -0.0, true]}')),
]
HONEST = {"bytes": (3, b"\x08\x01"), "error": (1, b"no"),
          "json": (4, '{"b":[1,-0.0,true],"a":"\\u00e4\\u000a"}'.encode())}

# Answers in the order of the cases, a FailureSet first; what it does at the end.
FAKE = """#!%(python)s
import struct, sys
answers, end = %(answers)r, %(end)r
for answer in answers:
    size, = struct.unpack("<I", sys.stdin.buffer.read(4))
    sys.stdin.buffer.read(size)
    sys.stdout.buffer.write(struct.pack("<I", len(answer)) + answer)
    sys.stdout.buffer.flush()
if len(answers) > %(n)d - 1:
    sys.stdin.buffer.read()
sys.exit(end)
"""


def answer_of(number, content):
    return bytes([number << 3 | 2, len(content)]) + content


class Runner(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def run_with(self, lies=(), n_answers=None, end=0, first=answer_of(3, b""), cases=None, args=()):
        """(exit code, what run.py says) with a testee that answers so."""
        cases = CASES if cases is None else cases
        path = os.path.join(self.folder.name, "corpus.txt")
        with open(path, "w", encoding="ascii") as file:
            file.write("# words\n" + "".join(corpus.line_of(case) + "\n" for case in cases))
        answers = [first] + [answer_of(*(dict(HONEST, **dict(lies))[case.name])) for case in cases]
        testee = os.path.join(self.folder.name, "testee")
        with open(testee, "w", encoding="ascii") as file:
            file.write(FAKE % {"python": sys.executable, "answers": answers[:n_answers], "end": end, "n": len(answers)})
        os.chmod(testee, stat.S_IRWXU)
        done = subprocess.run([sys.executable, os.path.join(HERE, "run.py"), testee, path, *args],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode()

    def test_honest_testee_passes(self):
        code, said = self.run_with()
        self.assertEqual((code, said), (0, "3 cases, 0 failed, 0 skipped\n"))

    def test_other_answers_fail_by_name(self):
        for name, lie in [
                ("bytes", (3, b"\x08\x02")), ("bytes", (3, b"")), ("bytes", (1, b"no")), ("bytes", (4, b"{}")),
                ("bytes", (2, b"dead")), ("bytes", (5, b"later")),
                ("error", (3, b"")), ("error", (6, b"no")), ("error", (2, b"no")), ("error", (5, b"later")),
                ("json", (4, b"{}")), ("json", (4, b"")), ("json", (4, b"{\"a\":")), ("json", (3, b"")), ("json", (5, b"later")),
                ("json", (4, '{"b":[1,0.0,true],"a":"\u00e4\\n"}'.encode())),
                ("json", (4, '{"b":[1,-0.0,1],"a":"\u00e4\\n"}'.encode())),
                ("json", (4, '{"a":1,"b":[1,-0.0,true],"a":"\u00e4\\n"}'.encode())),
                ("json", (4, '{"b":[1,-0.0,true,1],"a":"\u00e4\\n"}'.encode()))]:
            with self.subTest(name=name, lie=lie):
                code, said = self.run_with(lies=[(name, lie)])
                self.assertEqual(code, 1)
                self.assertIn(name + " (required)", said)
                self.assertIn("3 cases, 1 failed, 0 skipped\n", said)

    def test_skipped_is_excused_where_named_only(self):
        later = (5, b"later")
        self.assertEqual(self.run_with(lies=[("json", later)], args=["--not-yet", "json"]),
                         (0, "3 cases, 0 failed, 1 skipped\n"))
        self.assertEqual(self.run_with(lies=[("bytes", later)], args=["--not-yet", "json"])[0], 1)
        self.assertEqual(self.run_with(lies=[("json", (4, b"{}"))], args=["--not-yet", "json"])[0], 1)

    def test_death_fails(self):
        self.assertNotEqual(self.run_with(n_answers=0)[0], 0)
        self.assertNotEqual(self.run_with(n_answers=3)[0], 0)
        self.assertNotEqual(self.run_with(end=3)[0], 0)

    def test_failure_set_must_be_empty(self):
        self.assertEqual(self.run_with(first=answer_of(3, b"\x0a\x01x"))[0], 1)
        self.assertEqual(self.run_with(first=answer_of(5, b"what?"))[0], 1)

    def test_no_cases_is_no_success(self):
        self.assertEqual(self.run_with(cases=[])[0], 1)


if __name__ == "__main__":
    unittest.main()
