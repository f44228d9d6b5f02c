"""One generated ledger in every format that the comparison reads, and a hundred merchants of it."""
import gzip
import pathlib
import random
import shutil
import subprocess

CASES = {  # file, and what ringscan is told of it
    "csv": ("ledger.csv", []),
    "csv.gz": ("ledger.csv.gz", []),
    "4 x csv.gz": ("parts/part-*.csv.gz", []),
    "json lines": ("ledger.jsonl", []),
    "parquet": ("ledger.parquet", []),
    "parquet integers": ("integers.parquet", ["--map", "from=from_address,to=to_address,value=value,time=block_timestamp"]),
    "packed": ("ledger.ledger", []),
}


def make(work, ringscan, rows):
    work = pathlib.Path(work)
    csv = work / "ledger.csv"
    if not csv.exists():
        subprocess.run([ringscan, "generate", "--model", "all", "--seed", "1", "--transactions", str(rows), "--accounts",
                        str(max(1000, rows // 10)), "-o", str(work / "generated"), "--overwrite", "-q"], check=True)
        (work / "generated" / "transactions.csv").rename(csv)
    if not (work / "merchants.txt").exists():
        choose_merchants(work, csv)
    if not (work / "ledger.parquet").exists():
        columnar(work, csv)
    if not (work / "ledger.csv.gz").exists():
        compress(work, csv)
    if not (work / "ledger.ledger").exists():
        subprocess.run([ringscan, "import", str(csv), "-o", str(work / "ledger.ledger"), "-q"], check=True)


def choose_merchants(work, csv):
    """The planted ones, and others at random among the receivers."""
    import duckdb

    lines = (work / "generated" / "merchants.txt").read_text().splitlines()
    merchants = [line for line in lines if line and not line.startswith("#")]
    receivers = [row[0] for row in duckdb.execute(
        f"SELECT to_address FROM read_csv('{csv}', types={{'value': 'HUGEINT'}}) WHERE to_address IS NOT NULL "
        "GROUP BY 1 HAVING count(*) <= 10000 ORDER BY hash(to_address) LIMIT 1000").fetchall()]
    random.Random(1).shuffle(receivers)
    chosen = list(dict.fromkeys(merchants + receivers))[:100]
    (work / "merchants.txt").write_text("\n".join(chosen) + "\n")


def columnar(work, csv):
    import duckdb

    db = duckdb.connect()
    db.execute("SET enable_progress_bar = false")
    db.execute(f"SET preserve_insertion_order = true; SET memory_limit = '12GB'; SET temp_directory = '{work}/spill'")
    source = f"read_csv('{csv}', types={{'value': 'HUGEINT', 'input': 'VARCHAR'}})"
    db.execute(f"COPY (SELECT * REPLACE (value::VARCHAR AS value) FROM {source}) TO '{work}/ledger.parquet' (FORMAT parquet)")
    db.execute(f"COPY (SELECT * REPLACE (value::VARCHAR AS value) FROM {source}) TO '{work}/ledger.jsonl' (FORMAT json)")
    db.execute(f"""CREATE TABLE names AS SELECT account, row_number() OVER (ORDER BY account) AS number FROM
                   (SELECT from_address AS account FROM {source} UNION SELECT to_address FROM {source})
                   WHERE account IS NOT NULL""")
    # Amounts of 64 bits: in units of 10^9, so that they fit.
    db.execute(f"""COPY (SELECT f.number AS from_address, t.number AS to_address,
                                (value // 1000000000)::BIGINT AS value, block_timestamp
                         FROM {source} x JOIN names f ON f.account = x.from_address JOIN names t ON t.account = x.to_address
                         ORDER BY block_number, transaction_index)
                   TO '{work}/integers.parquet' (FORMAT parquet)""")
    numbers = dict(db.execute("SELECT account, number FROM names").fetchall())
    merchants = (work / "merchants.txt").read_text().split()
    (work / "integer_merchants.txt").write_text("".join(f"{numbers[name]}\n" for name in merchants if name in numbers))


def compress(work, csv):
    """Whole, and in four parts with a header each."""
    (work / "parts").mkdir(exist_ok=True)
    with open(csv, "rb") as source, gzip.open(work / "ledger.csv.gz", "wb", compresslevel=6) as out:
        shutil.copyfileobj(source, out, 1 << 24)
    size = csv.stat().st_size
    with open(csv, "rb") as source:
        header = source.readline()
        for part in range(4):
            with gzip.open(work / "parts" / f"part-{part}.csv.gz", "wb", compresslevel=6) as out:
                out.write(header)
                while source.tell() < size * (part + 1) // 4:
                    out.write(b"".join(source.readlines(1 << 24)))
