"""What programs on python3-grpcio do with a server beside the cases: they find Tern's behaves as any other.
Argument: interop_server."""
import asyncio
import sys
import unittest

import grpc

import empty_pb2
import messages_pb2
import processes
import proxies
import test_pb2_grpc
import wiretap

SERVER = sys.argv[1]
MIB = 1 << 20
LONG_US = 1000 * 1000 * 1000


def channel(address, **options):
    names = {name.replace("__", "."): value for name, value in options.items()}
    return grpc.insecure_channel(address, options=list(names.items()))


def wishes(*sizes, interval_us=0):
    return messages_pb2.StreamingOutputCallRequest(response_parameters=[
        messages_pb2.ResponseParameters(size=size, interval_us=interval_us) for size in sizes
    ])


class Base(unittest.TestCase):
    def setUp(self):
        self.server = processes.Server([SERVER, "--host=127.0.0.1", "--port=0"])
        self.addCleanup(self.server.stop)

    def stub(self, address=None, **options):
        opened = channel(address or self.server.address, **options)
        self.addCleanup(opened.close)
        return test_pb2_grpc.TestServiceStub(opened)

    def expect(self, code, call):
        with self.assertRaises(grpc.RpcError) as caught:
            call()
        self.assertEqual(caught.exception.code(), code, caught.exception.details())

    def check_alive(self, stub):
        self.assertEqual(stub.EmptyCall(empty_pb2.Empty()), empty_pb2.Empty())


class Calls(Base):
    def test_keepalive_pings_are_answered_while_a_call_lasts(self):
        tap = wiretap.Wiretap(self.server.port)
        self.addCleanup(tap.close)
        stub = self.stub(tap.address, grpc__keepalive_time_ms=10,  # it takes a second all the same
                         grpc__http2__max_pings_without_data=0, grpc__http2__bdp_probe=0)

        def requests():
            yield wishes(1)
            tap.wait_for_acks(2)
            yield wishes(2)

        replies = stub.FullDuplexCall(requests())
        self.assertEqual([len(reply.payload.body) for reply in replies], [1, 2])

    def test_metadata_of_8_kib_go_both_ways(self):
        metadata = [("x-grpc-test-echo-initial", "a" * 8192),
                    ("x-grpc-test-echo-trailing-bin", bytes(range(256)) * 32)]
        stub = self.stub(grpc__max_metadata_size=64 * 1024)
        for _ in range(3):  # first they are new to the tables of both sides, then they are not
            _, call = stub.EmptyCall.with_call(empty_pb2.Empty(), metadata=metadata)
            self.assertIn(metadata[0], call.initial_metadata())
            self.assertIn(metadata[1], call.trailing_metadata())

    def test_metadata_beyond_the_limit_end_their_call_alone(self):
        stub = self.stub()
        metadata = [("big", "a" * 70000)]
        self.expect(grpc.StatusCode.RESOURCE_EXHAUSTED,
                    lambda: stub.EmptyCall(empty_pb2.Empty(), metadata=metadata))
        self.check_alive(stub)

    def test_deadline_ends_a_call_that_has_begun_to_answer(self):
        stub = self.stub()
        request = wishes(1)
        request.response_parameters.add(size=2, interval_us=LONG_US)
        replies = stub.StreamingOutputCall(request, timeout=0.5)
        self.assertEqual(len(next(replies).payload.body), 1)
        self.expect(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(replies))
        self.check_alive(stub)

    def test_cancel_in_the_middle_of_a_stream_leaves_the_others_alone(self):
        stub = self.stub()
        given_up = stub.StreamingOutputCall(wishes(*[100000] * 10000))
        other = stub.StreamingOutputCall(wishes(*[1000] * 500))
        for _ in range(10):
            next(given_up)
        given_up.cancel()
        self.expect(grpc.StatusCode.CANCELLED, lambda: list(given_up))
        self.assertEqual(sum(len(reply.payload.body) for reply in other), 500000)
        self.check_alive(stub)

    def test_without_wait_for_ready_a_call_fails_at_once_and_with_it_waits(self):
        port = proxies.bound_port()
        self.addCleanup(port.close)
        address = "127.0.0.1:%d" % port.getsockname()[1]
        stub = self.stub(address, grpc__initial_reconnect_backoff_ms=100,
                         grpc__min_reconnect_backoff_ms=100, grpc__max_reconnect_backoff_ms=100)
        self.expect(grpc.StatusCode.UNAVAILABLE, lambda: stub.EmptyCall(empty_pb2.Empty()))
        waiting = stub.EmptyCall.future(empty_pb2.Empty(), wait_for_ready=True,
                                        timeout=processes.PATIENCE_S)
        late = processes.Server([SERVER, "--host=127.0.0.1", f"--port={address.split(':')[1]}"])
        self.addCleanup(late.stop)
        self.assertEqual(waiting.result(), empty_pb2.Empty())

    def test_probe_asks_for_the_server_and_for_a_service(self):
        opened = channel(self.server.address)
        self.addCleanup(opened.close)
        check = opened.unary_unary("/grpc.health.v1.Health/Check")
        service = b"grpc.testing.TestService"
        serving = b"\x08\x01"  # field 1 of both messages: SERVING, and a name
        self.assertEqual(check(b""), serving)
        self.assertEqual(check(b"\x0a" + bytes([len(service)]) + service), serving)
        self.expect(grpc.StatusCode.NOT_FOUND, lambda: check(b"\x0a\x04none"))

    def test_a_thousand_streams_at_once(self):
        async def talk(calls):
            for size in (10, 20000):  # each round on all of them, before the next
                await asyncio.gather(*[call.write(wishes(size)) for call in calls])
                replies = await asyncio.gather(*[call.read() for call in calls])
                self.assertEqual({len(reply.payload.body) for reply in replies}, {size})
            await asyncio.gather(*[call.done_writing() for call in calls])
            self.assertEqual({await call.code() for call in calls}, {grpc.StatusCode.OK})

        async def run():
            async with grpc.aio.insecure_channel(self.server.address) as opened:
                stub = test_pb2_grpc.TestServiceStub(opened)
                await talk([stub.FullDuplexCall() for _ in range(1000)])

        asyncio.run(run())


