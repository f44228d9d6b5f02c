"""`discover` without each part of its method, on ledgers of difficulty medium and hard with farms and of difficulty hard
without, N seeds each (ablate.cpp has the parts). Differences are paired by seed.

Workers, merchants, false reports (those that hit no farm): at the cut, score 10. A score with fewer terms is lower, so
there is also the F1 of workers at the cut that is best for the part's absence (of CUTS, one for all seeds), and AP of all
that is ranked, without a cut.
"""

import subprocess

import evaluate
from ledgers import mean, read, table

CUT, CUTS = 10, range(0, 31, 2)
NAMES = {"workers": "workers F1", "best": "at its best cut", "merchants": "merchants F1", "ap": "AP"}


def add_options(parser):
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first", type=int, default=2001)
    parser.add_argument("--only", nargs="+", metavar="PART", help="these parts (default: all that ablate lists)")


def figures_of(truth, result):
    ranking = evaluate.evaluate(truth, result)
    planted = evaluate.union(evaluate.planted_farms(truth), "workers")
    at_cuts = [evaluate.rates({worker["account"] for farm in result["farms"] if farm["score"] >= cut
                               for worker in farm["workers"]}, planted)["f1"] for cut in CUTS]
    result["farms"] = [farm for farm in result["farms"] if farm["score"] >= CUT]
    cut = evaluate.evaluate(truth, result)
    return {"workers": cut["workers"]["f1"], "merchants": cut["merchants"]["f1"], "ap": ranking["average_precision"],
            "false": cut["reports"] - cut["hits"], "hits": cut["hits"], "at_cuts": at_cuts,
            "candidates": sum(result["candidates"].values())}


def choose_best_cut(seeds):
    best = max(range(len(CUTS)), key=lambda i: sum(figures["at_cuts"][i] for figures in seeds))
    for figures in seeds:
        figures["best"] = figures["at_cuts"][best]


def measure(bench, options):
    listed = subprocess.run([bench.ablate, "--list"], check=True, capture_output=True, text=True).stdout
    parts = dict(line.split("\t") for line in listed.splitlines())
    if options.only:
        parts = {part: parts[part] for part in ["none", *options.only]}
    without = [word for part in parts for word in ("--without", part)]
    raw = {case: {part: [] for part in parts} for case in ("medium", "hard", "farm-free")}
    for case in raw:
        for seed in range(options.first, options.first + options.seeds):
            farms = ("--farms", 0) if case == "farm-free" else ()
            with bench.ledger("hard" if farms else case, seed, *farms) as folder:
                subprocess.run([bench.ablate, folder / "transactions.csv", folder, *without], check=True)
                truth = read(folder / "truth.json")
                for part in parts:
                    raw[case][part].append(figures_of(truth, read(folder / f"{part}.json")))

    for case in raw.values():
        for seeds in case.values():
            choose_best_cut(seeds)

    def change(case, part, name):
        before, after = raw[case]["none"], raw[case][part]
        if part == "none":
            return "{:.3f}".format(mean(f[name] for f in after)[0])
        middle, interval = mean(b[name] - a[name] for a, b in zip(before, after))
        return "0" if middle == interval == 0 else f"{middle:+.3f} ± {interval:.3f}"

    def total(case, part, name):
        return sum(f[name] for f in raw[case][part])

    rows = []
    for part, meaning in parts.items():
        cells = [change(case, part, name) for case in ("medium", "hard") for name in NAMES]
        false = " / ".join(str(total(case, part, "false")) for case in raw)
        work = sum(total(case, part, "candidates") for case in raw) / sum(total(case, "none", "candidates") for case in raw)
        rows.append([f"`{part}`", meaning, *cells, false, f"{work:.2f}"])
    head = ["left out", "so that", *(f"{case}: {name}" for case in ("medium", "hard") for name in NAMES.values()),
            "false: medium / hard / farm-free", "candidates"]
    return table(head, rows), raw
