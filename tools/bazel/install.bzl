"""tern_install: what `bazel run //:install -- --prefix=DIR` puts under a prefix."""

load("//tools/bazel:library.bzl", "TernLibraries")
load("//tools/bazel:version.bzl", "VERSION")

def _headers(libraries):
    """(place, file) of every header that lies in an include/tern/."""
    found = []
    for header in libraries[CcInfo].compilation_context.headers.to_list():
        _, is_public, name = header.path.rpartition("/include/tern/")
        if is_public:
            found.append(("include/tern/" + name, header))
    return found

def _files(ctx):
    return [
        (folder + "/" + file.basename, file)
        for target, folder in ctx.attr.files.items()
        for file in target.files.to_list()
    ]

# What may be imported lies beside the headers of what it becomes.
def _protos(ctx):
    return [("include/tern/pb/" + file.short_path[len("proto/"):], file) for file in ctx.files.protos]

def _templates(ctx):
    """(place, file): these go through sed on their way, for @PREFIX@, @LIBDIR@, @RPATH@, @VERSION@ and @PRIVATE_LIBS@."""
    return [
        (folder + "/" + file.basename[:-len(".in")], file)
        for target, folder in ctx.attr.templates.items()
        for file in target.files.to_list()
    ]

# What programs name themselves: messages are its.
_PUBLIC_FLAGS = ["-lprotobuf-c"]

def _private_flags(libraries):
    """What only a program that links the archive has to name, each once."""
    return {flag: True for flag in libraries.link_flags if flag not in _PUBLIC_FLAGS}.keys()

def _library_steps(libraries):
    return [
        ("data", "lib/lib%s.a" % libraries.name, libraries.archive),
        ("library", "lib/lib%s.so" % libraries.name, libraries.shared),
    ]

def _tern_install_impl(ctx):
    libraries = ctx.attr.libraries[TernLibraries]
    headers = {}
    steps = []
    for target in [ctx.attr.libraries] + ctx.attr.more:
        headers.update(_headers(target))
        steps += _library_steps(target[TernLibraries])
    steps += [("data", place, file) for place, file in headers.items()]
    steps += [("data", place, file) for place, file in _protos(ctx)]
    steps += [("data", place, file) for place, file in _files(ctx)]
    steps += [("program", "bin/" + file.basename, file) for file in ctx.files.programs]
    steps += [("template", place, file) for place, file in _templates(ctx)]

    manifest = ctx.actions.declare_file(ctx.attr.name + ".manifest")
    lines = [
        "version %s %s" % (VERSION, libraries.soversion),
        "private " + " ".join(_private_flags(libraries)),
    ]
    lines += ["%s %s %s" % (kind, place, file.short_path) for kind, place, file in steps]
    ctx.actions.write(manifest, "\n".join(lines) + "\n")

    script = ctx.actions.declare_file(ctx.attr.name)
    ctx.actions.symlink(output = script, target_file = ctx.file._script, is_executable = True)
    return [DefaultInfo(
        executable = script,
        runfiles = ctx.runfiles([file for _, _, file in steps] + [manifest]),
    )]

tern_install = rule(
    implementation = _tern_install_impl,
    executable = True,
    attrs = {
        "libraries": attr.label(providers = [CcInfo, TernLibraries]),
        "more": attr.label_list(providers = [CcInfo, TernLibraries], doc = "those that stand on it"),
        "protos": attr.label_list(allow_files = [".proto"], doc = "of proto/; for users to import"),
        "programs": attr.label_list(doc = "go to bin/"),
        "files": attr.label_keyed_string_dict(allow_files = True, doc = "file -> its folder"),
        "templates": attr.label_keyed_string_dict(allow_files = [".in"], doc = "file -> its folder"),
        "_script": attr.label(default = "//tools/install:install.sh", allow_single_file = True),
    },
)
