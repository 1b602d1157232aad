"""run.py TESTEE CORPUS [--not-yet json]: what a testee makes of the recorded cases. A line for each that it fails; the exit
code is 0 if there is none. An answer must have the very bytes that are expected, or JSON of the same value. One that is
`skipped` is a failure, but for what is named as not yet there: `json`, cases with JSON in or out."""
import argparse
import json
import struct
import subprocess
import sys

import corpus
import wire

# Of conformance.proto.
REQUEST_BINARY, REQUEST_JSON, REQUEST_OUTPUT, REQUEST_TYPE, REQUEST_CATEGORY = 1, 2, 3, 4, 5
FORMATS = {corpus.BINARY: 1, corpus.JSON: 2}
CATEGORIES = {corpus.BINARY: 1, corpus.JSON: 2}
IGNORES_UNKNOWN = 3
ANSWERS = {1: "parse_error", 2: "runtime_error", 3: corpus.BINARY, 4: corpus.JSON, 5: "skipped",
           6: "serialize_error", 7: "jspb", 8: "text", 9: "timeout_error"}


class Testee:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, size):
        data = self.process.stdout.read(size)
        if len(data) < size:
            raise EOFError("the testee has ended: %s" % self.process.wait())
        return data

    def ask(self, request):
        """(what it is, the content) of the answer."""
        try:
            self.process.stdin.write(struct.pack("<I", len(request)) + request)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # read says more
        size, = struct.unpack("<I", self.read(4))
        fields = list(wire.read_fields(self.read(size)))
        if not fields:
            return "nothing", b""
        number, content = fields[-1]
        return ANSWERS.get(number, "field %d" % number), content

    def end(self):
        """Its exit code, once there is nothing more to ask."""
        self.process.stdin.close()
        rest = self.process.stdout.read()
        return "it says more than it was asked" if rest else self.process.wait()


def request_of(case):
    kind, content = case.input
    payload = wire.bytes_field(REQUEST_BINARY, content) if kind == corpus.BINARY else \
        wire.bytes_field(REQUEST_JSON, content.encode())
    category = IGNORES_UNKNOWN if case.ignores else CATEGORIES[kind]
    return (payload + wire.number_field(REQUEST_OUTPUT, FORMATS[case.output]) +
            wire.bytes_field(REQUEST_TYPE, case.type.encode()) + wire.number_field(REQUEST_CATEGORY, category))


def once(pairs):
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name comes twice")
    return dict(pairs)


def no_constant(name):
    raise ValueError("%s is no JSON" % name)


def whole(digits):
    return -0.0 if digits == "-0" else int(digits)


def json_value(text):
    return json.loads(text, object_pairs_hook=once, parse_constant=no_constant, parse_int=whole)


def is_same(a, b):
    """As values of JSON: 1 is 1.0, and true is not 1."""
    if isinstance(a, bool) != isinstance(b, bool):
        return False
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(is_same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(is_same, a, b))
    return a == b and str(a).startswith("-") == str(b).startswith("-")  # there are two zeros


def is_expected(case, kind, content):
    wanted, value = case.expected
    if kind != wanted:
        return False
    if kind == corpus.BINARY:
        return content == value
    if kind != corpus.JSON:
        return True  # whatever an error says
    try:
        return is_same(json_value(content.decode()), json_value(value))
    except ValueError:
        return False


def shown(kind, content):
    return "%s %s" % (kind, content.hex() if isinstance(content, bytes) and kind == corpus.BINARY else
                      content.decode("utf-8", "replace") if isinstance(content, bytes) else content)


def is_excused(case, kind, not_yet):
    return kind == "skipped" and "json" in not_yet and corpus.JSON in (case.input[0], case.output)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("testee")
    parser.add_argument("corpus")
    parser.add_argument("--not-yet", action="append", default=[], choices=["json"])
    args = parser.parse_args()
    testee, n_failed, n_skipped = Testee(args.testee), 0, 0
    cases = corpus.load(args.corpus)
    answer = testee.ask(wire.bytes_field(REQUEST_TYPE, b"conformance.FailureSet"))
    if answer != (corpus.BINARY, b""):
        print("FailureSet: wanted an empty one, got " + shown(*answer))
        n_failed += 1
    for case in cases:
        kind, content = testee.ask(request_of(case))
        if is_excused(case, kind, args.not_yet):
            n_skipped += 1
        elif not is_expected(case, kind, content):
            print("%s (%s): %s\n    wanted %s\n    got    %s" % (
                case.name, case.category, shown(*case.input), shown(*case.expected), shown(kind, content)))
            n_failed += 1
    end = testee.end()
    if end != 0:
        print("the testee's end: %s" % end)
        n_failed += 1
    print("%d cases, %d failed, %d skipped" % (len(cases), n_failed, n_skipped))
    sys.exit(1 if n_failed or not cases else 0)


if __name__ == "__main__":
    main()
