"""FRAUDAR (Hooi and others, KDD 2016): blocks of payers and receivers that are dense although popular receivers count
little. An edge weighs 1 / log(5 + the receiver's payers); the node with the least weight is removed until none is left,
and the block is what was there when the weight per node was greatest. Its edges are taken out for the next block."""

import heapq
import math

import numpy

BLOCKS = 30  # as many as farms are planted


def densest_block(payers, payees):
    """Places of the payers and payees of the block; `payers`, `payees`: edges by place, each side from 0."""
    rows, columns = payers.max() + 1, payees.max() + 1
    weight_of = 1 / numpy.log(5 + numpy.bincount(payees, minlength=columns))
    weights = weight_of[payees]
    ends = numpy.r_[payers, payees + rows]
    order = numpy.argsort(ends, kind="stable")
    begin = numpy.searchsorted(ends[order], numpy.arange(rows + columns + 1)).tolist()
    neighbour = numpy.r_[payees + rows, payers][order].tolist()
    weight = numpy.r_[weights, weights][order].tolist()
    total = numpy.bincount(ends, weights=numpy.r_[weights, weights], minlength=rows + columns).tolist()
    left = sum(1 for node in range(rows + columns) if begin[node] < begin[node + 1])
    is_left = [begin[node] < begin[node + 1] for node in range(rows + columns)]
    queue = [(total[node], node) for node in range(rows + columns) if is_left[node]]
    heapq.heapify(queue)
    sum_of_all, removed, best, best_at = float(weights.sum()), [], -math.inf, 0
    while left:
        if sum_of_all / left > best:
            best, best_at = sum_of_all / left, len(removed)
        while True:
            known, node = heapq.heappop(queue)
            if is_left[node] and known == total[node]:
                break
        is_left[node] = False
        removed.append(node)
        left -= 1
        sum_of_all -= total[node]
        for i in range(begin[node], begin[node + 1]):
            other = neighbour[i]
            if is_left[other]:
                total[other] -= weight[i]
                heapq.heappush(queue, (total[other], other))
    block = numpy.array(removed[best_at:])
    return block[block < rows], block[block >= rows] - rows


def dense_subgraphs(table):
    edges = table.edges()
    payer, payee = edges["payer"], edges["payee"]
    farms = []
    for _ in range(BLOCKS):
        payers, row = numpy.unique(payer, return_inverse=True)
        payees, column = numpy.unique(payee, return_inverse=True)
        rows, columns = densest_block(row, column)
        farms.append({"workers": table.names(payers[rows]), "merchants": table.names(payees[columns])})
        is_out = numpy.isin(payer, payers[rows]) & numpy.isin(payee, payees[columns])
        payer, payee = payer[~is_out], payee[~is_out]
        if not len(payer):
            break
    return farms
