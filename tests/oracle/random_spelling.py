"""Rows as exporters spell them: ethereum-etl transactions and token transfers, Etherscan token and native exports, and
generic columns with --map.

`write_ledger(case, random, folder)` -> (paths, options that the spelling needs). Each call draws anew how the rows are
shuffled and split, the line ends, quotes, compression, mixed case of hex digits, separators, and spelling of zeros;
the payments stay the same, so every call must lead to the same answer.
"""

import csv
import datetime
import gzip
import io
import re

SPELLINGS = ["etl_transactions", "etl_transfers", "generic", "generic", "etherscan_token", "etherscan_native"]
GENERIC_NAMES = {"from": "Sender", "to": "Receiver", "value": "Amt", "time": "When", "asset": "Token", "id": "Tx",
                 "block": "Blk", "index": "Pos", "log": "Log"}


def mixed_case(random, text):
    """Another spelling of the same address or transaction id; other names keep their case."""
    if not re.fullmatch(r"0x([0-9a-f]{40}|[0-9a-f]{64})", text) or random.random() < 0.7:
        return text
    return "0x" + "".join(random.choice([digit, digit.upper()]) for digit in text[2:])


def spell_count(random, number):
    return "" if number == 0 and random.random() < 0.3 else str(number)


def spell_decimal(random, amount, decimals, has_separators=False):
    whole, fraction = divmod(amount, 10**decimals)
    text = f"{whole:,}" if has_separators and random.random() < 0.7 else str(whole)
    digits = str(fraction).zfill(decimals).rstrip("0")
    if digits or random.random() < 0.2:
        text += "." + (digits or "0") + "0" * random.choice([0, 0, 2])
    return text


def etl_transactions(row, random, case):
    fields = {"hash": mixed_case(random, row["id"]), "nonce": "7", "block_hash": "0x" + "ab" * 32,
              "block_number": spell_count(random, row["block"]) if case.time_axis != "block" else str(row["block"]),
              "transaction_index": spell_count(random, row["index"]),
              "from_address": mixed_case(random, row["from"]), "to_address": mixed_case(random, row["to"]),
              "value": str(row["amount"]), "gas": "21000", "gas_price": "1",
              "input": random.choice(["0x", "0x" + "00" * 90]),
              "block_timestamp": "1500000000" if case.time_axis == "block" else str(row["time"]),
              "receipt_status": "0" if row["failed"] else random.choice(["1", ""])}
    return fields


def etl_transfers(row, random, case):
    fields = {"token_address": mixed_case(random, row["asset"]), "from_address": mixed_case(random, row["from"]),
              "to_address": mixed_case(random, row["to"]), "value": str(row["amount"]),
              "transaction_hash": mixed_case(random, row["id"]), "log_index": spell_count(random, row["log"]),
              "block_number": spell_count(random, row["block"]) if case.time_axis != "block" else str(row["block"])}
    if case.time_axis != "block":
        fields["block_timestamp"] = str(row["time"])
    return fields


def etherscan_head(row, random):
    moment = datetime.datetime.fromtimestamp(row["time"], datetime.timezone.utc)
    return {"Transaction Hash": mixed_case(random, row["id"]), "Blockno": spell_count(random, row["block"]),
            "UnixTimestamp": str(row["time"]), "DateTime (UTC)": moment.strftime("%Y-%m-%d %H:%M:%S"),
            "From": mixed_case(random, row["from"]), "To": mixed_case(random, row["to"])}


def etherscan_token(row, random, case):
    is_contract = row["asset"].startswith("0x")
    return {**etherscan_head(row, random), "TokenValue": spell_decimal(random, row["amount"], 18, True),
            "USDValueDayOfTx": "$1,000.00", "ContractAddress": mixed_case(random, row["asset"]) if is_contract else "",
            "TokenName": "Some, Token", "TokenSymbol": "SOME" if is_contract else
            "" if row["asset"] == "native" else row["asset"]}


