#!/usr/bin/env python3
"""grpc_test.py SERVER CLIENT: gRPC's own Python at the other end of both, with gzip and deflate.

Messages are made by hand from press_pb2, which grpc_test.sh generates.
"""
import subprocess
import sys
from concurrent import futures

import grpc
import press_pb2

LONG = 100000
ENCODINGS = {"gzip": grpc.Compression.Gzip, "deflate": grpc.Compression.Deflate}
COMPRESSED, PLAIN = press_pb2.Parcel.COMPRESSED, press_pb2.Parcel.PLAIN
# tern_compression of tern/compression.h; of tern_compress one more, as press.proto says
TERN = {"gzip": 3, "deflate": 4, "zstd": 5}
ALWAYS, NEVER = 2, 3


def check(what, is_good):
    if not is_good:
        print(f"[  FAILED  ] {what}")
        sys.exit(1)
    print(f"[       OK ] {what}")


# ---- their client, our server ------------------------------------------------


def stub(channel, name, kind):
    reply = press_pb2.Receipt.FromString
    return getattr(channel, kind)(
        f"/press.Press/{name}",
        request_serializer=lambda m: m.SerializeToString(),
        response_deserializer=reply,
    )


def call(one, compression, **fields):
    return one(press_pb2.Parcel(body=bytes(LONG), **fields), compression=compression)


def try_their_client(address, name, compression):
    with grpc.insecure_channel(address) as channel:
        one = stub(channel, "One", "unary_unary")
        receipt = call(one, compression, expected=COMPRESSED)
        check(f"{name}: a request", receipt.n_bytes == LONG and receipt.n_compressed == 1)
        receipt = call(one, None, expected=PLAIN)
        check(f"{name}: and none", receipt.n_bytes == LONG and receipt.n_compressed == 0)
        receipt = call(one, None, reply_size=LONG, reply_with=TERN[name], reply_which=ALWAYS)
        check(f"{name}: a reply", receipt.body == bytes(LONG))
        try_their_streams(channel, name, compression)


def try_their_streams(channel, name, compression):
    parcels = [
        press_pb2.Parcel(
            body=bytes(i * 1000 + 500),  # no gain, no compression
            expected=COMPRESSED,
            reply_size=i * 2000 + 1,
            reply_with=0 if i else TERN[name],
            reply_which=ALWAYS if i % 2 else NEVER,
        )
        for i in range(10)
    ]
    receipts = list(stub(channel, "Both", "stream_stream")(iter(parcels), compression=compression))
    check(
        f"{name}: a stream",
        [(r.n_bytes, len(r.body)) for r in receipts]
        == [(len(p.body), p.reply_size) for p in parcels],
    )
    receipt = stub(channel, "Upload", "stream_unary")(iter(parcels), compression=compression)
    check(f"{name}: an upload", receipt.n_compressed == 10)


def try_zstd(address):
    """Which they do not know: they get what they can read."""
    with grpc.insecure_channel(address) as channel:
        one = stub(channel, "One", "unary_unary")
        receipt = call(one, None, reply_size=LONG, reply_with=TERN["zstd"], reply_which=ALWAYS)
        check("zstd: a reply goes as it is", receipt.body == bytes(LONG))


# ---- our client, their server ------------------------------------------------


class Press(grpc.GenericRpcHandler):
    def service(self, details):
        handlers = {
            "/press.Press/One": grpc.unary_unary_rpc_method_handler,
            "/press.Press/Both": grpc.stream_stream_rpc_method_handler,
        }
        answers = {"/press.Press/One": receipt_of, "/press.Press/Both": receipts_of}
        return handlers[details.method](
            answers[details.method],
            request_deserializer=press_pb2.Parcel.FromString,
            response_serializer=lambda m: m.SerializeToString(),
        )


def receipt_of(parcel, _context):
    return press_pb2.Receipt(body=bytes(parcel.reply_size), n_bytes=len(parcel.body))


def receipts_of(parcels, context):
    return (receipt_of(p, context) for p in parcels)


def try_our_client(client, name, compression):
    server = grpc.server(futures.ThreadPoolExecutor(2), (Press(),), compression=compression)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    done = subprocess.run([client, f"grpc://127.0.0.1:{port}", name], stderr=subprocess.PIPE)
    server.stop(None).wait()
    check(f"{name}: our client {done.stderr.decode()}", done.returncode == 0)


def main():
    server, client = sys.argv[1:]
    with subprocess.Popen([server], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        address = process.stdout.readline().decode().strip().removeprefix("tcp://")
        for name, compression in ENCODINGS.items():
            try_their_client(address, name, compression)
        try_zstd(address)
        process.stdin.close()
        check("our server ends well", process.wait() == 0)
    for name, compression in ENCODINGS.items():
        try_our_client(client, name, compression)


main()
