"""The one place for compiler flags, and the rules that apply them."""

load("@optional//:found.bzl", "FOUND")
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
    "-fno-strict-aliasing",  # tables lead to the members of structs that only the user's code knows
    "-fvisibility=hidden",
    "-D_GNU_SOURCE",
] + WARNINGS

# C++, for those who use <tern/tern.hpp>.
CXX_COPTS = [
    "-std=c++17",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wshadow",
    "-Wconversion",
]

# How a library is compiled that is optimised as a whole (see library.bzl).
WHOLE_COPTS = [
    "-O3",
    # what makes loops large, and none of ours faster
    "-fno-tree-loop-vectorize",
    "-fno-unswitch-loops",
    "-fno-split-loops",
    "-fno-peel-loops",
    "-fno-ipa-cp-clone",
    "-falign-jumps=1",
    "-falign-loops=1",
    "--param=inline-unit-growth=100",  # the small functions of the path are many
    "-fomit-frame-pointer",
    "-fno-ipa-icf",  # a function that stands for two would tie their files together
    "-ffunction-sections",
    "-fdata-sections",
]

# How shared libraries are linked; the CMake build reads this list, as those above.
SHARED_LINKOPTS = [
    "-Wl,--as-needed",  # of what the library that it stands on needs, too
    "-Wl,-z,defs",
    "-Wl,-z,nodelete",  # dlclose() leaves it: fork() and SIGSEGV have handlers in it, and a thread may be on its way out
    "-Wl,-Bsymbolic-functions",  # its own calls to itself need no table
    "-Wl,-O2",
]

# Behind them, in folders that a native call on the server does not come through: a tenth smaller.
_LEAN_COPTS = [
    "-O2",
    "--param=max-inline-insns-auto=30",
    "--param=max-inline-insns-single=200",
    "--param=early-inlining-insns=14",
    "--param=inline-min-speedup=15",
]

LEAN = select({
    "//tools/bazel:is_whole": _LEAN_COPTS,
    "//conditions:default": [],
})

_MODE_COPTS = select({
    "//tools/bazel:is_whole": WHOLE_COPTS + ["-flto"],
    "//conditions:default": [],
})

# A test needs its asserts, in release as well.
TEST_COPTS = COPTS + ["-UNDEBUG"]

def tern_cc_library(name, copts = [], testonly = False, **kwargs):
    cc_library(
        name = name,
        testonly = testonly,
        copts = (TEST_COPTS if testonly else COPTS + _MODE_COPTS) + copts,
        linkstatic = True,
        **kwargs
    )

def tern_cc_binary(name, copts = [], **kwargs):
    cc_binary(name = name, copts = COPTS + copts, **kwargs)

def tern_cc_test(name, copts = [], deps = [], size = "medium", **kwargs):
    """One cmocka binary: a module's tests."""
    cc_test(
        name = name,
        size = size,
        srcs = kwargs.pop("srcs", [name + ".c"]),
        copts = TEST_COPTS + copts,
        deps = deps + ["//tests/support"],
        linkopts = kwargs.pop("linkopts", []) + ["-lcmocka"],
        **kwargs
    )

# What a test's environment says of the way that its calls take: tests/rpc/support/host.h reads it, and
# wire_core_chosen where there are engines alone.
_WAYS = {
    "": {},
    "_over_grpc": {"TERN_TEST_WIRE": "grpc"},
    "_filtered": {"TERN_TEST_FILTERED": "1"},
    "_over_grpc_filtered": {"TERN_TEST_WIRE": "grpc", "TERN_TEST_FILTERED": "1"},
    "_compressed": {"TERN_TEST_COMPRESSED": "1"},
    "_over_grpc_compressed": {"TERN_TEST_WIRE": "grpc", "TERN_TEST_COMPRESSED": "1"},
}

# With certificates that a test makes (tests/rpc/support/host.c), where OpenSSL is.
_TLS_WAYS = {
    "_over_tls": {"TERN_TEST_FILTERED": "tls"},
    "_over_grpc_over_tls": {"TERN_TEST_WIRE": "grpc", "TERN_TEST_FILTERED": "tls"},
}

def tern_ways_test(name, srcs, deps, size, filtered = True, tls = True, compressed = False, **kwargs):
    """One test over each wire, over each through a filter and through TLS, and with each message compressed; it is compiled once."""
    tern_cc_library(
        name = name + "_code",
        testonly = True,
        srcs = srcs,
        alwayslink = True,
        deps = deps + ["//tests/support"],
    )
    ways = dict(_WAYS)
    if filtered and tls and FOUND["openssl"]:
        ways.update(_TLS_WAYS)
    for way, env in ways.items():
        if (filtered or "filtered" not in way) and (compressed or "compressed" not in way):
            tern_cc_test(
                name = name[:-len("_test")] + way + "_test",
                size = size,
                srcs = [],
                env = env,
                deps = [":" + name + "_code"],
                **kwargs
            )
