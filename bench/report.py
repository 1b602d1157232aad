"""Keeps results in a folder, and makes of what is there the tables, the plots and docs/performance.md."""

import datetime
import json
import platform
import re

from measure import ROOT
from parts import PARTS

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- bench/run writes from here -->", "<!-- to here -->"


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = re.search(r"model name\s*: (.*)", f.read())
    return f"{model.group(1) if model else platform.machine()}, Linux {platform.release()}"


def keep(folder, part, plan, bench, result):
    folder.mkdir(parents=True, exist_ok=True)
    kept = {
        "part": part.name,
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "plan": {"rounds": plan.rounds, "seconds": bench.seconds, "quick": plan.is_quick},
        "result": result,
    }
    (folder / f"{part.name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def kept_in(folder):
    """(part, what was kept) for all parts that have been measured."""
    for part in PARTS:
        path = folder / f"{part.name}.json"
        if path.exists():
            yield part, json.loads(path.read_text(encoding="utf-8"))


def section(part, kept, plots_at):
    """One part as markdown. Figures that take much room are folded away."""
    first, *others = part.tables(kept["result"])
    plan = kept["plan"]
    words = [f"## {part.title}", " ".join(part.__doc__.split()), first.strip()]
    words += [f"![{name}]({plots_at}{name}.svg)" for name in part.plots(kept["result"])]
    if others:
        tables = "\n\n".join(t.strip() for t in others)
        words.append(f"<details><summary>More figures</summary>\n\n{tables}\n\n</details>")
    haste = ", `--quick`: rough" if plan["quick"] else ""
    words.append(
        f"*`bench/run {part.name}`, {plan['rounds']} rounds of {plan['seconds']:g} s{haste}; "
        f"{kept['date']}; {kept['machine']}.*"
    )
    return "\n\n".join(words) + "\n"


def render(folder):
    """Writes tables.md and the plots."""
    sections = []
    for part, kept in kept_in(folder):
        for name, svg in part.plots(kept["result"]).items():
            (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        sections.append(section(part, kept, ""))
    (folder / "tables.md").write_text("\n".join(sections), encoding="utf-8")


def publish(folder):
    """Puts the sections into the page, between its two marks."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    at = f"{folder.resolve().relative_to(PAGE.parent)}/"
    sections = "\n".join(section(part, kept, at) for part, kept in kept_in(folder))
    PAGE.write_text(f"{before}{BEGIN}\n\n{sections}\n{END}{after}", encoding="utf-8")
    (folder / "tables.md").unlink()
