"""folders: the C libraries that a few targets stand on, a line each, for docs/architecture.py."""

_Libraries = provider("A library and those below it.", fields = ["lines"])

# `cc` leads from a tern_proto_library to what it has generated.
_EDGES = ["deps", "cc"]

def _deps(ctx):
    found = []
    for name in _EDGES:
        value = getattr(ctx.rule.attr, name, [])
        found += value if type(value) == "list" else [value]
    return found

def _has_code(ctx):
    return [file for file in getattr(ctx.rule.files, "srcs", []) if file.extension in ["c", "S"]]

def _libraries_impl(target, ctx):
    deps = _deps(ctx)
    words = [str(target.label), "code" if _has_code(ctx) else "words"]
    words += sorted([str(dep.label) for dep in deps])
    below = [dep[_Libraries].lines for dep in deps if _Libraries in dep]
    return [_Libraries(lines = depset([" ".join(words)], transitive = below))]

_libraries = aspect(implementation = _libraries_impl, attr_aspects = _EDGES)

def _folders_impl(ctx):
    lines = depset(transitive = [dep[_Libraries].lines for dep in ctx.attr.deps]).to_list()
    listing = ctx.actions.declare_file(ctx.attr.name + ".txt")
    ctx.actions.write(listing, "".join([line + "\n" for line in sorted(lines)]))
    return [DefaultInfo(files = depset([listing]))]

# TARGET code|words DEP... : "words" are headers alone.
folders = rule(
    implementation = _folders_impl,
    attrs = {"deps": attr.label_list(aspects = [_libraries])},
)
