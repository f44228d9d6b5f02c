"""Random small ledgers with a question for each: ties, neighbours in amount, drops, and every rule and refinement.

`make_case(random)` -> `Case`: the payments meant (dictionaries), the question meant (a dictionary of plain values, so
that a checker needs no parser), and the command line that asks it. `write_ledger(case, random, folder)` spells the
rows as files, split and shuffled anew with each call; `write_lists(case, folder)` writes MERCHANTS and EXCLUDE.
0..200 rows, 1..30 accounts (in a few cases about 100, to pass 64 merchants), 1..3 assets.
"""

import datetime
from collections import namedtuple

from random_spelling import SPELLINGS, mixed_case, write_ledger  # noqa: F401 (write_ledger is part of this interface)

Case = namedtuple("Case", "spelling time_axis rows columns question options merchants_text exclude_text")

POWER_200 = 2**200
AMOUNT_POOLS = [
    [0, 1, 2, 3],
    [100, 125, 126, 150, 200],
    [0, 1, 2**56 - 1, 2**56, 2**56 + 1, 2**56 + 2],
    [2**64 - 1, 2**64, 2**64 + 1, 2**64 + 511, 2**64 + 512, 2**64 + 513],
    # Neighbours that differ below the 56 leading bits only, so that rounded codes are equal and exact values are not.
    [POWER_200, POWER_200 + 1, POWER_200 + 2, POWER_200 + 2**144, POWER_200 + 2**145, POWER_200 + 2**145 + 1],
    [2**256 - 1, 2**256 - 2, 2**255, 2**255 + 1, 1],
    # Gains of exactly 0.25, and one unit beside it.
    [4 * 2**64, 5 * 2**64, 5 * 2**64 + 1, 5 * 2**64 - 1, 2**65, 5 * 2**63],
    [4 * (2**200 + 1), 5 * (2**200 + 1), 5 * (2**200 + 1) + 1, 5 * (2**200 + 1) - 1],
]
ZERO_ADDRESS = "0x" + "0" * 40
PLAIN_NAMES = ["alice", "Alice", "a", "ab", "a b", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
               "1boatSLRHtKNngkdXEeobR76b53LETtpyT", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "zoë", "Z", "0x12",
               "-", "007"]
ACCOUNT_COUNTS = [1, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 8, 8, 8, 12, 20, 30]
ROW_COUNTS = [0, 1, 2, 5, 10, 20, 30, 40, 40, 60, 60, 80, 80, 100, 100, 120, 150, 200]
DECIMALS = ["0", "0", "0.0", "0.05", "0.1", "0.25", "0.250", "0.3333333333333333", "0.5", "0.50", "1", "1.0"]


def make_accounts(random, spelling, is_wide):
    count = random.randint(70, 110) if is_wide else random.choice(ACCOUNT_COUNTS)
    accounts = [ZERO_ADDRESS] if random.random() < 0.2 else []
    names = random.sample(PLAIN_NAMES, len(PLAIN_NAMES)) if spelling == "generic" and random.random() < 0.5 else []
    while len(accounts) < count:
        accounts.append(names.pop() if names else "0x%040x" % random.getrandbits(160))
    return accounts[:count]


def make_assets(random, spelling):
    count = random.choice([1, 1, 2, 3])
    if spelling in ("etl_transactions", "etherscan_native"):
        return ["native"]
    contracts = ["0x%040x" % random.getrandbits(160) for _ in range(3)]
    if spelling == "etl_transfers":
        return contracts[:count]
    return random.sample(contracts + ["USDT", "usdt", "native"], count)


def make_times(random, time_axis):
    start = random.choice([0, 1, 1_600_000_000, 4_000_000_000]) if time_axis == "time" else random.choice([0, 1, 9])
    step = random.choice([1, 1, 30, 60, 3600, 86400]) if time_axis == "time" else 1
    return [start + step * offset for offset in range(random.choice([1, 2, 3, 5, 5, 8, 8, 8, 15, 15, 15, 40, 40, 40]))]


def make_times_of_a_burst(random):
    """Busy hours or days within longer times, with neighbours at the ends of windows."""
    start = random.choice([0, 1_600_000_000])
    begin, length = random.randrange(30 * 86400), random.choice([600, 3600, 6 * 3600, 3 * 86400])
    busy = [begin + random.choice([0, length - 1, length, length + 1, random.randrange(length)]) for _ in range(30)]
    idle = [random.randrange(40 * 86400) for _ in range(random.choice([2, 5, 20]))]
    return sorted(start + time for time in {*busy, *idle})


def plan_payment(random, accounts, customers, assets, times, amounts):
    payer, payee = (customers, accounts) if random.random() < 0.5 else (accounts, customers)
    return {"from": random.choice(payer), "to": random.choice(payee), "asset": random.choice(assets),
            "amount": random.choice(amounts), "time": random.choice(times)}