def etherscan_native(row, random, case):
    value = spell_decimal(random, row["amount"], 18)
    is_incoming = random.random() < 0.5
    return {**etherscan_head(row, random), "ContractAddress": "" if row["to"] else "0x" + "cd" * 20,
            "Value_IN(ETH)": value if is_incoming else "0", "Value_OUT(ETH)": "0" if is_incoming else value,
            "CurrentValue @ $1785.9/Eth": "$3.57", "TxnFee(ETH)": "0.001", "TxnFee(USD)": "1.7",
            "Historical $Price/Eth": "1700.1", "Status": "Error(0)" if row["failed"] else "",
            "ErrCode": "execution reverted" if row["failed"] else "", "Method": "Transfer"}


def generic(decimals):
    def spell(row, random, case):
        is_native = row["asset"] == "native"
        amount = str(row["amount"]) if decimals is None else spell_decimal(random, row["amount"], decimals)
        time = str(row["time"])
        if case.time_axis == "time" and random.random() < 0.1:
            time = datetime.datetime.fromtimestamp(row["time"], datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        fields = {"Sender": mixed_case(random, row["from"]), "Receiver": mixed_case(random, row["to"]), "Amt": amount,
                  "note": 'a "quoted", note', "When": time}
        if "no_asset" not in case.columns:
            fields["Token"] = "" if is_native and random.random() < 0.5 else mixed_case(random, row["asset"])
        if "id" in case.columns:
            fields["Tx"] = mixed_case(random, row["id"])
        for name, column in (("block", "Blk"), ("index", "Pos"), ("log", "Log")):
            if name in case.columns:
                fields[column] = str(row[name]) if case.time_axis == "block" else spell_count(random, row[name])
        return fields
    return spell


def write_file(path, rows, random):
    header = list(rows[0])
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, lineterminator=random.choice(["\n", "\r\n"]),
                            quoting=random.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer.writeheader()
    writer.writerows(rows[1:])
    data = text.getvalue()
    if random.random() < 0.1:
        data = data.rstrip("\r\n")
    data = data.encode("utf-8-sig" if random.random() < 0.1 else "utf-8")
    if random.random() < 0.15:
        half = random.choice([0, len(data) // 2])
        data = gzip.compress(data[:half], 1) + gzip.compress(data[half:], 1) if half else gzip.compress(data, 1)
        path = path.with_name(path.name + ".gz")
    path.write_bytes(data)
    return str(path)


def write_ledger(case, random, folder):
    """-> (paths, options)"""
    options = []
    if case.spelling == "generic":
        decimals = random.choice([None, None, 0, 6, 18])
        spell = generic(decimals)
        roles = ["from", "to", "value", *(name for name in ("id", "block", "index", "log") if name in case.columns)]
        roles += [] if "no_asset" in case.columns else ["asset"]
        # On the block axis the block column is the time; a mapped time column beside it must then change nothing.
        roles += ["time"] if case.time_axis != "block" or random.random() < 0.3 else []
        options = ["--map", ",".join(f"{role}={GENERIC_NAMES[role]}" for role in random.sample(roles, len(roles)))]
        if decimals is not None:
            options += ["--value-unit", f"decimals:{decimals}"]
        elif random.random() < 0.2:
            options += ["--value-unit", random.choice(["raw", "wei"])]
    else:
        spell = {"etl_transactions": etl_transactions, "etl_transfers": etl_transfers,
                 "etherscan_token": etherscan_token, "etherscan_native": etherscan_native}[case.spelling]
    header = spell({"from": "", "to": "", "asset": "native", "amount": 0, "time": 0, "block": 0, "index": 0, "log": 0,
                    "id": "", "failed": False}, random, case)
    parts = [[] for _ in range(random.choice([1, 1, 2, 3]))]  # a part without rows is a file with a header only
    for row in random.sample(case.rows, len(case.rows)):
        random.choice(parts).append(row)
    order = random.sample(list(header), len(header)) if random.random() < 0.3 else list(header)
    written = []
    for number, part in enumerate(parts):
        lines = [dict(zip(order, order))]
        for row in part:
            fields = spell(row, random, case)
            lines.append({name: fields[name] for name in order})
        written.append(write_file(folder / f"part-{number}.csv", lines, random))
    return random.sample(written, len(written)), options
