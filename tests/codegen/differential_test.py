"""Our codec beside Python's protobuf: made-up bytes, as messages of every kind, are one for both or for neither, and what
ours packs again says to Python what it had read itself. One choice is ours: a C string has no NUL.

    differential_test.py TESTEE [CASES [SEED]]
"""

import os
import random
import struct
import subprocess
import sys
import tempfile
import warnings

from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory

FILES = ["kinds.proto", "presence.proto", "texts.proto", "all_texts.proto"]
TYPES = [  # in the order of the testee
    "demo.v1.Scalars", "demo.v1.Optionals", "demo.v1.Repeats", "demo.v1.Shape", "demo.v1.Maps", "demo.v1.Tree",
    "demo.old.Defaults", "demo.old.Required", "demo.old.Lists", "demo.old.Closed", "demo.old.Answer", "demo.old.Open",
    "demo.texts.Letter", "demo.texts.Old",
]
VARINT, FIXED64, BYTES, GROUP, GROUP_END, FIXED32 = range(6)
FIXED32_TYPES, FIXED64_TYPES = (2, 7, 15), (1, 6, 16)
LEVELS = 4
NUMBERS = [0, 1, 2, 3, 7, 8, 9, 127, 128, 300, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63, 2**64 - 1, 2**64 - 5]


def load():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "files.pb")
        subprocess.run(["protoc", "-Itests/codegen/proto", "-Iproto", "-I/usr/include", "--include_imports",
                        "--descriptor_set_out=" + path] + FILES, check=True)
        with open(path, "rb") as file:
            files = descriptor_pb2.FileDescriptorSet.FromString(file.read()).file
    pool = descriptor_pool.DescriptorPool()
    for file in files:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return [factory.GetPrototype(pool.FindMessageTypeByName(name)) for name in TYPES]


def is_c_string(field):
    """Without (tern.text): the ones that must not hold a NUL."""
    return field.type == field.TYPE_STRING and field.full_name not in TEXTS


# What texts.proto says; everything of all_texts.proto is one.
TEXTS = {"demo.texts.Letter." + name for name in ("body", "reply_to", "lines", "formal")} | {
    "demo.texts.Letter.%sEntry.%s" % (entry, part)
    for entry in ("Headers", "Notes", "Counts") for part in ("key", "value")} | {
    "demo.texts.Old." + name for name in ("name", "title", "tags")} | {
    "demo.texts.Old.LabelsEntry." + part for part in ("key", "value")}


def is_in_map(field):
    """Python cannot look at a map with what is not UTF-8, as proto2 allows."""
    return field.containing_type.GetOptions().map_entry


def varint(value, rng=None):
    value &= 2**64 - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    if rng and len(out) < 9 and rng.random() < 0.02:  # longer than it has to be
        out[-1] |= 0x80
        out.append(0)
    return bytes(out)


def wire_type_of(field):
    if field.type == field.TYPE_GROUP:
        return GROUP
    if field.type in (field.TYPE_STRING, field.TYPE_BYTES, field.TYPE_MESSAGE):
        return BYTES
    return FIXED32 if field.type in FIXED32_TYPES else FIXED64 if field.type in FIXED64_TYPES else VARINT


