"""The one place for compiler flags, and the rules that apply them."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Wshadow",
    "-Wstrict-prototypes",
    "-Wmissing-prototypes",
    "-Wconversion",
    "-Wswitch-enum",
    "-Wvla",
    "-Wundef",
    "-Werror=incompatible-pointer-types",
    "-Werror=implicit-function-declaration",
    "-Werror=return-type",
]

COPTS = [
    "-std=gnu17",
    "-fno-common",
    "-fvisibility=hidden",
    "-D_GNU_SOURCE",
] + WARNINGS

def tern_cc_library(name, copts = [], **kwargs):
    cc_library(name = name, copts = COPTS + copts, linkstatic = True, **kwargs)

def tern_cc_binary(name, copts = [], **kwargs):
    cc_binary(name = name, copts = COPTS + copts, **kwargs)

def tern_cc_test(name, copts = [], deps = [], **kwargs):
    """One cmocka binary: a module's tests."""
    cc_test(
        name = name,
        srcs = kwargs.pop("srcs", [name + ".c"]),
        copts = COPTS + ["-UNDEBUG"] + copts,  # a test needs its asserts, in release as well
        deps = deps + ["//tests/support"],
        linkopts = kwargs.pop("linkopts", []) + ["-lcmocka"],
        **kwargs
    )
