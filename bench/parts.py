"""What bench/run can measure: each part runs systems under loads, and tells what came of it in tables and
plots. A part's result is plain data: tables and plots can be drawn again from the file it was kept in.
"""

import statistics
from typing import NamedTuple, Optional, Tuple

import plot
from measure import Attacker, Workload, attacks
from rounds import median_of, paired, ratio_text, run_rounds, summarise
from table import markdown, number, with_ratio


class Plan(NamedTuple):
    """How much of everything."""

    rounds: int
    is_quick: bool
    workloads: Optional[Tuple[Workload, ...]] = None  # None: the part's own

    def few(self):
        """Rounds for what is slow or steady."""
        return max(1, self.rounds // 3)


def without_runs(summaries):
    """What is kept: the medians and the rounds' ratios."""
    return {label: {k: v for k, v in s.items() if k != "runs"} for label, s in summaries.items()}


# ---- the workloads -------------------------------------------------------


class Throughput:
    """Closed loop: each connection always has as many calls in flight as the workload says."""

    name = "throughput"
    title = "What a call costs"
    systems = ["epoll", "tern", "tern-stream", "tern-own-client", "grpc-cpp-cq", "grpc-cpp-cb"]
    own = ["1x128x128", "1x128x1024", "64x8x1024", "4x1x65536", "4x1x1048576", "1x1x1024"]
    columns = [  # heading, key of the generator's result
        ("server us", "server_cpu_us"),
        ("client us", "client_cpu_us"),
        ("calls/s", "rps"),
        ("p50 us", "p50_us"),
        ("p99 us", "p99_us"),
        ("p99.9 us", "p999_us"),
        ("calls/read", "calls_per_read"),
        ("RSS KiB", "server_rss_kib"),
    ]

    def workloads(self, plan):
        return plan.workloads or [Workload.parse(w) for w in self.own]

    def n_steps(self, plan, systems):
        return plan.rounds * len(systems) * len(self.workloads(plan))

    def measure(self, bench, plan, systems, progress):
        result = {}
        for workload in self.workloads(plan):
            [runs] = run_rounds(bench, systems, [workload], plan.rounds, progress)
            result[str(workload)] = without_runs(summarise(runs))
        return result

    def tables(self, result):
        labels = list(next(iter(result.values())))
        rows = [["server CPU us per call (ratio)", *result]]
        for label in labels:
            cells = [
                with_ratio(s[label]["median"]["server_cpu_us"], s[label]["ratio"]["median"])
                for s in result.values()
            ]
            rows.append([label, *cells])
        return [markdown(rows), *(self._detail(w, s) for w, s in result.items())]

    def _detail(self, workload, summary):
        base = next(iter(summary))
        rows = [[workload, *(c[0] for c in self.columns), f"ratio to {base} (middle half)"]]
        for label, s in summary.items():
            cells = [number(s["median"][key]) for _, key in self.columns]
            rows.append([label, *cells, "" if label == base else ratio_text(s["ratio"])])
        return markdown(rows)

    def plots(self, result):
        def panels(key, figure):
            return [
                (w, [(n, s["median"][key], figure(s)) for n, s in summary.items()])
                for w, summary in result.items()
            ]

        return {
            "cpu": plot.bars(
                "Server CPU per call",
                "microseconds, and the ratio to a bare epoll echo; connections x depth x bytes; "
                "shorter is better",
                panels(
                    "server_cpu_us",
                    lambda s: f"{number(s['median']['server_cpu_us'])} "
                    f"({s['ratio']['median']:.2f}x)",
                ),
            ),
            "throughput": plot.bars(
                "Calls per second",
                "server and client on one core each; longer is better",
                panels("rps", lambda s: number(s["median"]["rps"])),
            ),
        }


class Http2(Throughput):
    """The same over HTTP/2, and beside gRPC C++'s servers under the same client: nghttp2's h2load, which is lean
    and tells no latencies, and Tern's own. Ratios are to Tern's server."""

    name = "http2"
    title = "What a call costs over HTTP/2"
    systems = [
        "tern-h2", "tern-h2-own-client", "grpc-cpp-cq-h2", "grpc-cpp-cb-h2", "grpc-cpp-cq-tern-client"
    ]

    def plots(self, result):
        return {f"http2-{name}": plot for name, plot in super().plots(result).items()}


class Tls(Http2):
    """Over HTTP/2 and TLS 1.3 with AES-128-GCM, by h2load; the first is in plain text, and what the ratios are to."""

    name = "tls"
    title = "What a call costs over TLS"
    systems = ["tern-h2", "tern-h2-tls", "grpc-cpp-cq-h2-tls", "grpc-cpp-cb-h2-tls"]
    own = ["1x128x128", "1x128x1024", "64x8x1024", "4x1x65536"]

    def plots(self, result):
        return {}


# ---- sweeps --------------------------------------------------------------


class Sweep:
    """One figure of the workload grows, the others stay."""

    def n_steps(self, plan, systems):
        return plan.few() * len(systems) * len(self.workloads(plan))

    def measure(self, bench, plan, systems, progress):
        result = {label: [] for label in systems}
        for workload in self.workloads(plan):
            runs = {label: [] for label in systems}
            for _ in range(plan.few()):
                for label, system in systems.items():
                    if self.x_of(workload) > self.largest.get(label, float("inf")):
                        continue
                    progress.step(f"{self.name} {workload} {label}")
                    seconds = max(bench.seconds, self.least_seconds(workload))
                    runs[label].append(bench.run(system, workload, seconds=seconds))
            for label, results in runs.items():
                if results:
                    result[label].append([self.x_of(workload), median_of(results)])
        return result

    def tables(self, result):
        base = {x: m["server_cpu_us"] for x, m in next(iter(result.values()))}
        by_x = {label: dict((x, m["server_cpu_us"]) for x, m in r) for label, r in result.items()}
        rows = [[f"{self.x_name}; server CPU us per call (ratio)", *result]]
        for x in base:
            cells = [
                with_ratio(by_x[n][x], by_x[n][x] / base[x]) if x in by_x[n] else "-" for n in result
            ]
            rows.append([plot.short(x), *cells])
        return [markdown(rows)]

    def plots(self, result):
        series = {n: [(x, m["server_cpu_us"]) for x, m in points] for n, points in result.items()}
        name = "server CPU per call, us"
        return {self.name: plot.lines(self.title, self.subtitle, self.x_name, name, series)}


class Sizes(Sweep):
    """4 connections with 4 calls each in flight, of 16 bytes to 4 MiB."""

    name = "sizes"
    title = "Cost against size"
    subtitle = "4 connections, 4 calls in flight on each"
    x_name = "payload, bytes"
    systems = ["epoll", "tern", "tern-stream", "grpc-cpp-cq"]
    largest = {}

    def workloads(self, plan):
        sizes = [16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304]
        return [Workload(4, 4, size) for size in (sizes[::3] if plan.is_quick else sizes)]

    @staticmethod
    def x_of(workload):
        return workload.size

    @staticmethod
    def least_seconds(workload):
        return 0.4 if workload.size > 1000000 else 0


class Connections(Sweep):
    """1 to 10,000 connections with one call of 128 bytes each in flight."""

    name = "connections"
    title = "Cost against connections"
    subtitle = "one call of 128 bytes in flight on each"
    x_name = "connections"
    systems = ["epoll", "tern", "tern-own-client", "grpc-cpp-cq"]
    largest = {"grpc-cpp-cq": 1000, "grpc-cpp-cb": 1000}  # above, its client takes minutes

    def workloads(self, plan):
        return [Workload(n, 1, 128) for n in (1, 10, 100, 1000, 10000)]

    @staticmethod
    def x_of(workload):
        return workload.conns

    @staticmethod
    def least_seconds(workload):
        return 0.4 if workload.conns > 1000 else 0


# ---- latency -------------------------------------------------------------


class Latency:
    """Open loop: calls are due at a fixed rate, half of what the system can do or of what Tern can if that
    is less, and count from when they were due. 16 connections, and a lone one. Medians of many short
    runs: the machine stands still for milliseconds now and then, which is the p99 of any run it hits."""

    name = "latency"
    title = "Latency at half of the maximum rate"
    systems = ["epoll", "tern", "tern-own-client", "grpc-cpp-cq", "grpc-cpp-cb"]
    own = ["16x64x1024", "1x64x1024"]
    rates = "each system at half of its own maximum, at most half of Tern's"
    run_s = 0.15

    @staticmethod
    def limit(maxima):
        """The rate of which half is offered, at most."""
        return maxima.get("tern", max(maxima.values()))

    def workloads(self, plan):
        return plan.workloads or [Workload.parse(w) for w in self.own]

    def n_steps(self, plan, systems):
        return (1 + plan.rounds) * len(systems) * len(self.workloads(plan))

    def measure(self, bench, plan, systems, progress):
        return {
            str(w): self._measure(bench, plan, systems, progress, w) for w in self.workloads(plan)
        }

    def _measure(self, bench, plan, systems, progress, workload):
        maxima = {}
        for label, system in systems.items():
            progress.step(f"maximum rate {workload} {label}")
            maxima[label] = bench.run(system, workload)["rps"]
        limit = self.limit(maxima)
        runs = {label: [] for label in systems}
        deep = workload._replace(depth=4 * workload.depth)  # hardly ever met
        for _ in range(plan.rounds):
            for label, system in systems.items():
                progress.step(f"{self.name} {workload} {label}")
                rate = min(limit, maxima[label]) / 2
                options = {"seconds": self.run_s, "warmup": 2 * self.run_s}
                runs[label].append(bench.run(system, deep, rate=f"{rate:.0f}", **options))
        return {label: self._summary(r, runs, maxima[label]) for label, r in runs.items()}

    @staticmethod
    def _summary(results, runs, maximum):
        base = next(iter(runs.values()))
        curves = zip(*(r["percentiles_us"] for r in results))
        return {
            "maximum": maximum,
            "median": median_of(results),
            "ratio": paired([r["p99_us"] for r in results], [r["p99_us"] for r in base]),
            "percentiles_us": [
                [points[0][0], statistics.median(p[1] for p in points)] for points in curves
            ],
        }

    def tables(self, result):
        found = []
        for workload, summary in result.items():
            rows = [[workload, "maximum/s", "offered/s", "p50 us", "p99 us", "p99.9 us", "p99 ratio"]]
            for label, s in summary.items():
                keys = ("rps", "p50_us", "p99_us", "p999_us")
                figures = [s["maximum"], *(s["median"][k] for k in keys)]
                rows.append([label, *map(number, figures), f"{s['ratio']['median']:.2f}"])
            found.append(markdown(rows))
        return found

    def plots(self, result):
        found = {}
        for workload, summary in result.items():
            series = {
                label: [(100 / (100 - p), us) for p, us in s["percentiles_us"] if p >= 10]
                for label, s in summary.items()
            }
            ticks = [(100 / (100 - p), f"{p:g} %") for p in (50, 90, 99, 99.9, 99.99)]
            found[f"{self.name}-{workload}"] = plot.lines(
                self.title,
                f"{workload}; {self.rates}; from when a call was due",
                "of all calls were as fast or faster",
                "latency, us",
                series,
                ticks,
            )
        return found


class Http2Latency(Latency):
    """The same over HTTP/2, with Tern's client at one end, and all of them offered the same: half of what the slowest
    can do."""

    name = "http2-latency"
    title = "Latency over HTTP/2"
    systems = ["tern-h2-own-client", "grpc-cpp-cq-tern-client", "grpc-cpp-cb-tern-client"]
    rates = "all at half of the maximum of the slowest"

    @staticmethod
    def limit(maxima):
        return min(maxima.values())


# ---- memory --------------------------------------------------------------


class Memory:
    """Resident memory of a server at rest; what an idle connection and an outstanding call add, which is
    what the heap grows by, in user space."""

    name = "memory"
    title = "Memory"
    systems = ["epoll", "tern", "grpc-cpp-cq", "grpc-cpp-cb"]
    handlers = {"fiber": (), "async": ("--async",)}
    n_calls = 9990  # fewer than a connection's default limit

    def n_steps(self, plan, systems):
        return 3 * len(systems) + 2 * len(self.handlers)

    def n_idle(self, plan, system):
        if system.wire == "grpc":
            return 500
        return 2000 if plan.is_quick else 10000

    def measure(self, bench, plan, systems, progress):
        found = {label: self._server(bench, plan, s, progress) for label, s in systems.items()}
        outstanding = {}
        if "tern" in systems:
            for label, arguments in self.handlers.items():
                progress.step(f"outstanding calls, {label} handlers")
                outstanding[label] = self._outstanding(bench, systems["tern"], arguments)
        return {"servers": found, "outstanding": outstanding}

    def _server(self, bench, plan, system, progress):
        n_idle = self.n_idle(plan, system)
        progress.step("memory at rest")
        at_rest = bench.rss_at_rest_kib(system)
        progress.step("memory among few")
        alone = bench.run(system, Workload(1, 1, 16))
        progress.step("memory among many")
        among = bench.run(system, Workload(1, 1, 16, n_idle))
        grown = among["server_anonymous_kib"] - alone["server_anonymous_kib"]
        return {"rss_at_rest_kib": at_rest, "n_idle": n_idle, "idle_bytes": grown * 1024 / n_idle}

    def _outstanding(self, bench, tern, arguments):
        command = (*tern.command, *arguments, "--hold-ms", "60000")
        system = tern._replace(command=command, load="//bench:tern_load", wire="native-hold")
        few = bench.run(system, Workload(1, 2, 16))
        many = bench.run(system, Workload(1, self.n_calls, 16))
        return {
            side: (many[f"{side}_anonymous_kib"] - few[f"{side}_anonymous_kib"]) * 1024 / self.n_calls
            for side in ("server", "client")
        }

    def tables(self, result):
        rows = [["server", "RSS at rest, KiB", "bytes per idle connection"]]
        for label, s in result["servers"].items():
            rows.append([label, number(s["rss_at_rest_kib"]), f"{s['idle_bytes']:,.0f}"])
        calls = [["outstanding call of 16 bytes", "server, bytes", "client, bytes"]]
        for label, s in result["outstanding"].items():
            calls.append([f"{label} handler", number(round(s["server"])), number(round(s["client"]))])
        return [markdown(rows)] + ([markdown(calls)] if len(calls) > 1 else [])

    def plots(self, result):
        return {}


class Idle:
    """What 10,000 idle connections change for 64 busy ones."""

    name = "idle"
    title = "Busy connections among 10,000 idle ones"
    systems = ["epoll", "tern"]

    def n_idle(self, plan):
        return 1000 if plan.is_quick else 10000

    def n_steps(self, plan, systems):
        return 2 * plan.few() * len(systems)

    def measure(self, bench, plan, systems, progress):
        busy = plan.workloads[0] if plan.workloads else Workload(64, 8, 1024)
        loads = [busy, busy._replace(idle=self.n_idle(plan))]
        alone, among = run_rounds(bench, systems, loads, plan.few(), progress)
        found = {label: self._summary(alone[label], among[label]) for label in systems}
        base = next(iter(found.values()))["change"]["rounds"]
        for summary in found.values():
            summary["ratio"] = paired(summary["change"]["rounds"], base)
        return found

    @staticmethod
    def _summary(alone, among):
        costs = [[r["server_cpu_us"] for r in runs] for runs in (alone, among)]
        return {
            "alone_us": statistics.median(costs[0]),
            "among_us": statistics.median(costs[1]),
            "change": paired(costs[1], costs[0]),
        }

    def tables(self, result):
        base = next(iter(result))
        rows = [["server CPU us per call", "alone", "among", "change", f"ratio to {base}'s"]]
        for label, s in result.items():
            figures = [number(s["alone_us"]), number(s["among_us"]), ratio_text(s["change"])]
            rows.append([label, *figures, "" if label == base else ratio_text(s["ratio"])])
        return [markdown(rows)]

    def plots(self, result):
        return {}


# ---- instructions --------------------------------------------------------


class Instructions:
    """Instructions of the server in user space for one call more, counted by callgrind: the difference of
    two runs. Unlike time, the same on every machine and under any load."""

    name = "instructions"
    title = "Instructions per call"
    systems = ["epoll", "tern", "tern-async", "tern-stream"]
    own = ["1x128x128", "1x1x1024", "64x8x1024", "4x1x65536"]
    concurrent = (100, 10000)  # calls at once on one connection, each on a fiber that sleeps
    crowds = (1, 1000)  # methods that are registered as well

    def workloads(self, plan):
        own = self.own[:2] if plan.is_quick else self.own
        return plan.workloads or [Workload.parse(w) for w in own]

    def n_steps(self, plan, systems):
        growing = 0 if plan.is_quick else len(self.concurrent) + len(self.crowds)
        return 2 * (len(systems) * len(self.workloads(plan)) + growing)

    def measure(self, bench, plan, systems, progress):
        calls = {
            label: {
                str(w): self._per_call(bench, s, w, (1500, 4500), progress, label)
                for w in self.workloads(plan)
            }
            for label, s in systems.items()
        }
        if "tern" not in systems or plan.is_quick:
            return {"calls": calls}
        return {
            "calls": calls,
            "concurrent": self._at_once(bench, systems["tern"], progress),
            "methods": self._in_crowds(bench, systems["tern"], progress),
        }

    def _at_once(self, bench, tern, progress):
        found = {}
        for n in self.concurrent:
            counts = (max(n, 5000), 4 * max(n, 5000))
            system = tern._replace(wire="native-hold")
            found[n] = self._per_call(bench, system, Workload(1, n, 16), counts, progress, "at once")
        return found

    def _in_crowds(self, bench, tern, progress):
        found = {}
        for n in self.crowds:
            system = tern._replace(command=(*tern.command, "--methods", str(n)))
            load = Workload(1, 128, 128)
            found[n] = self._per_call(bench, system, load, (1500, 4500), progress, "methods")
        return found

    def _per_call(self, bench, system, workload, counts, progress, label):
        totals = []
        for n in counts:
            progress.step(f"callgrind {workload} {label}")
            totals.append(bench.instructions(system, workload, n))
        return (totals[1] - totals[0]) / (counts[1] - counts[0])

    def tables(self, result):
        calls = result["calls"]
        rows = [["instructions per call", *next(iter(calls.values()))]]
        rows += [[label, *map(number, found.values())] for label, found in calls.items()]
        growing = {"concurrent": "calls at once on one connection", "methods": "methods registered"}
        return [markdown(rows)] + [
            self._growth(words, result[key]) for key, words in growing.items() if key in result
        ]

    @staticmethod
    def _growth(what, found):
        base = next(iter(found.values()))
        rows = [[f"tern: {what}", "instructions per call", "ratio"]]
        rows += [[f"{int(n):,}", number(x), f"{x / base:.3f}"] for n, x in found.items()]
        return markdown(rows)

    def plots(self, result):
        return {}


# ---- harm ----------------------------------------------------------------


class Hostile:
    """Honest clients in an open loop, 1,000 calls a second on four connections, before and while somebody does to the
    same server what tests/hostile lists, in what CPU time they leave over. Medians."""

    name = "hostile"
    title = "What honest clients notice of an attack"
    systems = ["tern-own-client"]
    workload = Workload(4, 64, 128)
    run_s = 0.3

    def n_steps(self, plan, systems):
        return plan.few() * len(systems) * len(attacks())

    def measure(self, bench, plan, systems, progress):
        result = {}
        for label, system in systems.items():
            for attack in attacks():
                runs = []
                for _ in range(plan.few()):
                    progress.step(f"{self.name} {label} {attack}")
                    runs.append(self._one(bench, system, attack))
                quiet, busy = (median_of([r[i] for r in runs]) for i in (0, 1))
                ratio = statistics.median(b["p99_us"] / q["p99_us"] for q, b in runs)
                result[f"{label} {attack}"] = {"quiet": quiet, "attacked": busy, "ratio": ratio}
        return result

    def _one(self, bench, system, attack):
        wire = "native" if attack.startswith("native") else "grpc"
        options = {"wire": wire, "rate": 1000, "seconds": self.run_s, "warmup": self.run_s / 2}
        with bench.serve(system) as server:
            quiet = bench.load(system, self.workload, server, options)
            with Attacker(bench.client_core, attack, server.address):
                return quiet, bench.load(system, self.workload, server, options)

    def tables(self, result):
        rows = [["attack", "p50 us", "p99 us alone", "p99 us attacked", "ratio", "server RSS KiB"]]
        for name, r in result.items():
            figures = (r["attacked"]["p50_us"], r["quiet"]["p99_us"], r["attacked"]["p99_us"])
            rows.append([name, *map(number, figures), f"{r['ratio']:.2f}", number(r["attacked"]["server_rss_kib"])])
        return [markdown(rows)]

    def plots(self, result):
        return {}


PARTS = [
    Throughput(), Latency(), Http2(), Http2Latency(), Tls(), Sizes(), Connections(), Memory(), Idle(),
    Hostile(), Instructions(),
]
