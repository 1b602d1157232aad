"""The graph of files: an arrow a -> b says that a includes a header of b, or that a's object uses a
symbol that b's defines. Knows nothing of which arrows are allowed.

A node is a file.c with its header, file.h or file_internal.h; it is called by its path without the
ending. A header that has no .c of its name is a node of its own, called by its path. So is a public
one, <tern/file.h>: its words may stand in a file below the one that implements it, which embeds a
struct of it, say.
"""
import collections
import os
import re
import subprocess

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"][^>"]+)[>"]', re.M)
DEFINE = re.compile(r"^[ \t]*#[ \t]*define\b(?:[^\n]*\\\n)*[^\n]*", re.M)
COMMENT = r"//[^\n]*|/\*.*?\*/"
LITERAL = r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'"""
COMMENT_OR_LITERAL = re.compile(f"{COMMENT}|{LITERAL}", re.S)
WORD = re.compile(r"[A-Za-z_]\w*")


def is_public(path):
    return "include" in path.split("/")


# ---- what stands in a file -----------------------------------------------


def without_comments(text):
    return COMMENT_OR_LITERAL.sub(lambda m: " " if m.group()[0] == "/" else m.group(), text)


def code(text):
    return COMMENT_OR_LITERAL.sub(" ", text)


def split_code(text):
    """(what it declares, what it does): the latter is macros, and what stands in braces."""
    declared, done, depth = [], DEFINE.findall(text), 0
    for part in re.split(r"(extern\s+\{|[{}])", DEFINE.sub(" ", text)):
        if part == "{":
            depth += 1
        elif part == "}":
            depth = max(0, depth - 1)  # that of extern "C" has not been counted
        else:
            (done if depth else declared).append(part)
    return " ".join(declared), " ".join(done)


class File:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        declared, done = split_code(code(text))
        self.path = path
        self.is_header = path.endswith(".h")
        self.includes = INCLUDE.findall(without_comments(text))
        self.declares = set(WORD.findall(declared))
        # The names that it can bring into an object: a header only by what it does.
        self.names = set(WORD.findall(done if self.is_header else code(text)))


# ---- what the objects say ------------------------------------------------


def shared_symbols(objects):
    """(object, symbol, kind) of every symbol that is not static."""
    nm = subprocess.run(["nm", "-A", "-P", "-g", *objects], capture_output=True, text=True)
    if nm.returncode:
        raise SystemExit(nm.stderr)
    for line in nm.stdout.splitlines():
        place, _, rest = line.partition(": ")
        yield (place, *rest.split()[:2])


class Symbols:
    """Which object uses what another defines. A weak use is a use; a weak definition steps back
    behind a strong one, so its object uses that."""

    def __init__(self, objects):
        # Each {symbol: objects}.
        self.used, self.strong, self.weak = (collections.defaultdict(set) for _ in range(3))
        for place, symbol, kind in shared_symbols(objects):
            kinds = self.used if kind in "Uwv" else self.weak if kind in "WV" else self.strong
            kinds[symbol].add(place)

    def definers(self):
        """{symbol: the objects that define it}."""
        return {**self.weak, **self.strong}

    def uses(self):
        """Sorted (symbol, object that uses it, object that defines it)."""
        for symbol, definers in sorted(self.definers().items()):
            stepping_back = self.weak.get(symbol, set()) - definers
            for user in sorted(self.used.get(symbol, set()) | stepping_back):
                for definer in sorted(definers):
                    yield symbol, user, definer


# ---- which files are a node ----------------------------------------------


def stem(path):
    return os.path.splitext(path)[0]


def node_of_header(path, sources):
    beside = re.sub(r"(_internal)?\.h$", "", path)
    return beside if beside in sources and not is_public(path) else path


def nodes_of(files):
    """{path: node}."""
    sources = {stem(file.path) for file in files if not file.is_header}
    return {
        file.path: node_of_header(file.path, sources) if file.is_header else stem(file.path)
        for file in files
    }


# ---- the arrows ----------------------------------------------------------


class Graph:
    """nodes: sorted; arrows: {(node, node): [reason]}; implementers: {public header: nodes}."""

    def __init__(self, files, objects):
        """files: [File]; objects: {path of a source: path of its object}."""
        self.files = {file.path: file for file in files}
        self.node_of = nodes_of(files)
        self.nodes = sorted(set(self.node_of.values()))
        source_of = {place: path for path, place in objects.items()}
        symbols = Symbols(sorted(source_of))
        self.implementers = self._find_implementers(symbols, source_of)
        self.arrows = {}
        for path in sorted(self.files):
            self._add_includes(self.files[path])
        for symbol, user, definer in symbols.uses():
            self._add_use(symbol, source_of[user], self.node_of[source_of[definer]])

    def _find_implementers(self, symbols, source_of):
        definers = {
            symbol: {self.node_of[source_of[place]] for place in places}
            for symbol, places in symbols.definers().items()
        }
        return {
            path: {node for name in file.declares for node in definers.get(name, ())}
            for path, file in self.files.items()
            if is_public(path)
        }

    def _add(self, start, end, reason):
        if start != end and reason not in self.arrows.setdefault((start, end), []):
            self.arrows[start, end].append(reason)

    def _add_includes(self, file):
        for name in file.includes:
            path = self._find(file, name[1:])
            if path:
                reason = f"{file.path} includes {name}{'>' if name[0] == '<' else name[0]}"
                self._add(self.node_of[file.path], self.node_of[path], reason)

    def _find(self, file, name):
        """The file that #include of `name` means, or None: the system's."""
        beside = f"{os.path.dirname(file.path)}/{name}"
        for path in (name, beside):
            if path in self.files:
                return path
        found = [p for p in self.files if "/" in name and p.endswith("/" + name)]
        if len(found) > 1:
            raise SystemExit(f"{file.path}: {name} could be any of {' '.join(found)}")
        return found[0] if found else None

    def _add_use(self, symbol, user, definer):
        for path in self._who_names(symbol, user):
            if definer not in self.implementers.get(path, ()):  # whose inline function it is
                self._add(self.node_of[path], definer, f"{path} uses {symbol}")

    def _who_names(self, symbol, source):
        """Who has brought the symbol into the object of `source`: the file itself, or else a header,
        by an inline function or a macro. Where nobody names it (## has made it), the file itself."""
        naming = [path for path, file in self.files.items() if symbol in file.names]
        own = [path for path in naming if self.node_of[path] == self.node_of[source]]
        if source in own:
            return [source]
        return own or [path for path in naming if self.files[path].is_header] or [source]


def read(listing):
    """The graph of what layered_files has listed."""
    with open(listing, encoding="utf-8") as file:
        lines = [line.split() for line in file]
    objects = {line[0]: line[1] for line in lines if len(line) > 1}
    return Graph([File(line[0]) for line in lines], objects)
