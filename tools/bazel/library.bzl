"""tern_libraries: lib<name>.a and lib<name>.so as C programs know them, out of several cc_librarys.

Bazel 4.2 has no cc_shared_library, and its archives hold one cc_library each.

Both are optimised as a whole, which a call's path through many small files gains a tenth of its
instructions by. For the archive this is done here, once, so that whoever links it needs no flag for it;
it still has a member for each file, so that a client links no server.
"""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")
load("@optional//:found.bzl", "IS_GCC")
load("//tools/bazel:copts.bzl", "SHARED_LINKOPTS", "WHOLE_COPTS")

TernLibraries = provider(
    "The two libraries, and the flags for what they stand on.",
    fields = ["name", "archive", "shared", "soversion", "link_flags", "parts"],
)

# gcc's alone: what clang leaves for the linker needs another linker, and a sanitizer wants its own.
def _can_be_whole(settings):
    is_clang = "clang" in str(settings["//command_line_option:crosstool_top"])
    is_sanitized = [o for o in settings["//command_line_option:copt"] if "-fsanitize" in o]
    return IS_GCC and not is_clang and not is_sanitized

def _optimised_impl(settings, _attr):
    return {
        "//command_line_option:compilation_mode": "opt",
        "//tools/bazel:whole": _can_be_whole(settings),
    }

# Whatever mode Bazel was called in: nobody means to install -O0.
_optimised = transition(
    implementation = _optimised_impl,
    inputs = [
        "//command_line_option:copt",
        "//command_line_option:crosstool_top",
    ],
    outputs = [
        "//command_line_option:compilation_mode",
        "//tools/bazel:whole",
    ],
)

_Whole = provider("Whether the objects hold what -flto needs.", fields = ["value"])

def _whole_setting_impl(ctx):
    return _Whole(value = ctx.build_setting_value)

# What the transition tells the flags of copts.bzl.
whole_setting = rule(implementation = _whole_setting_impl, build_setting = config.bool())

def _link_flags(info):
    inputs = info.linking_context.linker_inputs.to_list()
    return [flag for linker_input in inputs for flag in linker_input.user_link_flags]

def _libraries_of(info):
    inputs = info.linking_context.linker_inputs.to_list()
    return [library for linker_input in inputs for library in linker_input.libraries]

# What tells one cc_library from another.
def _part(library):
    return (library.static_library or library.pic_static_library).path

# What is in the library that this one stands on is not in this one as well.
def _own_libraries(ctx, info):
    taken = ctx.attr.on[TernLibraries].parts if ctx.attr.on else []
    return [library for library in _libraries_of(info) if _part(library) not in taken]

def _is_whole(ctx):
    return ctx.attr._whole[_Whole].value

def _whole_archive(ctx, cc, objects):
    """One archive of all objects, optimised together."""
    archive = ctx.actions.declare_file("lib%s.a" % ctx.attr.name)
    args = ctx.actions.args()
    args.add_all([cc.compiler_executable, cc.ar_executable, cc.nm_executable, cc.objcopy_executable])
    args.add(archive)
    args.add_all(WHOLE_COPTS + ["--"])
    args.add_all(objects)
    ctx.actions.run(
        executable = ctx.executable._whole_archive,
        arguments = [args],
        inputs = depset(objects, transitive = [cc.all_files]),
        outputs = [archive],
        mnemonic = "TernWhole",
        progress_message = "Optimising %s as a whole" % ctx.label,
        use_default_shell_env = True,
    )
    return archive

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

def _features(ctx, cc):
    return cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )

# In one part: what is static stays so.
_SHARED_WHOLE = WHOLE_COPTS + ["-flto", "-flto-partition=one"]

def _shared(ctx, cc, objects, info):
    below = [ctx.attr.on[TernLibraries].shared] if ctx.attr.on else []
    output = cc_common.link(
        name = ctx.attr.name,
        actions = ctx.actions,
        feature_configuration = _features(ctx, cc),
        cc_toolchain = cc,
        compilation_outputs = cc_common.create_compilation_outputs(pic_objects = depset(objects)),
        user_link_flags = SHARED_LINKOPTS + [
            "-Wl,-soname,lib%s.so.%s" % (ctx.attr.name, ctx.attr.soversion),
            "-Wl,--version-script=" + ctx.file.symbols.path,
        ] + (_SHARED_WHOLE if _is_whole(ctx) else []) + [file.path for file in below] +
                          _link_flags(info),
        additional_inputs = [ctx.file.symbols] + below,
        output_type = "dynamic_library",
    )
    return output.library_to_link.resolved_symlink_dynamic_library

def _info_of_archive(ctx, cc, archive, info):
    """For Bazel's own targets: the headers of the deps, and the archive instead of theirs."""
    library = cc_common.create_library_to_link(
        actions = ctx.actions,
        feature_configuration = _features(ctx, cc),
        cc_toolchain = cc,
        static_library = archive,
    )
    linker_inputs = [cc_common.create_linker_input(
        owner = ctx.label,
        libraries = depset([library]),
        user_link_flags = depset(_link_flags(info)),
    )]
    return CcInfo(
        compilation_context = info.compilation_context,
        linking_context = cc_common.create_linking_context(linker_inputs = depset(linker_inputs)),
    )

def _tern_libraries_impl(ctx):
    cc = find_cpp_toolchain(ctx)
    info = cc_common.merge_cc_infos(cc_infos = [dep[CcInfo] for dep in ctx.attr.deps])
    libraries = _own_libraries(ctx, info)
    objects = [o for lib in libraries for o in lib.objects or lib.pic_objects]
    archive = (_whole_archive if _is_whole(ctx) else _archive)(ctx, cc, objects)
    shared = _shared(ctx, cc, [o for lib in libraries for o in lib.pic_objects], info)
    return [
        DefaultInfo(files = depset([archive, shared])),
        TernLibraries(
            name = ctx.attr.name,
            archive = archive,
            shared = shared,
            soversion = ctx.attr.soversion,
            link_flags = _link_flags(info),
            parts = [_part(library) for library in libraries],
        ),
        _info_of_archive(ctx, cc, archive, info),
    ]

tern_libraries = rule(
    implementation = _tern_libraries_impl,
    cfg = _optimised,
    fragments = ["cpp"],
    attrs = {
        "deps": attr.label_list(providers = [CcInfo]),
        "on": attr.label(providers = [TernLibraries], doc = "another that it needs, and leaves out"),
        "soversion": attr.string(mandatory = True),
        "symbols": attr.label(allow_single_file = True, doc = "the version script"),
        "_whole": attr.label(default = "//tools/bazel:whole"),
        "_whole_archive": attr.label(
            default = "//tools/bazel:whole_archive.py",
            allow_single_file = True,
            executable = True,
            cfg = "host",
        ),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
