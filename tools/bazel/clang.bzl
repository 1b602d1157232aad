"""clang as a second C toolchain beside gcc, so that changing the compiler is a flag and not a new detection."""

load("@bazel_tools//tools/cpp:lib_cc_configure.bzl", "get_cpu_value")
load("@bazel_tools//tools/cpp:unix_cc_configure.bzl", "configure_unix_toolchain")

def _clang_toolchain_impl(ctx):
    clang = ctx.which("clang")
    if not clang:
        fail("this configuration needs clang: run tools/setup test")
    configure_unix_toolchain(ctx, get_cpu_value(ctx), {"gcc": str(clang)})

# Fetched only when a configuration asks for it, so gcc alone is enough for the rest.
clang_toolchain = repository_rule(
    implementation = _clang_toolchain_impl,
    environ = ["BAZEL_LINKLIBS"],
    configure = True,
)
