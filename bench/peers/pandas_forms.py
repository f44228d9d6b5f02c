"""pandas' form, and cuDF's, which has the same functions on a GPU: a running maximum over events sorted by time, descending,
purchases before receipts of the same second."""

import importlib

from questions import LISTED, QUESTIONS, QUORUM, clock, listed_answer, since

FORMS = {"plain": ["window"], "hot": ["window"], "all": ["window"], "all-uniform": ["window"]}


def forms(question):
    return [source + form for form in FORMS.get(question, []) for source in ("", "memory-")]


def window(frames, purchases, receipts):
    bought = purchases[["f", "a", "s", "v", "t"]].rename(columns={"f": "account"})
    got = receipts[["t", "a", "s", "v"]].rename(columns={"t": "account"})
    bought["is_receipt"], got["is_receipt"] = 0, 1
    bought["received"], got["received"], got["t"] = 0, got["v"], -1
    events = frames.concat([bought, got], ignore_index=True)
    events = events.sort_values(["account", "a", "s", "is_receipt"], ascending=[True, True, False, True])
    events["later"] = events.groupby(["account", "a"])["received"].cummax()
    hits = events[(events["is_receipt"] == 0) & (events["later"] > events["v"])]
    return hits[["t", "account"]].rename(columns={"account": "f"})


def answer(question, form, folder, facts, frames="pandas"):
    """The answer, and what the query alone took."""
    del facts
    frames, begin = importlib.import_module(frames), clock()
    ledger = frames.read_parquet(str(folder / "ledger.parquet"))
    if form.startswith("memory-"):
        begin = clock()
    if QUESTIONS[question].kind != LISTED:
        hits = window(frames, ledger, ledger)
        return {"hits": len(hits), "pairs": len(hits.drop_duplicates())}, since(begin)
    merchants = [int(line) for line in open(folder / "merchants.txt")]
    purchases = ledger[ledger["t"].isin(merchants)]
    pairs = window(frames, purchases, ledger[ledger["t"].isin(purchases["f"].unique())]).drop_duplicates()
    found = frames.DataFrame({"customers": purchases.groupby("t")["f"].nunique(), "suspects": pairs.groupby("t").size()})
    found = found.fillna(0).reset_index().astype("int64")
    found = found.to_pandas() if hasattr(found, "to_pandas") else found
    workers = pairs.groupby("f").size()
    workers = workers[workers >= QUORUM].index
    workers = workers.to_pandas() if hasattr(workers, "to_pandas") else workers
    return listed_answer(found.itertuples(index=False), workers), since(begin)
