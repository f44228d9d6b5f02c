"""What `discover` reports where there are no farms: ledgers with the background of difficulty hard alone, 400,000 rows each,
N seeds; how many reports there are at each cut, their scores, and what they are in truth.

Intervals of the share of ledgers with a report: Clopper and Pearson, 95 %.
"""

import collections
import math

from ledgers import read, table

CUTS = (4, 6, 8, 9, 10, 11, 12, 14, 16, 20)


def add_options(parser):
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=3001)


def binomial_cdf(count, trials, chance):
    return sum(math.comb(trials, i) * chance**i * (1 - chance) ** (trials - i) for i in range(count + 1))


def bisect(is_low):
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if is_low(middle) else (low, middle)
    return low


def interval(count, trials):
    lower = bisect(lambda p: 1 - binomial_cdf(count - 1, trials, p) < 0.025) if count else 0.0
    upper = bisect(lambda p: binomial_cdf(count, trials, p) > 0.025) if count < trials else 1.0
    return lower, upper


def story_of(farm, stories):
    """What most of the report's merchants are, and who pays."""
    def most(entries):
        names = collections.Counter(name for entry in entries for name in stories[entry["account"]] or ["people"])
        return max(sorted(names), key=names.get) if names else "themselves"
    return f"{most(farm['merchants'])} paid back by {most(farm['delegations'])}"


def measure(bench, options):
    ledgers = []
    for seed in range(options.first, options.first + options.seeds):
        with bench.ledger("hard", seed, "--farms", 0) as folder:
            result = bench.discover(folder / "transactions.csv", "--min-score", 0)
            stories = collections.defaultdict(list)
            for actor in read(folder / "truth.json")["actors"]:
                stories[actor["account"]].append(f"{actor['story']}/{actor['role']}")
            ledgers.append([{"score": farm["score"], "model": farm["model"], "workers": len(farm["workers"]),
                             "story": story_of(farm, stories)} for farm in result["farms"]])
    rows = []
    for cut in CUTS:
        reports = [sum(report["score"] >= cut for report in ledger) for ledger in ledgers]
        hit = sum(count > 0 for count in reports)
        low, high = interval(hit, len(ledgers))
        rows.append([cut, sum(reports), f"{sum(reports) / len(ledgers):.3f}", f"{hit} of {len(ledgers)}",
                     f"{hit / len(ledgers):.3f}", f"{low:.3f} to {high:.3f}"])
    text = table(["cut", "reports", "reports a ledger", "ledgers with one", "share", "95 % of it"], rows)
    scores = sorted((report["score"] for ledger in ledgers for report in ledger), reverse=True)
    text += "\n\nHighest scores: " + ", ".join(f"{score:.1f}" for score in scores[:20])
    kinds = collections.Counter((report["story"], report["model"]) for ledger in ledgers for report in ledger if report["score"] >= 10)
    text += "\n\n" + table(["report from 10 on: what its merchants and payers are", "told as", "reports"],
                           [[story, model, count] for (story, model), count in kinds.most_common()])
    return text, ledgers
