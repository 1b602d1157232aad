#!/usr/bin/env python3
"""docs/architecture.py FOLDERS: docs/architecture.svg on stdout, our folders and what each uses.

FOLDERS is what tools/bazel/folders.bzl lists. A folder with code in it is a box; a library without
code, headers alone or others gathered, is looked through. An arrow that follows from others is left
out.
"""

import collections
import hashlib
import itertools
import sys
from html import escape

# The layers, bottom first, and what is said beside them.
LAYERS = {
    "transport": ["a TCP library,", "good on its own"],
    "rpc": ["calls, channels,", "servers"],
    "codegen": ["the generator,", "a program alone"],
}

# ---- folders -------------------------------------------------------------


def folder_of(target):
    """//rpc/call:waiter -> rpc/call."""
    return target.lstrip("@").lstrip("/").partition(":")[0]


def layer_of(folder):
    return folder.partition("/")[0]


class Targets:
    def __init__(self, lines):
        self.deps = {}
        self.with_code = set()
        for target, kind, *deps in map(str.split, lines):
            self.deps[target] = deps
            if kind == "code" and layer_of(folder_of(target)) in LAYERS:
                self.with_code.add(target)

    def code_below(self, target):
        """The nearest targets with code."""
        for dep in self.deps.get(target, ()):
            if dep in self.with_code:
                yield dep
            else:
                yield from self.code_below(dep)


def graph_of(lines):
    """{folder: the folders that it uses}."""
    targets = Targets(lines)
    graph = {folder_of(target): set() for target in targets.with_code}
    for target in targets.with_code:
        graph[folder_of(target)] |= {folder_of(dep) for dep in targets.code_below(target)}
    return {folder: below - {folder} for folder, below in sorted(graph.items())}


def reachable(graph, folder, way=()):
    """Everything below, however far."""
    if folder in way:
        raise SystemExit("a circle of folders: " + " -> ".join((*way, folder)))
    found = set(graph[folder])
    for below in graph[folder]:
        found |= reachable(graph, below, (*way, folder))
    return found


def reduced(graph):
    """Without the arrows that follow from others."""
    far = {folder: reachable(graph, folder) for folder in graph}
    return {
        folder: sorted(b for b in below if not any(b in far[other] for other in below))
        for folder, below in graph.items()
    }


# ---- rows ----------------------------------------------------------------


def height(graph, folder):
    """How many folders of its own layer lie below, one under the other."""
    own = [b for b in graph[folder] if layer_of(b) == layer_of(folder)]
    return max((height(graph, b) + 1 for b in own), default=0)


def rows_of(graph):
    """[(layer, [folder])] from the bottom up."""
    found = []
    for layer in LAYERS:
        rows = collections.defaultdict(list)
        for folder in graph:
            if layer_of(folder) == layer:
                rows[height(graph, folder)].append(folder)
        found += [(layer, rows[i]) for i in sorted(rows)]
    return found


class Bend(collections.namedtuple("Bend", "start end row")):
    """Where an arrow passes a row that lies between its ends."""


class Net:
    """The boxes and bends, row by row, bottom first, and the links between adjacent rows."""

    def __init__(self, graph):
        layered = rows_of(graph)
        self.layers = [layer for layer, _ in layered]
        self.rows = [list(folders) for _, folders in layered]
        self.row_of = {f: i for i, folders in enumerate(self.rows) for f in folders}
        self.ways = [self._way(a, b) for a in self.row_of for b in graph[a]]
        self.above, self.below = collections.defaultdict(list), collections.defaultdict(list)
        for way in self.ways:
            for upper, lower in zip(way, way[1:]):
                self.below[upper].append(lower)
                self.above[lower].append(upper)

    def _way(self, start, end):
        """The arrow as a list of its box, its bends, its box."""
        if end not in self.row_of or self.row_of[end] >= self.row_of[start]:
            raise SystemExit(f"{start} -> {end} does not point down")
        bends = [Bend(start, end, i) for i in range(self.row_of[start] - 1, self.row_of[end], -1)]
        for bend in bends:
            self.rows[bend.row].append(bend)
        return [start, *bends, end]


# ---- order ---------------------------------------------------------------


def crossings(net, order):
    place = {node: i for row in order for i, node in enumerate(row)}
    total = 0
    for row in order:
        links = [(place[a], place[b]) for a in row for b in net.below[a]]
        for (a, b), (c, d) in itertools.combinations(links, 2):
            total += (a - c) * (b - d) < 0
    return total


def mean(values):
    return sum(values) / len(values)


