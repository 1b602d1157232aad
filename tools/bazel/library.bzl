"""tern_libraries: lib<name>.a and lib<name>.so as C programs know them, out of several cc_librarys.

Bazel 4.2 has no cc_shared_library, and its archives hold one cc_library each.
"""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

TernLibraries = provider("The two libraries.", fields = ["archive", "shared", "soversion"])

def _optimised_impl(_settings, _attr):
    return {"//command_line_option:compilation_mode": "opt"}

# Whatever mode Bazel was called in: nobody means to install -O0.
_optimised = transition(
    implementation = _optimised_impl,
    inputs = [],
    outputs = ["//command_line_option:compilation_mode"],
)

def _libraries_of(info):
    inputs = info.linking_context.linker_inputs.to_list()
    return [library for linker_input in inputs for library in linker_input.libraries]

def _archive(ctx, cc, objects):
    """One archive of all objects. `q`, since two folders may have a file of one name."""
    archive = ctx.actions.declare_file("lib%s.a" % ctx.attr.name)
    args = ctx.actions.args()
    args.add("qcsD", archive)
    args.add_all(objects)
    ctx.actions.run(
        executable = cc.ar_executable,
        arguments = [args],
        inputs = depset(objects, transitive = [cc.all_files]),
        outputs = [archive],
        mnemonic = "TernArchive",
    )
    return archive

def _shared(ctx, cc, objects, info):
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    inputs = info.linking_context.linker_inputs.to_list()
    flags = [flag for linker_input in inputs for flag in linker_input.user_link_flags]
    output = cc_common.link(
        name = ctx.attr.name,
        actions = ctx.actions,
        feature_configuration = features,
        cc_toolchain = cc,
        compilation_outputs = cc_common.create_compilation_outputs(pic_objects = depset(objects)),
        user_link_flags = [
            "-Wl,--as-needed",
            "-Wl,-z,defs",
            "-Wl,-soname,lib%s.so.%s" % (ctx.attr.name, ctx.attr.soversion),
            "-Wl,--version-script=" + ctx.file.symbols.path,
        ] + flags,
        additional_inputs = [ctx.file.symbols],
        output_type = "dynamic_library",
    )
    return output.library_to_link.resolved_symlink_dynamic_library

def _tern_libraries_impl(ctx):
    cc = find_cpp_toolchain(ctx)
    info = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps])
    libraries = _libraries_of(info)
    archive = _archive(ctx, cc, [o for lib in libraries for o in lib.objects or lib.pic_objects])
    shared = _shared(ctx, cc, [o for lib in libraries for o in lib.pic_objects], info)
    return [
        DefaultInfo(files = depset([archive, shared])),
        TernLibraries(archive = archive, shared = shared, soversion = ctx.attr.soversion),
        info,
    ]

tern_libraries = rule(
    implementation = _tern_libraries_impl,
    cfg = _optimised,
    fragments = ["cpp"],
    attrs = {
        "deps": attr.label_list(providers = [CcInfo]),
        "soversion": attr.string(mandatory = True),
        "symbols": attr.label(allow_single_file = True, doc = "the version script"),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
