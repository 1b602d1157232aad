"""Messages as protobuf-c's own generator makes them, to compare with."""

load("@rules_cc//cc:defs.bzl", "cc_library")

def protobuf_c_library(name, src, **kwargs):
    """A library of the messages of one .proto file, for #include "<package>/<file>.pb-c.h"."""
    stem = src[:-len(".proto")]
    native.genrule(
        name = name + "_gen",
        srcs = [src],
        outs = [stem + ".pb-c.h", stem + ".pb-c.c"],
        cmd = "protoc-c --proto_path=. --c_out=$(GENDIR) $(location %s)" % src,
        message = "Generating protobuf-c messages of " + src,
    )
    cc_library(
        name = name,
        srcs = [stem + ".pb-c.c"],
        hdrs = [stem + ".pb-c.h"],
        linkopts = ["-lprotobuf-c"],
        linkstatic = True,
        **kwargs
    )
