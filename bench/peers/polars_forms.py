"""Polars' forms, lazy: an equality join with the rest as a filter, join_asof on a suffix maximum, and a running maximum over
sorted events; from the Parquet file, or (memory-) from a frame in memory, where the query alone is timed."""

import polars as pl
from questions import GAIN_TENTHS, LISTED, QUESTIONS, QUORUM, SHARE, clock, listed_answer, since

FORMS = {"plain": ["join", "asof", "window"], "share": ["join", "asof"], "band": ["join", "asof"], "advanced": ["join", "payers"],
         "hot": ["join", "asof", "window"], "all": ["asof", "window"], "all-uniform": ["join", "asof", "window"]}


def forms(question):
    return [source + form for form in FORMS[question] for source in ("", "memory-")]


def asof(purchases, receipts):
    """Purchases followed by a larger receipt: both sides ascend in time, as the file does."""
    later = receipts.select(pl.col("t").alias("f"), "a", "s", pl.col("v").cum_max(reverse=True).over("t", "a").alias("later"))
    return purchases.sort("s").join_asof(later.sort("s"), on="s", by=["f", "a"], strategy="forward", allow_exact_matches=False,
                                         check_sortedness=False).filter(pl.col("later") > pl.col("v"))


def join(purchases, receipts, further=True):
    later = receipts.select(pl.col("t").alias("f"), "a", pl.col("s").alias("later"), pl.col("v").alias("more"),
                            *([pl.col("f").alias("payer")] if "f" in receipts.collect_schema().names() else []))
    return purchases.join(later, on=["f", "a"]).filter(
        (pl.col("later") > pl.col("s")) & (pl.col("more") > pl.col("v")) & further)


def window(purchases, receipts):
    """A running maximum in one descending order of time in which purchases stand before receipts of the same second."""
    events = pl.concat([
        purchases.select(pl.col("f").alias("account"), "a", "s", pl.lit(0, pl.Int8).alias("is_receipt"),
                         pl.lit(None, pl.Int64).alias("received"), "t", "v"),
        receipts.select(pl.col("t").alias("account"), "a", "s", pl.lit(1, pl.Int8).alias("is_receipt"),
                        pl.col("v").alias("received"), pl.lit(None, pl.Int32).alias("t"), pl.lit(None, pl.Int64).alias("v"))])
    later = pl.col("received").fill_null(0).cum_max().over("account", "a")
    return events.sort("s", "is_receipt", descending=[True, False]).with_columns(later.alias("later")).filter(
        (pl.col("is_receipt") == 0) & (pl.col("later") > pl.col("v"))).rename({"account": "f"})


DOMINATED = {"asof": asof, "join": join, "window": window}


def suspects(question, form, ledger, facts, purchases, receipts):
    if question == "band":
        within = pl.col("later") <= pl.col("s") + facts["within"]
        gain = pl.col("more") * 10 <= pl.col("v") * (10 + GAIN_TENTHS)
        hopeful = asof(purchases, receipts).drop("later") if form == "asof" else purchases
        return join(hopeful, receipts, within & gain)
    if question == "advanced":
        merchants = pl.Series(sorted(facts["merchants"]), dtype=pl.Int32)
        payments = ledger.filter(pl.col("f").is_in(merchants.implode())).select(
            pl.col("f").alias("t"), pl.col("t").alias("payer"), "a", pl.col("s").alias("paid"))
        if form == "payers":
            receipts = receipts.join(payments.select("payer", "a").unique(), left_on=["f", "a"], right_on=["payer", "a"], how="semi")
        between = (pl.col("paid") > pl.col("s")) & (pl.col("paid") < pl.col("later")) & (pl.col("payer") != pl.col("f"))
        return join(purchases, receipts).join(payments, on=["t", "payer", "a"]).filter(between)
    return DOMINATED[form](purchases, receipts)


def answer(question, form, folder, facts):
    """The answer, and what the query alone took."""
    ledger = pl.scan_parquet(folder / "ledger.parquet")
    if form.startswith("memory-"):
        ledger = ledger.collect().lazy()
    form = form.removeprefix("memory-")
    begin = clock()
    if QUESTIONS[question].kind != LISTED:
        hits = DOMINATED[form](ledger, ledger)
        if form == "join":  # a purchase has many receipts
            hits = join(ledger.with_row_index(), ledger).unique("index")
        hits = hits.group_by("t", "f").len().select(pl.col("len").sum(), pl.len().alias("pairs"))
        hits, pairs = hits.collect().row(0)
        return {"hits": hits, "pairs": pairs}, since(begin)
    facts["merchants"] = [int(line) for line in open(folder / "merchants.txt")]
    purchases = ledger.filter(pl.col("t").is_in(pl.Series(facts["merchants"], dtype=pl.Int32).implode())).collect()
    customers = purchases["f"].unique().implode()
    columns = ["f", "t", "a", "v", "s"] if question == "advanced" else ["t", "a", "v", "s"]
    receipts = ledger.filter(pl.col("t").is_in(customers)).select(columns).collect()
    pairs = suspects(question, form, ledger, facts, purchases.lazy(), receipts.lazy()).select("t", "f").unique().collect()
    found = purchases.group_by("t").agg(pl.col("f").n_unique().alias("customers")).join(
        pairs.group_by("t").len("suspects"), on="t", how="left").fill_null(0)
    workers = pairs.group_by("f").len().filter(pl.col("len") >= QUORUM).select("f")
    if question == "share":
        theirs = pairs.join(workers, on="f", how="semi")
        boosted = theirs.group_by("t").len("workers").join(found, on="t").filter(
            pl.col("workers") * SHARE[1] > pl.col("customers") * SHARE[0])
        workers = theirs.join(boosted, on="t", how="semi").select("f").unique()
    return listed_answer(found.iter_rows(), workers["f"]), since(begin)