def plan_farm(random, accounts, customers, assets, times, amounts):
    """One farm of one of the models; times and amounts may tie, and then just fail to be one."""
    worker, merchant, delegation = random.choice(customers), random.choice(accounts[:4]), random.choice(accounts)
    asset = random.choice(assets)
    first, second, third = sorted(random.choice(times) for _ in range(3))
    less, more = sorted(random.choice(amounts) for _ in range(2))
    edges = random.choice([
        [(worker, merchant, less, first), (delegation, worker, more, third)],
        [(worker, merchant, less, first), (merchant, worker, more, third)],
        [(merchant, worker, more, first), (worker, merchant, less, second)],
        [(worker, merchant, less, first), (merchant, delegation, random.choice(amounts), second),
         (delegation, worker, more, third)]])
    return [{"from": payer, "to": payee, "asset": asset, "amount": amount, "time": time}
            for payer, payee, amount, time in edges]


def make_rows(random, spelling, time_axis, accounts, assets, times, columns):
    amounts = list(random.choice(AMOUNT_POOLS))
    if random.random() < 0.3:
        amounts += random.choice(AMOUNT_POOLS)
    ids = ["0x%064x" % random.getrandbits(256) for _ in range(random.choice([1, 3, 10, 200]))]
    if spelling == "generic" and random.random() < 0.3:
        ids = ["tx-%d" % number for number in range(len(ids))] + ["A", "a"]
    # Few customers among many accounts, else no one would be suspect at two merchants, let alone at more than 64.
    customers = accounts[:3] if len(accounts) > 30 else accounts[:random.choice([2, 3, 5, 30])]
    planned = []
    rows = []
    for _ in range(random.choice(ROW_COUNTS) if len(accounts) <= 30 else 200):
        if rows and random.random() < 0.06:
            row = dict(random.choice(rows))
            changed = random.choice(["nothing", "log", "block", "index"])
            if changed in columns and not (changed == "block" and time_axis == "block"):
                row[changed] = random.randint(0, 2)
            rows.append(row)
            continue
        if not planned and random.random() < 0.3:
            planned = plan_farm(random, accounts, customers, assets, times, amounts)
        row = {**(planned.pop() if planned else plan_payment(random, accounts, customers, assets, times, amounts)),
               "failed": "failed" in columns and random.random() < 0.1}
        for end in ("from", "to"):
            if random.random() < 0.02:
                row[end] = ""
        for name in ("block", "index", "log"):
            row[name] = random.randint(0, 2) if name in columns else 0
        if time_axis == "block":
            row["block"] = row["time"]
        row["id"] = random.choice(ids) if "id" in columns and random.random() < 0.9 else ""
        rows.append(row)
    return rows


def spell_duration(random, seconds):
    units = [(size, unit) for size, unit in ((1, "s"), (60, "m"), (3600, "h"), (86400, "d")) if seconds % size == 0]
    size, unit = random.choice(units)
    return f"{seconds // size}{unit}"


def spell_moment(random, moment, time_axis):
    if time_axis == "time" and random.random() < 0.3:
        return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(moment)


