#!/usr/bin/env python3
"""rooms.py FILES FLOORS ALLOWED: no circle of files within a folder, no arrow that points up.

FILES is what layered_files has listed. FLOORS names the folders from the bottom up, a floor a line;
folders of one floor do not know each other. ALLOWED lists arrows that are to be cut, `a -> b`; one
that hides nothing is an error, so the list can only become shorter. `#` starts a comment in both.
"""
import collections
import sys

import graph

SHOWN = 4  # reasons of an arrow


def lines_of(path):
    """(number, text) of the lines that say something."""
    with open(path, encoding="utf-8") as file:
        stripped = [(i, line.partition("#")[0].strip()) for i, line in enumerate(file, 1)]
    return [(i, line) for i, line in stripped if line]


# ---- folders -------------------------------------------------------------


class House:
    """Which floor each file stands on."""

    def __init__(self, floors, files):
        self.files = files
        self.floor_of = {folder: i for i, floor in enumerate(floors) for folder in floor}
        self.layers = {folder.partition("/")[0] for folder in self.floor_of}
        self.folder_of = {node: self._folder(node) for node in files.nodes}
        self.below = collections.defaultdict(list)
        for start, end in files.arrows:
            self.below[start].append(end)
        self._heights = {}

    def _folder(self, node):
        """Of a public header that of the files that implement it, if they are in one; or None."""
        if not graph.is_public(node):
            return self._innermost(node)
        found = self._folders_of_implementers(node)
        return found.pop() if len(found) == 1 else None

    def _innermost(self, node):
        """The innermost of our folders, or None."""
        parts = node.split("/")[:-1]
        names = ["/".join(parts[:i]) for i in range(len(parts), 0, -1)]
        return next((name for name in names if name in self.floor_of), None)

    def _folders_of_implementers(self, header):
        found = {self._innermost(node) for node in self.files.implementers.get(header, ())}
        return found - {None}

    def is_lost(self, node):
        """In one of our layers, but in no folder that has a floor."""
        is_ours = node.partition("/")[0] in self.layers
        return is_ours and not self.folder_of[node] and not graph.is_public(node)

    def height(self, node):
        """The floor of its folder. What is in none, the header of several folders or a generated
        file, stands as high as the highest that it uses and the lowest that implements it."""
        if self.folder_of[node]:
            return self.floor_of[self.folder_of[node]]
        if node not in self._heights:
            self._heights[node] = -1  # while those below are asked, should it be among them
            own = [self.floor_of[f] for f in self._folders_of_implementers(node)]
            used = [self.height(n) for n in self.below[node]]
            self._heights[node] = max([*used, min(own, default=-1)], default=-1)
        return self._heights[node]

    def standing(self, node):
        """Why it stands as high as it does, where that is not to be seen from its path."""
        if not graph.is_public(node) and self.folder_of[node]:
            return []
        floor = [f for f, height in self.floor_of.items() if height == self.height(node)]
        return [f"{node} stands as high as {self.folder_of[node] or ' and '.join(floor)}"]

    def crosses(self, arrow):
        """From one folder into another."""
        start, end = (self.folder_of[node] for node in arrow)
        return bool(start and end and start != end)

    def wrong_way(self, arrow):
        """"up", "sideways", or None."""
        start, end = arrow
        if not self.folder_of[start] or self.height(end) < self.height(start):
            return None
        if self.height(end) > self.height(start):
            return "up"
        return "sideways" if self.crosses(arrow) else None

    def may_close_circle(self, arrow):
        """Those between folders point down, or are wrong already."""
        return not self.crosses(arrow)


# ---- circles -------------------------------------------------------------


def successors(arrows):
    after = collections.defaultdict(list)
    for start, end in sorted(arrows):
        after[start].append(end)
    return after


def shortest_way(after, start, end):
    """[start, ..., end] over at least one arrow, or None."""
    came_from = {}
    queue = collections.deque([start])
    while queue:
        node = queue.popleft()
        for next_node in after[node] if node in after else ():
            if next_node in came_from:
                continue
            came_from[next_node] = node
            if next_node == end:
                return way_back(came_from, start, end)
            queue.append(next_node)
    return None


def way_back(came_from, start, end):
    way = [end, came_from[end]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def shortest_circle(arrows):
    after = successors(arrows)
    ways = (shortest_way(after, node, node) for node in sorted(after))
    return min((way for way in ways if way), key=len, default=None)


def arrows_of(way):
    return list(zip(way, way[1:]))


def circles(arrows):
    """Circles that have no arrow in common, short ones first: each has to be cut somewhere."""
    rest = set(arrows)
    while True:
        circle = shortest_circle(rest)
        if not circle:
            return
        yield circle
        rest -= set(arrows_of(circle))


# ---- the list of what is still allowed -----------------------------------


class Allowed:
    def __init__(self, path):
        self.path = path
        self.line_of = {}
        for number, text in lines_of(path):
            start, _, end = text.partition(" -> ")
            self.line_of[start.strip(), end.strip()] = number

    def __contains__(self, arrow):
        return arrow in self.line_of

    def stale(self, files, house):
        """(line, arrow, why) of those that hide nothing."""
        forming = {a for a in files.arrows if house.may_close_circle(a) and a not in self}
        after = successors(forming)
        for arrow, number in self.line_of.items():
            start, end = arrow
            if arrow not in files.arrows:
                yield number, arrow, "there is no such arrow"
            elif not house.wrong_way(arrow) and not (
                house.may_close_circle(arrow) and shortest_way(after, end, start)
            ):
                yield number, arrow, "it points down and closes no circle"


# ---- the report ----------------------------------------------------------


def named(nodes):
    return " -> ".join(nodes)


def reasons(files, arrow):
    found = files.arrows[arrow]
    return found[:SHOWN] + ([f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else [])


def indented(lines):
    return ["    " + line for line in lines]


def lost_files(house):
    for node in house.files.nodes:
        if house.is_lost(node):
            yield [f"no floor: {node} is in a folder that FLOORS does not name"]


def wrong_arrows(house, arrows):
    for arrow in sorted(arrows):
        way = house.wrong_way(arrow)
        if way:
            why = reasons(house.files, arrow) + house.standing(arrow[1])
            yield [f"{way}: {named(arrow)}", *indented(why)]


def found_circles(house, arrows):
    for circle in circles(filter(house.may_close_circle, arrows)):
        steps = []
        for arrow in arrows_of(circle):
            steps += [named(arrow), *indented(reasons(house.files, arrow))]
        yield [f"circle: {named(circle)}", *indented(steps)]


def stale_entries(house, allowed):
    for number, arrow, why in allowed.stale(house.files, house):
        yield [f"stale: line {number} of ALLOWED, {named(arrow)}: {why}"]


def findings(house, allowed):
    arrows = [arrow for arrow in house.files.arrows if arrow not in allowed]
    yield from lost_files(house)
    yield from wrong_arrows(house, arrows)
    yield from found_circles(house, arrows)
    yield from stale_entries(house, allowed)


def main():
    listing, floors, allowances = sys.argv[1:4]
    files = graph.read(listing)
    house = House([text.split() for _, text in lines_of(floors)], files)
    allowed = Allowed(allowances)
    found = list(findings(house, allowed))
    for lines in found:
        print("\n".join(lines))
    counts = f"{len(files.nodes)} files, {len(files.arrows)} arrows, {len(allowed.line_of)} allowed"
    print(f"{counts}: {len(found) or 'nothing'} wrong")
    sys.exit(1 if found else 0)


main()
