"""Ledger files -> canonical rows, written from DESIGN.md section 2 and INPUTS.md sections 0, 1.1 and 1.4 alone.

In: CSV or TSV files, plain or gzip, in ethereum-etl, Etherscan (token or native) or `--map` spelling, and the settings
of a command line. Out: `Ledger(rows, dropped)`; rows are sorted by (time, position), which is the field order of
`Row`, so comparing two rows as tuples is the canonical order. Amounts are exact integers. An absent id is ''.
Raises `BadData` (exit 3), `MissingInput` (exit 4) and `UsageError` (exit 2).
"""

import calendar
import csv
import datetime
import glob
import gzip
import io
import os
import re
import sys
from collections import namedtuple
from fractions import Fraction

Row = namedtuple("Row", "time block index log id sender receiver asset amount")
Ledger = namedtuple("Ledger", "rows dropped")

DROP_REASONS = ["no_sender", "no_receiver", "failed", "zero_amount", "self_transfer", "duplicate", "outside_filter",
                "rejected"]
LARGEST_AMOUNT = 2**256 - 1
UNIT_DECIMALS = {"raw": 0, "wei": 0, "satoshi": 0, "ether": 18, "btc": 8}

# Header names are matched in lower case; the first alias that is present wins.
ETHEREUM_ETL = {
    "sender": ["from_address", "erc20_from"], "receiver": ["to_address", "erc20_to"],
    "value": ["value", "erc20_value"], "time": ["block_timestamp"], "asset": ["token_address", "erc20_token"],
    "id": ["hash", "transaction_hash", "erc20_tx_hash"], "block": ["block_number", "erc20_block_number"],
    "index": ["transaction_index"], "log": ["log_index", "erc20_log_index"], "receipt_status": ["receipt_status"],
}
ETHERSCAN = {
    "sender": ["from"], "receiver": ["to"], "value": ["tokenvalue", "value", "quantity"],
    "time": ["unixtimestamp", "datetime (utc)", "datetime"], "asset": ["contractaddress"], "symbol": ["tokensymbol"],
    "id": ["transaction hash", "txhash"], "block": ["blockno"], "status": ["status"], "error_code": ["errcode"],
}
MAP_ROLES = {"from": "sender", "to": "receiver", "value": "value", "time": "time", "asset": "asset", "id": "id",
             "block": "block", "index": "index", "log": "log"}


class UsageError(Exception):
    exit_code = 2


class BadData(Exception):
    exit_code = 3


class MissingInput(Exception):
    exit_code = 4


class RejectedRow(Exception):
    """One row that cannot be read; counted, and fatal beyond --max-bad-rows."""


def canonical(text, digits):
    """Lower case for 0x + that many hex digits; everything else as spelled."""
    return text.lower() if re.fullmatch(r"0x[0-9a-fA-F]{%d}" % digits, text) else text


def canonical_account(text):
    return canonical(text, 40)


def parse_amount(text, decimals, has_separators):
    if has_separators and re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", text):
        text = text.replace(",", "")
    if re.fullmatch(r"[0-9]+", text):
        amount = int(text) * 10**decimals
    elif re.fullmatch(r"0x[0-9a-fA-F]+", text):
        amount = int(text, 16) * 10**decimals
    else:
        match = re.fullmatch(r"([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]{1,4}))?", text)
        if not match or not match[1] + match[2]:
            raise RejectedRow(f"'{text}' is not an amount")
        scaled = int(match[1] + match[2]) * Fraction(10) ** (int(match[3] or 0) + decimals - len(match[2]))
        if scaled.denominator != 1:
            raise RejectedRow(f"'{text}' has a digit beyond the smallest unit")
        amount = scaled.numerator
    if amount > LARGEST_AMOUNT:
        raise RejectedRow(f"'{text}' is above 2^256 - 1")
    return amount


def parse_time(text, time_format="auto"):
    """Whole seconds since 1970, floored."""
    if re.fullmatch(r"[0-9]+(\.[0-9]*)?", text) and time_format in ("auto", "unix", "unix_ms"):
        whole = int(text.split(".")[0])
        return whole // 1000 if time_format == "unix_ms" else whole
    try:
        if "%" in time_format:
            moment = datetime.datetime.strptime(text, time_format)
        elif time_format in ("auto", "iso"):
            moment = datetime.datetime.fromisoformat(re.sub(r" UTC$", "", text))
        else:
            raise ValueError
    except ValueError:
        raise RejectedRow(f"'{text}' is not a time") from None
    return calendar.timegm(moment.utctimetuple())


def parse_count(text, what):
    if not re.fullmatch(r"[0-9]+", text):
        raise RejectedRow(f"'{text}' is not a {what}")
    return int(text)


