"""What a farm pays for being hard to find, and what it gets for it: one trait at a time, in several strengths, everything else
as in BASE; N seeds of ledgers of 400,000 rows with farms of all models (advanced alone where the trait is theirs), at
the default cut. Told as refunds: farms that `refunds` lists.

From the planted truth: reward a sale: what is paid back, by the prices of all fake sales. Days: from a purchase to its
last reward, median (basic model: from the money to the purchase). Delegations: a farm (advanced model). Honest: sales
to others that each fake one needs.
"""

import statistics

import evaluate
from ledgers import mean, read, table, with_interval

BASE = {"workers": 30, "merchants": 2, "delegations": 1, "fake": 60, "tasks": "1-3", "attendance": 80, "delay": 48, "gain": 100,
        "campaign": 10, "moonlight": 60, "split": 0, "batched": 0, "unpaid": 0, "drip": 0, "payroll": 0, "exchange": 0,
        "prefunded": 0, "swept": 0, "shared": 0}
TRAITS = [  # what it does, models, the strengths: changes of traits, options of discover
    ("nothing", "all", [({}, ())]),
    ("drips: a campaign of so many days", "all", [({"campaign": days}, ()) for days in (1, 30, 60, 85)]),
    ("splits so many percent of the rewards", "all", [({"split": percent}, ()) for percent in (25, 50, 75, 100)]),
    ("batches so many percent", "all", [({"batched": percent}, ()) for percent in (25, 50, 75, 100)]),
    ("mixes in honest trade: so many percent fake", "all", [({"fake": percent}, ()) for percent in (30, 15, 8, 4, 2)]),
    ("pays less: so many permille more than the price", "all", [({"gain": permille}, ()) for permille in (50, 20, 10, 5, 2)]),
    ("pays more", "all", [({"gain": permille}, ()) for permille in (200, 300, 600)]),
    ("pays later: within so many hours", "all", [({"delay": hours}, ()) for hours in (168, 336, 480)]),
    ("pays later than discover looks (480 hours)", "all", [({"delay": 480}, ("--within", within)) for within in ("14d", "7d", "3d")]),
    ("leaves so many percent unpaid", "all", [({"unpaid": percent}, ()) for percent in (20, 40, 60, 80)]),
    ("pays all in one sweep", "all", [({"swept": percent}, ()) for percent in (50, 100)]),
    ("pays salaries as well", "all", [({"payroll": 100}, ())]),
    ("is small: so many workers", "all", [({"workers": count}, ()) for count in (15, 8, 5, 3)]),
    ("spreads over so many merchants", "all", [({"merchants": count}, ()) for count in (1, 6, 12, 24)]),
    ("small and mixed: 8 workers, so many percent fake", "all", [({"workers": 8, "fake": percent}, ()) for percent in (30, 8, 2)]),
    ("nothing", "advanced", [({}, ())]),
    ("rotates so many delegations", "advanced", [({"delegations": count}, ()) for count in (2, 4, 8, 16)]),
    ("funds them first", "advanced", [({"prefunded": 100}, ())]),
    ("shares one with another farm", "advanced", [({"shared": 100}, ())]),
    ("pays through an exchange", "advanced", [({"exchange": percent}, ()) for percent in (50, 100)]),
]


def add_options(parser):
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=2001)
    parser.add_argument("--traits", nargs="+", help="only those whose words contain one of these", default=[""])


def costs(farm):
    """Of one planted farm; None where it has no tasks."""
    first, then = ("fund", "purchase") if farm["model"] == "basic" else ("purchase", "reward")
    tasks, paid = {}, {}
    for step in farm["steps"]:
        if step["tx"] and step["step"] in ("fund", "purchase", "reward"):
            tasks.setdefault(step["task"], {}).setdefault(step["step"], []).append(step)
            if step["step"] == ("fund" if farm["model"] == "basic" else "reward"):
                paid[step["tx"]] = int(step["amount"])
    prices = sum(int(task["purchase"][0]["amount"]) for task in tasks.values())
    days = [(task[then][-1]["time"] - task[first][0]["time"]) / 86_400 for task in tasks.values() if first in task and then in task]
    if not tasks or not days:
        return None
    fake = farm["traits"]["fake_percent"]
    return {"reward": sum(paid.values()) / prices, "days": statistics.median(days), "campaign": farm["traits"]["campaign_days"],
            "delegations": len(farm["delegations"]) if farm["model"] == "advanced" else None, "honest": (100 - fake) / fake}


def middle(values, digits):
    known = [value for value in values if value is not None]
    return f"{statistics.mean(known):.{digits}f}" if known else "–"


def measure(bench, options):
    rows, raw = [], []
    for meaning, models, strengths in TRAITS:
        if not any(word in meaning for word in options.traits):
            continue
        for changes, more in strengths:
            seeds, paid = [], []
            text = ",".join(f"{name}={value}" for name, value in (BASE | changes).items())
            for seed in range(options.first, options.first + options.seeds):
                with bench.ledger("medium", seed, "--model", models, "--farm-traits", text) as folder:
                    truth = read(folder / "truth.json")
                    result = bench.discover(folder / "transactions.csv", *more)
                    farms = evaluate.planted_farms(truth)
                    hits_by_model = {}
                    reports = evaluate.reported_farms(result)
                    refunds = evaluate.reported_farms({"farms": result["refunds"]})
                    for farm in farms:
                        found = any(evaluate.matches(report, farm) for report in reports)
                        hits_by_model.setdefault(farm["model"], []).append(found)
                    seeds.append(evaluate.evaluate(truth, result) | {"hits_by_model": hits_by_model,
                                                                     "refunds": evaluate.average_precision(refunds, farms)[1]})
                    paid += [cost for cost in map(costs, truth["farms"]) if cost]
            strength = " ".join([str(value) for value in changes.values()][-1:] + list(more)) or "–"
            by_model = {model: [hit for f in seeds for hit in f["hits_by_model"].get(model, [])]
                        for model in ("basic", "enhanced", "advanced")}
            rows.append([meaning, strength,
                         f"{sum(f['hits'] for f in seeds)} of {sum(f['farms'] for f in seeds)}",
                         " ".join(f"{sum(hits)}" if hits else "–" for hits in by_model.values()),
                         sum(f["refunds"] for f in seeds),
                         with_interval(f["workers"]["recall"] for f in seeds),
                         f"{mean(f['merchants']['recall'] for f in seeds)[0]:.2f}",
                         *(middle([cost[name] for cost in paid], digits)
                           for name, digits in (("reward", 3), ("days", 1), ("campaign", 0), ("delegations", 1), ("honest", 1)))])
            raw.append({"trait": meaning, "models": models, "changes": changes, "options": more, "seeds": seeds, "costs": {name: middle([cost[name] for cost in paid], 4) for name in paid[0]}})
    head = ["the farm", "strength", "farms hit", "basic, enhanced, advanced", "told as refunds", "workers' recall", "merchants' recall",
            "reward a sale", "days", "days of campaign", "delegations", "honest"]
    return table(head, rows), raw
