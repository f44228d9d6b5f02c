#!/usr/bin/env python3
"""usage: bench/quality/signals.py --observe PROGRAM --ringscan PROGRAM [--seeds 1 2] [--difficulties easy medium hard]

What the signals beside the tests are worth: their medians over the reports of `discover` that hit a planted farm, and over
innocent candidates with three workers or more that a gate turned away (of each merchant the one with most workers, none of
whose merchants belongs to a farm). Shares of nothing are left out.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

import evaluate


def share(figures, what):
    return figures[what] / figures["of_" + what] if figures["of_" + what] else None


def signals(found):
    """Name -> value, None where there is nothing to divide by."""
    burst, funder = found["burst"], found["funder"]
    return {
        "has a burst (share)": float(burst is not None),
        "burst: purchases in it": burst and share(burst, "purchases"),
        "burst: times the ledger's share": burst and burst["ratio"],
        "burst: −log10 p": burst["minus_log10_p"] if burst else 0.0,
        "synchrony: workers": share(found["synchrony"], "workers"),
        "synchrony: others": share(found["synchrony"], "others"),
        "equal amounts: rewards": share(found["equal_amounts"], "rewards"),
        "equal amounts: purchases": share(found["equal_amounts"], "purchases"),
        "fresh: workers": share(found["fresh"], "workers"),
        "fresh: others": share(found["fresh"], "others"),
        "inside: payments": share(found["inside"], "payments"),
        "inside: workers": share(found["inside"], "workers"),
        "funder: workers": share(funder, "workers"),
        "funder: −log10 p": funder["minus_log10_p"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--observe", required=True)
    parser.add_argument("--ringscan", required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--difficulties", nargs="+", default=["easy", "medium", "hard"])
    options = parser.parse_args()
    groups = {f"farms, {difficulty}": [] for difficulty in options.difficulties} | {"innocent candidates": []}
    with tempfile.TemporaryDirectory(prefix="ringscan-signals-") as work:
        for difficulty in options.difficulties:
            for seed in options.seeds:
                folder = pathlib.Path(work) / f"{difficulty}-{seed}"
                subprocess.run([options.ringscan, "generate", "--difficulty", difficulty, "--seed", str(seed), "-o",
                                folder, "-q"], check=True)
                ledger, result = folder / "transactions.csv", folder / "result.json"
                planted = evaluate.planted_farms(json.loads((folder / "truth.json").read_text()))
                guilty = evaluate.union(planted, "merchants") | evaluate.union(planted, "delegations")
                subprocess.run([options.ringscan, "discover", ledger, "-o", result, "-q"], check=True)
                found = json.loads(result.read_text())
                for report, accounts in zip(found["farms"], evaluate.reported_farms(found)):
                    if any(evaluate.matches(accounts, farm) for farm in planted):
                        groups[f"farms, {difficulty}"].append(report)
                lines = subprocess.run([options.observe, ledger], check=True, capture_output=True)
                for candidate in map(json.loads, lines.stdout.splitlines()):
                    if candidate["gate"] != "none" and not guilty & set(candidate["merchants"]):
                        groups["innocent candidates"].append(candidate)
                subprocess.run(["rm", "-r", folder], check=True)
    print("| signal | " + " | ".join(f"{name} ({len(group)})" for name, group in groups.items()) + " |")
    print("|---" * (1 + len(groups)) + "|")
    table = [[signals(candidate["signals"]) for candidate in group] for group in groups.values()]
    for name in table[0][0]:
        values = [[one[name] for one in group if one[name] is not None] for group in table]
        middle = [statistics.mean(group) if name == "has a burst (share)" else statistics.median(group) for group in values]
        print(f"| {name} | " + " | ".join(f"{value:.2f}" for value in middle) + " |")


if __name__ == "__main__":
    main()
