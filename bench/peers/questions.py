"""The questions, the ledgers that they are asked of, and the constants that every engine's form is given."""

import time

QUORUM = 8  # merchants at which a worker is a suspect
SHARE = (1, 20)  # --min-share 0.05, as a fraction
GAIN_TENTHS = 2  # --max-gain 0.2

LISTED = "few"  # about 100 merchants: customers, suspects and workers; else hits and pairs over all receivers


class Question:
    def __init__(self, ledger, text, options, kind=LISTED, goal=""):
        self.ledger, self.text, self.options, self.kind, self.goal = ledger, text, options, kind, goal

    def ringscan(self, program, folder, facts, answer):
        options = [option.format(within=f"{facts['within']}s") for option in self.options]
        chosen = ["--merchants", str(folder / "merchants.txt"), "--quorum", str(QUORUM)]
        if self.kind != LISTED:
            chosen = ["--merchants", "all", "--count"]
        return [program, "scan", str(folder / "ledger.ledger"), *chosen, *options, "-o", str(answer), "--overwrite", "-q",
                "--format", "json"]


FEW_GOAL = "50x the best peer, or 10 ms"
ALL_GOAL = "20x the best peer with a quarter of its memory"
BAND = ["--within", "{within}", "--max-gain", f"0.{GAIN_TENTHS}"]
QUESTIONS = {
    "plain": Question("power-law", "Algorithm 1, 100 merchants", [], goal=FEW_GOAL),
    "share": Question("power-law", "Algorithm 3, 100 merchants", ["--rule", "share", "--min-share", str(SHARE[0] / SHARE[1])],
                      goal=FEW_GOAL),
    "band": Question("power-law", "--within --max-gain, 100 merchants", BAND, goal=FEW_GOAL),
    "advanced": Question("power-law", "--model advanced (delegated 3-cycles), 100 merchants", ["--model", "advanced"],
                         goal=FEW_GOAL),
    "all": Question("power-law", "Algorithm 1, all receivers, hits and distinct pairs", [], "all", ALL_GOAL),
    "all-uniform": Question("uniform", "Algorithm 1, all receivers, hits and distinct pairs, uniform ledger", [], "all", ALL_GOAL),
    "hot": Question("hot-account", "Algorithm 1, 100 merchants, a customer with a tenth of all receipts", [],
                    goal="20x the best robust form; 1,000x EXISTS at 2*10^7 rows"),
}
LISTED_MERCHANTS = {"power-law": lambda rows: rows // 1000, "uniform": lambda rows: rows // 1000, "hot-account": lambda rows: 1000}


def listed_merchants(ledger, rows):
    """How many merchants share the tenth of the rows that are purchases."""
    return max(min(100, rows // 20), min(LISTED_MERCHANTS[ledger](rows), rows // 100))


def plain_answer(result):
    """ringscan's result as every form gives it."""
    if "hits" in result:
        return {"hits": result["hits"], "pairs": result["pairs"]}
    return listed_answer(((int(m["account"]), m["customers"], m["suspects"]) for m in result["merchants"]),
                         (int(worker["account"]) for worker in result["workers"]))


def listed_answer(merchants, workers):
    return {"merchants": {str(m): [int(customers), int(suspects)] for m, customers, suspects in merchants if customers},
            "workers": sorted(int(worker) for worker in workers)}


def clock():
    return time.monotonic(), time.process_time()


def since(begin):
    """Seconds and processor seconds of this process."""
    return {"query_seconds": time.monotonic() - begin[0], "query_cpu": time.process_time() - begin[1]}