class Maker:
    """Bytes that are nearly messages."""

    def __init__(self, rng):
        self.rng = rng
        self.has_nul = False  # where C has to have a string

    def text(self, is_wild):
        rng = self.rng
        letters = [b"a", b"b", b"Z", "\u00e4".encode(), "\u20ac".encode(), "\U0001f426".encode()]
        out = b"".join(rng.choice(letters) for _ in range(rng.choice([0, 1, 2, 5, 15, 16, 17, 40])))
        if is_wild:
            at = rng.randrange(len(out) + 1)
            out = out[:at] + rng.choice([b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80"]) + out[at:]
        return out

    def number(self):
        rng = self.rng
        return rng.choice(NUMBERS) if rng.random() < 0.7 else rng.getrandbits(rng.choice([7, 14, 32, 64]))

    def fixed(self, size):
        rng = self.rng
        return rng.choice([bytes(size), bytes(size - 1) + b"\x80", rng.randbytes(size)])

    def value(self, field, wire_type, levels):
        if wire_type == VARINT:
            number = self.number()
            if field and field.type == field.TYPE_ENUM:  # beyond 32 bits Python does not keep all of an unknown one
                number = (number + 2**31) % 2**32 - 2**31
                if field.label == field.LABEL_REQUIRED and levels < LEVELS:
                    number = field.enum_type.values[0].number
            return varint(number, self.rng)
        if wire_type in (FIXED32, FIXED64):
            return self.fixed(4 if wire_type == FIXED32 else 8)
        if wire_type == GROUP:
            inner = self.message(field.message_type, levels - 1) if field and field.type == field.TYPE_GROUP else \
                self.unknown(levels - 1)
            return inner + varint((field.number if field else 1) << 3 | GROUP_END)
        if field and field.type == field.TYPE_MESSAGE:
            data = self.message(field.message_type, levels - 1)
        elif field and field.type == field.TYPE_STRING:
            data = self.text(not is_in_map(field) and self.rng.random() < 0.04)
            self.has_nul |= b"\0" in data and is_c_string(field)
        elif field and wire_type_of(field) != BYTES and wire_type_of(field) != GROUP:  # packed
            data = b"".join(self.value(field, wire_type_of(field), levels) for _ in range(self.rng.randrange(5)))
        else:
            data = self.rng.randbytes(self.rng.choice([0, 1, 3, 20]))
        return varint(len(data)) + data

    def unknown(self, levels):
        rng, out = self.rng, b""
        for _ in range(rng.randrange(3)):
            number, wire_type = rng.choice([77, 1000, 2**29 - 1]), rng.choice([0, 1, 2, 5, 3])
            if wire_type == GROUP:
                if levels > 0:
                    out += varint(number << 3 | GROUP) + self.unknown(levels - 1) + varint(number << 3 | GROUP_END)
            else:
                out += varint(number << 3 | wire_type) + self.value(None, wire_type, levels)
        return out

    def message(self, descriptor, levels):
        rng, out = self.rng, b""
        if levels <= 0:
            return b"".join(varint(field.number << 3 | wire_type_of(field)) + self.value(field, wire_type_of(field), 0)
                            for field in descriptor.fields if field.label == field.LABEL_REQUIRED)
        fields = [rng.choice(descriptor.fields) for _ in range(rng.randrange(6))] if descriptor.fields else []
        fields += [field for field in descriptor.fields if field.label == field.LABEL_REQUIRED and levels < LEVELS or rng.random() < 0.98]
        rng.shuffle(fields)
        for field in fields:
            wire_type = wire_type_of(field)
            if field.label != field.LABEL_REQUIRED and rng.random() < 0.03:
                wire_type = rng.choice([VARINT, FIXED64, BYTES, FIXED32, GROUP])
            elif field.label == field.LABEL_REPEATED and wire_type not in (BYTES, GROUP) and rng.random() < 0.5:
                wire_type = BYTES
            tag, value = varint(field.number << 3 | wire_type, rng), self.value(field, wire_type, levels)
            out += (tag + value) * (2 if rng.random() < 0.1 else 1)
            if rng.random() < 0.05:
                out += self.unknown(levels)
        if levels == LEVELS and rng.random() < 0.02:
            out = out[:rng.randrange(len(out) + 1)] if rng.random() < 0.5 else \
                out + varint(rng.randrange(16))
        return out


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


def parse(cls, data):
    """The message, or None."""
    try:
        msg = cls.FromString(data)
    except (message.DecodeError, SystemError):  # the latter is the warning about an end of a group too many
        return None
    settle(msg)
    return msg if msg.IsInitialized() else None


def main():
    warnings.simplefilter("error", RuntimeWarning)
    testee = sys.argv[1]
    n_cases, seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20000, int(sys.argv[3]) if len(sys.argv) > 3 else 1
    classes, rng = load(), random.Random(seed)
    maker, cases = Maker(rng), []
    for _ in range(n_cases):
        number = rng.randrange(len(classes))
        maker.has_nul = False
        data = maker.message(classes[number].DESCRIPTOR, LEVELS)
        cases.append((number, data, maker.has_nul))
    answers = subprocess.run([testee], check=True, stdout=subprocess.PIPE, input=b"".join(
        struct.pack("<HI", number, len(data)) + data for number, data, _ in cases)).stdout
    n_accepted = n_differ = at = 0
    for number, data, has_nul in cases:
        is_ours, at, again = answers[at], at + 1, None
        if is_ours:
            size, = struct.unpack_from("<I", answers, at)
            again, at = answers[at + 4:at + 4 + size], at + 4 + size
        cls = classes[number]
        theirs = parse(cls, data)
        n_accepted += theirs is not None
        if theirs is None or has_nul and not is_ours:
            is_same = not is_ours
        else:
            ours = parse(cls, again) if is_ours else None
            is_same = ours is not None and (
                ours.SerializeToString(deterministic=True) == theirs.SerializeToString(deterministic=True))
        if not is_same:
            n_differ += 1
            print("%s %s: Python %s, ours %s" % (TYPES[number], data.hex(), "takes it" if theirs is not None else "refuses",
                                                 again.hex() if is_ours else "refuses"))
    print("%d cases, %d of them messages, %d differ" % (n_cases, n_accepted, n_differ))
    if n_differ or n_accepted < n_cases // 2 or at != len(answers):
        sys.exit(1)



main()
