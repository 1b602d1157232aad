"""corpus.txt: a case is a line, its parts are separated by tabs. JSON is escaped as Python does it (unicode_escape), bytes
are hex, and an expectation is a format with its content, or an error."""
import collections

BINARY, JSON = "binary", "json"
PARSE_ERROR, SERIALIZE_ERROR = "parse_error", "serialize_error"

# category: required or recommended. ignores: whether names that no field has are to be skipped. expected: (BINARY, bytes),
# (JSON, text) or (PARSE_ERROR, "").
Case = collections.namedtuple("Case", "name category type ignores input output expected")


def written(kind, content):
    if kind == BINARY:
        return content.hex()
    return content.encode("unicode_escape").decode("ascii")


def read(kind, text):
    if kind == BINARY:
        return bytes.fromhex(text)
    return text.encode("ascii").decode("unicode_escape")


def line_of(case):
    return "\t".join([case.name, case.category, case.type, "ignore" if case.ignores else "refuse",
                      case.input[0], written(*case.input), case.output,
                      case.expected[0], written(*case.expected)])


def case_of(line):
    name, category, kind, ignores, input_kind, content, output, expected_kind, expected = line.split("\t")
    return Case(name, category, kind, ignores == "ignore", (input_kind, read(input_kind, content)), output,
                (expected_kind, read(expected_kind, expected)))


def load(path):
    with open(path, encoding="ascii") as file:
        return [case_of(line.rstrip("\n")) for line in file if not line.startswith("#")]
