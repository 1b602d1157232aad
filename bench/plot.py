"""Plots as SVG, drawn by hand: bars in panels, and lines over a logarithmic axis. Knows nothing of what it
shows. Readable on white and on dark pages: it brings its own background.

    plot.bars("CPU per call", [("1x128x128", [("epoll", 0.30, "0.30 us"), ...]), ...])
    plot.lines("Cost against size", "bytes", "us", {"epoll": [(16, 0.3), ...]}, log_y=True)
"""

import math
from html import escape

WIDTH = 920
COLOURS = {  # told apart by people who see few colours (after Okabe and Ito)
    "epoll": "#888888",
    "tern": "#0072b2",
    "tern-async": "#004c77",
    "tern-stream": "#56b4e9",
    "tern-own-client": "#009e73",
    "tern-own-client-stream": "#66c5a5",
    "grpc-cpp-cq": "#d55e00",
    "grpc-cpp-cb": "#e69f00",
}
OTHER_COLOURS = ["#cc79a7", "#b5a642", "#5d3a9b", "#994f00"]


def colour_of(label):
    known = COLOURS.get(label.split("#")[0])
    return known or OTHER_COLOURS[sum(map(ord, label)) % len(OTHER_COLOURS)]


def text(x, y, words, size=13, anchor="start", weight="normal", fill="#222222"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
        f'font-weight="{weight}" fill="{fill}">{escape(words)}</text>'
    )


def rect(x, y, width, height, fill):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def rule(x1, y1, x2, y2, colour="#dddddd"):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def page(title, subtitle, height, shapes):
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="system-ui, sans-serif">',
        rect(0, 0, WIDTH, height, "#ffffff"),
        text(24, 34, title, 19, weight="bold"),
        text(24, 55, subtitle, 13, fill="#555555"),
    ]
    return "\n".join(head + shapes + ["</svg>", ""])


# ---- bars ----------------------------------------------------------------

BAR, GAP, PANEL_GAP, LABEL_WIDTH, FIGURE_WIDTH = 17, 4, 34, 92, 92
COLUMNS = 2


def panel(x, y, width, heading, values):
    """Horizontal bars, the longest as long as there is room."""
    room = width - LABEL_WIDTH - FIGURE_WIDTH
    largest = max((v for _, v, _ in values), default=0) or 1
    shapes = [text(x, y + 12, heading, 13, weight="bold")]
    for i, (label, value, figure) in enumerate(values):
        top = y + 20 + i * (BAR + GAP)
        length = max(1.5, room * value / largest)
        shapes.append(text(x + LABEL_WIDTH - 6, top + 13, label, 12, "end"))
        shapes.append(rect(x + LABEL_WIDTH, top, length, BAR, colour_of(label)))
        shapes.append(text(x + LABEL_WIDTH + length + 5, top + 13, figure, 12))
    return shapes


def bars(title, subtitle, panels):
    """One panel for each (heading, [(label, value, figure)]), each with a scale of its own."""
    width = (WIDTH - 48) / COLUMNS
    y, shapes = 76, []
    for i in range(0, len(panels), COLUMNS):
        row = panels[i : i + COLUMNS]
        for j, (heading, values) in enumerate(row):
            shapes += panel(24 + j * width, y, width - 12, heading, values)
        y += 20 + max(len(values) for _, values in row) * (BAR + GAP) + PANEL_GAP
    return page(title, subtitle, y, shapes)


# ---- lines ---------------------------------------------------------------

LEFT, RIGHT, TOP, BOTTOM, HEIGHT = 84, 190, 84, 54, 500


def short(value):
    """1024 -> 1 Ki for powers of two, 10000 -> 10k, 0.25 -> 0.25."""
    if value >= 1024 and value == int(value) and int(value) & (int(value) - 1) == 0:
        return f"{int(value) >> 20} Mi" if value >= 1 << 20 else f"{int(value) >> 10} Ki"
    if value >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if value >= 1e3 else f"{value:g}"


class Axis:
    """A logarithmic scale from value to place."""

    def __init__(self, values, start, end):
        self.low, self.high = math.log10(min(values)), math.log10(max(values))
        if self.high - self.low < 0.3:
            self.low, self.high = self.low - 0.15, self.high + 0.15
        self.start, self.end = start, end

    def at(self, value):
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self):
        decades = range(math.floor(self.low), math.ceil(self.high) + 1)
        steps = (1,) if self.high - self.low > 2.5 else (1, 2, 5)
        found = [s * 10.0**d for d in decades for s in steps]
        return [t for t in found if self.low - 1e-9 <= math.log10(t) <= self.high + 1e-9]


def spread(places, least):
    """Moves places (sorted) apart so that labels do not cover each other."""
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + least)
    return places


def frame(x, y, x_ticks, x_name, y_name):
    shapes = [text(x.start, TOP - 10, y_name, 12, fill="#555555")]
    for tick in y.ticks():
        shapes.append(rule(x.start, y.at(tick), x.end, y.at(tick)))
        shapes.append(text(x.start - 8, y.at(tick) + 4, short(tick), 12, "end"))
    for tick, words in x_ticks:
        shapes.append(rule(x.at(tick), y.start, x.at(tick), y.end, "#eeeeee"))
        shapes.append(text(x.at(tick), y.start + 18, words, 12, "middle"))
    shapes.append(text((x.start + x.end) / 2, y.start + 40, x_name, 12, "middle", fill="#555555"))
    return shapes


def curve(label, points, x, y):
    places = [(x.at(a), y.at(b)) for a, b in points]
    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
    colour = colour_of(label)
    shapes = [f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.4"/>']
    return shapes + [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in places]


def lines(title, subtitle, x_name, y_name, series, x_ticks=None):
    """A line for each label -> [(x, y)], both axes logarithmic, named at its end."""
    series = {label: [(a, b) for a, b in p if b > 0] for label, p in series.items()}
    series = {label: points for label, points in series.items() if points}
    all_points = [point for points in series.values() for point in points]
    x = Axis([a for a, _ in all_points], LEFT, WIDTH - RIGHT)
    y = Axis([b for _, b in all_points], HEIGHT - BOTTOM, TOP)
    if x_ticks is None:
        x_ticks = [(a, short(a)) for a in sorted({a for a, _ in all_points})]
    shapes = frame(x, y, x_ticks, x_name, y_name)
    ends = sorted((y.at(points[-1][1]), label) for label, points in series.items())
    for place, (_, label) in zip(spread([e[0] for e in ends], 17), ends):
        shapes += curve(label, series[label], x, y)
        end = x.at(series[label][-1][0])
        shapes.append(text(end + 10, place + 4, label, 13, weight="bold", fill=colour_of(label)))
    return page(title, subtitle, HEIGHT, shapes)