class Schema:
    """Which column of one file holds which role, and how its amounts are written."""

    def __init__(self, header, options):
        self.options = options
        self.width = len(header)
        self.is_native_etherscan = self.is_etherscan = False
        if options.map:
            self.columns = {}
            for part in options.map.split(","):
                role, _, name = part.partition("=")
                if role not in MAP_ROLES:
                    raise UsageError(f"--map does not know '{role}'")
                if name not in header:
                    raise UsageError(f"--map names the column '{name}', which the header does not have")
                self.columns[MAP_ROLES[role]] = header.index(name)
            decimals = 0
        else:
            names = [name.strip().lower() for name in header]
            self.is_etherscan = {"from", "to"} <= set(names) and any(x in names for x in ETHERSCAN["time"])
            table = ETHERSCAN if self.is_etherscan else ETHEREUM_ETL
            self.columns = {role: names.index(alias) for role, aliases in table.items()
                            for alias in [next((a for a in aliases if a in names), None)] if alias}
            paid_in = [i for i, name in enumerate(names) if name.startswith("value_in(")]
            paid_out = [i for i, name in enumerate(names) if name.startswith("value_out(")]
            if self.is_etherscan and paid_in and paid_out:
                self.is_native_etherscan = True
                self.columns.update(value=paid_in[0], value_out=paid_out[0])
                self.columns.pop("asset", None)  # here ContractAddress is the contract created, not a token
            decimals = 18 if self.is_etherscan else 0
        unit = options.value_unit
        if unit and unit.startswith("decimals:"):
            decimals = int(unit[len("decimals:"):])
        elif unit:
            decimals = UNIT_DECIMALS[unit]
        self.decimals = decimals
        self.time_role = "time"
        if options.time_axis == "block" and "block" in self.columns:
            self.time_role = "block"
        missing = [role for role in ("sender", "receiver", "value", self.time_role) if role not in self.columns]
        if missing:
            raise BadData(f"no column for {', '.join(missing)}")

    def read(self, fields):
        """-> (Row, failed); raises RejectedRow before anything is dropped."""
        if len(fields) < self.width:
            raise RejectedRow(f"{len(fields)} fields where the header has {self.width}")

        def text(role):
            return fields[self.columns[role]].strip() if role in self.columns else ""

        def account(role):
            spelled = text(role)
            if spelled and not self.options.map and not re.fullmatch(r"0x[0-9a-fA-F]{40}", spelled):
                raise RejectedRow(f"'{spelled}' is not an address")
            return canonical_account(spelled)

        def count(role):
            return parse_count(text(role), role) if text(role) else 0

        amount = parse_amount(text("value") or ("0" if self.is_native_etherscan else ""), self.decimals,
                              self.is_etherscan)
        if self.is_native_etherscan:
            amount = max(amount, parse_amount(text("value_out") or "0", self.decimals, True))
        if self.options.time_axis == "time":
            time = parse_time(text("time"), self.options.time_format)
        else:
            time = parse_count(text(self.time_role), self.options.time_axis)
        asset = canonical_account(text("asset")) or text("symbol") or "native"
        failed = text("receipt_status") == "0" or bool(text("status")) or bool(text("error_code"))
        row = Row(time, count("block"), count("index"), count("log"), canonical(text("id"), 64), account("sender"),
                  account("receiver"), asset, amount)
        return row, failed


def open_text(path):
    try:
        data = sys.stdin.buffer.read() if path == "-" else open(path, "rb").read()
    except OSError as error:
        raise MissingInput(f"{path}: {error.strerror}") from None
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (EOFError, OSError) as error:
            raise BadData(f"{path}: {error}") from None
    if not data.strip():
        raise BadData(f"{path} is empty")
    return io.StringIO(data.decode("utf-8-sig", "surrogateescape"), newline="")


def expand(patterns):
    for pattern in patterns:
        if os.path.isdir(pattern):
            yield from sorted(os.path.join(folder, name) for folder, _, names in os.walk(pattern) for name in names)
        elif pattern != "-" and not os.path.exists(pattern) and glob.glob(pattern):
            yield from sorted(glob.glob(pattern))
        else:
            yield pattern


def reason_to_drop(row, failed, options):
    if not row.sender:
        return "no_sender"
    if not row.receiver:
        return "no_receiver"
    if failed and not options.keep_failed:
        return "failed"
    if row.amount == 0 and not options.keep_zero:
        return "zero_amount"
    if row.sender == row.receiver and not options.keep_self:
        return "self_transfer"
    return None


def is_outside_filter(row, options):
    return (options.start is not None and row.time < options.start
            or options.end is not None and row.time >= options.end
            or options.assets is not None and row.asset not in options.assets
            or options.min_amount is not None and row.amount < options.min_amount)


def read_ledger(patterns, options):
    csv.field_size_limit(2**31 - 1)
    dropped = dict.fromkeys(DROP_REASONS, 0)
    rows = []
    for path in expand(patterns):
        text = open_text(path)
        first_line = text.readline()
        text.seek(0)
        lines = csv.reader(text, delimiter="\t" if "\t" in first_line else ",")
        schema = Schema(next(lines), options)
        for fields in lines:
            if not fields:
                continue
            try:
                row, failed = schema.read(fields)
            except RejectedRow as rejection:
                dropped["rejected"] += 1
                if dropped["rejected"] > options.max_bad_rows:
                    raise BadData(f"{path}:{lines.line_num}: {rejection}") from None
                continue
            reason = reason_to_drop(row, failed, options)
            if reason:
                dropped[reason] += 1
            else:
                rows.append(row)
    rows.sort()
    if options.dedupe:
        # Block and transaction index are no part of the key, so of rows that differ only there the first by position
        # stays: the choice must not depend on the order of files.
        first_of = {}
        for row in rows:
            first_of.setdefault((row.id, row.log, row.sender, row.receiver, row.asset, row.amount, row.time), row)
        dropped["duplicate"] = len(rows) - len(first_of)
        rows = sorted(first_of.values())
    kept = [row for row in rows if not is_outside_filter(row, options)]
    dropped["outside_filter"] = len(rows) - len(kept)
    return Ledger(kept, dropped)
