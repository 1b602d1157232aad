"""grpc_client.py ADDRESS: the greeter, called by a program that has never heard of Tern: Python, with its grpc.
Wants greeter_pb2.py, which `protoc --python_out=DIR greeter.proto` writes, in its PYTHONPATH."""
import sys

import grpc
from greeter_pb2 import HelloReply, HelloRequest


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        coders = HelloRequest.SerializeToString, HelloReply.FromString
        say_hello = channel.unary_unary("/demo.Greeter/SayHello", *coders)
        watch = channel.unary_stream("/demo.Greeter/Watch", *coders)

        print(say_hello(HelloRequest(name="Python")).message)
        for greeting in watch(HelloRequest(name="Python", count=3)):
            print(greeting.message)
        try:
            say_hello(HelloRequest())
        except grpc.RpcError as error:
            print(f"{error.code().name}: {error.details()}")


main()
