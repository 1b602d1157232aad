"""What the suite asks of the wire format: bytes in, and bytes, or a refusal, out."""
import struct

import corpus
from spec import REFUSED, SYNTAXES, PROTO2, PROTO3, binary
from wire import (BYTES, END_GROUP, FIXED32, FIXED64, GROUP, VARINT, bytes_field, fixed32_field, fixed64_field,
                  group_field, number_field, tag, varint)

SCALARS = ["int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32", "sfixed64",
           "float", "double", "bool", "string", "bytes"]
NUMERIC = SCALARS[:13]
# Of the fields of a kind: the first scalar's number; the others follow in the order above, and the enum behind them.
OPTIONAL, REPEATED, PACKED, UNPACKED, DEFAULTED = 1, 31, 75, 89, 241
NESTED_MESSAGE, NESTED_ENUM, RECURSIVE, REPEATED_NESTED, REPEATED_ENUM = 18, 21, 27, 48, 51
ONEOF = {"uint32": 111, "message": 112, "string": 113, "bytes": 114, "bool": 115, "uint64": 116, "float": 117,
         "double": 118, "enum": 119}
MAPS = {  # number, kind of the key, kind of the value
    "int32_int32": (56, "int32", "int32"), "int64_int64": (57, "int64", "int64"),
    "uint32_uint32": (58, "uint32", "uint32"), "uint64_uint64": (59, "uint64", "uint64"),
    "sint32_sint32": (60, "sint32", "sint32"), "sint64_sint64": (61, "sint64", "sint64"),
    "fixed32_fixed32": (62, "fixed32", "fixed32"), "fixed64_fixed64": (63, "fixed64", "fixed64"),
    "sfixed32_sfixed32": (64, "sfixed32", "sfixed32"), "sfixed64_sfixed64": (65, "sfixed64", "sfixed64"),
    "int32_float": (66, "int32", "float"), "int32_double": (67, "int32", "double"),
    "bool_bool": (68, "bool", "bool"), "string_string": (69, "string", "string"),
    "string_bytes": (70, "string", "bytes"), "string_message": (71, "string", "message"),
    "string_enum": (73, "string", "enum"),
}
UNKNOWN = 505  # reserved in both syntaxes, or free
FIRST_32, FIRST_64 = ("fixed32", "sfixed32", "float"), ("fixed64", "sfixed64", "double")

# What goes over the wire; in a field with a presence of its own each is there, in the others all but zero.
VALUES = {
    "int32": [0, 1, 12345, -1, 2**31 - 1, -2**31],
    "int64": [0, 1, 12345, -1, 2**63 - 1, -2**63],
    "uint32": [0, 1, 12345, 2**32 - 1],
    "uint64": [0, 1, 12345, 2**64 - 1],
    "sint32": [0, 1, 2, 24690, 2**32 - 1, 2**32 - 2],  # zigzag: least and greatest
    "sint64": [0, 1, 2, 24690, 2**64 - 1, 2**64 - 2],
    "fixed32": [0, 12345, 2**32 - 1], "sfixed32": [0, 12345, 2**31 - 1, 2**31, 2**32 - 1],
    "fixed64": [0, 12345, 2**64 - 1], "sfixed64": [0, 12345, 2**63 - 1, 2**63, 2**64 - 1],
    "float": [0.0, -0.0, 0.1, 1.0, 3.4028234663852886e38, 1.1754943508222875e-38, 1.401298464324817e-45,
              float("inf"), float("-inf"), float("nan")],
    "double": [0.0, -0.0, 0.1, 1.0, 1.7976931348623157e308, 2.2250738585072014e-308, 5e-324, float("inf"),
               float("-inf"), float("nan")],
    "bool": [0, 1],
    "string": [b"", b"Hello", "\u8c37\u6b4c".encode(), "\U0001f426".encode(), b"'\"\\\n\t", b"x" * 200],
    "bytes": [b"", b"Hello", b"\x00\x01\xff", bytes(range(256))],
    "enum": [0, 1, 2, -1],
}
ZEROS = {kind: values[0] for kind, values in VALUES.items()}
ONES = {kind: values[1] for kind, values in VALUES.items()} | {"float": 1.5, "double": 1.5}


