"""Ledgers that nobody here wrote, from the folder that RINGSCAN_TEST_DATA or --data names; what is not there is left out and
said so.

Loops: sales of an NFT collection that are labelled as wash trades, with their rings. Nearly all sales are, so they are
also diluted: each ring alone among the ordinary sales; and all rings, and all but the largest, among the ordinary sales
and the payments of a day of Ethereum and of a token, moved into their time and taken for sales. A sale counts as found
if it is a trip there or back. What is found among those payments counts as false, though nobody knows.
Farms: what is reported where none are known.
"""

import collections
import csv
import gzip
import os
import pathlib
import statistics

import evaluate
import realism
from ledgers import read, table

SALES = "nft/terraforms_public.csv.gz"
PAYMENTS = ("etherscan/erc20_cro.csv.gz", "ethereum-etl/transactions_2017-03-06.csv.gz")
FARMS = {  # options of discover
    "ethereum-etl/transactions_2017-03-06.csv.gz": (),
    "etherscan/erc20_cro.csv.gz": (),
    SALES: (),
    "ethereum-etl/token_transfers_12600000.csv.gz": ("--time-axis", "block"),
    "amlsim/cycle200_transactions.csv.gz": ("--time-axis", "step"),
    "amlsim/fanin200_transactions.csv.gz": ("--time-axis", "step"),
}


def add_options(parser):
    parser.add_argument("--data", type=pathlib.Path, default=os.environ.get("RINGSCAN_TEST_DATA"))


def read_sales(path):
    with gzip.open(path, "rt", newline="") as file:
        return list(csv.DictReader(file))


def payments_as_sales(path, begin, end):
    """The ledger's payments with their times stretched or moved so that they begin at `begin` or later and end at `end` or
    sooner."""
    payments = realism.read(path, realism.REAL[str(pathlib.Path(path.parent.name) / path.name)])
    first, last = payments[0][3], payments[-1][3]
    moved = (begin + end - first - last) // 2 if last - first <= end - begin else begin - first
    return [{"from": payee, "to": payer, "amount": f"{amount:f}", "time": str(time + moved), "asset": path.name,
             "tx_hash": f"{path.name}:{i}", "label": "0", "price_symbol": "WETH", "ring_id": path.parent.name}
            for i, (payer, payee, amount, time) in enumerate(payments)]


def find_loops(bench, sales):
    """Rates of the sales found, and where those that are false come from."""
    ledger = bench.work / "sales.csv"
    with open(ledger, "w", newline="") as file:
        rows = csv.DictWriter(file, ["from", "to", "amount", "time", "asset", "tx_hash", "label", "price_symbol", "ring_id"])
        rows.writeheader()
        rows.writerows(sales)
    result = bench.discover(ledger, "--schema", "nft", "--pattern", "loops")
    found = {trip[way]["tx"] for loop in result["loops"] for trip in loop["trips"] for way in ("there", "back")}
    planted = {sale["tx_hash"] for sale in sales if sale["label"] == "1"}
    origin = {sale["tx_hash"]: sale["ring_id"] or "ordinary sales" for sale in sales}
    return evaluate.rates(found, planted), collections.Counter(origin[tx] for tx in found - planted)


def loops_table(bench, data):
    sales = read_sales(data / SALES)
    ordinary = [sale for sale in sales if sale["label"] != "1"]
    wash = [sale for sale in sales if sale["label"] == "1"]
    rings = collections.Counter(sale["ring_id"] for sale in wash)
    times = [int(sale["time"]) for sale in sales]
    others = [sale for name in PAYMENTS if (data / name).exists()
              for sale in payments_as_sales(data / name, min(times), max(times))]
    cases = {"as they are": sales, "and other payments": sales + others,
             "without the largest ring, and other payments":
                 others + [sale for sale in sales if sale["ring_id"] != rings.most_common(1)[0][0]]}
    rows, raw = [], {}
    for name, case in cases.items():
        rates, false = find_loops(bench, case)
        labelled = sum(sale["label"] == "1" for sale in case)
        rows.append([name, labelled, f"{(len(case) - labelled) / labelled:.2f}",
                     *(f"{rates[rate]:.3f}" for rate in ("precision", "recall", "f1")),
                     ", ".join(f"{count} {origin}" for origin, count in false.most_common()) or "–"])
        raw[name] = {"rates": rates, "false": false}
    alone = {}
    for ring, count in rings.items():
        rates, false = find_loops(bench, ordinary + [sale for sale in wash if sale["ring_id"] == ring])
        alone[ring] = {"sales": count, "rates": rates, "false": false}
    small = [figures for figures in alone.values() if figures["sales"] * 10 <= len(ordinary)]
    for name, figures in (("each ring alone", list(alone.values())), ("those of at most a tenth of the ordinary sales", small)):
        labelled = sum(f["sales"] for f in figures)
        rows.append([f"{name} ({len(figures)}): means", labelled, f"{len(ordinary) * len(figures) / labelled:.2f}",
                     *(f"{statistics.mean(f['rates'][rate] for f in figures):.3f}" for rate in ("precision", "recall", "f1")),
                     f"{statistics.mean(sum(f['false'].values()) for f in figures):.1f} a ring"])
    head = ["sales", "labelled", "others a labelled one", "precision", "recall", "F1", "false"]
    return table(head, rows), raw | {"alone": alone}


def measure(bench, options):
    data = pathlib.Path(options.data) if options.data else None
    absent = [name for name in FARMS if not data or not (data / name).exists()]
    text, raw = "", {"absent": absent}
    if SALES not in absent:
        text, raw["loops"] = loops_table(bench, data)
    rows = []
    for name, more in FARMS.items():
        if name in absent:
            continue
        result = bench.discover(data / name, "--pattern", "all", "--min-score", 0, *more)
        scores = [farm["score"] for farm in result["farms"]]
        rows.append([name, result["ledger"]["transactions"], sum(score >= 10 for score in scores),
                     ", ".join(f"{score:.1f}" for score in scores) or "–", len(result["refunds"]), len(result["loops"])])
        raw[name] = {"scores": scores, "refunds": len(result["refunds"]), "loops": len(result["loops"])}
    if rows:
        text += "\n\n" + table(["ledger", "transactions", "farms from score 10 on", "scores of all", "refunds", "loops"], rows)
    if absent:
        text += "\n\nLeft out, as RINGSCAN_TEST_DATA has no such file: " + ", ".join(absent)
    return text.strip(), raw
