"""layered_files: what a few libraries consist of, headers, sources and objects, for rooms.py."""

_Files = provider("What a library and those below it consist of.", fields = ["headers", "compiled"])

_SOURCES = ["c", "S"]

# cc_library's own objects, compiled once for a program or once for a shared library.
def _compiled(target):
    found = {}
    for action in target.actions:
        if action.mnemonic != "CppCompile":
            continue
        sources = [file for file in action.inputs.to_list() if file.extension in _SOURCES]
        objects = [file for file in action.outputs.to_list() if file.extension == "o"]
        for source, object in zip(sources, objects):
            if source not in found or not object.basename.endswith(".pic.o"):
                found[source] = object
    return [struct(source = source, object = object) for source, object in found.items()]

def _rule_files(ctx, names):
    return [file for name in names for file in getattr(ctx.rule.files, name, [])]

def _files_impl(target, ctx):
    below = [
        dep[_Files]
        for name in _EDGES
        for dep in _as_list(getattr(ctx.rule.attr, name, []))
        if _Files in dep
    ]
    headers = [file for file in _rule_files(ctx, ["hdrs", "srcs"]) if file.extension == "h"]
    return [_Files(
        headers = depset(headers, transitive = [files.headers for files in below]),
        compiled = depset(_compiled(target), transitive = [files.compiled for files in below]),
    )]

# `cc` leads from a tern_proto_library to what it has generated.
_EDGES = ["deps", "cc"]

def _as_list(value):
    return value if type(value) == "list" else [value]

_files = aspect(implementation = _files_impl, attr_aspects = _EDGES)

def _short(ctx, file):
    prefix = ctx.attr.root + "/"
    path = file.short_path
    return path[len(prefix):] if ctx.attr.root and path.startswith(prefix) else path

def _layered_files_impl(ctx):
    headers = depset(transitive = [dep[_Files].headers for dep in ctx.attr.deps]).to_list()
    compiled = depset(transitive = [dep[_Files].compiled for dep in ctx.attr.deps]).to_list()
    lines = [_short(ctx, file) for file in headers]
    lines += [_short(ctx, pair.source) + " " + _short(ctx, pair.object) for pair in compiled]
    listing = ctx.actions.declare_file(ctx.attr.name + ".txt")
    ctx.actions.write(listing, "".join([line + "\n" for line in sorted(lines)]))
    files = [listing] + headers + [f for pair in compiled for f in [pair.source, pair.object]]
    return [DefaultInfo(files = depset([listing]), runfiles = ctx.runfiles(files))]

# A listing, a file a line, a source with its object behind it; what it names is in the runfiles.
layered_files = rule(
    implementation = _layered_files_impl,
    attrs = {
        "deps": attr.label_list(aspects = [_files]),
        "root": attr.string(doc = "the folder that paths start at; the workspace's root"),
    },
)