def wire_type_of(kind):
    return FIXED32 if kind in FIRST_32 else FIXED64 if kind in FIRST_64 else \
        BYTES if kind in ("string", "bytes", "message") else VARINT


def bare(kind, value):
    """A value without its tag."""
    if kind in ("float", "double"):
        return struct.pack("<f" if kind == "float" else "<d", value)
    if kind in FIRST_32 or kind in FIRST_64:
        return struct.pack("<I" if kind in FIRST_32 else "<Q", value)
    return varint(len(value)) + value if wire_type_of(kind) == BYTES else varint(value)


def field(number, kind, value):
    return tag(number, wire_type_of(kind)) + bare(kind, value)


# ---- scalars -------------------------------------------------------------

def of_values(kind):
    """Each value, alone, as the last of several, and all as a repeated field: one by one, packed, and mixed."""
    for at, scalar in enumerate(SCALARS):
        values = VALUES[scalar]
        for i, value in enumerate(values):
            yield binary("%s.value.%d" % (scalar, i), kind, field(OPTIONAL + at, scalar, value))
        yield binary("%s.last_wins" % scalar, kind, b"".join(field(OPTIONAL + at, scalar, v) for v in values + [ONES[scalar]]))
        yield binary("%s.last_wins_as_zero" % scalar, kind,
                     field(OPTIONAL + at, scalar, ONES[scalar]) + field(OPTIONAL + at, scalar, ZEROS[scalar]))
        yield binary("%s.repeated" % scalar, kind, b"".join(field(REPEATED + at, scalar, v) for v in values))
    values = VALUES["enum"]
    for value in values:
        yield binary("enum.value.%d" % value, kind, field(NESTED_ENUM, "enum", value))
    yield binary("enum.repeated", kind, b"".join(field(REPEATED_ENUM, "enum", v) for v in values))


def of_packing(kind):
    """Whatever a field is declared as, it is read both ways and written as declared."""
    for at, scalar in enumerate(NUMERIC + ["enum"]):
        values = VALUES[scalar]
        packed = b"".join(bare(scalar, v) for v in values)
        for name, number in [("default", REPEATED_ENUM if scalar == "enum" else REPEATED + at),
                             ("packed", PACKED + at), ("unpacked", UNPACKED + at)]:
            yield binary("%s.%s_given_packed" % (scalar, name), kind, bytes_field(number, packed))
            yield binary("%s.%s_given_unpacked" % (scalar, name), kind, b"".join(field(number, scalar, v) for v in values))
            yield binary("%s.%s_given_both" % (scalar, name), kind, field(number, scalar, ONES[scalar]) +
                         bytes_field(number, packed) + field(number, scalar, ONES[scalar]))
            yield binary("%s.%s_given_none" % (scalar, name), kind, bytes_field(number, b""))
            yield binary("%s.%s_cut" % (scalar, name), kind, tag(number, BYTES) + varint(len(packed) + 1) + packed,
                         expected=REFUSED)
            if wire_type_of(scalar) == VARINT:
                yield binary("%s.%s_ends_in_a_varint" % (scalar, name), kind, bytes_field(number, packed + b"\x80"),
                             expected=REFUSED)
            else:
                yield binary("%s.%s_ends_in_a_value" % (scalar, name), kind, bytes_field(number, packed[:-1]),
                             expected=REFUSED)


