#!/usr/bin/env python3
"""How much generated ledgers resemble real ones: the table of bench/runs/*-realism.

usage: realism.py --ringscan PROGRAM [--data FOLDER] [--seed N] [-o FOLDER]

Generates a farm-free ledger with a hostile background, its middle part with as many payments as the real ledgers have,
and one with hard farms; reads the real ledgers of FOLDER (default: RINGSCAN_TEST_DATA) beside them; writes table.md into
the folder of -o, or prints it. A payment counts if it has a payer, a payee that is somebody else, and an amount.
"""
import argparse
import collections
import csv
import gzip
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from decimal import Decimal

REAL = {  # file: columns of payer, payee, amount, time; an NFT's buyer pays, so its `to`
    "ethereum-etl/transactions_2017-03-06.csv.gz": ("from_address", "to_address", "value", "block_timestamp"),
    "etherscan/erc20_cro.csv.gz": ("From", "To", "Quantity", "UnixTimestamp"),
    "nft/terraforms_public.csv.gz": ("to", "from", "amount", "time"),
}
LIKE_THE_REAL = 20_000  # payments of the middle part


def read(path, columns):
    """[(payer, payee, amount, time)], ascending time, without repeated rows."""
    opened = gzip.open(path, "rt", newline="") if path.suffix == ".gz" else open(path, newline="")
    payments = {}
    with opened as file:
        for row in csv.DictReader(file):
            payer, payee, amount, time = (row[column] for column in columns)
            amount = Decimal(amount.replace(",", ""))
            if payer and payee and payer != payee and amount > 0:
                payments[tuple(row.values())] = (payer, payee, amount, int(float(time)))
    return sorted(payments.values(), key=lambda payment: payment[3])


def quantiles(values, *percents):
    values = sorted(values)
    return [values[min(len(values) - 1, len(values) * percent // 100)] for percent in percents]


def tail_exponent(degrees):
    """Hill's estimate over the largest fiftieth: the density of degrees falls as degree^-exponent."""
    from math import log
    largest = sorted(degrees, reverse=True)[:max(10, len(degrees) // 50)]
    rises = [log(degree / largest[-1]) for degree in largest[:-1]]
    mean = sum(rises) / len(rises)
    return 1 + 1 / mean if mean else float("inf")


def digits(amount):
    return len(amount.normalize().as_tuple().digits)


def later_receives_more(payments):
    """The share of payments whose payer receives more than that later, from anybody."""
    most_later, last = {}, None
    hits, waiting = 0, []
    for payer, payee, amount, time in reversed(payments):
        if time != last:
            for account, received in waiting:
                most_later[account] = max(received, most_later.get(account, 0))
            waiting, last = [], time
        hits += most_later.get(payer, 0) > amount
        waiting.append((payee, amount))
    return hits / len(payments)


def seconds(value):
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if value >= unit:
            return f"{value / unit:.1f} {name}"
    return f"{value:.0f} s"


def describe(payments):
    payees, payers = collections.defaultdict(set), collections.defaultdict(set)
    times = collections.defaultdict(list)
    for payer, payee, _, time in payments:
        payees[payer].add(payee)
        payers[payee].add(payer)
        times[payer].append(time)
        times[payee].append(time)
    out_degrees = [len(others) for others in payees.values()]
    in_degrees = [len(others) for others in payers.values()]
    amounts = [amount for _, _, amount, _ in payments]
    median = statistics.median(amounts)
    waits = [later - earlier for of in times.values() for earlier, later in zip(of, of[1:])]
    pairs = {(payer, payee) for payer, payee, _, _ in payments}
    of_hours = collections.Counter(time // 3_600 % 24 for _, _, _, time in payments)
    span = payments[-1][3] - payments[0][3]
    return {
        "payments": f"{len(payments):,}",
        "accounts": f"{len(times):,}",
        "span": seconds(span),
        "payments an account: 50, 90, 99 %, most": " ".join(
            map(str, quantiles([len(of) for of in times.values()], 50, 90, 99, 100))),
        "payees of a payer: 50, 90, 99 %, most": " ".join(map(str, quantiles(out_degrees, 50, 90, 99, 100))),
        "payers of a payee: 50, 90, 99 %, most": " ".join(map(str, quantiles(in_degrees, 50, 90, 99, 100))),
        "tail exponent, payees and payers": f"{tail_exponent(out_degrees):.1f} {tail_exponent(in_degrees):.1f}",
        "share of the most active payer, payee": "{:.0%} {:.0%}".format(
            *(collections.Counter(payment[side] for payment in payments).most_common(1)[0][1] / len(payments)
              for side in (0, 1))),
        "amount by the median: 1, 10, 25, 75, 90, 99 %": " ".join(
            f"{amount / median:.2g}" for amount in quantiles(amounts, 1, 10, 25, 75, 90, 99)),
        "amounts of one or two digits": f"{sum(digits(amount) <= 2 for amount in amounts) / len(amounts):.0%}",
        "payments of an amount that others have too": "{:.0%}".format(
            sum(times for times in collections.Counter(amounts).values() if times > 1) / len(amounts)),
        "wait between an account's payments: 10, 50, 90 %": ", ".join(map(seconds, quantiles(waits, 10, 50, 90))),
        "busiest hour of the day by the quietest": (
            f"{max(of_hours.values()) / min(of_hours.values()):.1f}" if len(of_hours) == 24 else "–"),
        "pairs that pay in both directions": f"{sum((b, a) in pairs for a, b in pairs) / len(pairs):.1%}",
        "payments whose payer later receives more": f"{later_receives_more(payments):.0%}",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ringscan", required=True)
    parser.add_argument("--data", default=os.environ.get("RINGSCAN_TEST_DATA"))
    parser.add_argument("--seed", default="1")
    parser.add_argument("-o", dest="output", type=pathlib.Path)
    options = parser.parse_args()

    columns = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in (("no farms", ["--farms", "0"]), ("hard farms", [])):
            command = [options.ringscan, "generate", "-q", "--difficulty", "hard", "--seed", options.seed, *arguments]
            subprocess.run([*command, "-o", folder, "--overwrite"], check=True)
            payments = read(pathlib.Path(folder) / "transactions.csv", REAL["ethereum-etl/transactions_2017-03-06.csv.gz"])
            columns[f"generated, {name}"] = describe(payments)
            if not arguments:
                continue
            start = (len(payments) - LIKE_THE_REAL) // 2
            columns["its middle part"] = describe(payments[start:start + LIKE_THE_REAL])
    for file, names in REAL.items():
        if options.data and (path := pathlib.Path(options.data) / file).exists():
            columns[file.split("/")[1].split(".")[0]] = describe(read(path, names))
        else:
            print(f"realism.py: {file} is not there; left out", file=sys.stderr)

    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for measure in next(iter(columns.values())):
        lines.append(f"| {measure} | " + " | ".join(of[measure] for of in columns.values()) + " |")
    table = "\n".join(lines) + "\n"
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / "table.md").write_text(table)
    else:
        print(table, end="")


if __name__ == "__main__":
    main()
