"""Systems that take turns, and what their rounds say together.

The order is reversed from round to round, so what disturbs the machine disturbs all of them. A ratio is
the median of the rounds' own ratios. Many short runs beat few long ones, for what disturbs lasts seconds.
"""

import statistics
import sys
import time


class Progress:
    """One line with a bar on a terminal, nothing elsewhere."""

    WIDTH = 30

    def __init__(self, n_steps):
        self.n_steps = max(1, n_steps)
        self.n_done = 0
        self.start = time.monotonic()
        self.is_shown = sys.stderr.isatty()

    def step(self, what):
        if self.is_shown:
            part = min(1, self.n_done / self.n_steps)
            spent = time.monotonic() - self.start
            left = f"{spent / part - spent:4.0f} s left" if self.n_done > 3 else ""
            bar = ("#" * round(part * self.WIDTH)).ljust(self.WIDTH, ".")
            print(f"\r\033[K[{bar}] {part:4.0%} {left}  {what}", end="", file=sys.stderr, flush=True)
        self.n_done += 1

    def clear(self):
        if self.is_shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def run_rounds(bench, systems, workloads, n_rounds, progress):
    """A dictionary per workload: label -> a result per round. Every other round goes backwards."""
    runs = [{label: [] for label in systems} for _ in workloads]
    for i in range(n_rounds):
        for label in list(systems)[:: 1 if i % 2 == 0 else -1]:
            for workload, results in zip(workloads, runs):
                progress.step(f"{workload} {label}")
                results[label].append(bench.run(systems[label], workload))
    return runs


def median_of(results):
    numbers = [key for key, value in results[0].items() if isinstance(value, (int, float))]
    return {key: statistics.median(r[key] for r in results) for key in numbers}


def paired(values, base_values):
    """The median of the rounds' ratios, and all of them."""
    ratios = [v / b for v, b in zip(values, base_values)]
    return {"median": statistics.median(ratios), "rounds": ratios}


def ratio_text(ratio):
    """With the middle half of the rounds."""
    rounds = sorted(ratio["rounds"])
    quarter = len(rounds) // 4
    return f"{ratio['median']:.2f} ({rounds[quarter]:.2f} to {rounds[-1 - quarter]:.2f})"


def summarise(runs):
    """label -> medians, and ratios of server CPU per call to the first label's."""
    base = [r["server_cpu_us"] for r in next(iter(runs.values()))]
    return {
        label: {
            "median": median_of(results),
            "ratio": paired([r["server_cpu_us"] for r in results], base),
            "runs": results,
        }
        for label, results in runs.items()
    }
