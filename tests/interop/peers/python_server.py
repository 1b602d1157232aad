"""grpc.testing.TestService on python3-grpcio, with the flags of gRPC's interop servers. It prints where it listens
and runs until SIGTERM."""
import argparse
import signal
import time
from concurrent import futures

import grpc

import empty_pb2
import messages_pb2
import test_pb2_grpc

INITIAL, TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"


def payload(size):
    return messages_pb2.Payload(body=bytes(size))


def echo_metadata(context):
    sent = dict(context.invocation_metadata())
    if INITIAL in sent:
        context.send_initial_metadata([(INITIAL, sent[INITIAL])])
    if TRAILING in sent:
        context.set_trailing_metadata([(TRAILING, sent[TRAILING])])


def echo_status(request, context):
    """True if the call is to end with it."""
    status = request.response_status
    if request.HasField("response_status") and status.code:
        context.set_details(status.message)
        context.set_code(next(c for c in grpc.StatusCode if c.value[0] == status.code))
        return True
    return False


class TestService(test_pb2_grpc.TestServiceServicer):
    def EmptyCall(self, request, context):
        echo_metadata(context)
        return empty_pb2.Empty()

    def UnaryCall(self, request, context):
        echo_metadata(context)
        if echo_status(request, context):
            return messages_pb2.SimpleResponse()
        return messages_pb2.SimpleResponse(payload=payload(request.response_size))

    def StreamingInputCall(self, request_iterator, context):
        return messages_pb2.StreamingInputCallResponse(
            aggregated_payload_size=sum(len(request.payload.body) for request in request_iterator)
        )

    def StreamingOutputCall(self, request, context):
        for wish in request.response_parameters:
            time.sleep(wish.interval_us / 1e6)
            yield messages_pb2.StreamingOutputCallResponse(payload=payload(wish.size))

    def FullDuplexCall(self, request_iterator, context):
        echo_metadata(context)
        for request in request_iterator:
            yield from self.StreamingOutputCall(request, context)
            if echo_status(request, context):
                return


def add_port(server, flags):
    address = f"{flags.host}:{flags.port}"
    if flags.use_tls == "false":
        return server.add_insecure_port(address)
    texts = []
    for name in ("ca.pem", "server.key", "server.pem"):
        with open(f"{flags.certs}/{name}", "rb") as file:
            texts.append(file.read())
    ca, key, cert = texts
    return server.add_secure_port(address, grpc.ssl_server_credentials([(key, cert)], ca, True))


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--host", default="0.0.0.0")
    parser.add_argument("--port", required=True)
    parser.add_argument("--use_tls", choices=["false", "true"], default="false")
    parser.add_argument("--certs")
    flags = parser.parse_args()
    server = grpc.server(
        futures.ThreadPoolExecutor(8),
        options=[("grpc.max_receive_message_length", -1), ("grpc.so_reuseport", 0)],
    )
    test_pb2_grpc.add_TestServiceServicer_to_server(TestService(), server)
    port = add_port(server, flags)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    server.start()
    print(f"listening on tcp://{flags.host}:{port}", flush=True)
    signal.sigwait([signal.SIGTERM])
    server.stop(None).wait()


main()
