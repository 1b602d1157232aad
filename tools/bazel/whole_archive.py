#!/usr/bin/env python3
"""whole_archive.py GCC AR NM OBJCOPY ARCHIVE FLAG... -- OBJECT...

Objects that were compiled with -flto, optimised as a whole, and yet an archive with a member for each, so that a
program gets what it uses of it. gcc looks at all of them together, then writes each file's part by itself
(-flto-partition=1to1), and -save-temps keeps the parts. Objects without -flto (assembly, generated code) become
members as they are.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

# Without debug symbols, should the objects have any: each part would need those of all.
IN_PARTS = ["-flto", "-flto-partition=1to1", "-r", "-flinker-output=nolto-rel", "-save-temps", "-g0"]
# On gcc's stderr though nothing is wrong: it takes one part after another.
NOISE = re.compile(r"lto-wrapper: (warning: using serial compilation|note: see the) ")


def run(*command):
    """Its stdout. What it says on stderr is shown, and if it fails all is over."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    sys.stderr.writelines(line for line in done.stderr.splitlines(True) if not NOISE.match(line))
    if done.returncode != 0:
        sys.exit(f"{command[0]} has failed")
    return done.stdout


def names_of(nm, objects):
    """Object -> what it defines for others."""
    names = {path: set() for path in objects}
    for line in run(nm, "-A", "-P", "-g", "--defined-only", "--quiet", *objects).splitlines():
        path, name = line.split()[:2]
        names[path[: -len(":")]].add(name)
    return names


def parts_of(objects, parts):
    """Object -> its part; itself if it has none. Both are given with their names."""
    owners = {name: path for path, names in objects.items() for name in names}
    found = {path: path for path in objects}
    for part, names in parts.items():
        sources = {owners[name] for name in names & owners.keys()}
        if len(sources) != 1 or found[next(iter(sources))] in parts:
            sys.exit(f"gcc has not left the files apart: {sorted(sources)} lie in one part")
        found[sources.pop()] = part
    return found


def prefix_of(archive):
    """libtern-tls.a -> terni_tls_: names of two archives of ours must not meet either."""
    name = re.fullmatch(r"libtern-?(.*)\.a", os.path.basename(archive))[1]
    return f"terni_{name}_" if name else "terni_"


def make_names_ours(objcopy, parts, folder, prefix):
    """What was static, and another part needs, is global now, as `name.lto_priv.0`. It could be so in somebody
    else's archive, too."""
    foreign = sorted(set().union(*parts.values()))
    table = f"{folder}/names"
    pathlib.Path(table).write_text(
        "".join(f"{name} {prefix}{name}\n" for name in foreign if not name.startswith("tern"))
    )
    for part in parts:
        run(objcopy, f"--redefine-syms={table}", part)


def member_name(path):
    """bazel-out/k8-opt/bin/rpc/client/_objs/client/shard.o -> rpc_client_shard.o, and so does CMake's
    CMakeFiles/tern-objects.dir/rpc/client/shard.c.o"""
    place = re.sub(r"^.*?(/bin/|[.]dir/)|_objs/[^/]*/", "", os.path.normpath(path))
    return re.sub(r"[.][cS](?=[.]o$)", "", place).replace("/", "_")


def main():
    gcc, ar, nm, objcopy, archive = sys.argv[1:6]
    middle = sys.argv.index("--")
    flags, objects = sys.argv[6:middle], sys.argv[middle + 1 :]
    with tempfile.TemporaryDirectory(dir=os.path.dirname(archive)) as folder:
        run(gcc, *flags, *IN_PARTS, "-o", f"{folder}/all.o", *objects)
        parts = names_of(nm, sorted(map(str, pathlib.Path(folder).glob("*.ltrans.o"))))
        make_names_ours(objcopy, parts, folder, prefix_of(archive))
        members = []
        for path, part in parts_of(names_of(nm, objects), parts).items():
            members.append(f"{folder}/{member_name(path)}")
            os.symlink(os.path.abspath(part), members[-1])
        run(ar, "qcsD", archive, *members)


main()