def of_varints(kind):
    """Varints may be longer than they need, and of more bits than the field."""
    for at, scalar in enumerate(SCALARS[:6]):
        for extra in (1, 4, 8):
            yield binary("%s.overlong.%d" % (scalar, extra), kind,
                         tag(OPTIONAL + at, VARINT) + varint(12345 if extra < 8 else 1, extra))
        yield binary("%s.overlong_zero" % scalar, kind, tag(OPTIONAL + at, VARINT) + varint(0, 5))
        for i, value in enumerate([2**33 + 5, 2**32, 2**63 + 1, 2**64 - 2**31]):
            yield binary("%s.64_bits.%d" % (scalar, i), kind, number_field(OPTIONAL + at, value))
        yield binary("%s.65_bits" % scalar, kind, tag(OPTIONAL + at, VARINT) + b"\xff" * 9 + b"\x7f")
        yield binary("%s.11_bytes" % scalar, kind, tag(OPTIONAL + at, VARINT) + b"\x81" * 10 + b"\x00",
                     expected=REFUSED)
        yield binary("%s.packed_64_bits" % scalar, kind, bytes_field(PACKED + at, varint(2**33 + 5) + varint(2**64 - 1)))
    for i, value in enumerate([2, 127, 128, 2**32, 2**63, 2**64 - 1]):
        yield binary("bool.big.%d" % i, kind, number_field(13, value))
        yield binary("bool.repeated_big.%d" % i, kind, bytes_field(PACKED + 12, varint(value) + varint(0)))
    yield binary("bool.overlong", kind, tag(13, VARINT) + varint(1, 8))
    yield binary("enum.overlong", kind, tag(NESTED_ENUM, VARINT) + varint(2, 3))
    yield binary("enum.64_bits", kind, number_field(NESTED_ENUM, 2**32 + 1))
    yield binary("enum.negative_in_5_bytes", kind, tag(NESTED_ENUM, VARINT) + b"\xff\xff\xff\xff\x0f")
    yield binary("length.overlong", kind, tag(14, BYTES) + varint(3, 2) + b"abc")
    yield binary("tag.overlong", kind, varint(1 << 3, 2) + varint(7))


# ---- bytes that are no message -------------------------------------------

ENDINGS = {VARINT: [b"", b"\x80"], FIXED32: [b"", b"abc"], FIXED64: [b"", b"abcdefg"], BYTES: [b"", b"\x80", b"\x03ab"]}


def of_truncation(kind):
    """An end before a value, within it, within a message, and within what is unknown."""
    for at, scalar in enumerate(SCALARS):
        for i, rest in enumerate(ENDINGS[wire_type_of(scalar)]):
            for name, number in [("known", OPTIONAL + at), ("repeated", REPEATED + at)]:
                yield binary("truncated.%s.%s.%d" % (scalar, name, i), kind, tag(number, wire_type_of(scalar)) + rest,
                             expected=REFUSED)
            inner = tag(OPTIONAL + at, wire_type_of(scalar)) + rest
            yield binary("truncated.%s.within.%d" % (scalar, i), kind, bytes_field(RECURSIVE, inner), expected=REFUSED)
            yield binary("truncated.%s.within_and_more.%d" % (scalar, i), kind,
                         bytes_field(RECURSIVE, inner) + number_field(1, 5), expected=REFUSED)
    for wire_type, endings in ENDINGS.items():
        for i, rest in enumerate(endings):
            data = tag(UNKNOWN, wire_type) + rest
            yield binary("truncated.unknown.%d.%d" % (wire_type, i), kind, data, expected=REFUSED)
            yield binary("truncated.unknown_in_group.%d.%d" % (wire_type, i), kind, tag(UNKNOWN, GROUP) + data,
                         expected=REFUSED)
    for i, data in enumerate([b"\x80", b"\xf8\xff", tag(RECURSIVE, BYTES), tag(RECURSIVE, BYTES) + b"\x02\x08",
                              tag(RECURSIVE, BYTES) + b"\xff\xff\xff\xff\x07", tag(14, BYTES) + varint(2**63) + b"a",
                              tag(14, BYTES) + varint(2**31), tag(69, BYTES) + b"\x04\x0a\x03ab"]):
        yield binary("truncated.tag_or_length.%d" % i, kind, data, expected=REFUSED)