class Volume(Base):
    """100 MiB in messages of one: the server holds a window of them, not all."""

    BOUND_KIB = 64 * 1024

    def tearDown(self):
        self.assertLess(self.server.memory_kib("VmHWM"), self.BOUND_KIB)

    def test_up(self):
        request = messages_pb2.StreamingInputCallRequest(
            payload=messages_pb2.Payload(body=bytes(MIB)))
        reply = self.stub().StreamingInputCall(request for _ in range(100))
        self.assertEqual(reply.aggregated_payload_size, 100 * MIB)

    def test_down(self):
        replies = self.stub().StreamingOutputCall(wishes(*[MIB] * 100))
        self.assertEqual([len(reply.payload.body) for reply in replies], [MIB] * 100)

    def test_reader_that_stops_stops_our_writer(self):
        tap = wiretap.Wiretap(self.server.port)
        self.addCleanup(tap.close)
        stub = self.stub(tap.address)
        replies = stub.StreamingOutputCall(wishes(*[MIB] * 10000))
        next(replies)
        # Other calls go on, and while a number of them do nothing more comes of the stream.
        n_same, seen = 0, -1
        for _ in range(5000):
            self.check_alive(stub)
            n_same = n_same + 1 if tap.n_data - seen < 1024 else 0
            seen = tap.n_data
            if n_same == 100:
                break
        self.assertEqual(n_same, 100)
        self.assertLess(seen, 32 * MIB)
        for _ in range(100):
            self.assertEqual(len(next(replies).payload.body), MIB)
        replies.cancel()


processes.main()
