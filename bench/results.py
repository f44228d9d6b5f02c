"""Google Benchmark's JSON -> cases with medians, and straight lines through them in log-log."""

import json
import math
import statistics
from dataclasses import dataclass, field


@dataclass
class Case:
    """One form/workload/rule/n/m: medians over its repetitions."""
    form: str
    workload: str
    rule: str
    n: int
    m: int           # asked for; `counters` has those that occur in the ledger
    seconds: float   # one run, median
    spread: float    # (slowest - fastest) / median
    counters: dict = field(default_factory=dict)


UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
KNOWN = {"name", "family_index", "per_family_instance_index", "run_name", "run_type", "repetitions",
         "repetition_index", "threads", "iterations", "real_time", "cpu_time", "time_unit", "label"}


def load(path):
    """(cases, machine, context): machine maps `copy/host`, `copy/device` to bytes/s and `read/...` to a dict."""
    with open(path, encoding="utf-8") as file:
        raw = json.load(file)
    repetitions = {}
    for run in raw["benchmarks"]:
        if run.get("run_type") == "iteration" and not run.get("error_occurred"):
            name = run["run_name"].removesuffix("/manual_time").removesuffix("/real_time")
            repetitions.setdefault(name, []).append(run)
    cases, machine = [], {}
    for name, runs in repetitions.items():
        seconds = [run["real_time"] * UNITS[run["time_unit"]] for run in runs]
        counters = {key: statistics.median(run[key] for run in runs)
                    for key, value in runs[0].items() if key not in KNOWN and isinstance(value, (int, float))}
        parts = name.split("/")
        if parts[0] == "copy":
            machine[name] = counters["bytes_per_second"]
        elif parts[0] == "read":
            machine[name] = {"seconds": statistics.median(seconds), **counters}
        else:
            median = statistics.median(seconds)
            cases.append(Case(parts[0], parts[1], parts[2], int(parts[3]), int(parts[4]), median,
                              (max(seconds) - min(seconds)) / median, counters))
    return cases, machine, raw["context"]


def compact(path):
    """Rewrites the file, still as Google Benchmark has it, with a line a run: without the machine's name, and of the
    aggregates, which follow from the repetitions, with the medians only."""
    with open(path, encoding="utf-8") as file:
        raw = json.load(file)
    raw["context"].pop("host_name", None)
    runs = [run for run in raw["benchmarks"] if run.get("aggregate_name", "median") == "median"]
    with open(path, "w", encoding="utf-8") as file:
        file.write('{"context": ' + json.dumps(raw["context"]) + ',\n"benchmarks": [\n')
        file.write(",\n".join(json.dumps(run) for run in runs) + "\n]}\n")


def exponent(points, last=3):
    """The least-squares slope in log-log over the `last` points; None with fewer than three."""
    points = sorted(points)[-last:]
    if len(points) < 3:
        return None
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return (sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) /
            sum((x - mean_x) ** 2 for x in xs))


def is_in_m_sweep(case):
    """These are n = 10^4 and 10^6 with every m; all others are in the sweep of n."""
    return case.workload == "uniform" and case.rule == "plain" and case.n in (10_000, 1_000_000)


def n_sweep(cases):
    """{(workload, rule, form): [case, ...] by n}; workloads, rules and forms in the order in which they first ran."""
    groups, first = {}, {}
    for case in cases:
        if is_in_m_sweep(case) and case.m != 100:
            continue
        groups.setdefault((case.workload, case.rule, case.form), []).append(case)
        for what in (case.workload, case.rule, case.form):
            first.setdefault(what, len(first))
    keys = sorted(groups, key=lambda key: [first[what] for what in key])
    return {key: sorted(groups[key], key=lambda case: case.n) for key in keys}


def m_sweep(cases):
    """{(form, n): [case, ...] by m}."""
    groups = {}
    for case in cases:
        if is_in_m_sweep(case):
            groups.setdefault((case.form, case.n), []).append(case)
    return {key: sorted(group, key=lambda case: case.m) for key, group in groups.items() if len(group) > 1}


def time_text(seconds):
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale or unit == "µs":
            return f"{seconds / scale:.3g} {unit}"


def power_text(n):
    digits = len(str(n)) - 1
    return f"10^{digits}" if n == 10 ** digits else f"{n:,}"
