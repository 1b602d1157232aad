"""docs/architecture.py: what is drawn of folders.txt, a house like ours, and what is refused."""
import re
import unittest
import xml.etree.ElementTree

import architecture

with open("tests/docs/folders.txt", encoding="utf-8") as file:
    LINES = file.read().splitlines()


def drawn(lines):
    return "\n".join(architecture.drawing(lines))


def graph_of(*lines):
    return architecture.reduced(architecture.graph_of(lines))


class Folders(unittest.TestCase):
    def test_arrow_that_follows_from_others_is_left_out(self):
        graph = graph_of(
            "//rpc/c:c code //rpc/b:b //rpc/a:a", "//rpc/b:b code //rpc/a:a", "//rpc/a:a code"
        )
        self.assertEqual(graph, {"rpc/a": [], "rpc/b": ["rpc/a"], "rpc/c": ["rpc/b"]})

    def test_library_without_code_is_looked_through(self):
        graph = graph_of(
            "//rpc/b:b code //rpc:all", "//rpc:all words //rpc:more", "//rpc:more words //rpc/a:a",
            "//rpc/a:a code",
        )
        self.assertEqual(graph, {"rpc/a": [], "rpc/b": ["rpc/a"]})

    def test_other_layers_are_looked_through(self):
        graph = graph_of("//rpc/b:b code //proto:p", "//proto:p code //rpc/a:a", "//rpc/a:a code")
        self.assertEqual(graph, {"rpc/a": [], "rpc/b": ["rpc/a"]})

    def test_targets_of_a_folder_are_one_box(self):
        graph = graph_of("//rpc/a:x code //rpc/a:y", "//rpc/a:y code //transport:t",
                         "//transport:t code")
        self.assertEqual(graph, {"rpc/a": ["transport"], "transport": []})

    def test_circle_is_refused_by_name(self):
        lines = "//rpc/a:x code //rpc/b:b", "//rpc/b:b code //rpc/a:y", "//rpc/a:y code"
        with self.assertRaisesRegex(SystemExit, "rpc/a -> rpc/b -> rpc/a"):
            graph_of(*lines)

    def test_arrow_up_is_refused_by_name(self):
        lines = "//transport/a:a code //rpc/b:b", "//rpc/b:b code"
        with self.assertRaisesRegex(SystemExit, "transport/a -> rpc/b does not point down"):
            drawn(lines)


class Drawing(unittest.TestCase):
    def setUp(self):
        self.page = architecture.Page(architecture.reduced(architecture.graph_of(LINES)))

    def test_order_of_the_listing_does_not_matter(self):
        self.assertEqual(drawn(LINES), drawn(LINES[::-1]))

    def test_is_wellformed_and_has_a_box_for_each_folder(self):
        root = xml.etree.ElementTree.fromstring(drawn(LINES))
        names = [e.text for e in root.iter() if e.get("class") == "name"]
        expected = [f.partition("/")[2] or f for f in self.page.net.row_of]
        self.assertEqual(sorted(names), sorted(expected))
        self.assertEqual(len(names), 14)

    def test_arrows_lead_down_and_end_at_a_box(self):
        tops = {self.page.top(folder) for folder in self.page.net.row_of}
        paths = re.findall(r'class="arrow" d="([^"]+)"', drawn(LINES))
        self.assertEqual(len(paths), len(self.page.net.ways))
        for path in paths:
            heights = [int(y) for _, y in re.findall(r"(-?\d+) (-?\d+)", path)]
            self.assertEqual(heights, sorted(heights))
            self.assertIn(heights[-1] + 7, tops)

    def test_nothing_touches_its_neighbour(self):
        for row in self.page.order:
            for left, right in zip(row, row[1:]):
                room = self.page.x[right] - self.page.x[left]
                needed = (architecture.width_of(left) + architecture.width_of(right)) / 2
                self.assertGreater(room, needed, (left, right))

    def test_has_as_few_crossings_as_it_needs(self):
        # Two that use the same two make one; session -> net has to pass call -> base.
        self.assertEqual(architecture.crossings(self.page.net, self.page.order), 2)

    def test_no_two_neighbours_are_better_swapped(self):
        page, net = self.page, self.page.net
        least = architecture.crossings(net, page.order)
        for i, row in enumerate(page.order):
            for k in range(len(row) - 1):
                swapped = row[:k] + [row[k + 1], row[k]] + row[k + 2 :]
                order = page.order[:i] + [swapped] + page.order[i + 1 :]
                self.assertGreaterEqual(architecture.crossings(net, order), least)

    def test_is_readable_on_dark_pages(self):
        light, _, dark = architecture.STYLE.partition("prefers-color-scheme: dark")
        for kind in re.findall(r"^(\.?\w+) \{[^}]*(?:fill|stroke): #", light, re.M):
            self.assertIn(kind + " {", dark)


if __name__ == "__main__":
    unittest.main()
