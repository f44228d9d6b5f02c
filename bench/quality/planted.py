"""How well `discover` finds what `generate` planted: for every difficulty ledgers with farms of all models together and of
each model alone, N seeds each.

Prints means with 95 % intervals of the mean (normal). Seeds from 1001 to 1010 were never looked at while the method was
made; 1 and 2 were.
"""

import evaluate
from ledgers import DIFFICULTIES, mean, read, table, with_interval

MODELS = ("all", "basic", "enhanced", "advanced")


def add_options(parser):
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=1001)


def row(difficulty, model, figures):
    def f1(role):
        return with_interval(f[role]["f1"] for f in figures)

    workers = " / ".join(f"{mean(f['workers'][rate] for f in figures)[0]:.3f}" for rate in ("precision", "recall"))
    totals = " / ".join(str(sum(f[name] for f in figures)) for name in ("hits", "reports", "farms"))
    score = with_interval(f["average_precision"] for f in figures)
    return [difficulty, model, f"{workers} / {f1('workers')}", f1("merchants"), f1("delegations"), f1("evidence"), score, totals]


def measure(bench, options):
    rows, raw = [], []
    for difficulty in DIFFICULTIES:
        for model in MODELS:
            figures = []
            for seed in range(options.first, options.first + options.seeds):
                with bench.ledger(difficulty, seed, "--model", model) as folder:
                    result = bench.discover(folder / "transactions.csv")
                    figures.append(evaluate.evaluate(read(folder / "truth.json"), result))
            rows.append(row(difficulty, model, figures))
            raw.append({"difficulty": difficulty, "model": model, "seeds": figures})
    head = ["difficulty", "models", "workers P / R / F1", "merchants F1", "delegations F1", "evidence F1", "AP",
            "hit / reported / planted"]
    return table(head, rows), raw
