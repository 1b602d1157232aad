"""planted_tree: a small tree with one fault in it, and what rooms.py has to say of it."""

load("//tests/layering:files.bzl", "layered_files")
load("//tools/bazel:copts.bzl", "tern_cc_library")

def planted_tree():
    """The files of the package: floors, allowed, expected, and the C."""
    tern_cc_library(
        name = "tree",
        testonly = True,
        srcs = native.glob(["**/*.c"]),
        hdrs = native.glob(["**/*.h"]),
        includes = [
            ".",
            "include",
            "house/include",
        ],
    )
    layered_files(
        name = "files",
        testonly = True,
        root = native.package_name(),
        deps = [":tree"],
    )
    native.sh_test(
        name = "rooms_test",
        size = "small",
        srcs = ["//tests/layering:planted_test.sh"],
        args = [native.package_name()],
        data = [
            "allowed",
            "expected",
            "floors",
            ":files",
            "//tests/layering:rooms",
        ],
        tags = ["nosan"],
    )
