#!/usr/bin/env python3
"""reflection_test.py SERVER EXPECTED: what a foreign client learns from a server that it knows nothing of.

EXPECTED is a FileDescriptorSet of protoc's, of what the server was generated from.
"""
import subprocess
import sys
import unittest

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from health.v1 import health_pb2, health_pb2_grpc
from reflection.v1 import reflection_pb2, reflection_pb2_grpc
from reflection.v1alpha import reflection_pb2 as alpha_pb2
from reflection.v1alpha import reflection_pb2_grpc as alpha_pb2_grpc

SERVICES = [
    "app.Boxes",
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    "lodge.Lodge",
]
TIMEOUT = 30
server_path, expected_path = None, None


class Reflection:
    """Questions to either version, each on a stream of its own."""

    def __init__(self, channel, messages, stubs):
        self.messages = messages
        self.stub = stubs.ServerReflectionStub(channel)

    def ask(self, **question):
        request = self.messages.ServerReflectionRequest(host="here", **question)
        (answer,) = self.stub.ServerReflectionInfo(iter([request]), timeout=TIMEOUT)
        assert answer.original_request == request and answer.valid_host == "here"
        return answer

    def files(self, **question):
        answer = self.ask(**question)
        assert answer.WhichOneof("message_response") == "file_descriptor_response", answer
        return [
            descriptor_pb2.FileDescriptorProto.FromString(data)
            for data in answer.file_descriptor_response.file_descriptor_proto
        ]


def pool_of(files):
    """All of them, imports before importers; fails if one is missing."""
    pool = descriptor_pool.DescriptorPool()
    waiting = {file.name: file for file in files}

    def add(name):
        file = waiting.pop(name, None)
        if file is None:
            pool.FindFileByName(name)  # it is there, or this raises
            return
        for dependency in file.dependency:
            add(dependency)
        pool.Add(file)

    while waiting:
        add(next(iter(waiting)))
    return pool


class ReflectionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = subprocess.Popen(
            [server_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True
        )
        address = cls.server.stdout.readline().strip()
        cls.channel = grpc.insecure_channel(address.partition("://")[2])
        cls.second = Reflection(cls.channel, reflection_pb2, reflection_pb2_grpc)
        cls.first = Reflection(cls.channel, alpha_pb2, alpha_pb2_grpc)
        cls.health = health_pb2_grpc.HealthStub(cls.channel)

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()
        cls.server.stdin.close()
        assert cls.server.wait(TIMEOUT) == 0
        cls.server.stdout.close()

    def tell(self, command):
        self.server.stdin.write(command + "\n")
        self.server.stdin.flush()

    # ---- reflection ------------------------------------------------------

    def test_both_versions_list_all_services(self):
        for version in (self.first, self.second):
            listed = version.ask(list_services="").list_services_response.service
            self.assertEqual([service.name for service in listed], SERVICES)

    def test_each_service_has_its_closure_in_one_answer(self):
        for version in (self.first, self.second):
            for name in SERVICES:
                files = version.files(file_containing_symbol=name)
                self.assertTrue(name.startswith(files[0].package + "."))
                service = pool_of(files).FindServiceByName(name)
                self.assertGreater(len(service.methods), 0)

    def test_files_are_what_protoc_says(self):
        with open(expected_path, "rb") as file:
            expected = descriptor_pb2.FileDescriptorSet.FromString(file.read())
        names = [file.name for file in expected.file]
        self.assertIn("foreign/rule.proto", names)  # an import of an import without code
        self.assertIn("lib/public.proto", names)  # of which nothing but imports is used
        for file in expected.file:
            found = self.second.files(file_by_filename=file.name)
            self.assertEqual(
                found[0].SerializeToString(deterministic=True),
                file.SerializeToString(deterministic=True),
                file.name,
            )

    def test_extensions_lead_to_their_file(self):
        options = "google.protobuf.MethodOptions"
        numbers = self.second.ask(all_extension_numbers_of_type=options)
        numbers = numbers.all_extension_numbers_response
        self.assertEqual(numbers.base_type_name, options)
        self.assertEqual(sorted(numbers.extension_number), [51820, 51821, 72295728])
        request = reflection_pb2.ExtensionRequest(containing_type=options, extension_number=72295728)
        files = self.second.files(file_containing_extension=request)
        self.assertEqual(files[0].name, "foreign/annotations.proto")
        pool_of(files)

    def test_unknown_names_are_not_found(self):
        for question in (
            {"file_by_filename": "nothing.proto"},
            {"file_containing_symbol": "app.Nothing"},
            {"all_extension_numbers_of_type": "app.Nothing"},
        ):
            answer = self.second.ask(**question)
            self.assertEqual(answer.error_response.error_code, grpc.StatusCode.NOT_FOUND.value[0])
            self.assertIn("othing", answer.error_response.error_message)

    # ---- calls without generated code ------------------------------------

    def call(self, service, method, request):
        """As JSON."""
        pool = pool_of(self.second.files(file_containing_symbol=service))
        found = pool.FindServiceByName(service).methods_by_name[method]
        factory = message_factory.MessageFactory(pool)
        invoke = self.channel.unary_unary(
            f"/{service}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=factory.GetPrototype(found.output_type).FromString,
        )
        message = json_format.ParseDict(request, factory.GetPrototype(found.input_type)())
        return json_format.MessageToDict(invoke(message, timeout=TIMEOUT))

    def test_methods_are_called_with_what_was_learnt(self):
        reply = self.call("app.Boxes", "Measure", {"width": {"value": 2.5}})
        self.assertEqual(reply["value"], 2.5)
        reply = self.call("lodge.Lodge", "Book", {"until": "2030-01-02T03:04:05Z"})
        self.assertEqual(reply, {"until": "2030-01-02T03:04:05Z"})

    # ---- health ----------------------------------------------------------

    def check(self, service):
        request = health_pb2.HealthCheckRequest(service=service)
        return self.health.Check(request, timeout=TIMEOUT).status

    def test_check_knows_what_is_registered(self):
        for service in ["", "app.Boxes", "grpc.reflection.v1.ServerReflection"]:
            self.assertEqual(self.check(service), health_pb2.HealthCheckResponse.SERVING)
        with self.assertRaises(grpc.RpcError) as caught:
            self.check("app.Nothing")
        self.assertEqual(caught.exception.code(), grpc.StatusCode.NOT_FOUND)

    def test_watch_tells_of_changes(self):
        status = health_pb2.HealthCheckResponse
        unknown = self.health.Watch(
            health_pb2.HealthCheckRequest(service="app.Nothing"), timeout=TIMEOUT
        )
        lodge = self.health.Watch(
            health_pb2.HealthCheckRequest(service="lodge.Lodge"), timeout=TIMEOUT
        )
        self.assertEqual(next(unknown).status, status.SERVICE_UNKNOWN)
        self.assertEqual(next(lodge).status, status.SERVING)
        self.tell("down lodge.Lodge")
        self.assertEqual(next(lodge).status, status.NOT_SERVING)
        self.tell("up lodge.Lodge")
        self.assertEqual(next(lodge).status, status.SERVING)
        unknown.cancel()
        lodge.cancel()

    # Debian's health.proto is from before there was a List; reflection knows it.
    def test_list_has_all(self):
        statuses = self.call("grpc.health.v1.Health", "List", {})["statuses"]
        self.assertLessEqual({"", "app.Boxes"}, set(statuses))
        self.assertEqual(statuses["app.Boxes"], {"status": "SERVING"})


if __name__ == "__main__":
    expected_path = sys.argv.pop()
    server_path = sys.argv.pop()
    unittest.main(verbosity=2)
