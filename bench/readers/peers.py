"""Algorithm 1 for given merchants, as people would ask it of DuckDB and Polars: a process a question.

usage: peers.py FORM FILE MERCHANTS ANSWER

Writes, for each merchant that has customers, their number and that of its suspects.
"""
import json
import sys

FORMS = {}


def form(function):
    FORMS[function.__name__.replace("_", "-")] = function
    return function


def reader(path):
    """How DuckDB reads the file's four columns: sender, receiver, amount (exact), time."""
    if ".parquet" in path:
        return f"read_parquet('{path}')"
    types = {"value": "HUGEINT", "block_timestamp": "BIGINT"}
    if ".json" in path:
        columns = {"from_address": "VARCHAR", "to_address": "VARCHAR", "value": "HUGEINT", "block_timestamp": "BIGINT"}
        return f"read_json('{path}', format='newline_delimited', columns={columns})"
    return f"read_csv('{path}', types={types})"


def rows(path):
    """Payments as the tool has them: no empty account, amount above 0, no transfer to oneself."""
    value = "value::HUGEINT" if path.endswith("ledger.parquet") else "value"  # texts there
    return f"""SELECT from_address AS f, to_address AS t, {value} AS v, block_timestamp AS s FROM {reader(path)}
               WHERE from_address IS NOT NULL AND to_address IS NOT NULL AND v > 0 AND from_address <> to_address"""


def duckdb_answer(path, merchants, prepare, suspects):
    import duckdb

    db = duckdb.connect()
    kind = "BIGINT" if "integers" in path else "VARCHAR"
    names = open(merchants).read().split()
    db.execute(f"CREATE TABLE merchants AS SELECT unnest(?)::{kind} AS m", [names])
    db.execute(prepare.format(rows=rows(path)))
    db.execute("CREATE TEMP TABLE purchases AS SELECT * FROM ledger WHERE t IN (SELECT m FROM merchants)")
    db.execute("CREATE TEMP TABLE receipts AS SELECT t, v, s FROM ledger WHERE t IN (SELECT f FROM purchases)")
    found = db.execute(f"""
        SELECT t, count(DISTINCT f), count(DISTINCT CASE WHEN hit THEN f END)
        FROM ({suspects}) GROUP BY t""").fetchall()
    return {str(account): [customers, hits] for account, customers, hits in found}


EXISTS = """SELECT p.t, p.f, EXISTS (SELECT 1 FROM receipts r WHERE r.t = p.f AND r.s > p.s AND r.v > p.v) AS hit
            FROM purchases p"""
TABLE = "CREATE TEMP TABLE ledger AS {rows}"
VIEW = "CREATE TEMP VIEW ledger AS {rows}"


@form
def duckdb_table(path, merchants):
    return duckdb_answer(path, merchants, TABLE, EXISTS)


@form
def duckdb_view(path, merchants):
    return duckdb_answer(path, merchants, VIEW, EXISTS)


@form
def polars(path, merchants):
    import polars as pl

    columns = ["from_address", "to_address", "value", "block_timestamp"]
    names = open(merchants).read().split()
    if ".parquet" in path:
        ledger = pl.scan_parquet(path)
    elif ".json" in path:
        ledger = pl.scan_ndjson(path, schema_overrides={"value": pl.String})
    else:
        ledger = pl.scan_csv(path, schema_overrides={"value": pl.String}, infer_schema_length=1000)
    if "integers" in path:
        names = [int(name) for name in names]
    value = pl.col("value") if "integers" in path else pl.col("value").cast(pl.Int128)
    ledger = ledger.select(columns).with_columns(value.alias("value")).filter(
        (pl.col("value") > 0) & (pl.col("from_address") != pl.col("to_address")))
    purchases = ledger.filter(pl.col("to_address").is_in(names)).collect()
    customers = purchases["from_address"].unique()
    receipts = ledger.filter(pl.col("to_address").is_in(customers.implode())).select(
        pl.col("to_address").alias("from_address"), pl.col("value").alias("more"),
        pl.col("block_timestamp").alias("later")).collect()
    hits = purchases.lazy().join(receipts.lazy(), on="from_address").filter(
        (pl.col("later") > pl.col("block_timestamp")) & (pl.col("more") > pl.col("value"))).select(
        "to_address", "from_address").unique().group_by("to_address").len("hits").collect()
    found = purchases.group_by("to_address").agg(pl.col("from_address").n_unique().alias("customers")).join(
        hits, on="to_address", how="left").fill_null(0)
    return {str(t): [c, h] for t, c, h in found.select("to_address", "customers", "hits").iter_rows()}


if __name__ == "__main__":
    name, file, merchants_file, answer = sys.argv[1:]
    with open(answer, "w") as out:
        json.dump(FORMS[name](file, merchants_file), out)
