"""The three rules of DESIGN.md section 2 over canonical rows, by dictionaries and list walks.

In: rows sorted by (time, position), a `Rule` whose `between` may be "auto", merchants as {account: (T1, T2) or None},
excluded accounts.
Out: suspects with canonical evidence, workers, shares; or the numbers of hits and pairs. Exact integers and fractions.
Cost: one walk of the sender's receipts per purchase until the first reward.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict, namedtuple
from fractions import Fraction

Rule = namedtuple("Rule", "name model within max_gain between min_share quorum")
Evidence = namedtuple("Evidence", "purchase reward funding")
Merchant = namedtuple("Merchant", "customers suspects workers share")


HOUR, DAY = 3600, 86400
NOTHING = (0, 0)  # no time lies in between


def find_burst(times):
    """--between auto: (T1, T2), or NOTHING. `times` ascend. Integers alone: (k / E)^k decides as k ln(k / E) does."""
    best = None
    for length in (HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY) if times else ():
        span = times[-1] - times[0] + 1
        counts = [bisect_right(times, time + length) - bisect_left(times, time) for time in times]
        k = max(counts)
        above, below = k * span, len(times) * min(length, span)  # k / E
        if k < 10 or above < 2 * below:
            continue
        if best is None or above**k * best[2]**best[0] > best[1]**best[0] * below**k:
            best = k, above, below, times[counts.index(k)], length
    return (best[3] - 1, best[3] + best[4] + 1) if best else NOTHING


class Question:
    def __init__(self, rows, rule, merchants, excluded):
        self.rule, self.merchants, self.excluded = rule, merchants, excluded
        self.purchases = defaultdict(list)  # merchant -> rows, in canonical order like all lists here
        self.receipts = defaultdict(list)   # (account, asset) -> rows
        self.payments = defaultdict(list)   # (from, to, asset) -> rows
        for row in rows:
            self.purchases[row.receiver].append(row)
            self.receipts[row.receiver, row.asset].append(row)
            self.payments[row.sender, row.receiver, row.asset].append(row)
        if merchants is None:
            self.merchants = dict.fromkeys(self.purchases)
        self.intervals = {merchant: own or self.interval_for(merchant) for merchant, own in self.merchants.items()}

    def interval_for(self, merchant):
        if self.rule.between != "auto":
            return self.rule.between
        if merchant in self.excluded:
            return NOTHING
        return find_burst([row.time for row in self.purchases.get(merchant, ())])

    def is_in_interval(self, purchase):
        interval = self.intervals[purchase.receiver]
        return interval is None or interval[0] < purchase.time < interval[1]

    def find_evidence(self, purchase):
        """The evidence for one purchase, or None where it does not satisfy the rule."""
        merchant, customer = purchase.receiver, purchase.sender
        if merchant in self.excluded or customer in self.excluded or not self.is_in_interval(purchase):
            return None
        if self.rule.name == "time":
            return Evidence(purchase, None, None)
        if self.rule.model == "basic":
            return self.find_funding_before(purchase)
        receipts = self.receipts[customer, purchase.asset]
        for reward in receipts[bisect_right(receipts, purchase.time, key=lambda row: row.time):]:
            if self.rule.within is not None and reward.time > purchase.time + self.rule.within:
                break
            if reward.amount <= purchase.amount or reward.sender in self.excluded:
                continue
            if self.rule.max_gain is not None and reward.amount > purchase.amount * (1 + self.rule.max_gain):
                continue
            if self.rule.model == "any" or self.rule.model == "enhanced" and reward.sender == merchant:
                return Evidence(purchase, reward, None)
            if self.rule.model == "advanced":
                payment = self.find_payment_between(purchase, reward)
                if payment:
                    return Evidence(purchase, reward, payment)
        return None

    def find_funding_before(self, purchase):
        for funding in self.payments.get((purchase.receiver, purchase.sender, purchase.asset), ()):
            if (funding.time < purchase.time and funding.amount >= purchase.amount
                    and (self.rule.within is None or purchase.time - funding.time <= self.rule.within)):
                return Evidence(purchase, None, funding)
        return None

    def find_payment_between(self, purchase, reward):
        if reward.sender in (purchase.receiver, purchase.sender):
            return None
        for payment in self.payments.get((purchase.receiver, reward.sender, purchase.asset), ()):
            if purchase.time < payment.time < reward.time:
                return payment
        return None

    def find_suspects(self):
        """-> {merchant: {customer: Evidence}}; the first purchase in canonical order that satisfies the rule."""
        suspects = {}
        for merchant in self.merchants:
            found = suspects[merchant] = {}
            for purchase in self.purchases.get(merchant, ()):
                if purchase.sender not in found:
                    evidence = self.find_evidence(purchase)
                    if evidence:
                        found[purchase.sender] = evidence
        return suspects

    def count(self):
        hits, pairs = 0, set()
        for merchant in self.merchants:
            for purchase in self.purchases.get(merchant, ()):
                if self.find_evidence(purchase):
                    hits += 1
                    pairs.add((merchant, purchase.sender))
        return hits, len(pairs)

    def count_customers(self, merchant):
        if merchant in self.excluded:
            return 0
        return len({purchase.sender for purchase in self.purchases.get(merchant, ())})

    def scan(self):
        """-> ({merchant: Merchant}, {worker: {merchant: Evidence}})"""
        suspects = self.find_suspects()
        merchants_of = defaultdict(dict)
        for merchant, found in suspects.items():
            for customer, evidence in found.items():
                merchants_of[customer][merchant] = evidence
        quorum = self.rule.quorum
        if quorum == "all":
            quorum = sum(1 for found in suspects.values() if found)
        candidates = {customer for customer, found in merchants_of.items() if len(found) >= quorum}
        customers = {merchant: self.count_customers(merchant) for merchant in self.merchants}
        share = {merchant: Fraction(len(candidates & set(found)), customers[merchant]) if found else Fraction(0)
                 for merchant, found in suspects.items()}
        workers = candidates
        if self.rule.min_share is not None:
            boosted = {merchant for merchant in suspects if share[merchant] > self.rule.min_share}
            workers = {customer for customer in candidates if boosted & set(merchants_of[customer])}
        summary = {merchant: Merchant(customers[merchant], len(found), len(workers & set(found)), share[merchant])
                   for merchant, found in suspects.items()}
        return summary, {worker: merchants_of[worker] for worker in workers}
