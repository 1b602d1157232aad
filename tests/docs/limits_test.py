"""docs/limits.md has a row for each limit that the code has, and the code's default in it."""
import re
import sys


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def without_comments(text):
    return re.sub(r"//[^\n]*", "", text)


def value(expression):
    return eval(expression, {"__builtins__": {}})  # numbers of our own sources


def tables(text):
    """The first two columns of each table: a list of { name: default }."""
    found, rows = [], None
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")] if line.startswith("|") else None
        if not cells:
            rows = None
        elif cells[1] == "default":
            rows = {}
            found.append(rows)
        elif rows is not None and not set(cells[0]) <= {"-"}:
            name = re.match(r"`([a-z0-9_.]+)`", cells[0]).group(1)
            assert name not in rows, f"{name} has two rows"
            assert cells[2] and cells[3], f"{name}: a row says what happens, and names its test"
            rows[name] = int(re.match(r"[\d,]+", cells[1]).group(0).replace(",", ""))
    return found


def struct(text, name):
    body = re.search(r"struct %s \{(.*?)\n\};" % name, without_comments(text), re.S).group(1)
    members = []
    for part in re.finditer(r"struct \{(.*?)\} (\w+);", body, re.S):
        members += [f"{part.group(2)}.{m}" for m in re.findall(r"(\w+);", part.group(1))]
    rest = re.sub(r"struct \{.*?\} \w+;", "", body, flags=re.S)
    return re.findall(r"(\w+);", rest) + members


def wire_defaults(text):
    body = re.search(r"terni_limits_default = \{(.*?)\n\};", without_comments(text), re.S).group(1)
    defaults = {}
    for part in re.finditer(r"\.(\w+) = \{(.*?)\n    \}", body, re.S):
        for m in re.finditer(r"\.(\w+) = ([^,]+),", part.group(2)):
            defaults[f"{part.group(1)}.{m.group(1)}"] = value(m.group(2))
    rest = re.sub(r"\.\w+ = \{.*?\n    \}", "", body, flags=re.S)
    defaults.update({m.group(1): value(m.group(2)) for m in re.finditer(r"\.(\w+) = ([^,{]+),", rest)})
    return defaults


def constants(text):
    return {m.group(1): value(m.group(2))
            for m in re.finditer(r"(\w+) =\s*([\d *()+]+),", without_comments(text))}


# What 0 stands for in an option, where it is neither a wire's limit nor none at all.
OPTIONS = {
    "max_calls": "TERNI_MAX_CALLS",
    "max_connections": "TERNI_MAX_SERVER_CONNECTIONS",
    "max_memory_bytes": "TERNI_MAX_MEMORY_BYTES",
    "max_metadata_bytes": "TERNI_MAX_METADATA_BYTES",
    "keepalive_ms": "TERNI_SERVER_KEEPALIVE_MS",
    "keepalive_timeout_ms": "TERNI_KEEPALIVE_TIMEOUT_MS",
    "grace_ms": "DEFAULT_GRACE_MS",
}


def option_default(name, wire, named):
    if name in OPTIONS:
        return named[OPTIONS[name]]
    return wire.get(name, wire.get(name.removesuffix("_bytes"), 0))


def check(what, rows, wanted):
    assert set(rows) == set(wanted), f"{what}: {set(rows) ^ set(wanted)}"
    for name, default in wanted.items():
        assert rows[name] == default, f"{what}: {name} is {default:,}, and docs/limits.md says {rows[name]:,}"


def main():
    options, limits = tables(read("docs/limits.md"))
    wire = wire_defaults(read("rpc/wire/limits.c"))
    named = constants(read("rpc/server/policy_internal.h") + read("rpc/server/server.c") +
                      read("rpc/session/session_internal.h"))
    members = [m for m in struct(read("rpc/include/tern/server.h"), "tern_server_opts")
               if re.match(r"max_|.*_ms$", m)]

    assert len(members) > 10 and len(wire) > 15
    check("options", options, {m: option_default(m, wire, named) for m in members})
    check("limits", limits, {m: wire.get(m, 0) for m in
                             struct(read("rpc/wire/limits_internal.h"), "terni_wire_limits")})


if __name__ == "__main__":
    sys.exit(main())