def of_tags(kind):
    for wire_type in range(6):
        yield binary("tag.field_0.%d" % wire_type, kind, bytes([wire_type]) + b"\x01" * 8, expected=REFUSED)
        yield binary("tag.field_0_within.%d" % wire_type, kind, bytes_field(RECURSIVE, bytes([wire_type]) + b"\x01" * 8),
                     expected=REFUSED)
    for wire_type in (6, 7):
        for number in (1, UNKNOWN):
            yield binary("tag.wire_type.%d.%d" % (wire_type, number), kind, tag(number, wire_type) + b"\x01" * 8,
                         expected=REFUSED)
    yield binary("tag.number_beyond_29_bits", kind, varint(2**32 + 8) + b"\x01", expected=REFUSED,
                 differs="it looks at the low 32 bits of a tag")
    yield binary("tag.11_bytes", kind, b"\x88" + b"\x80" * 9 + b"\x00\x01", expected=REFUSED)
    yield binary("tag.greatest", kind, number_field(2**29 - 1, 7))
    others = [(VARINT, varint(7)), (FIXED64, b"abcdefgh"), (BYTES, b"\x02ab"), (FIXED32, b"abcd"),
              (GROUP, tag(1, END_GROUP))]
    for at, scalar in enumerate(SCALARS):
        for wire_type, value in others:
            if wire_type == wire_type_of(scalar):
                continue
            number = OPTIONAL + at
            value = tag(number, END_GROUP) if wire_type == GROUP else value
            yield binary("tag.%s_as.%d" % (scalar, wire_type), kind, tag(number, wire_type) + value + number_field(1, 3)
                         if number > 1 else tag(number, wire_type) + value + number_field(2, 3))


# ---- messages ------------------------------------------------------------

def nested(depth, number=RECURSIVE):
    data = b""
    for _ in range(depth):
        data = bytes_field(number, data)
    return data


def of_messages(kind):
    yield binary("empty", kind, b"")
    yield binary("message.empty", kind, bytes_field(NESTED_MESSAGE, b""))
    yield binary("message.merged", kind, bytes_field(NESTED_MESSAGE, number_field(1, 1)) +
                 bytes_field(NESTED_MESSAGE, bytes_field(2, number_field(1, 2))))
    yield binary("message.merged_last_wins", kind, bytes_field(NESTED_MESSAGE, number_field(1, 1)) +
                 bytes_field(NESTED_MESSAGE, number_field(1, 2)) + bytes_field(NESTED_MESSAGE, b""))
    one = number_field(1, 1) + number_field(31, 1) + bytes_field(UNKNOWN, b"a") + field(69, "string", b"\x0a\x01a\x12\x011")
    two = number_field(2, 2) + number_field(31, 2) + bytes_field(UNKNOWN, b"b") + field(69, "string", b"\x0a\x01b\x12\x012")
    yield binary("message.merged_deep", kind, nested(0) + bytes_field(RECURSIVE, bytes_field(RECURSIVE, one)) +
                 bytes_field(RECURSIVE, bytes_field(RECURSIVE, two)))
    yield binary("message.repeated_is_not_merged", kind, bytes_field(REPEATED_NESTED, number_field(1, 1)) +
                 bytes_field(REPEATED_NESTED, b"") + bytes_field(REPEATED_NESTED, number_field(1, 3)))
    yield binary("message.order", kind, number_field(111, 1) + bytes_field(14, b"s") + number_field(31, 1) + number_field(1, 1) +
                 bytes_field(NESTED_MESSAGE, number_field(1, 9)) + number_field(2, 2))
    yield binary("message.repeated_in_between", kind, number_field(31, 1) + number_field(1, 9) + number_field(31, 2) +
                 bytes_field(44, b"a") + number_field(31, 3) + bytes_field(44, b"b"))
    yield binary("depth.50", kind, nested(50))
    for depth in (99, 100, 101):
        yield binary("depth.%d" % depth, kind, nested(depth))
    yield binary("depth.1000", kind, nested(1000), expected=REFUSED)
    yield binary("depth.unknown_groups.1000", kind, tag(UNKNOWN, GROUP) * 1000 + tag(UNKNOWN, END_GROUP) * 1000,
                 expected=REFUSED)


