"""The questions in SQL, for DuckDB and Spark: relations as queries over `ledger` (f, t, a, v, s: sender, receiver, asset,
amount, time), `merchants` (m), `purchases` (rows to merchants) and `receipts` (rows to their senders).

`suspects(question, form, facts)` is a query of distinct (t, f): merchant and suspect. `counts(form)` is one of hits and
distinct pairs over all receivers. `workers(question)` is one of the workers among `suspects`. Equal times are no reward, and
amounts of different assets are never compared."""

from questions import GAIN_TENTHS, QUORUM, SHARE

PURCHASES = "SELECT f, t, a, v, s FROM ledger WHERE t IN (SELECT m FROM merchants)"
RECEIPTS = "SELECT {columns} FROM ledger WHERE t IN (SELECT f FROM purchases)"
PAYMENTS = "SELECT f, t, a, s FROM ledger WHERE f IN (SELECT m FROM merchants)"
CUSTOMERS = "SELECT t, count(DISTINCT f) AS customers FROM purchases GROUP BY t"
RECEIVED = "r.t = p.f AND r.a = p.a"
LATER_AND_LARGER = "r.s > p.s AND r.v > p.v"


def band(facts):
    return f"r.s <= p.s + {facts['within']} AND r.v * 10 <= p.v * {10 + GAIN_TENTHS}"


def later_maximum(purchases, receipts):
    """Every purchase with the most that its sender receives strictly later. In one descending order of time in which
    purchases stand before receipts of the same second, that is a running maximum."""
    return f"""
        SELECT t, f, v, later FROM (
            SELECT t, f, v, is_receipt, max(received) OVER (
                PARTITION BY account, a ORDER BY s DESC, is_receipt ROWS UNBOUNDED PRECEDING) AS later
            FROM (SELECT f AS account, a, s, 0 AS is_receipt, CAST(NULL AS BIGINT) AS received, t, f, v FROM {purchases}
                  UNION ALL
                  SELECT t AS account, a, s, 1 AS is_receipt, v AS received, NULL AS t, NULL AS f, NULL AS v FROM {receipts}))
        WHERE is_receipt = 0"""


def frame_maximum(purchases, receipts, end):
    """The same by a frame of time, which can end."""
    return f"""
        SELECT * FROM (
            SELECT t, f, a, v, s, is_receipt, max(received) OVER (
                PARTITION BY account, a ORDER BY s RANGE BETWEEN 1 FOLLOWING AND {end} FOLLOWING) AS later
            FROM (SELECT f AS account, a, s, 0 AS is_receipt, CAST(NULL AS BIGINT) AS received, t, f, v FROM {purchases}
                  UNION ALL
                  SELECT t AS account, a, s, 1 AS is_receipt, v AS received, NULL AS t, NULL AS f, NULL AS v FROM {receipts}))
        WHERE is_receipt = 0"""


def asof(purchases, receipts):
    """Every purchase with the first receipt strictly later, and the most from there on."""
    return f"""
        SELECT p.t, p.f, p.v, r.later FROM {purchases} p ASOF JOIN (
            SELECT t, a, s, max(v) OVER (PARTITION BY t, a ORDER BY s DESC) AS later FROM {receipts}) r
        ON p.f = r.t AND p.a = r.a AND p.s < r.s"""


def dominated(form, purchases="purchases", receipts="receipts"):
    """Purchases followed by a larger receipt."""
    if form == "exists":
        return f"SELECT p.t, p.f FROM {purchases} p WHERE EXISTS (SELECT 1 FROM {receipts} r WHERE {RECEIVED} AND {LATER_AND_LARGER})"
    if form == "frame":
        return f"SELECT t, f FROM ({frame_maximum(purchases, receipts, 'UNBOUNDED')}) WHERE later > v"
    source = {"window": later_maximum, "asof": asof}[form](purchases, receipts)
    return f"SELECT t, f FROM ({source}) WHERE later > v"


def suspects(question, form, facts):
    if question == "band":
        purchases = "purchases"
        if form == "window":  # a necessary condition first
            purchases = f"(SELECT * FROM ({frame_maximum('purchases', 'receipts', facts['within'])}) WHERE later > v)"
        return f"""SELECT DISTINCT p.t, p.f FROM {purchases} p WHERE EXISTS (
            SELECT 1 FROM receipts r WHERE {RECEIVED} AND {LATER_AND_LARGER} AND {band(facts)})"""
    if question == "advanced":
        joined = f"{RECEIVED} AND {LATER_AND_LARGER}"
        paid = "d.f = p.t AND d.t = r.f AND d.a = p.a AND d.s > p.s AND d.s < r.s AND r.f <> p.f AND r.f <> p.t"
        if form == "exists":
            return f"""SELECT DISTINCT p.t, p.f FROM purchases p WHERE EXISTS (
                SELECT 1 FROM receipts r, payments d WHERE {joined} AND {paid})"""
        if form == "payers":  # only receipts from somebody whom a merchant pays
            return f"""SELECT DISTINCT p.t, p.f FROM payments d
                JOIN (SELECT * FROM receipts WHERE f IN (SELECT t FROM payments)) r ON d.t = r.f AND d.a = r.a AND d.s < r.s
                JOIN purchases p ON {joined} AND {paid}"""
        return f"SELECT DISTINCT p.t, p.f FROM purchases p JOIN receipts r ON {joined} JOIN payments d ON {paid}"
    return f"SELECT DISTINCT t, f FROM ({dominated(form)})"


def workers(question):
    candidates = f"SELECT f FROM suspects GROUP BY f HAVING count(*) >= {QUORUM}"
    if question != "share":
        return candidates
    return f"""
        SELECT DISTINCT f FROM suspects WHERE f IN ({candidates}) AND t IN (
            SELECT w.t FROM (SELECT t, count(*) AS workers FROM suspects WHERE f IN ({candidates}) GROUP BY t) w
            JOIN ({CUSTOMERS}) c ON c.t = w.t WHERE w.workers * {SHARE[1]} > c.customers * {SHARE[0]})"""


def merchants_table(question):
    return f"""SELECT c.t, c.customers, coalesce(s.suspects, 0) FROM ({CUSTOMERS}) c
               LEFT JOIN (SELECT t, count(*) AS suspects FROM suspects GROUP BY t) s ON s.t = c.t"""


def counts(form):
    hits = dominated(form.removesuffix("-grouped"), "ledger", "ledger")
    if form.endswith("-grouped"):
        return f"SELECT sum(n), count(*) FROM (SELECT t, f, count(*) AS n FROM ({hits}) GROUP BY t, f)"
    return f"SELECT count(*), count(DISTINCT CAST(t AS BIGINT) * 4294967296 + f) FROM ({hits})"


def receipts(question):
    return RECEIPTS.format(columns="f, t, a, v, s" if question == "advanced" else "t, a, v, s")


FORMS = {"plain": ["exists", "frame", "window"], "share": ["exists", "window"], "band": ["exists", "window"],
         "advanced": ["exists", "join", "payers"], "hot": ["exists", "window"],
         "all": ["exists", "window", "window-grouped"], "all-uniform": ["exists", "frame", "window", "window-grouped"]}
