"""A case before it is recorded."""
import dataclasses

import corpus

PROTO2 = "protobuf_test_messages.proto2.TestAllTypesProto2"
PROTO3 = "protobuf_test_messages.proto3.TestAllTypesProto3"
SYNTAXES = [("proto2", PROTO2), ("proto3", PROTO3)]


@dataclasses.dataclass
class Spec:
    name: str
    type: str
    input: tuple  # (corpus.BINARY, bytes) or (corpus.JSON, text)
    output: str = corpus.BINARY
    category: str = "required"
    ignores: bool = False
    # None: what Python makes of it. Else as in the corpus, or the message in text format.
    expected: object = None
    differs: str = ""  # why Python does not expect that


REFUSED = (corpus.PARSE_ERROR, "")


def binary(name, kind, data, **more):
    return Spec("%s.binary.%s" % (syntax_of(kind), name), kind, (corpus.BINARY, data), **more)


def syntax_of(kind):
    return "proto2" if ".proto2." in kind else "proto3"