def of_oneofs(kind):
    kinds = ["uint32", "string", "bytes", "bool", "uint64", "float", "double", "enum"]
    for name in kinds:
        number = ONEOF[name]
        yield binary("oneof.%s.zero" % name, kind, field(number, name, ZEROS[name]))
        yield binary("oneof.%s.one" % name, kind, field(number, name, ONES[name]))
        yield binary("oneof.%s.twice" % name, kind, field(number, name, ONES[name]) + field(number, name, ZEROS[name]))
        for other in kinds + ["message"]:
            if other != name:
                before = bytes_field(112, number_field(1, 4)) if other == "message" else field(ONEOF[other], other, ONES[other])
                yield binary("oneof.%s.replaces_%s" % (name, other), kind, before + field(number, name, ZEROS[name]))
    message = number_field(1, 1)
    yield binary("oneof.message.empty", kind, bytes_field(112, b""))
    yield binary("oneof.message.merged", kind, bytes_field(112, message) + bytes_field(112, bytes_field(2, message)))
    yield binary("oneof.message.begins_anew", kind, bytes_field(112, message) + number_field(111, 0) +
                 bytes_field(112, bytes_field(2, b"")))
    yield binary("oneof.message.replaces", kind, number_field(111, 5) + bytes_field(112, message))


def entry(number, kinds, key, value, rest=b""):
    """As we write it: a message, whose zeros are left out as those of any other are."""
    parts = [b"" if k != "message" and bare(k, v) == bare(k, ZEROS[k]) else field(n, k, v)
             for n, k, v in [(1, kinds[0], key), (2, kinds[1], value)]]
    return bytes_field(number, b"".join(parts) + rest)


def of_map(kind, name, number, kinds):
    def none(k):
        return b"" if k == "message" else ZEROS[k]

    def one(k):
        return number_field(1, 12) if k == "message" else ONES[k]

    def wrote(*values, rest=b""):
        return entry(number, kinds, *values, rest=rest)

    k0, k1, v0, v1 = none(kinds[0]), one(kinds[0]), none(kinds[1]), one(kinds[1])
    key, value, zero = field(1, kinds[0], k1), field(2, kinds[1], v1), field(2, kinds[1], v0)
    more, last = number_field(3, 9), bytes_field(100, b"zz")
    other = (fixed64_field if wire_type_of(kinds[0]) != FIXED64 else fixed32_field)(1, 7)
    merged = v1 if kinds[1] == "message" else v0  # of two messages in one entry
    for what, entries, expected in [
            ("entry", [key + value], wrote(k1, v1)), ("no_key", [value], wrote(k0, v1)),
            ("no_value", [key], wrote(k1, v0)), ("nothing", [b""], wrote(k0, v0)),
            ("value_first", [value + key], wrote(k1, v1)), ("zeros", [field(1, kinds[0], k0) + zero], wrote(k0, v0)),
            ("two", [value, key + value], wrote(k0, v1) + wrote(k1, v1)),
            ("duplicate", [key + value, key + zero], wrote(k1, v0)),
            ("key_twice", [field(1, kinds[0], k0) + key + value], wrote(k1, v1)),
            ("value_twice", [key + value + zero], wrote(k1, merged)),
            ("unknown_within", [key + more + value + last], wrote(k1, v1, rest=more + last)),
            ("key_of_another_wire_type", [other + value], wrote(k0, v1, rest=other))]:
        yield binary("map.%s.%s" % (name, what), kind, b"".join(bytes_field(number, e) for e in entries),
                     expected=(corpus.BINARY, expected))
    yield binary("map.%s.cut" % name, kind, tag(number, BYTES) + varint(len(key + value)) + (key + value)[:-1],
                 expected=REFUSED)


def of_maps(kind):
    for name, (number, *kinds) in MAPS.items():
        yield from of_map(kind, name, number, kinds)
    key = field(1, "string", b"k")
    a, c = bytes_field(2, number_field(1, 1)), bytes_field(2, bytes_field(2, number_field(1, 2)))
    yield binary("map.message.value_merged_within_entry", kind, bytes_field(71, key + a + c))
    yield binary("map.message.entries_are_not_merged", kind, bytes_field(71, key + a) + bytes_field(71, key + c))
    unknown = bytes_field(73, key + number_field(2, 77))
    yield binary("map.enum.unknown_value", kind, unknown, expected=(corpus.BINARY, unknown))


# ---- what is unknown -----------------------------------------------------

