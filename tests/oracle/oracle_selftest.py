#!/usr/bin/env python3
"""oracle.py against the literal loops over every triple of rows, on random ledgers.

The loops take the payments and the question as random_ledgers.py meant them, so they share neither parser nor
dictionary with the oracle. Cost O(n^3) for *advanced*, therefore larger ledgers are skipped there. Exits 1 on the
first difference.
"""

import argparse
import pathlib
import random
import sys
import tempfile
import time
from collections import Counter
from fractions import Fraction

import oracle
from differences import first_difference
from random_ledgers import make_case, write_ledger, write_lists


def position(row):
    return (row["time"], row["block"], row["index"], row["log"], row["id"], row["from"], row["to"], row["asset"],
            row["amount"])


def keep_payments(rows, question):
    dropped = Counter()
    kept = []
    seen = set()
    for row in sorted(rows, key=position):
        key = tuple(row[name] for name in ("id", "log", "from", "to", "asset", "amount", "time"))
        if row["from"] == "":
            dropped["no_sender"] += 1
        elif row["to"] == "":
            dropped["no_receiver"] += 1
        elif row["failed"] and not question.get("keep_failed"):
            dropped["failed"] += 1
        elif row["amount"] == 0 and not question.get("keep_zero"):
            dropped["zero_amount"] += 1
        elif row["from"] == row["to"] and not question.get("keep_self"):
            dropped["self_transfer"] += 1
        elif question.get("dedupe") and key in seen:
            dropped["duplicate"] += 1
        else:
            seen.add(key)
            if (row["time"] < question.get("start", 0) or row["time"] >= question.get("end", 2**99)
                    or row["amount"] < question.get("min_amount", 0)
                    or row["asset"] not in question.get("assets", [row["asset"]])):
                dropped["outside_filter"] += 1
            else:
                kept.append(row)
    return kept, dropped


def interval_of(rows, question, m):
    """Its own, the question's, or its burst's; nothing lies in (0, 0)."""
    if question["merchants"] is not None and question["merchants"][m] is not None:
        return question["merchants"][m]
    if question["between"] != "auto":
        return question["between"]
    times = [row["time"] for row in rows if row["to"] == m and m not in question["excluded"]]
    best, score = (0, 0), 0
    for hours in (1, 6, 24, 72, 168, 336, 720):
        length = 3600 * hours
        windows = [(sum(t <= time <= t + length for time in times), -t) for t in times]
        purchases, first = max(windows, default=(0, 0))
        if purchases < 10:
            continue
        expected = len(times) * min(Fraction(1), Fraction(length, max(times) - min(times) + 1))
        if purchases >= 2 * expected and (purchases / expected) ** purchases > score:
            best, score = (-first - 1, -first + length + 1), (purchases / expected) ** purchases
    return best


def witnesses(rows, question, r1):
    """All (R2, R3 or R0) that make R1 a hit."""
    m, customer, excluded = r1["to"], r1["from"], question["excluded"]
    interval = interval_of(rows, question, m)
    if m in excluded or customer in excluded:
        return []
    if interval is not None and not (interval[0] < r1["time"] and r1["time"] < interval[1]):
        return []
    if question["rule"] == "time":
        return [(None, None)]
    same_asset = [row for row in rows if row["asset"] == r1["asset"]]
    within = question["within"] if question["within"] is not None else 2**99
    if question["model"] == "basic":
        return [(None, r0) for r0 in same_asset if r0["from"] == m and r0["to"] == customer
                and r0["time"] < r1["time"] and r0["amount"] >= r1["amount"] and r1["time"] - r0["time"] <= within]
    found = []
    for r2 in same_asset:
        if not (r2["to"] == customer and r2["amount"] > r1["amount"] and r2["time"] > r1["time"]):
            continue
        if r2["time"] > r1["time"] + within or r2["from"] in excluded:
            continue
        if question["max_gain"] is not None and not (
                Fraction(r2["amount"]) <= Fraction(r1["amount"]) * (1 + Fraction(question["max_gain"]))):
            continue
        if question["model"] == "any" or question["model"] == "enhanced" and r2["from"] == m:
            found.append((r2, None))
        if question["model"] == "advanced":
            for r3 in same_asset:
                d = r3["to"]
                if (r3["from"] == m and r2["from"] == d and d != m and d != customer
                        and r1["time"] < r3["time"] < r2["time"]):
                    found.append((r2, r3))
    return found


