"""record.py [CORPUS]: writes the cases with what is expected of each, by python3-protobuf. Run it after a change to a case and
read the diff:

    /usr/bin/python3 tests/conformance/record.py tests/conformance/corpus.txt

A case may say itself what is expected. Python has to agree then (other bytes must be the same message to it), unless the
case has the reason why it does not: those are where Python is not what the specification is."""
import collections
import dataclasses
import itertools
import json
import os
import subprocess
import sys
import tempfile
import warnings

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message, message_factory, text_format

import cases_binary
import cases_json
import cases_json_known
import corpus
import spec as specs

FOLDER = os.path.dirname(os.path.abspath(__file__))
FILES = ["test_messages_proto2.proto", "test_messages_proto3.proto"]
HEAD = """\
# Cases of the conformance suite, as record.py writes them: name, category, type of the message, what becomes of names that no
# field has, format of the input, input, format of the output, what is expected, and its content.
"""


class Reference:
    """Python's protobuf."""

    def __init__(self):
        self.pool = descriptor_pool.DescriptorPool()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "files.pb")
            subprocess.run(["protoc", "-I" + FOLDER, "-I/usr/include", "--include_imports",
                            "--descriptor_set_out=" + path] + FILES, check=True)
            with open(path, "rb") as file:
                for proto in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
                    self.pool.Add(proto)
        factory = message_factory.MessageFactory(self.pool)
        factory.GetMessages(FILES)  # and with them the extensions
        self.class_of = lambda name: factory.GetPrototype(self.pool.FindMessageTypeByName(name))

    def parse(self, spec):
        """The message, or None."""
        kind, content = spec.input
        cls = self.class_of(spec.type)
        try:
            if kind == corpus.JSON:
                return json_format.Parse(content, cls(), ignore_unknown_fields=spec.ignores, descriptor_pool=self.pool)
            msg = cls.FromString(content)
            settle(msg)
            return msg
        # SystemError is the warning about an end of a group too many; the others are json_format's, of what it did
        # not think of.
        except (message.DecodeError, json_format.ParseError, SystemError, TypeError, ValueError, AttributeError,
                KeyError, RecursionError):
            return None

    def printed(self, msg, output):
        if output == corpus.BINARY:
            return corpus.BINARY, msg.SerializeToString(deterministic=True)
        try:
            return corpus.JSON, json_format.MessageToJson(msg, indent=None, sort_keys=True, descriptor_pool=self.pool)
        except (json_format.Error, message.DecodeError, OverflowError, TypeError, ValueError):
            return corpus.SERIALIZE_ERROR, ""

    def answer(self, spec):
        msg = self.parse(spec)
        return self.printed(msg, spec.output) if msg is not None else (corpus.PARSE_ERROR, "")

    def of_text(self, spec, text, output):
        """The message that the case says in protobuf's text format."""
        return self.printed(text_format.Parse(text, self.class_of(spec.type)(), descriptor_pool=self.pool), output)

    def given(self, spec):
        """The case with bytes for what it says as text."""
        if spec.input[0] != specs.TEXT:
            return spec
        return dataclasses.replace(spec, input=self.of_text(spec, spec.input[1], corpus.BINARY))


def settle(msg):
    """Has Python drop what comes twice in a map: it does so when it is looked at."""
    for field, value in msg.ListFields():
        is_map = field.message_type and field.message_type.GetOptions().map_entry
        if is_map and field.message_type.fields_by_name["value"].message_type:
            for key in list(value):
                settle(value[key])
        elif is_map:
            dict(value)
        elif field.message_type:
            for sub in value if field.label == field.LABEL_REPEATED else [value]:
                settle(sub)


def is_alike(wanted, python, spec, reference):
    if wanted[0] == python[0] == corpus.BINARY:
        return reference.answer(dataclasses.replace(spec, input=wanted)) == python  # as it reads them
    if wanted[0] == python[0] == corpus.JSON:
        return json.loads(wanted[1]) == json.loads(python[1])
    return wanted == python


def expected_of(spec, reference):
    python = reference.answer(spec)
    if spec.expected is None:
        return python
    wanted = reference.of_text(spec, spec.expected, spec.output) if isinstance(spec.expected, str) else spec.expected
    if is_alike(wanted, python, spec, reference) == bool(spec.differs):
        print("%s: %r\n  Python says %r\n  the case says %r%s" % (
            spec.name, spec.input[1], python, wanted, ", and a reason to differ" if spec.differs else ""))
        return None
    return wanted


def recorded(reference):
    given = map(reference.given, itertools.chain(cases_binary.specs(), cases_json.specs(), cases_json_known.specs()))
    cases = [corpus.Case(spec.name, spec.category, spec.type, spec.ignores, spec.input, spec.output,
                         expected_of(spec, reference)) for spec in given]
    twice = [name for name, n in collections.Counter(case.name for case in cases).items() if n > 1]
    if twice or any(case.expected is None for case in cases):
        sys.exit("; ".join(["nothing is written"] + [name + " comes twice" for name in twice]))
    return cases


def main():
    warnings.simplefilter("error", RuntimeWarning)
    lines = [corpus.line_of(case) for case in recorded(Reference())]
    with open(sys.argv[1], "w", encoding="ascii") as file:
        file.write(HEAD + "".join(line + "\n" for line in lines))


main()
