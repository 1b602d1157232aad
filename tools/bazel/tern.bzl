"""tern_proto_library: typed C for .proto files.

    load("//tools/bazel:tern.bzl", "tern_proto_library")

    tern_proto_library(
        name = "greeter",
        srcs = ["greeter.proto"],
    )

A cc_library that depends on it includes "greeter.tern.h". What a proto imports is named from the
workspace's root, or as `strip_import_prefix` says, and the library of the imported one is in `deps`.
That of google/protobuf/timestamp.proto and the others of its kind, and of google/rpc/, is //rpc/wkt.
"""

load("@rules_cc//cc:defs.bzl", "cc_library")
load("//tools/bazel:copts.bzl", "COPTS")

TernProtos = provider(
    "What protoc needs to read a .proto.",
    fields = {
        "protos": "the files",
        "roots": "the folders that imports are named from",
    },
)

def _joined(folders):
    return "/".join([folder for folder in folders if folder])

def _generate_impl(ctx):
    root = ctx.attr.root
    protos = depset(ctx.files.srcs, transitive = [dep[TernProtos].protos for dep in ctx.attr.deps])

    # Of files that are themselves generated it is elsewhere.
    roots = depset(
        [_joined([src.root.path, root]) or "." for src in ctx.files.srcs],
        transitive = [dep[TernProtos].roots for dep in ctx.attr.deps],
    )
    headers = []
    sources = []
    for src in ctx.files.srcs:
        stem = src.basename[:-len(".proto")]
        headers.append(ctx.actions.declare_file(stem + ".tern.h", sibling = src))
        sources.append(ctx.actions.declare_file(stem + ".tern.c", sibling = src))

    args = ctx.actions.args()
    args.add(ctx.executable._plugin, format = "--plugin=protoc-gen-tern=%s")
    args.add("--tern_out=" + _joined([ctx.bin_dir.path, root]))
    if not ctx.attr.descriptors:
        args.add("--tern_opt=descriptors=none")
    args.add_all(roots, format_each = "-I%s")
    args.add("-I" + ctx.file._options.dirname[:-len("/tern")])
    args.add_all(ctx.files.srcs)
    ctx.actions.run_shell(
        command = 'exec protoc "$@"',
        arguments = [args],
        inputs = depset([ctx.file._options], transitive = [protos]),
        tools = [ctx.executable._plugin],
        outputs = headers + sources,
        mnemonic = "TernGenerate",
        progress_message = "Generating C from %s" % ctx.label,
        use_default_shell_env = True,
    )
    return [
        TernProtos(protos = protos, roots = roots),
        DefaultInfo(files = depset(headers + sources)),
        OutputGroupInfo(headers = depset(headers), sources = depset(sources)),
    ]

_generate = rule(
    implementation = _generate_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = [".proto"]),
        "deps": attr.label_list(providers = [TernProtos]),
        "descriptors": attr.bool(default = True),
        "root": attr.string(doc = "what imports are named from, below the workspace's root"),
        # Always there: import "tern/options.proto".
        "_options": attr.label(default = "//proto:options", allow_single_file = True),
        "_plugin": attr.label(
            default = "//codegen:protoc-gen-tern",
            executable = True,
            cfg = "exec",
        ),
    },
)

def _library_impl(ctx):
    return [ctx.attr.cc[CcInfo], ctx.attr.generated[TernProtos], ctx.attr.cc[DefaultInfo]]

# One target that is both: what C links, and what another proto imports.
_library = rule(
    implementation = _library_impl,
    attrs = {
        "cc": attr.label(providers = [CcInfo]),
        "generated": attr.label(providers = [TernProtos]),
    },
)

def _known_protos_impl(ctx):
    return [
        ctx.attr.cc[CcInfo],
        TernProtos(protos = depset(ctx.files.srcs), roots = depset([ctx.attr.root])),
        ctx.attr.cc[DefaultInfo],
    ]

# What a tern_proto_library takes as one of its deps, of code that is there already and its .proto files.
known_protos = rule(
    implementation = _known_protos_impl,
    attrs = {
        "cc": attr.label(providers = [CcInfo]),
        "srcs": attr.label_list(allow_files = [".proto"]),
        "root": attr.string(doc = "what imports are named from"),
    },
)

def tern_proto_library(
        name,
        srcs,
        deps = [],
        strip_import_prefix = None,
        visibility = None,
        testonly = False,
        runtime = None,
        descriptors = True,
        **kwargs):
    """Messages, clients and servers for the services of `srcs`.

    Args:
      name: what C code depends on.
      srcs: .proto files of this package.
      deps: the tern_proto_librarys of what they import.
      strip_import_prefix: the folder of this package ("": itself) that imports and #includes are named
        from, where it is not the workspace's root: for files of others.
      visibility: as everywhere.
      testonly: as everywhere.
      runtime: what the generated code stands on, if it is not all of Tern: //rpc:message for a .proto
        without services.
      descriptors: whether the code holds its .proto, for servers with reflection (<tern/reflection.h>).
      **kwargs: for the cc_library.
    """
    generated = name + ".generated"
    is_stripped = strip_import_prefix != None
    _generate(
        name = generated,
        srcs = srcs,
        deps = deps,
        descriptors = descriptors,
        root = _joined([native.package_name(), strip_import_prefix]) if is_stripped else "",
        testonly = testonly,
    )
    for group in ["headers", "sources"]:
        native.filegroup(
            name = name + "." + group,
            srcs = [generated],
            output_group = group,
            testonly = testonly,
        )
    cc_library(
        name = name + ".cc",
        srcs = [name + ".sources"],
        hdrs = [name + ".headers"],
        copts = COPTS,
        includes = [strip_import_prefix or "."],
        linkstatic = True,
        testonly = testonly,
        deps = deps + [runtime or str(Label("//rpc"))],
        **kwargs
    )
    _library(
        name = name,
        cc = name + ".cc",
        generated = generated,
        testonly = testonly,
        visibility = visibility,
    )
