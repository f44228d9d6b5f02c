"""Time and memory of `discover` by stage on packed ledgers of difficulty hard, farms and accounts in proportion to the rows, with
all stories, and with exchanges as a third of the rows (hubs). Nothing is written but the packed ledgers, 62 bytes a row.

Seconds: of the repetition that was fastest in all. Processor: its user and system time. Exponent: the slope between the
largest two ledgers, of the processor time, and of the work that is counted (pairs of payments and of edges compared, searches,
candidates), which does not depend on what else the machine does.
"""

import json
import math
import os
import resource
import subprocess

from ledgers import table

CASES = {"all stories": (), "exchanges": ("--emphasise", "exchanges")}
WORK = ("windows", "paths", "lookups", "sampled", "candidates")


def add_options(parser):
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))


def packed(bench, rows, options):
    """Generated into a pipe: the export would take five times the disk."""
    folder = bench.work / "generated"
    folder.mkdir(exist_ok=True)
    pipe, ledger = folder / "transactions.csv", bench.work / "speed.ledger"
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    command = ["generate", "--difficulty", "hard", "--transactions", rows, "--accounts", rows * 3 // 20,
               "--farms", max(1, rows // 40_000), "-o", folder, "--overwrite", "-q", *options]
    generate = subprocess.Popen([bench.program, *map(str, command)])
    bench.ringscan("import", pipe, "-o", ledger, "--overwrite")
    if generate.wait():
        raise subprocess.CalledProcessError(generate.returncode, command)
    return ledger


def processor_seconds():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def measure(bench, options):
    stages, rows, raw = [], [], []
    for case in options.cases:
        runs = []
        for size in options.rows:
            ledger = packed(bench, size, CASES[case])
            repeats = []
            for _ in range(options.repeats):
                before = processor_seconds()
                bench.ringscan("discover", ledger, "-o", bench.work / "result.json", "--overwrite", "--stats", bench.work / "stats.json")
                stats = json.loads((bench.work / "stats.json").read_text())
                (bench.work / "stats.json").unlink()
                repeats.append(stats | {"processor": processor_seconds() - before})
            ledger.unlink()
            best = min(repeats, key=lambda stats: stats["seconds"])
            runs.append(best | {"processor": min(stats["processor"] for stats in repeats),
                                "work": sum(best["counts"][name] for name in WORK)})
            raw.append({"case": case, "rows": size, "repeats": repeats})
        stages = list(runs[-1]["phases"])
        for run in runs:
            seconds = run["phases"].values()
            rows.append([case, f"{run['counts']['transactions']:,}", *(f"{value:.2f}" for value in seconds), f"{run['seconds']:.2f}",
                         f"{run['processor']:.2f}", f"{run['peak_anonymous_bytes'] / 2**20:.0f}",
                         f"{run['work'] / run['counts']['transactions']:.1f}"])
        if len(runs) > 1:
            last, before = runs[-1], runs[-2]
            growth = math.log(last["counts"]["transactions"] / before["counts"]["transactions"])

            def exponent(a, b):
                return f"{math.log(b / a) / growth:.2f}" if a > 0 and b > 0 else "–"
            rows.append([case, "exponent", *(exponent(before["phases"][name], last["phases"][name]) for name in stages),
                         exponent(before["seconds"], last["seconds"]), exponent(before["processor"], last["processor"]),
                         exponent(before["peak_anonymous_bytes"], last["peak_anonymous_bytes"]), exponent(before["work"], last["work"])])
    head = ["ledger", "transactions", *stages, "seconds", "processor", "MiB", "work a transaction"]
    return table(head, rows), raw
