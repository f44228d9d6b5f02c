#!/usr/bin/env python3
"""usage: smoke_test.py RINGSCAN ABLATE

What `run` measures with, on small cases: parts are left out one at a time and change what they should, and the arithmetic
of intervals, cycles and costs against values known from elsewhere.
"""

import pathlib
import subprocess
import sys
import tempfile

ringscan, ablate = sys.argv[1:]
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import evaluate  # noqa: E402
import farm_free  # noqa: E402
import hiding  # noqa: E402
import temporal_cycles  # noqa: E402
from ledgers import mean, read, table  # noqa: E402


def expect(holds, what):
    if not holds:
        sys.exit(f"smoke_test: {what}")


def run(*command):
    subprocess.run([str(word) for word in command], check=True)


def check_arithmetic():
    # Clopper and Pearson: 0 of n ends at 1 - 0.025^(1/n).
    low, high = farm_free.interval(0, 200)
    expect(low == 0 and abs(high - (1 - 0.025 ** (1 / 200))) < 1e-9, f"interval of 0 of 200: {low}, {high}")
    low, high = farm_free.interval(10, 10)
    expect(high == 1 and abs(low - 0.025 ** (1 / 10)) < 1e-9, f"interval of 10 of 10: {low}, {high}")
    middle, error = mean([1, 3])
    expect(middle == 2 and abs(error - 1.96) < 1e-9, "mean of 1 and 3")
    expect(table(["a"], [[1]]) == "| a |\n| --- |\n| 1 |", "table")
    # Money back at 12 for purchases at 10 and 11, not for that at 12, nor for one 21 days and a second before.
    late = temporal_cycles.WITHIN
    expect(temporal_cycles.begun([10, 11, 12], None, [12]) == 2, "cycles of two steps")
    expect(temporal_cycles.begun([10, 11], [11], [12]) == 1, "cycles of three steps")
    expect(temporal_cycles.begun([0], None, [late + 1]) == 0 and temporal_cycles.begun([0], None, [late]) == 1, "window of cycles")


def check_costs():
    def step(kind, task, tx, day, amount):
        return {"task": task, "step": kind, "tx": tx, "time": day * 86_400, "amount": str(amount)}
    # One payment of 330 for two tasks of 100 and 200, after 2 days and after 1.
    steps = [step("purchase", 0, "a", 0, 100), step("reward", 0, "c", 2, 330), step("purchase", 1, "b", 1, 200),
             step("reward", 1, "c", 2, 330)]
    farm = {"model": "enhanced", "steps": steps, "delegations": [], "traits": {"fake_percent": 25, "campaign_days": 5}}
    expect(hiding.costs(farm) == {"reward": 1.1, "days": 1.5, "campaign": 5, "delegations": None, "honest": 3.0},
           f"costs of a farm: {hiding.costs(farm)}")


def ablations(folder, difficulty, farms, seed):
    """The truth, and the results without each part."""
    run(ringscan, "generate", "--difficulty", difficulty, "--farms", farms, "--accounts", 1000 + 1000 * farms, "--transactions",
        10000 * farms, "--days", 75, "--seed", seed, "-o", folder, "-q")
    run(ablate, folder / "transactions.csv", folder)
    listed = subprocess.run([ablate, "--list"], check=True, capture_output=True, text=True).stdout.splitlines()
    return read(folder / "truth.json"), {name: read(folder / f"{name}.json") for name in (line.split("\t")[0] for line in listed)}


def check_easy(folder):
    truth, results = ablations(folder, "easy", 2, 1)
    run(ringscan, "discover", folder / "transactions.csv", "--min-score", 0, "-o", folder / "whole.json", "-q")
    expect(results["none"] == read(folder / "whole.json"), "with nothing left out it is not discover")
    hit = {name: evaluate.evaluate(truth, result)["hits"] for name, result in results.items()}
    expect(hit["none"] == 6 and hit["source-direct"] == 2, f"farms hit: {hit}")
    for name in ("score-time", "score-amount", "score-chance", "score-funding"):
        scores = [max(farm["score"] for farm in results[part]["farms"]) for part in ("none", name)]
        expect(scores[1] < scores[0], f"{name} leaves scores as high: {scores}")
    bad = subprocess.run([ablate, folder / "transactions.csv", folder, "--without", "luck"], capture_output=True, text=True)
    expect(bad.returncode == 1 and "luck" in bad.stderr, "a part that there is not")


def check_hard(folder):
    """Every part that is left out is missed in one of two ledgers, but for two gates that others stand in for in so small ones."""
    same = None
    for seed in (7, 15):
        _, results = ablations(folder / str(seed), "hard", 3, seed)
        equal = {name for name in results if results[name] == results["none"]}
        same = equal if same is None else same & equal
        expect(results["totals"] != results["gate-unbalanced"], "totals are still balanced")
        for name, result in results.items():
            gate = name.removeprefix("gate-").replace("-", "_")
            if name.startswith("gate-") and gate in result["candidates"] and gate != "few_workers":
                expect(result["candidates"][gate] == 0, f"{name}: {result['candidates']}")
    expect(same == {"none", "gate-immediate", "gate-prefunded-sweep"}, f"left out without a difference: {sorted(same)}")


check_arithmetic()
check_costs()
for check in (check_easy, check_hard):
    with tempfile.TemporaryDirectory() as name:
        check(pathlib.Path(name))
