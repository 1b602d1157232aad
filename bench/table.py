"""Tables as markdown that reads well on a terminal too."""


def markdown(rows):
    """The first row is the heading, the first column is names; the others are figures."""
    widths = [max(3, *(len(row[i]) for row in rows)) for i in range(len(rows[0]))]

    def line(row):
        cells = [c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))]
        return f"| {' | '.join(cells)} |\n"

    alignment = ["-" * widths[0], *("-" * (w - 1) + ":" for w in widths[1:])]
    return line(rows[0]) + line(alignment) + "".join(map(line, rows[1:]))


def number(value):
    """Three digits that count; `-` for none."""
    if not value:
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3}f}"


def with_ratio(value, ratio):
    return f"{number(value)} ({ratio:.2f})" if value else "-"
