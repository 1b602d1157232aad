"""Protobuf's wire format by hand, as much of it as the suite's own messages and cases need."""
import struct

VARINT, FIXED64, BYTES, GROUP, END_GROUP, FIXED32 = range(6)


def varint(value, extra=0):
    """Of what fits 64 bits, as two's complement; with `extra` bytes more than it needs."""
    value &= 2**64 - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    for _ in range(extra):
        out[-1] |= 0x80
        out.append(0)
    return bytes(out)


def tag(number, wire_type):
    return varint(number << 3 | wire_type)


def number_field(number, value):
    return tag(number, VARINT) + varint(value)


def bytes_field(number, data):
    return tag(number, BYTES) + varint(len(data)) + data


def fixed32_field(number, value):
    return tag(number, FIXED32) + struct.pack("<I", value & 0xFFFFFFFF)


def fixed64_field(number, value):
    return tag(number, FIXED64) + struct.pack("<Q", value & (2**64 - 1))


def group_field(number, data):
    return tag(number, GROUP) + data + tag(number, END_GROUP)


def read_varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def read_fields(data):
    """(number, value) of what has varints and lengths only, as the suite's answers have."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if key & 7 == BYTES:
            value, at = data[at:at + value], at + value
            if at > len(data):
                raise IndexError("a field ends behind its message")
        elif key & 7 != VARINT:
            raise ValueError("wire type %d" % (key & 7))
        yield key >> 3, value
