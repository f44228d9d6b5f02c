"""Cycles in time order: money that leaves an account and comes back to it within 21 days, from the one it paid (two steps) or
from one whom that paid in between (three steps), whatever the amounts. An account's count: its payments that begin a
cycle, once for each account that it comes back from. The one that is paid first counts as a merchant."""

import bisect
import collections

WITHIN = 21 * 86_400
THRESHOLDS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)


def begun(purchases, between, rewards):
    """How many of the purchases are followed by one of `between` (None: two steps) and that by a reward, in time."""
    count = 0
    for time in purchases:
        middle = time
        if between is not None:
            i = bisect.bisect_right(between, time)
            if i == len(between):
                break
            middle = between[i]
        i = bisect.bisect_right(rewards, middle)
        if i == len(rewards):
            break
        count += rewards[i] - time <= WITHIN
    return count


def cycle_counts(table):
    """Counts of accounts that money comes back to, and of those that they paid first."""
    times = collections.defaultdict(list)
    for payer, payee, time in zip(table.payer.tolist(), table.payee.tolist(), table.time.tolist()):
        times[payer, payee].append(time)
    payees, payers = collections.defaultdict(set), collections.defaultdict(set)
    for payer, payee in times:
        payees[payer].add(payee)
        payers[payee].add(payer)
    of_workers, of_merchants = collections.Counter(), collections.Counter()
    for (worker, merchant), purchases in times.items():
        count = begun(purchases, None, times[merchant, worker]) if worker in payees[merchant] else 0
        for payer in payees[merchant] & payers[worker]:
            count += begun(purchases, times[merchant, payer], times[payer, worker])
        if count:
            of_workers[worker] += count
            of_merchants[merchant] += count
    return of_workers, of_merchants


def suspects(table, counts, thresholds):
    """All whose counts reach the thresholds, by role."""
    return {role: table.names(account for account, count in own.items() if count >= least)
            for role, own, least in zip(("workers", "merchants"), counts, thresholds)}
