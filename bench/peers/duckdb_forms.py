"""DuckDB's forms: those of SQL, and ASOF joins; from the Parquet file as a view, from the file as a table of its own, and
from a table that is already in its memory, where the query alone is timed."""

import duckdb
import sql_forms
from questions import LISTED, QUESTIONS, clock, listed_answer, since

ASOF = {"plain", "share", "hot", "all", "all-uniform"}
SOURCES = ["", "table-", "memory-"]


def forms(question):
    sql = sql_forms.FORMS[question] + (["asof"] if question in ASOF else [])
    return [source + form for form in sql for source in SOURCES]


def answer(question, form, folder, facts):
    """The answer, and what the query alone took."""
    source, form = next((source, form.removeprefix(source)) for source in reversed(SOURCES) if form.startswith(source))
    db = duckdb.connect()
    db.execute("SET enable_progress_bar = false")
    db.execute(f"SET temp_directory = '{folder}/spill'")
    kind = "TABLE" if source else "VIEW"
    db.execute(f"CREATE TEMP {kind} ledger AS SELECT * FROM read_parquet('{folder}/ledger.parquet')")
    begin = clock()
    if QUESTIONS[question].kind != LISTED:
        hits, pairs = db.execute(sql_forms.counts(form)).fetchone()
        return {"hits": int(hits or 0), "pairs": int(pairs)}, since(begin)
    merchants = [int(line) for line in open(folder / "merchants.txt")]
    db.execute("CREATE TEMP TABLE merchants AS SELECT unnest(?)::INTEGER AS m", [merchants])
    db.execute(f"CREATE TEMP TABLE purchases AS {sql_forms.PURCHASES}")
    db.execute(f"CREATE TEMP TABLE receipts AS {sql_forms.receipts(question)}")
    if question == "advanced":
        db.execute(f"CREATE TEMP TABLE payments AS {sql_forms.PAYMENTS}")
    db.execute(f"CREATE TEMP TABLE suspects AS {sql_forms.suspects(question, form, facts)}")
    found = db.execute(sql_forms.merchants_table(question)).fetchall()
    workers = db.execute(sql_forms.workers(question)).fetchall()
    return listed_answer(found, (worker for worker, in workers)), since(begin)
