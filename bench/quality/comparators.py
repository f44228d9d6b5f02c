"""Other methods on the ledgers of `planted`, by the same evaluation: Algorithm 1 with every receiver a merchant, dense
subgraphs, temporal cycles, and communities with a classifier.

Tests are N seeds of each difficulty. What a method has to learn or choose (forests; thresholds and the resolution of
communities) it learns from two other seeds of the same difficulty and chooses on a third, for the best F1 of workers or
merchants. Methods that name accounts without groups have no AP. Seconds: a ledger, processor time; without reading it
and without learning, but discover and Algorithm 1 with reading.
"""

import time

import communities
import dense_subgraphs
import evaluate
import resource
import temporal_cycles
from ledger_table import LedgerTable, as_result
from ledgers import DIFFICULTIES, mean, read, table, with_interval

LEARN, CHOOSE = (11, 12), 13


def add_options(parser):
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=2001)
    parser.add_argument("--difficulties", nargs="+", choices=DIFFICULTIES, default=DIFFICULTIES)


def clock(work, *arguments):
    """What it gives, and processor time of this process and its children."""
    def seconds():
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime

    before = seconds()
    answer = work(*arguments)
    return answer, seconds() - before


def algorithm_1(bench, folder, table):
    """The paper's rule without a list of merchants: a worker is a suspect within 21 days and a fifth, a merchant is one of
    whose customers half are."""
    merchants, result = folder / "receivers.txt", folder / "algorithm1.csv"
    merchants.write_text("\n".join(sorted(table.names(set(table.payee.tolist())))) + "\n")
    bench.ringscan("scan", folder / "transactions.csv", "--merchants", merchants, "--rule", "share", "--min-share", "0.5",
                   "--quorum", "1", "--within", "21d", "--max-gain", "0.2", "-o", result)
    found = {"workers": set(), "merchants": set()}
    with open(result) as rows:
        next(rows)
        for row in rows:
            worker, merchant, _, _, _, share = row.split(",")[:6]
            found["workers"].add(worker)
            if float(share) > 0.5:
                found["merchants"].add(merchant)
    return [found]


class Learner:
    """What a difficulty's seeds LEARN and CHOOSE give for the seeds that are tested."""

    def __init__(self, ledgers):
        learnt, (self.table, prepared, farms) = ledgers[:-1], ledgers[-1]
        self.planted = {role: evaluate.union(farms, role) for role in communities.ROLES}
        pairs = [(prepared, farms) for _, prepared, farms in learnt]
        counts = temporal_cycles.cycle_counts(self.table)
        self.cycles = [self.best(role, temporal_cycles.THRESHOLDS,
                                 lambda least: temporal_cycles.suspects(self.table, counts, (least, least)))
                       for role in ("workers", "merchants")]
        chosen = []
        for resolution in communities.RESOLUTIONS:
            model = communities.Communities(pairs, resolution)
            chances = model.chances(prepared)

            def groups(threshold):
                farms = model.farms(prepared, chances, threshold)
                return {role: set().union(*(farm[role] for farm in farms)) for role in ("workers", "merchants")}
            threshold = self.best("workers", communities.THRESHOLDS, groups)
            chosen.append((self.f1("workers", groups(threshold)), model, threshold))
        _, self.communities, self.threshold = max(chosen, key=lambda choice: choice[0])
        self.accounts = communities.Accounts(pairs, self.communities.resolution)
        chances = self.accounts.chances(prepared)
        self.thresholds = [self.best(role, communities.THRESHOLDS,
                                     lambda least: self.accounts.suspects(prepared, chances, [least] * 3))
                           for role in communities.ROLES]

    def f1(self, role, found):
        return evaluate.rates(found.get(role, set()), self.planted[role])["f1"]

    def best(self, role, thresholds, found_at):
        return max(thresholds, key=lambda threshold: self.f1(role, found_at(threshold)))

    def by_cycles(self, table):
        return [temporal_cycles.suspects(table, temporal_cycles.cycle_counts(table), self.cycles)]

    def by_communities(self, table):
        prepared = communities.Prepared(table, [self.communities.resolution])
        return self.communities.farms(prepared, self.communities.chances(prepared), self.threshold)

    def by_accounts(self, table):
        prepared = communities.Prepared(table, [self.accounts.resolution])
        return [self.accounts.suspects(prepared, self.accounts.chances(prepared), self.thresholds)]


def learn(bench, difficulty):
    ledgers = []
    for seed in (*LEARN, CHOOSE):
        with bench.ledger(difficulty, seed) as folder:
            own = LedgerTable(folder / "transactions.csv")
            ledgers.append((own, communities.Prepared(own), evaluate.planted_farms(read(folder / "truth.json"))))
    return Learner(ledgers)


def measure(bench, options):
    rows, raw = [], []
    for difficulty in options.difficulties:
        learner, learning = clock(learn, bench, difficulty)
        figures = {}
        for seed in range(options.first, options.first + options.seeds):
            with bench.ledger(difficulty, seed) as folder:
                truth, own = read(folder / "truth.json"), LedgerTable(folder / "transactions.csv")
                methods = {
                    "discover": lambda: bench.discover(folder / "transactions.csv"),
                    "Algorithm 1, every receiver": lambda: as_result(algorithm_1(bench, folder, own)),
                    "FRAUDAR": lambda: as_result(dense_subgraphs.dense_subgraphs(own)),
                    "temporal cycles": lambda: as_result(learner.by_cycles(own)),
                    "Louvain, forest of communities": lambda: as_result(learner.by_communities(own)),
                    "Louvain, forest of accounts": lambda: as_result(learner.by_accounts(own)),
                }
                for name, method in methods.items():
                    result, seconds = clock(method)
                    own_figures = evaluate.evaluate(truth, result)
                    figures.setdefault(name, []).append(own_figures | {"seconds": seconds})
        for name, seeds in figures.items():
            cells = [" / ".join(f"{mean(f['workers'][rate] for f in seeds)[0]:.3f}" for rate in ("precision", "recall")),
                     with_interval(f["workers"]["f1"] for f in seeds), with_interval(f["merchants"]["f1"] for f in seeds)]
            has_groups = name in ("discover", "FRAUDAR", "Louvain, forest of communities")
            score = with_interval(f["average_precision"] for f in seeds) if has_groups else "–"
            rows.append([difficulty, name, *cells, score, f"{mean(f['seconds'] for f in seeds)[0]:.1f}"])
        raw.append({"difficulty": difficulty, "seconds_of_learning": learning, "methods": figures,
                    "resolution": learner.communities.resolution, "cycles": learner.cycles})
    head = ["difficulty", "method", "workers P / R", "workers F1", "merchants F1", "AP", "seconds"]
    return table(head, rows), raw
