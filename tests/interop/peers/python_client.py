"""One of gRPC's interop tests on python3-grpcio, with the flags of gRPC's interop clients."""
import argparse
import queue

import grpc

import empty_pb2
import messages_pb2
import test_pb2_grpc

SENT = [27182, 8, 1828, 45904]
WISHED = [31415, 9, 2653, 58979]
METADATA = [
    ("x-grpc-test-echo-initial", "test_initial_metadata_value"),
    ("x-grpc-test-echo-trailing-bin", b"\xab\xab\xab"),
]
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"


def expect(is_so, what):
    if not is_so:
        raise SystemExit(f"expected {what}")


def payload(size):
    return messages_pb2.Payload(body=bytes(size))


def wish(size, sent=None):
    request = messages_pb2.StreamingOutputCallRequest(
        response_parameters=[messages_pb2.ResponseParameters(size=size)]
    )
    if sent is not None:
        request.payload.CopyFrom(payload(sent))
    return request


def large():
    return messages_pb2.SimpleRequest(response_size=314159, payload=payload(271828))


def expect_zeros(reply, size):
    expect(reply.payload.body == bytes(size), f"{size} zeros, not {len(reply.payload.body)} bytes")


def expect_failure(call, code, message=None):
    """`call` is one that ends so: a function that makes it, or a stream to be read."""
    try:
        (call() if callable(call) else list(call))
    except grpc.RpcError as error:
        expect(error.code() == code, f"{code}, not {error.code()}: {error.details()}")
        expect(message in (None, error.details()), f"{message!r}, not {error.details()!r}")
        return
    expect(False, f"the call to end with {code}")


class Talk:
    """A stream whose messages are given one by one; None ends it."""

    def __init__(self, stub, **options):
        self.requests = queue.SimpleQueue()
        self.call = stub.FullDuplexCall(iter(self.requests.get, None), **options)


def empty_unary(stub, _):
    expect(stub.EmptyCall(empty_pb2.Empty()) == empty_pb2.Empty(), "a reply")


def large_unary(stub, _):
    expect_zeros(stub.UnaryCall(large()), 314159)


def client_streaming(stub, _):
    reply = stub.StreamingInputCall(
        messages_pb2.StreamingInputCallRequest(payload=payload(size)) for size in SENT
    )
    expect(reply.aggregated_payload_size == 74922, "a sum of 74922")


def server_streaming(stub, _):
    request = messages_pb2.StreamingOutputCallRequest(
        response_parameters=[messages_pb2.ResponseParameters(size=size) for size in WISHED]
    )
    replies = list(stub.StreamingOutputCall(request))
    expect(len(replies) == len(WISHED), "four messages")
    for reply, size in zip(replies, WISHED):
        expect_zeros(reply, size)


def ping_pong(stub, _):
    talk = Talk(stub)
    for sent, size in zip(SENT, WISHED):
        talk.requests.put(wish(size, sent))
        expect_zeros(next(talk.call), size)
    talk.requests.put(None)
    expect(list(talk.call) == [], "no fifth message")


def empty_stream(stub, _):
    expect(list(stub.FullDuplexCall(iter(()))) == [], "no message")


def expect_echo(call):
    expect(METADATA[0] in call.initial_metadata(), "metadata ahead of the reply")
    expect(METADATA[1] in call.trailing_metadata(), "metadata behind the reply")


def custom_metadata(stub, _):
    reply, call = stub.UnaryCall.with_call(large(), metadata=METADATA)
    expect_zeros(reply, 314159)
    expect_echo(call)
    call = stub.FullDuplexCall(iter([wish(314159, 271828)]), metadata=METADATA)
    (reply,) = list(call)
    expect_zeros(reply, 314159)
    expect_echo(call)


def status_code_and_message(stub, _):
    status = messages_pb2.EchoStatus(code=2, message="test status message")
    unary = messages_pb2.SimpleRequest(response_status=status)
    stream = messages_pb2.StreamingOutputCallRequest(response_status=status)
    expect_failure(lambda: stub.UnaryCall(unary), grpc.StatusCode.UNKNOWN, status.message)
    expect_failure(stub.FullDuplexCall(iter([stream])), grpc.StatusCode.UNKNOWN, status.message)


def special_status_message(stub, _):
    status = messages_pb2.EchoStatus(code=2, message=SPECIAL)
    unary = messages_pb2.SimpleRequest(response_status=status)
    expect_failure(lambda: stub.UnaryCall(unary), grpc.StatusCode.UNKNOWN, SPECIAL)


def unimplemented_method(stub, _):
    expect_failure(lambda: stub.UnimplementedCall(empty_pb2.Empty()),
                   grpc.StatusCode.UNIMPLEMENTED)


def unimplemented_service(_, channel):
    stub = test_pb2_grpc.UnimplementedServiceStub(channel)
    expect_failure(lambda: stub.UnimplementedCall(empty_pb2.Empty()),
                   grpc.StatusCode.UNIMPLEMENTED)


def cancel_after_begin(stub, _):
    requests = queue.SimpleQueue()
    call = stub.StreamingInputCall.future(iter(requests.get, None))
    call.cancel()
    expect(call.cancelled() and call.code() == grpc.StatusCode.CANCELLED, "a cancelled call")
    requests.put(None)


def cancel_after_first_response(stub, _):
    talk = Talk(stub)
    talk.requests.put(wish(31415, 27182))
    expect_zeros(next(talk.call), 31415)
    talk.call.cancel()
    expect_failure(talk.call, grpc.StatusCode.CANCELLED)
    talk.requests.put(None)


def timeout_on_sleeping_server(stub, _):
    talk = Talk(stub, timeout=0.001)
    talk.requests.put(messages_pb2.StreamingOutputCallRequest(payload=payload(27182)))
    expect_failure(talk.call, grpc.StatusCode.DEADLINE_EXCEEDED)
    talk.requests.put(None)


CASES = [
    empty_unary, large_unary, client_streaming, server_streaming, ping_pong, empty_stream,
    custom_metadata, status_code_and_message, special_status_message, unimplemented_method,
    unimplemented_service, cancel_after_begin, cancel_after_first_response,
    timeout_on_sleeping_server,
]


def connect(flags):
    address = f"{flags.server_host}:{flags.server_port}"
    if flags.use_tls == "false":
        return grpc.insecure_channel(address)
    texts = []
    for name in ("ca.pem", "client.key", "client.pem"):
        with open(f"{flags.certs}/{name}", "rb") as file:
            texts.append(file.read())
    name = flags.server_host_override
    options = [("grpc.ssl_target_name_override", name)] if name else []
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(*texts), options)


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--server_host", default="localhost")
    parser.add_argument("--server_port", required=True)
    parser.add_argument("--test_case", required=True, choices=[case.__name__ for case in CASES])
    parser.add_argument("--use_tls", choices=["false", "true"], default="false")
    parser.add_argument("--server_host_override")
    parser.add_argument("--certs")
    flags = parser.parse_args()
    case = next(case for case in CASES if case.__name__ == flags.test_case)
    with connect(flags) as channel:
        case(test_pb2_grpc.TestServiceStub(channel), channel)
    print(f"{flags.test_case}: as described")


main()
