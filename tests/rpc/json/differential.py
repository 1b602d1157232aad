"""Tern's JSON and python3-protobuf's: random messages, and texts made from them, come to the same in both.

    differential.py CONVERT PROTO_DIR... --rounds N

Where the two differ by choice, it is said at is_json() below.
"""

import argparse
import json
import math
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

TYPES = [
    "json.Scalars", "json.Optionals", "json.Lists", "json.Maps", "json.Choice", "json.Known", "json.Names",
    "json.Deep", "json.old.Older", "json.old.Required", "google.protobuf.Value", "google.protobuf.Struct",
]
HELD = ["json.Scalars", "json.Names", "google.protobuf.Duration", "google.protobuf.Int32Value"]


class Tern:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, name, way, data):
        """The bytes that come of it, or why nothing does."""
        self.process.stdin.write(f"{name} {way} {data.hex()}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline().rstrip("\n")
        if line.startswith("error: "):
            return None, line
        return bytes.fromhex(line), None


def load(folders):
    """The classes of TYPES and HELD, and the pool that they are in."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "set"
        subprocess.run(
            ["protoc", "--include_imports", f"--descriptor_set_out={out}", *[f"-I{f}" for f in folders],
             "-I/usr/include", "kinds.proto", "older.proto"], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    classes = {n: factory.GetPrototype(pool.FindMessageTypeByName(n)) for n in {*TYPES, *HELD}}
    for name in ("nick", "lucky", "inner", "Scope.level"):
        extension = pool.FindExtensionByName(f"json.old.{name}")
        classes["json.old.Older"].RegisterExtension(extension)
    return pool, classes


class Maker:
    """Random messages."""

    def __init__(self, seed, pool, classes):
        self.random = random.Random(seed)
        self.pool = pool
        self.classes = classes

    def integer(self, bits, is_signed):
        v = self.random.getrandbits(self.random.randint(1, bits))
        return v - (1 << (bits - 1)) if is_signed and v >= 1 << (bits - 1) else v if not is_signed else v & ((1 << (bits - 1)) - 1)

    def real(self):
        choice = self.random.randrange(6)
        if choice == 0:
            return self.random.choice([0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308])
        if choice == 1:
            return float(self.random.randint(-1000, 1000))
        if choice == 2:
            return self.random.randint(-10**6, 10**6) / 1000
        return self.random.uniform(-1, 1) * 10.0 ** self.random.randint(-300, 300)

    def float32(self):
        v = self.real()
        return v if not math.isfinite(v) or abs(v) < 3.4e38 else 1.5

    def text(self):
        alphabet = "ab\"\\/\n\t\x01\x7f\xe9\u20ac\U0001f600<>&' "
        return "".join(self.random.choice(alphabet) for _ in range(self.random.choice([0, 1, 3, 20])))

    def scalar(self, f):
        kind = f.type
        if kind in (f.TYPE_INT32, f.TYPE_SINT32, f.TYPE_SFIXED32):
            return self.integer(32, True)
        if kind in (f.TYPE_INT64, f.TYPE_SINT64, f.TYPE_SFIXED64):
            return self.integer(64, True)
        if kind in (f.TYPE_UINT32, f.TYPE_FIXED32):
            return self.integer(32, False)
        if kind in (f.TYPE_UINT64, f.TYPE_FIXED64):
            return self.integer(64, False)
        if kind == f.TYPE_BOOL:
            return self.random.random() < 0.5
        if kind == f.TYPE_DOUBLE:
            return self.real()
        if kind == f.TYPE_FLOAT:
            return self.float32()
        if kind == f.TYPE_STRING:
            return self.text()
        if kind == f.TYPE_BYTES:
            return self.random.randbytes(self.random.choice([0, 1, 2, 3, 30]))
        return self.random.choice(f.enum_type.values).number

    def known(self, message, name):
        """Types whose values are not whatever their fields hold. True if it was one."""
        if name == "Timestamp":
            message.seconds = self.random.randint(-62135596800, 253402300799)
            message.nanos = self.random.choice([0, 5000000, 123456000, 999999999])
        elif name == "Duration":
            message.seconds = self.random.randint(0, 315576000000)
            message.nanos = self.random.choice([0, 5000000, 123456000, 999999999])
            if self.random.random() < 0.5:
                message.seconds, message.nanos = -message.seconds, -message.nanos
        elif name == "FieldMask":
            message.paths.extend(self.random.sample(["a", "foo_bar", "a.b_c.d", "x1"], 2))
        elif name == "Any":
            if self.random.random() < 0.7:
                held = self.classes[self.random.choice(HELD)]()
                self.fill(held, 2)
                message.Pack(held)
        elif name == "Value":
            self.dynamic(message, 3)
        else:
            return False
        return True

    def dynamic(self, value, depth):
        choice = self.random.randrange(6 if depth else 4)
        if choice == 0:
            value.null_value = 0
        elif choice == 1:
            value.number_value = self.random.choice([0.0, 1.5, -1e30, 1e-9, 12345678.0])
        elif choice == 2:
            value.string_value = self.text()
        elif choice == 3:
            value.bool_value = self.random.random() < 0.5
        elif choice == 4:
            value.struct_value.SetInParent()
            for _ in range(self.random.randrange(3)):
                self.dynamic(value.struct_value.fields[self.text()], depth - 1)
        else:
            value.list_value.SetInParent()
            for _ in range(self.random.randrange(3)):
                self.dynamic(value.list_value.values.add(), depth - 1)

    def fill(self, message, depth):
        d = message.DESCRIPTOR
        if d.full_name.startswith("google.protobuf.") and self.known(message, d.name):
            return
        for f in [*d.fields, *(self.pool.FindAllExtensions(d))]:
            is_required = f.label == f.LABEL_REQUIRED
            if is_required or self.random.random() < 0.35:
                self.set(message, f, depth, is_required)

    def set(self, message, f, depth, is_required):
        if f.name in ("nothings", "lucky"):  # python writes lists of nulls and of extensions, but reads none
            return
        if f.message_type and f.message_type.GetOptions().map_entry:
            self.set_map(getattr(message, f.name), f, depth)
            return
        if depth == 0 and f.message_type and not is_required:
            return
        n = self.random.randrange(4)
        if f.message_type:
            if f.label == f.LABEL_REPEATED:
                box = message.Extensions[f] if f.is_extension else getattr(message, f.name)
                for _ in range(n):
                    self.fill(box.add(), depth - 1)
            else:
                inner = message.Extensions[f] if f.is_extension else getattr(message, f.name)
                inner.SetInParent()
                self.fill(inner, depth - 1)
        elif f.label == f.LABEL_REPEATED:
            box = message.Extensions[f] if f.is_extension else getattr(message, f.name)
            box.extend(self.scalar(f) for _ in range(n))
        elif f.is_extension:
            message.Extensions[f] = self.scalar(f)
        else:
            setattr(message, f.name, self.scalar(f))

    def set_map(self, box, f, depth):
        key, value = f.message_type.fields_by_number[1], f.message_type.fields_by_number[2]
        for _ in range(self.random.randrange(3)):
            k = self.scalar(key)
            if value.message_type and depth == 0:
                continue
            if value.message_type:
                self.fill(box[k], depth - 1)
            else:
                box[k] = self.scalar(value)

    def mangle(self, text):
        """A text that is a little wrong, or a little odd."""
        at = self.random.randrange(len(text) + 1)
        pieces = ["", "null", "0", "1e2", "-", '"', "{", "}", "[", "]", ",", ":", "true", "\\u0041", "1.0", '"1"', " ", "NaN"]
        end = min(len(text), at + self.random.randrange(4))
        return text[:at] + self.random.choice(pieces) + text[end:]


def same(pool, cls, a, b):
    """By what they say: of an Any the bytes may be in another order."""
    a, b = cls.FromString(a), cls.FromString(b)
    if a.SerializeToString(deterministic=True) == b.SerializeToString(deterministic=True):
        return True
    texts = [json_format.MessageToJson(m, descriptor_pool=pool, sort_keys=True) for m in (a, b)]
    return "@type" in texts[0] and texts[0] == texts[1]


# What python refuses or takes, and we do not, by choice or because python is wrong:
#  - it takes json's extensions (NaN without quotes, a lone surrogate), what int() and float() take ("1_0", " 1",
#    "+1"), enums' numbers in quotes, and base64 with other letters in it;
#  - it refuses whole numbers that are written with an exponent in quotes, lists of NullValue, and repeated extensions.
# So texts are only compared when both take them: then they have to come to the same. And what json.loads itself
# refuses, we refuse.
def is_json(text):
    def no_constant(_):
        raise ValueError

    try:
        json.loads(text, parse_constant=no_constant)
        return True
    except (ValueError, RecursionError):
        return False


class Run:
    def __init__(self, tern, pool, classes, maker):
        self.tern, self.pool, self.classes, self.maker = tern, pool, classes, maker
        self.n_failed = self.n_both = self.n_refused = 0

    def complain(self, what, name, *more):
        self.n_failed += 1
        if self.n_failed <= 10:
            print(f"{what}: {name}", *more, sep="\n    ")

    def encode(self, name, message):
        data = message.SerializeToString()
        ours, why = self.tern.ask(name, "json", data)
        if ours is None:
            self.complain("has no JSON to us", name, why, data.hex())
            return None
        try:
            again = json_format.Parse(ours.decode(), self.classes[name](), descriptor_pool=self.pool)
        except Exception as e:
            self.complain("python cannot read ours", name, e, ours.decode())
            return None
        if not same(self.pool, self.classes[name], again.SerializeToString(), data):
            self.complain("python reads something else", name, ours.decode(), data.hex())
        return ours.decode()

    def decode(self, name, message):
        for more in ({}, {"indent": None, "preserving_proto_field_name": True},
                     {"use_integers_for_enums": True, "including_default_value_fields": True}):
            text = json_format.MessageToJson(message, descriptor_pool=self.pool, **more)
            back, why = self.tern.ask(name, "bytes", text.encode())
            # Not `message`: defaults that are told are there, where presence is told from them.
            theirs = json_format.Parse(text, self.classes[name](), descriptor_pool=self.pool)
            if back is None:
                self.complain("we cannot read python's", name, why, text)
            elif not same(self.pool, self.classes[name], back, theirs.SerializeToString()):
                self.complain("we read something else", name, text)

    def mangled(self, name, text):
        text = self.maker.mangle(text)
        back, _ = self.tern.ask(name, "bytes", text.encode("utf-8", "surrogatepass"))
        if back is None:
            self.n_refused += 1
            return
        if not is_json(text):
            self.complain("we take what is no JSON", name, text)
            return
        if re.search(r"-0(?![.\d])", text):
            return  # no number below zero to python
        try:
            theirs = json_format.Parse(text, self.classes[name](), descriptor_pool=self.pool)
        except Exception:
            return
        self.n_both += 1
        if not same(self.pool, self.classes[name], back, theirs.SerializeToString()):
            self.complain("mangled, we read something else", name, text)

    def round(self):
        name = self.maker.random.choice(TYPES)
        message = self.classes[name]()
        self.maker.fill(message, 3)
        text = self.encode(name, message)
        self.decode(name, message)
        for _ in range(3 if text else 0):
            self.mangled(name, text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--rounds", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    pool, classes = load(args.folders)
    run = Run(Tern(args.program), pool, classes, Maker(args.seed, pool, classes))
    for _ in range(args.rounds):
        run.round()
    print(f"{args.rounds} messages, {run.n_both} mangled texts that both take, {run.n_refused} that we refuse, "
          f"{run.n_failed} differences")
    if run.n_both < args.rounds // 20 or run.n_refused < args.rounds // 20:
        sys.exit("too few of either to tell anything")
    sys.exit(1 if run.n_failed else 0)


if __name__ == "__main__":
    main()