def sweep(order, neighbours):
    """Sorts each row by the mean place of the neighbours that its nodes have in the row before."""
    for before, row in zip(order, order[1:]):
        place = {node: i / len(before) for i, node in enumerate(before)}
        here = {node: i / len(row) for i, node in enumerate(row)}
        near = {node: [place[n] for n in neighbours[node] if n in place] for node in row}
        row.sort(key=lambda node: mean(near[node] or [here[node]]))


def shuffled(row, seed):
    """The same on every machine, and for every version of Python."""
    return sorted(row, key=lambda node: hashlib.md5(f"{seed} {node}".encode()).digest())


def orders(net):
    """Orders of the rows that sweeping has made good, from many that chance has made."""
    for seed in range(60):
        order = [shuffled(row, seed) for row in net.rows]
        for _ in range(6):
            for rows, neighbours in ((order, net.below), (order[::-1], net.above)):
                sweep(rows, neighbours)
                yield [list(row) for row in order]


def best_order(net):
    """The fewest crossings, and of those the shortest arrows."""
    found = {str(order): (crossings(net, order), order) for order in orders(net)}
    fewest = min(n for n, _ in found.values())
    candidates = [order for n, order in found.values() if n == fewest]
    return min(candidates, key=lambda order: sideways(net, places(net, order)))


# ---- places --------------------------------------------------------------

BOX_WIDTH, BOX_HEIGHT, BEND_WIDTH, GAP = 122, 40, 10, 28
ROW_GAP, PADDING, GUTTER, LAYER_GAP, MARGIN = 36, 24, 150, 26, 20
LEAST_ROOM = 260  # for the boxes; the note below them is as wide


def width_of(node):
    return BEND_WIDTH if isinstance(node, Bend) else BOX_WIDTH


def kept_apart(row, wished, weight):
    """The places nearest to those wished (least squares) that leave a gap between the row's nodes:
    those that would come too near move together (pool adjacent violators)."""
    offsets, at = [], 0
    for left, right in zip([None, *row], row):
        at += (width_of(left) + width_of(right)) / 2 + GAP if left else 0
        offsets.append(at)
    pools = []  # [sum of weights, weighted sum of wishes, nodes]
    for node, offset in zip(row, offsets):
        pools.append([weight[node], weight[node] * (wished[node] - offset), 1])
        while len(pools) > 1 and pools[-2][1] / pools[-2][0] > pools[-1][1] / pools[-1][0]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last)]
    shifts = [total / weights for weights, total, n in pools for _ in range(n)]
    return {node: shift + offset for node, shift, offset in zip(row, shifts, offsets)}


def stiffness(a, b):
    """Long arrows are to be straight between their bends."""
    return (1, 4, 16)[isinstance(a, Bend) + isinstance(b, Bend)]


def places(net, order):
    """{node: the x of its middle}, the leftmost box at 0."""
    pull = {
        node: [(n, stiffness(node, n)) for n in net.below[node] + net.above[node]]
        for row in order
        for node in row
    }
    weight = {node: sum(w for _, w in links) or 1 for node, links in pull.items()}
    x = {}
    for row in order:
        x.update(kept_apart(row, dict.fromkeys(row, 0), weight))
    for row in (order + order[::-1]) * 60:
        wished = {
            node: sum(x[n] * w for n, w in pull[node]) / weight[node] if pull[node] else x[node]
            for node in row
        }
        x.update(kept_apart(row, wished, weight))
    left = min(x[node] - width_of(node) / 2 for node in x)
    return straightened(net, {node: round(at - left) for node, at in x.items()})


def straightened(net, x):
    """Bends that stand almost above each other, exactly so."""
    for way in net.ways:
        for upper, lower in zip(way[1:-1], way[2:-1]):
            if abs(x[upper] - x[lower]) < GAP // 2:
                x[lower] = x[upper]
    return x


def sideways(net, x):
    """How far all arrows lead to the side."""
    return sum(abs(x[a] - x[b]) for a in x for b in net.below[a])


# ---- the drawing ---------------------------------------------------------

STYLE = """
text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
.page { fill: #ffffff }
.layer { fill: #f3f5f8; stroke: #d5dbe3 }
.box { fill: #ffffff; stroke-width: 1.6 }
.transport { stroke: #009e73 } .rpc { stroke: #0072b2 } .codegen { stroke: #d55e00 }
.name { font-size: 14px; text-anchor: middle }
.title { font-size: 19px; font-weight: 600 }
.says { font-size: 12.5px; fill: #59636e }
.arrow { fill: none; stroke: #7d8793; stroke-width: 1.5 }
.head { fill: #7d8793 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .page { fill: #0d1117 }
  .layer { fill: #151b23; stroke: #303842 }
  .box { fill: #1f2731 }
  .transport { stroke: #2dbd94 } .rpc { stroke: #58a6ff } .codegen { stroke: #f0883e }
  .says { fill: #9198a1 }
  .arrow { stroke: #768390 }
  .head { fill: #768390 }
}
"""


