"""A generated ledger as arrays, and comparators' answers in the shape of a result of `discover`."""

import csv

import numpy


class LedgerTable:
    """Payments in the ledger's order: `payer` and `payee` are numbers of `accounts`; amounts are the nearest doubles. Payments
    to oneself are left out."""

    def __init__(self, path):
        with open(path) as file:
            rows = csv.reader(file)
            head = next(rows)
            columns = [head.index(name) for name in ("from_address", "to_address", "value", "block_timestamp")]
            cells = [[row[column] for column in columns] for row in rows]
        numbers = {}
        payer, payee = ([numbers.setdefault(row[i], len(numbers)) for row in cells] for i in (0, 1))
        payer, payee = numpy.array(payer), numpy.array(payee)
        kept = payer != payee
        self.accounts = list(numbers)
        self.payer, self.payee = payer[kept], payee[kept]
        self.amount = numpy.array([float(row[2]) for row in cells])[kept]
        self.time = numpy.array([int(row[3]) for row in cells])[kept]

    def names(self, numbers):
        return {self.accounts[int(number)] for number in numbers}

    def edges(self):
        """Distinct (payer, payee) with the number of payments, their sum, first and last time."""
        key = self.payer * len(self.accounts) + self.payee
        order = numpy.lexsort((self.time, key))
        sorted_key = key[order]
        begin = numpy.flatnonzero(numpy.r_[True, sorted_key[1:] != sorted_key[:-1]])
        end = numpy.r_[begin[1:], len(order)]
        sums = numpy.add.reduceat(self.amount[order], begin)
        return {"payer": sorted_key[begin] // len(self.accounts), "payee": sorted_key[begin] % len(self.accounts),
                "payments": end - begin, "sum": sums, "first": self.time[order][begin], "last": self.time[order][end - 1]}


def as_result(farms):
    """`farms`: dictionaries of sets by role, best first. No rows of evidence."""
    return {"farms": [{role: [{"account": name} | ({"evidence": []} if role == "workers" else {})
                              for name in farm.get(role, ())] for role in ("workers", "merchants", "delegations")}
                      for farm in farms]}