def of_unknown(kind):
    parts = [number_field(UNKNOWN, 2**64 - 1), fixed32_field(UNKNOWN + 1, 7), fixed64_field(UNKNOWN + 2, 8),
             bytes_field(UNKNOWN, b"\xff\xfe"), group_field(UNKNOWN + 3, number_field(1, 1)), number_field(501, 0)]
    for i, part in enumerate(parts):
        yield binary("unknown.one.%d" % i, kind, part)
    yield binary("unknown.order", kind, b"".join(parts))
    yield binary("unknown.order_back", kind, b"".join(parts[::-1]))
    yield binary("unknown.between_known", kind, parts[0] + number_field(1, 1) + parts[3] + number_field(2, 2) + parts[1])
    yield binary("unknown.within", kind, bytes_field(RECURSIVE, b"".join(parts)) + parts[0])
    yield binary("unknown.merged", kind, bytes_field(RECURSIVE, parts[0]) + bytes_field(RECURSIVE, parts[1]))
    yield binary("unknown.in_oneof", kind, bytes_field(112, parts[0] + number_field(1, 5)))
    yield binary("unknown.overlong_varint", kind, tag(UNKNOWN, VARINT) + varint(5, 3),
                 expected=(corpus.BINARY, tag(UNKNOWN, VARINT) + varint(5, 3)))  # as it came
    group = group_field(UNKNOWN, number_field(1, 1) + group_field(2, bytes_field(3, b"x") + group_field(UNKNOWN, b"")))
    yield binary("group.unknown_deep", kind, group)
    yield binary("group.unknown_empty", kind, group_field(UNKNOWN, b""))
    yield binary("group.unknown_twice", kind, group + number_field(1, 1) + group)
    for name, data in [
            ("end_alone", tag(UNKNOWN, END_GROUP)), ("end_of_known", tag(1, END_GROUP)),
            ("end_of_another", tag(UNKNOWN, GROUP) + tag(UNKNOWN + 1, END_GROUP)),
            ("no_end", tag(UNKNOWN, GROUP)), ("no_end_but_more", tag(UNKNOWN, GROUP) + number_field(1, 1)),
            ("ends_beyond_message", bytes_field(RECURSIVE, tag(UNKNOWN, GROUP)) + tag(UNKNOWN, END_GROUP)),
            ("end_within_message", tag(UNKNOWN, GROUP) + bytes_field(RECURSIVE, tag(UNKNOWN, END_GROUP))),
            ("crossed", tag(501, GROUP) + tag(502, GROUP) + tag(501, END_GROUP) + tag(502, END_GROUP))]:
        yield binary("group.%s" % name, kind, data, expected=REFUSED)


