"""optional_libraries: which libraries are there of those that Tern does without where they are not.

A repository, so that the answer is known when BUILD files are read:

    load("@optional//:found.bzl", "FOUND")      # {"openssl": True, "zlib": True, "zstd": False}
    load("@optional//:found.bzl", "IS_GCC")     # whether $CC is, or is not set

--repo_env=TERN_WITHOUT=zlib,zstd leaves out what is there.
"""

# The header that says so.
_HEADERS = {
    "openssl": "openssl/ssl.h",
    "zlib": "zlib.h",
    "zstd": "zstd.h",
}

# As Bazel's own detection has it, which refuses one that is not there.
def _compiler(ctx):
    return ctx.os.environ.get("CC") or "gcc"

def _is_found(ctx, header):
    ctx.file("try.c", "#include <%s>\n" % header)
    return ctx.execute([_compiler(ctx), "-fsyntax-only", "try.c"]).return_code == 0

def _is_gcc(ctx):
    return "Free Software Foundation" in ctx.execute([_compiler(ctx), "--version"]).stdout

def _optional_libraries_impl(ctx):
    without = ctx.os.environ.get("TERN_WITHOUT", "").split(",")
    found = {
        name: name not in without and _is_found(ctx, header)
        for name, header in _HEADERS.items()
    }
    ctx.file("BUILD", "")
    ctx.file("found.bzl", "FOUND = %s\nIS_GCC = %s\n" % (repr(found), _is_gcc(ctx)))

# Asked again by each Bazel server that starts: packages come and go.
optional_libraries = repository_rule(
    implementation = _optional_libraries_impl,
    environ = ["CC", "TERN_WITHOUT"],
    local = True,
)
