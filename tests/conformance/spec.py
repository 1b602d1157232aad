"""A case before it is recorded."""
import dataclasses

import corpus

PROTO2 = "protobuf_test_messages.proto2.TestAllTypesProto2"
PROTO3 = "protobuf_test_messages.proto3.TestAllTypesProto3"
SYNTAXES = [("proto2", PROTO2), ("proto3", PROTO3)]

# An input that becomes bytes when it is recorded: a message in protobuf's text format.
TEXT = "text"

REFUSED = (corpus.PARSE_ERROR, "")
UNPRINTABLE = (corpus.SERIALIZE_ERROR, "")


@dataclasses.dataclass
class Spec:
    name: str
    type: str
    input: tuple  # (corpus.BINARY, bytes), (corpus.JSON, text) or (TEXT, text)
    output: str = corpus.BINARY
    category: str = "required"
    ignores: bool = False
    # None: what Python makes of it. Else as in the corpus, or the message in text format.
    expected: object = None
    differs: str = ""  # why Python does not expect that


def named(way, name, kind):
    return "%s.%s.%s" % ("proto2" if ".proto2." in kind else "proto3", way, name)


def binary(name, kind, data, **more):
    return Spec(named("binary", name, kind), kind, (corpus.BINARY, data), **more)


# ---- JSON: each gives some cases -----------------------------------------

def accepted(name, kind, text, said, data=None, **more):
    """JSON that is the message `said`, whichever way it goes out; `data` are its bytes where ours are not Python's."""
    for output in (corpus.BINARY, corpus.JSON):
        expected = said if data is None or output == corpus.JSON else (corpus.BINARY, data)
        yield Spec(named("json", name, kind) + "." + output, kind, (corpus.JSON, text), output=output, expected=expected,
                   **more)


def ignored(name, kind, text, said, **more):
    return accepted(name, kind, text, said, ignores=True, **more)


def refused(name, kind, text, **more):
    yield Spec(named("json", name, kind), kind, (corpus.JSON, text), expected=REFUSED, **more)


def printed(name, kind, said, text=None, **more):
    """A message, given as bytes, and its JSON, if Python is not to say it."""
    yield Spec(named("json", name, kind), kind, (TEXT, said), output=corpus.JSON,
               expected=(corpus.JSON, text) if text is not None else None, **more)


def unprintable(name, kind, said, **more):
    yield Spec(named("json", name, kind), kind, (TEXT, said), output=corpus.JSON, expected=UNPRINTABLE, **more)


class Refusals:
    """Numbered."""

    def __init__(self, name, kind):
        self.name, self.kind, self.n = name, kind, 0

    def next(self, text, **more):
        self.n += 1
        return refused("%s.%d" % (self.name, self.n), self.kind, text, **more)
