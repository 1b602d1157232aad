#!/usr/bin/env python3
"""grpc_test.py SERVER CLIENT: gRPC's own Python at the other end of both, which reads and writes details.

Debian has no python3-grpcio-status; what its rpc_status.from_call and to_status do is done here: the bytes of
grpc-status-details-bin are a google.rpc.Status with the code and the message of the call, or else it refuses them.
"""
import subprocess
import sys
from concurrent import futures

import desk_pb2
import error_details_pb2
import grpc
import status_pb2

KEY = "grpc-status-details-bin"


def check(what, is_good):
    if not is_good:
        print(f"[  FAILED  ] {what}")
        sys.exit(1)
    print(f"[       OK ] {what}")


# ---- their client, our server ------------------------------------------------


def status_of(error):
    """As rpc_status.from_call."""
    found = [value for key, value in error.trailing_metadata() if key == KEY]
    if not found:
        return None
    status = status_pb2.Status.FromString(found[0])
    if status.code != error.code().value[0] or status.message != error.details():
        raise ValueError(f"the call says {error.code()}: {error.details()}, its details {status}")
    return status


def refusal(channel, how, code=0):
    place = channel.unary_unary(
        "/test.desk.Desk/Place",
        request_serializer=desk_pb2.Order.SerializeToString,
        response_deserializer=desk_pb2.Receipt.FromString,
    )
    try:
        place(desk_pb2.Order(how=how, code=code), timeout=30)
    except grpc.RpcError as error:
        return error
    raise AssertionError("the order was taken")


def unpacked(detail, kind):
    message = kind()
    assert detail.Unpack(message), detail
    return message


def try_their_client(address):
    with grpc.insecure_channel(address) as channel:
        error = refusal(channel, "bad fields")
        (detail,) = status_of(error).details
        bad = unpacked(detail, error_details_pb2.BadRequest)
        check("the code", error.code() == grpc.StatusCode.INVALID_ARGUMENT)
        check(
            "all bad fields",
            [(v.field, v.description) for v in bad.field_violations]
            == [(f"items[{i}]", "out of stock") for i in range(5)],
        )
        retry, info, other = status_of(refusal(channel, "busy")).details
        delay = unpacked(retry, error_details_pb2.RetryInfo).retry_delay
        check("when to try again", delay.ToMilliseconds() == 1500)
        info = unpacked(info, error_details_pb2.ErrorInfo)
        check("the reason", (info.reason, info.domain) == ("QUEUE_FULL", "desk.example.com"))
        check("a message of the service's", unpacked(other, desk_pb2.Elsewhere).desk == "the other one")
        status = status_of(refusal(channel, "status", 99))
        check("a number that is no code", status.code == grpc.StatusCode.UNKNOWN.value[0])
        check("no details", status_of(refusal(channel, "unsendable")) is None)


# ---- our client, their server ------------------------------------------------


def full_status():
    status = status_pb2.Status(code=grpc.StatusCode.RESOURCE_EXHAUSTED.value[0], message="enough")
    bad = error_details_pb2.BadRequest()
    bad.field_violations.add(field="count", description="at most 7")
    info = error_details_pb2.ErrorInfo(reason="TOO_MANY", domain="desk", metadata={"limit": "7"})
    retry = error_details_pb2.RetryInfo()
    retry.retry_delay.FromMicroseconds(2500001)
    for detail in (retry, info, bad):
        status.details.add().Pack(detail)
    return status


def refuse(_order, context):
    """As abort_with_status of rpc_status.to_status."""
    status = full_status()
    context.set_trailing_metadata(((KEY, status.SerializeToString()),))
    context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, status.message)


class Desk(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(
            refuse,
            request_deserializer=desk_pb2.Order.FromString,
            response_serializer=desk_pb2.Receipt.SerializeToString,
        )


SAID = """RESOURCE_EXHAUSTED: enough
count: at most 7
TOO_MANY of desk, 7
again in 2501 ms
"""


def try_our_client(client):
    server = grpc.server(futures.ThreadPoolExecutor(2), (Desk(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    done = subprocess.run([client, f"grpc://127.0.0.1:{port}"], stdout=subprocess.PIPE)
    server.stop(None).wait()
    check(f"our client finds\n{done.stdout.decode()}", done.stdout.decode() == SAID)


def main():
    server, client = sys.argv[1:]
    with subprocess.Popen([server], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try_their_client(process.stdout.readline().decode().strip().removeprefix("tcp://"))
        process.stdin.close()
        check("our server ends well", process.wait() == 0)
    try_our_client(client)


main()
