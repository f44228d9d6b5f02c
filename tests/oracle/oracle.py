#!/usr/bin/env python3
"""`ringscan scan` once more, from DESIGN.md sections 2 and 3 alone: the second reader that the C++ is compared with.

In: the command line of `ringscan scan` (a leading `scan` is optional; options that only steer speed are ignored).
Out: one `ringscan.scan/1` or `ringscan.count/1` document on stdout. Exit codes as in DESIGN.md section 3.
"""

import argparse
import json
import re
import sys
from fractions import Fraction

from oracle_ledger import (BadData, MissingInput, RejectedRow, UsageError, canonical_account, parse_time, read_ledger)
from oracle_rules import NOTHING, Question, Rule

SECONDS_OF_UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise UsageError(message)


def parse_arguments(argv):
    parser = Parser(prog="oracle.py", allow_abbrev=False)
    parser.add_argument("ledgers", nargs="*")
    for name in ("--rule", "--merchants", "--model", "--within", "--max-gain", "--between", "--min-share", "--quorum",
                 "--exclude", "--map", "--value-unit", "--start", "--end", "--assets", "--min-amount"):
        parser.add_argument(name)
    parser.add_argument("--time-axis", default="time", choices=["time", "block", "step"])
    parser.add_argument("--time-format", default="auto")
    parser.add_argument("--max-bad-rows", type=int, default=0)
    for name in ("--count", "--keep-zero", "--keep-self", "--keep-failed", "--dedupe"):
        parser.add_argument(name, action="store_true")
    for name in ("--format", "--backend", "--threads", "--memory-limit", "--device", "--color", "--stats", "--schema"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    for name in ("--no-progress", "-q", "-v", "--verify"):
        parser.add_argument(name, action="store_true", help=argparse.SUPPRESS)
    arguments = list(argv)
    if arguments[:1] == ["scan"]:
        del arguments[0]
    return parser.parse_intermixed_args(arguments)


def parse_decimal(text, option):
    """-> (exact value, spelling without leading or trailing zeros)"""
    match = re.fullmatch(r"([0-9]*)(?:\.([0-9]*))?", text)
    if not match or not match[1] + (match[2] or ""):
        raise UsageError(f"{option} takes a decimal number, not '{text}'")
    whole, fraction = match[1].lstrip("0") or "0", (match[2] or "").rstrip("0")
    spelled = f"{whole}.{fraction}" if fraction else whole
    return Fraction(spelled), spelled


def parse_moment(text, time_axis):
    try:
        if time_axis == "time":
            return parse_time(text.strip())
        return int(text)
    except (RejectedRow, ValueError):
        raise UsageError(f"'{text}' is not a point on the time axis") from None


def parse_interval(parts, time_axis):
    if len(parts) != 2:
        raise UsageError("an interval is T1,T2")
    first, last = (parse_moment(part, time_axis) for part in parts)
    if first >= last:
        raise UsageError("T1 must be before T2")
    return first, last


def parse_within(text, time_axis):
    match = re.fullmatch(r"([0-9]+)([smhd]?)", text)
    if not match or bool(match[2]) != (time_axis == "time"):
        raise UsageError("--within takes a unit (s, m, h, d) on the time axis and a bare number on the others")
    return int(match[1]) * SECONDS_OF_UNIT.get(match[2], 1)


def read_lines(path):
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            lines = [line.strip() for line in file]
    except OSError as error:
        raise MissingInput(f"{path}: {error.strerror}") from None
    return [line for line in lines if line and not line.startswith("#")]


def read_merchants(path, time_axis):
    """-> {account: (T1, T2) or None}"""
    merchants = {}
    for line in read_lines(path):
        account, *interval = line.split(",")
        account = canonical_account(account.strip())
        interval = parse_interval(interval, time_axis) if interval else None
        if merchants.setdefault(account, interval) != interval:
            raise UsageError(f"{account} is listed twice with different intervals")
    if not merchants:
        raise UsageError("the list of merchants is empty")
    return merchants


def check(condition, sentence):
    if not condition:
        raise UsageError(sentence)


def build_rule(options):
    """-> (Rule, its head in the result); refuses combinations that mean nothing."""
    name = options.rule or "ring"
    check(name in ("ring", "time", "share"), "--rule is ring, time or share")
    check(options.merchants, "--merchants is missing")
    check(name != "share" or options.min_share is not None, "--rule share needs --min-share")
    if name == "time":
        check(not (options.model or options.within or options.max_gain),
              "--rule time takes no --model, --within or --max-gain")
    model = None if name == "time" else options.model or "any"
    check(model in (None, "any", "basic", "enhanced", "advanced"), "--model is any, basic, enhanced or advanced")
    check(model != "basic" or options.max_gain is None, "--model basic takes no --max-gain")
    check(options.merchants != "all" or options.count, "--merchants all needs --count")
    if options.count:
        check(name != "share" and options.quorum is None and options.min_share is None,
              "--count knows no workers: no --rule share, --quorum or --min-share")
    within = None if options.within is None else parse_within(options.within, options.time_axis)
    between = options.between
    if between == "auto":
        check(options.time_axis == "time" and options.merchants != "all",
              "--between auto is for given merchants, in times of hours and days")
    elif between is not None:
        between = parse_interval(between.split(","), options.time_axis)
    gain = (None, None) if options.max_gain is None else parse_decimal(options.max_gain, "--max-gain")
    share = (None, None) if options.min_share is None else parse_decimal(options.min_share, "--min-share")
    check(share[0] is None or share[0] <= 1, "--min-share is between 0 and 1")
    quorum = options.quorum or "all"
    if quorum != "all":
        check(re.fullmatch(r"[0-9]+", quorum), "--quorum is a number or all")
        quorum = int(quorum)
    rule = Rule(name, model, within, gain[0], between, share[0], quorum)
    head = {"name": name, "model": model, "within": within, "max_gain": gain[1],
            "between": list(between) if isinstance(between, tuple) else between, "min_share": share[1],
            "quorum": None if options.count else quorum}
    return rule, head


def ledger_head(ledger):
    rows = ledger.rows
    return {"transactions": len(rows),
            "accounts": len({row.sender for row in rows} | {row.receiver for row in rows}),
            "assets": len({row.asset for row in rows}),
            "first_time": rows[0].time if rows else None,
            "last_time": rows[-1].time if rows else None,
            "dropped": ledger.dropped}


def transaction(row):
    if row is None:
        return None
    return {"tx": row.id or None, "time": row.time, "from": row.sender, "to": row.receiver, "asset": row.asset,
            "amount": str(row.amount)}


def answer(argv):
    """The document for one command line."""
    options = parse_arguments(argv)
    rule, rule_head = build_rule(options)
    merchants = None if options.merchants == "all" else read_merchants(options.merchants, options.time_axis)
    if merchants is not None and rule.quorum != "all":
        check(1 <= rule.quorum <= len(merchants), "--quorum is between 1 and the number of merchants")
    if rule.name == "time":
        check(rule.between or merchants and all(merchants.values()), "--rule time needs --between")
    excluded = set() if options.exclude is None else {canonical_account(line) for line in read_lines(options.exclude)}
    check(options.ledgers, "no ledger given")
    if options.assets is not None:
        options.assets = {canonical_account(asset.strip()) for asset in options.assets.split(",")}
    if options.min_amount is not None:
        options.min_amount = int(options.min_amount)
    for name in ("start", "end"):
        if getattr(options, name) is not None:
            setattr(options, name, parse_moment(getattr(options, name), options.time_axis))
    ledger = read_ledger(options.ledgers, options)
    question = Question(ledger.rows, rule, merchants, excluded)
    document = {"schema": "ringscan.scan/1", "ledger": ledger_head(ledger), "rule": rule_head}
    if options.count:
        hits, pairs = question.count()
        return {**document, "schema": "ringscan.count/1", "hits": hits, "pairs": pairs}
    summary, workers = question.scan()
    document["merchants"] = [
        {"account": account, "customers": summary[account].customers, "suspects": summary[account].suspects,
         "workers": summary[account].workers,
         # Division of two integers is correctly rounded, so this is the double nearest to the exact share.
         "share": summary[account].share.numerator / summary[account].share.denominator}
        for account in sorted(summary)]
    if rule.between == "auto":
        for merchant in document["merchants"]:
            interval = question.intervals[merchant["account"]]
            merchant["between"] = None if interval == NOTHING else list(interval)
    document["workers"] = [
        {"account": worker, "merchants": [
            {"account": merchant, "purchase": transaction(evidence.purchase), "reward": transaction(evidence.reward),
             "funding": transaction(evidence.funding)}
            for merchant, evidence in sorted(workers[worker].items())]}
        for worker in sorted(workers)]
    return document


def main():
    try:
        document = answer(sys.argv[1:])
    except (UsageError, BadData, MissingInput) as error:
        print(f"oracle: {error}", file=sys.stderr)
        return error.exit_code
    json.dump(document, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