def make_interval(random, times):
    span = times[-1] - times[0]
    first = max(random.choice([times[0], random.choice(times)]) - random.randint(0, 1), 0)
    return first, first + random.choice([1, 2, 3, span // 2 + 1, span + 1, span + 2])


def make_filters(random, time_axis, assets, times, rows, question, options):
    for name in ("keep-zero", "keep-self", "keep-failed", "dedupe"):
        if random.random() < 0.25:
            question[name.replace("-", "_")] = True
            options.append(f"--{name}")
    if random.random() < 0.12:
        question["start"] = random.choice(times[:len(times) // 2 + 1])
        options += ["--start", spell_moment(random, question["start"], time_axis)]
    if random.random() < 0.12:
        question["end"] = max(random.choice(times[len(times) // 2:]), question.get("start", 0) + 1)
        options += ["--end", spell_moment(random, question["end"], time_axis)]
    if random.random() < 0.12:
        question["assets"] = set(random.sample(assets, random.randint(1, len(assets))))
        options += ["--assets", ",".join(mixed_case(random, asset) for asset in sorted(question["assets"]))]
    if rows and random.random() < 0.12:
        question["min_amount"] = random.choice(rows)["amount"]
        options += ["--min-amount", str(question["min_amount"])]


def make_lists(random, time_axis, accounts, times, question, options):
    """-> text of MERCHANTS and EXCLUDE; the second is empty where no --exclude is asked for"""
    exclude_lines = []
    if random.random() < 0.2:
        excluded = set(random.sample(accounts, random.randint(1, 1 + len(accounts) // 6)))
        question["excluded"] = excluded
        exclude_lines = ["# exchanges", "", *(mixed_case(random, account) for account in sorted(excluded)), "0x77"]
    if question["count"]:
        return "", exclude_lines
    count = len(accounts) if len(accounts) > 30 else random.randint(1, min(len(accounts), 12))
    # Planned farms use the first four accounts as merchants.
    first_choice = accounts[:4] if count <= 4 and len(accounts) >= 4 and random.random() < 0.6 else accounts
    merchants = dict.fromkeys(random.sample(first_choice, count))
    if random.random() < 0.2:
        merchants["0x%040x" % random.getrandbits(160)] = None
    has_intervals = question["rule"] == "time" and question["between"] is None or random.random() < 0.15
    lines = ["# merchants"] if random.random() < 0.3 else []
    for account in merchants:
        line = mixed_case(random, account)
        if has_intervals and (random.random() < 0.7 or question["rule"] == "time"):
            merchants[account] = make_interval(random, times)
            line += "".join("," + spell_moment(random, moment, time_axis) for moment in merchants[account])
        lines.append(line)
        if random.random() < 0.05:
            lines += ["", line]
    question["merchants"] = merchants
    return lines, exclude_lines


def make_rule(random, time_axis, times, is_auto):
    """-> (question, options) without the lists"""
    count = random.random() < 0.2
    rule = random.choice(["ring", "ring", "time"] if count else ["ring", "ring", "ring", "time", "share"])
    question = {"rule": rule, "model": None, "within": None, "max_gain": None, "between": None, "min_share": None,
                "quorum": "all", "count": count, "excluded": set(), "merchants": None}
    options = [] if rule == "ring" and random.random() < 0.5 else ["--rule", rule]
    if rule != "time":
        question["model"] = random.choice(["any", "basic", "enhanced", "advanced"])
        if question["model"] != "any" or random.random() < 0.5:
            options += ["--model", question["model"]]
        if random.random() < 0.35:
            span = times[-1] - times[0]
            question["within"] = random.choice([0, 1, span // 3, span // 2, span // 2, span, span])
            spelled = spell_duration(random, question["within"]) if time_axis == "time" else str(question["within"])
            options += ["--within", spelled]
        if question["model"] != "basic" and random.random() < 0.35:
            question["max_gain"] = random.choice(DECIMALS + ["0.25"] * 5 + ["2", "0." + "0" * 27 + "1", "1000", "1000"])
            options += ["--max-gain", question["max_gain"]]
    if is_auto and not count:
        question["between"] = "auto"
        options += ["--between", "auto"]
    elif random.random() < 0.2 or rule == "time" and (count or random.random() < 0.7):
        question["between"] = make_interval(random, times)
        options += ["--between", ",".join(spell_moment(random, moment, time_axis) for moment in question["between"])]
    if rule == "share" or not count and random.random() < 0.15:
        question["min_share"] = random.choice(DECIMALS)
        options += ["--min-share", question["min_share"]]
    return question, options


def make_case(random):
    is_wide = random.random() < 0.04
    spelling = random.choice(SPELLINGS)
    can_be_block = spelling in ("etl_transactions", "etl_transfers", "generic")
    time_axis = random.choice(["time"] * 6 + ["block"] * can_be_block + ["step"] * (spelling == "generic"))
    columns = {"etl_transactions": ["id", "block", "index", "failed"], "etl_transfers": ["id", "block", "log"],
               "etherscan_token": ["id", "block"], "etherscan_native": ["id", "block", "failed"],
               "generic": [name for name in ("id", "block", "index", "log") if random.random() < 0.6]}[spelling]
    if time_axis == "block":
        columns = sorted({"block", *columns})
    accounts = make_accounts(random, spelling, is_wide)
    assets = make_assets(random, spelling)
    if spelling == "generic" and "native" in assets and len(assets) == 1 and random.random() < 0.5:
        columns = [*columns, "no_asset"]
    is_auto = time_axis == "time" and random.random() < 0.1
    times = make_times_of_a_burst(random) if is_auto else make_times(random, time_axis)
    rows = make_rows(random, spelling, time_axis, accounts, assets, times, columns)
    question, options = make_rule(random, time_axis, times, is_auto)
    make_filters(random, time_axis, assets, times, rows, question, options)
    merchant_lines, exclude_lines = make_lists(random, time_axis, accounts, times, question, options)
    if question["count"]:
        options.append("--count")
    elif random.random() < 0.75:
        question["quorum"] = random.choice([1, 1, 1, 1, 1, 1, 2, 2, 3, "all", len(question["merchants"])])
        if question["quorum"] != "all":
            question["quorum"] = min(question["quorum"], len(question["merchants"]))
        options += ["--quorum", str(question["quorum"])]
    if time_axis != "time":
        options += ["--time-axis", time_axis]
    ending = random.choice(["\n", "\r\n"])
    return Case(spelling, time_axis, rows, columns, question, options,
                "".join(line + ending for line in merchant_lines), "".join(line + ending for line in exclude_lines))


def write_lists(case, folder):
    """-> the options that name the lists"""
    options = []
    if case.question["count"]:
        options += ["--merchants", "all"]
    else:
        path = folder / "merchants.txt"
        path.write_bytes(case.merchants_text.encode())
        options += ["--merchants", str(path)]
    if case.exclude_text:
        path = folder / "exclude.txt"
        path.write_bytes(case.exclude_text.encode())
        options += ["--exclude", str(path)]
    return options