def rect(kind, x, y, width, height, radius):
    return (
        f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}" '
        f'rx="{radius}"/>'
    )


def text(kind, x, y, words):
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>'


class Page:
    def __init__(self, graph):
        self.net = Net(graph)
        self.order = best_order(self.net)
        self.x = places(self.net, self.order)
        needed = max(self.x[node] + width_of(node) // 2 for node in self.x)
        room = max(needed, LEAST_ROOM)
        self.left = MARGIN + GUTTER + (room - needed) // 2
        self.panel_width = GUTTER + room + PADDING
        self.panels = {}  # layer -> (y, height)
        self.tops = {}  # row -> y
        self._stack()

    def _stack(self):
        y = MARGIN
        downwards = reversed(range(len(self.order)))
        for layer, rows in itertools.groupby(downwards, key=lambda i: self.net.layers[i]):
            start = y
            y += PADDING
            for row in rows:
                self.tops[row] = y
                y += BOX_HEIGHT + ROW_GAP
            y += PADDING - ROW_GAP
            self.panels[layer] = (start, y - start)
            y += LAYER_GAP
        self.bottom = y - LAYER_GAP

    def middle(self, node):
        return self.left + self.x[node]

    def top(self, node):
        return self.tops[node.row if isinstance(node, Bend) else self.net.row_of[node]]


def draw_layer(page, layer):
    y, height = page.panels[layer]
    yield rect("layer", MARGIN, y, page.panel_width, height, 12)
    y += height // 2 - 8 * len(LAYERS[layer])
    yield text("title", MARGIN + 20, y + 4, layer)
    for i, line in enumerate(LAYERS[layer], 1):
        yield text("says", MARGIN + 20, y + 6 + 17 * i, line)


def draw_box(page, folder):
    x, y = page.middle(folder) - BOX_WIDTH // 2, page.top(folder)
    yield rect(f"box {layer_of(folder)}", x, y, BOX_WIDTH, BOX_HEIGHT, 7)
    name = folder.partition("/")[2] or folder
    yield text("name", x + BOX_WIDTH // 2, y + BOX_HEIGHT // 2 + 5, name)


def port(page, node, others, other):
    """How far from the node's middle the arrow to or from `other` touches it."""
    if isinstance(node, Bend):
        return 0
    others = sorted(others, key=lambda n: (page.x[n], str(n)))
    step = min(26, (BOX_WIDTH - 36) / max(1, len(others) - 1))
    return round((others.index(other) - (len(others) - 1) / 2) * step)


def draw_arrow(page, way):
    net, path = page.net, []
    for upper, lower in zip(way, way[1:]):
        x1 = page.middle(upper) + port(page, upper, net.below[upper], lower)
        x2 = page.middle(lower) + port(page, lower, net.above[lower], upper)
        y1, y2 = page.top(upper) + BOX_HEIGHT, page.top(lower)
        if abs(x1 - x2) < 5:
            x2 = x1
        if lower == way[-1]:
            y2 -= 7  # the head's
        bow = (y2 - y1) // 2
        path.append(f"{'L' if path else 'M'}{x1} {y1}C{x1} {y1 + bow} {x2} {y2 - bow} {x2} {y2}")
    yield f'<path class="arrow" d="{"".join(path)}"/>'
    yield f'<path class="head" d="M{x2 - 5} {y2 - 2}h10l-5 9z"/>'


NOTE = "An arrow says: uses. What follows from other arrows is left out."


def drawing(lines):
    page = Page(reduced(graph_of(lines)))
    width, height = page.panel_width + 2 * MARGIN, page.bottom + 24 + MARGIN
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
    yield "<title>Tern's folders, and which uses which</title>"
    yield f"<style>{STYLE}</style>"
    yield rect("page", 0, 0, width, height, 0)
    for layer in page.panels:
        yield from draw_layer(page, layer)
    for way in page.net.ways:
        yield from draw_arrow(page, way)
    for folder in page.net.row_of:
        yield from draw_box(page, folder)
    yield text("says", MARGIN, page.bottom + 24, NOTE)
    yield "</svg>"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as listing:
        print("\n".join(drawing(listing.read().splitlines())))