# Byte by byte: a lone continuation, an end too early, overlong forms, surrogates, beyond U+10FFFF.
NOT_UTF8 = [b"\xff", b"\x80", b"a\xc3", b"\xe2\x82", b"\xf0\x9f\x90", b"\xc0\x80", b"\xe0\x80\x80", b"\xed\xa0\x80",
            b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf0\x80\x80\x80", b"abcdefghijklmnop\xfe"]
UTF8 = ["\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff"]


def of_utf8(kind):
    refusal = {"expected": REFUSED} if kind == PROTO3 else {}  # proto2 takes any bytes
    for i, text in enumerate(UTF8):
        yield binary("utf8.valid.%d" % i, kind, bytes_field(14, text.encode()))
    for i, data in enumerate(NOT_UTF8):
        yield binary("utf8.invalid.%d" % i, kind, bytes_field(14, data), **refusal)
        if kind == PROTO3:
            for name, wrong in [("repeated", bytes_field(44, b"fine") + bytes_field(44, data)),
                                ("oneof", bytes_field(113, data)), ("within", bytes_field(RECURSIVE, bytes_field(14, data))),
                                ("key", bytes_field(69, bytes_field(1, data))), ("value", bytes_field(69, bytes_field(2, data)))]:
                yield binary("utf8.invalid_%s.%d" % (name, i), kind, wrong, **refusal)
        yield binary("utf8.bytes.%d" % i, kind, bytes_field(15, data))


# ---- one syntax alone ----------------------------------------------------

def of_proto2():
    for at, scalar in enumerate(SCALARS):
        for name, value in [("zero", ZEROS[scalar]), ("one", ONES[scalar])]:
            yield binary("default.%s.%s" % (scalar, name), PROTO2, field(DEFAULTED + at, scalar, value))
    yield binary("enum.closed", PROTO2, number_field(NESTED_ENUM, 77))
    yield binary("enum.closed_keeps_what_was", PROTO2, number_field(NESTED_ENUM, 1) + number_field(NESTED_ENUM, 77))
    yield binary("enum.closed_repeated", PROTO2, number_field(51, 1) + number_field(51, 77) + number_field(51, 2))
    yield binary("enum.closed_packed", PROTO2, bytes_field(88, varint(1) + varint(77) + varint(2) + varint(-5)))
    yield binary("enum.closed_in_oneof", PROTO2, number_field(111, 3) + number_field(119, 77))
    yield binary("enum.closed_negative", PROTO2, number_field(NESTED_ENUM, -7))
    pair = number_field(202, 1) + number_field(203, 2)
    yield binary("group.known", PROTO2, group_field(201, pair))
    yield binary("group.known_empty", PROTO2, group_field(201, b""))
    yield binary("group.known_merged", PROTO2, group_field(201, number_field(202, 1)) + group_field(201, number_field(203, 2)))
    yield binary("group.known_with_unknown", PROTO2, group_field(201, pair + number_field(1, 5) + group_field(9, b"")))
    yield binary("group.known_as_bytes", PROTO2, bytes_field(201, pair))
    yield binary("group.known_without_end", PROTO2, tag(201, GROUP) + pair, expected=REFUSED)
    yield binary("group.known_with_another_end", PROTO2, tag(201, GROUP) + pair + tag(202, END_GROUP), expected=REFUSED)
    yield binary("extension.one", PROTO2, number_field(120, 5))
    yield binary("extension.zero", PROTO2, number_field(120, 0))
    yield binary("extension.and_smaller", PROTO2, number_field(120, 5) + number_field(1, 1))
    yield binary("extension.unknown", PROTO2, number_field(150, 5) + bytes_field(151, b"x"))
    sets = PROTO2 + ".MessageSetCorrect"
    item = group_field(1, number_field(2, 1547769) + bytes_field(3, bytes_field(25, b"s")))
    other = group_field(1, number_field(2, 99) + bytes_field(3, number_field(1, 1)))
    yield binary("message_set.empty", sets, b"")
    yield binary("message_set.item", sets, item)
    yield binary("message_set.unknown_item", sets, other)


def of_proto3():
    yield binary("enum.open", PROTO3, number_field(NESTED_ENUM, 77))
    yield binary("enum.open_negative", PROTO3, number_field(NESTED_ENUM, -77))
    yield binary("enum.open_repeated", PROTO3, bytes_field(51, varint(1) + varint(77) + varint(-1)))
    yield binary("enum.open_in_oneof", PROTO3, number_field(111, 3) + number_field(119, 77))
    yield binary("enum.alias", PROTO3, number_field(23, 2))
    yield binary("oneof.null_value", PROTO3, number_field(111, 1) + number_field(120, 0))
    for number in list(range(201, 210)) + [301, 302, 303, 304, 305, 306]:
        yield binary("known_type.%d.empty" % number, PROTO3, bytes_field(number, b""))
    yield binary("known_type.any_keeps_its_bytes", PROTO3, bytes_field(305, bytes_field(1, b"t/x.Y") + bytes_field(2, b"\xff")))
    yield binary("known_type.value_in_list", PROTO3, bytes_field(306, bytes_field(6, bytes_field(
        1, bytes_field(3, b"s")) + bytes_field(1, number_field(1, 0)))))


def specs():
    for _, kind in SYNTAXES:
        for of in (of_values, of_packing, of_varints, of_truncation, of_tags, of_messages, of_oneofs, of_maps, of_unknown, of_utf8):
            yield from of(kind)
    yield from of_proto2()
    yield from of_proto3()