def smallest(found):
    return min(found, key=lambda pair: tuple(position(row) if row else () for row in pair))


def payment(row):
    return row and {"tx": row["id"] or None, "time": row["time"], "from": row["from"], "to": row["to"],
                    "asset": row["asset"], "amount": str(row["amount"])}


def answer_by_loops(case):
    question = case.question
    rows, dropped = keep_payments(case.rows, question)
    times = [row["time"] for row in rows]
    document = {"ledger": {
        "transactions": len(rows), "accounts": len({row[end] for row in rows for end in ("from", "to")}),
        "assets": len({row["asset"] for row in rows}), "first_time": min(times, default=None),
        "last_time": max(times, default=None),
        "dropped": {reason: dropped[reason] for reason in (
            "no_sender", "no_receiver", "failed", "zero_amount", "self_transfer", "duplicate", "outside_filter",
            "rejected")}}}
    asked = {row["to"] for row in rows} if question["count"] else set(question["merchants"])
    hits = [(r1, witnesses(rows, question, r1)) for r1 in rows if r1["to"] in asked]
    hits = [(r1, found) for r1, found in hits if found]
    pairs = {(r1["to"], r1["from"]) for r1, _ in hits}
    if question["count"]:
        return {**document, "hits": len(hits), "pairs": len(pairs)}
    customers_of = {m: {c for asked_m, c in pairs if asked_m == m} for m in asked}
    everyone = {m: {row["from"] for row in rows if row["to"] == m and m not in question["excluded"]} for m in asked}
    non_empty = [found for found in customers_of.values() if found]
    if question["quorum"] == "all":
        candidates = set.intersection(*non_empty) if non_empty else set()
    else:
        candidates = {c for _, c in pairs if sum(c in found for found in non_empty) >= question["quorum"]}
    share = {m: Fraction(len(candidates & customers_of[m]), len(everyone[m]) or 1) for m in asked}
    workers = candidates
    if question["min_share"] is not None:
        workers = {c for c in candidates if any(c in customers_of[m] and share[m] > Fraction(question["min_share"])
                                                for m in asked)}
    document["merchants"] = [
        {"account": m, "customers": len(everyone[m]), "suspects": len(customers_of[m]),
         "workers": len(workers & customers_of[m]), "share": share[m].numerator / share[m].denominator}
        for m in sorted(asked, key=str.encode)]
    if question["between"] == "auto":
        for merchant in document["merchants"]:
            interval = interval_of(rows, question, merchant["account"])
            merchant["between"] = None if interval == (0, 0) else list(interval)
    document["workers"] = []
    for worker in sorted(workers, key=str.encode):
        listed = []
        for m in sorted((m for m in asked if worker in customers_of[m]), key=str.encode):
            r1, found = min(((r1, found) for r1, found in hits if (r1["to"], r1["from"]) == (m, worker)),
                            key=lambda hit: position(hit[0]))
            reward, funding = smallest(found)
            listed.append({"account": m, "purchase": payment(r1), "reward": payment(reward),
                           "funding": payment(funding)})
        document["workers"].append({"account": worker, "merchants": listed})
    return document


def main():
    parser = argparse.ArgumentParser(description="checks oracle.py against literal loops")
    parser.add_argument("--rounds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.monotonic()
    seen = Counter()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for number in range(options.rounds):
            source = random.Random(f"{options.seed}:{number}")
            case = make_case(source)
            if case.question["model"] == "advanced" and len(case.rows) > 120:
                seen["skipped for their size"] += 1
                continue
            paths, spelling = write_ledger(case, source, folder)
            command = [*paths, *spelling, *write_lists(case, folder), *case.options]
            found = oracle.answer(command)
            # The loops do not spell the rule head; compare.py checks it against the binary.
            del found["schema"], found["rule"]
            difference = first_difference(found, answer_by_loops(case))
            if difference:
                print(f"round {number}: {difference}\n  oracle.py {' '.join(command)}")
                return 1
            kind = "count" if case.question["count"] else "scan"
            seen[f"{kind} {case.question['rule']} {case.question['model'] or ''}".strip()] += 1
            seen["with a burst"] += any(merchant.get("between") for merchant in found.get("merchants", ()))
            seen["with findings"] += bool(found.get("workers") or found.get("hits"))
    print(", ".join(f"{name}: {count}" for name, count in sorted(seen.items())))
    print(f"{options.rounds} rounds equal in {time.monotonic() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
