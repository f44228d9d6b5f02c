"""Communities, then classification: Louvain communities of the undirected graph weighted by payments, features of each, and a
random forest that learnt from other ledgers which of them hold a farm (`Communities`); and the same for accounts, with
features of their own and of their community, and their roles as classes (`Accounts`). Unlike the other methods these
are told the answers of some ledgers."""

import collections
import random

import igraph
import numpy
from sklearn.ensemble import RandomForestClassifier

WITHIN, MOST_GAIN = 21 * 86_400, 1.2
RESOLUTIONS = (1, 30, 1000)
ROLES = ("workers", "merchants", "delegations")
THRESHOLDS = [i / 20 for i in range(1, 20)]


def louvain(table, resolution):
    edges = table.edges()
    graph = igraph.Graph(n=len(table.accounts), edges=numpy.c_[edges["payer"], edges["payee"]].tolist())
    graph.es["weight"] = edges["payments"].tolist()
    graph.simplify(combine_edges="sum")
    igraph.set_random_number_generator(random.Random(1))
    return numpy.array(graph.community_multilevel(weights="weight", resolution=resolution).membership)


def answered(table):
    """Whether the payer gets a little more than this payment from anybody within WITHIN."""
    order = numpy.lexsort((table.time, table.payee))
    payee, time, amount = table.payee[order], table.time[order], table.amount[order]
    stride = int(time.max()) + 2
    key = payee * stride + time
    first = numpy.searchsorted(key, table.payer * stride + table.time, side="right")
    last = numpy.searchsorted(key, table.payer * stride + numpy.minimum(table.time + WITHIN, stride - 1), side="right")
    is_answered = numpy.zeros(len(time), bool)
    for step in range(128):
        place = first + step
        is_there = place < last
        if not is_there.any():
            break
        reward = amount[numpy.minimum(place, len(amount) - 1)]
        is_answered |= is_there & (reward > table.amount) & (reward <= MOST_GAIN * table.amount)
    return is_answered


def sums(keys, size, weights=None):
    return numpy.bincount(keys, weights=weights, minlength=size)


def account_features(table):
    size, edges, log = len(table.accounts), table.edges(), numpy.log(table.amount)
    is_answered = answered(table)
    reversed_key = edges["payee"] * size + edges["payer"]
    is_mutual = numpy.isin(reversed_key, edges["payer"] * size + edges["payee"])
    columns = []
    for own, other in (("payer", "payee"), ("payee", "payer")):
        of = getattr(table, own)
        payments = sums(of, size)
        neighbours = sums(edges[own], size)
        total = sums(of, size, table.amount)
        middle = sums(of, size, log) / numpy.maximum(payments, 1)
        spread = numpy.sqrt(numpy.maximum(sums(of, size, log**2) / numpy.maximum(payments, 1) - middle**2, 0))
        first, last = numpy.full(size, table.time.max()), numpy.full(size, table.time.min())
        numpy.minimum.at(first, of, table.time)
        numpy.maximum.at(last, of, table.time)
        mutual = sums(edges[own], size, is_mutual) / numpy.maximum(neighbours, 1)
        columns += [payments, neighbours, numpy.log1p(total), middle, spread, first, last, last - first, mutual,
                    sums(of, size, is_answered) / numpy.maximum(payments, 1)]
    columns += [columns[2] - columns[12]]
    return numpy.stack(columns, 1)


def community_features(table, community, accounts):
    """A row a community: size, payments inside and across, and means of its accounts' features."""
    size = community.max() + 1
    is_inside = community[table.payer] == community[table.payee]
    members = sums(community, size)
    inside = sums(community[table.payer[is_inside]], size)
    edges = table.edges()
    own = community[edges["payer"]] == community[edges["payee"]]
    links = sums(community[edges["payer"][own]], size)
    all_of = sums(community[table.payer], size) + sums(community[table.payee], size)
    columns = [members, inside, links, links / members, links / numpy.maximum(members * (members - 1.0), 1),
               2 * inside / numpy.maximum(all_of, 1)]
    columns += [sums(community, size, accounts[:, i]) / members for i in range(accounts.shape[1])]
    return numpy.stack(columns, 1)


def role_classes(table, farms):
    """0 for nobody, else 1 + the role's place."""
    number = {name: i for i, name in enumerate(table.accounts)}
    classes = numpy.zeros(len(table.accounts), int)
    for farm in farms:
        for place, role in enumerate(ROLES):
            classes[[number[name] for name in farm[role] if name in number]] = place + 1
    return classes


class Prepared:
    """A ledger's features at each resolution."""

    def __init__(self, table, resolutions=RESOLUTIONS):
        self.table, self.accounts = table, account_features(table)
        self.community = {r: louvain(table, r) for r in resolutions}
        self.features = {r: community_features(table, c, self.accounts) for r, c in self.community.items()}

    def labels(self, resolution, farms):
        """Communities with half of a farm's workers."""
        number = {name: i for i, name in enumerate(self.table.accounts)}
        community = self.community[resolution]
        labels = numpy.zeros(community.max() + 1, bool)
        for farm in farms:
            places = collections.Counter(community[number[name]] for name in farm["workers"] if name in number)
            labels[[place for place, count in places.items() if 2 * count >= len(farm["workers"])]] = True
        return labels


def forest():
    return RandomForestClassifier(200, class_weight="balanced_subsample", min_samples_leaf=2, random_state=1, n_jobs=2)


class Communities:
    def __init__(self, ledgers, resolution):
        """`ledgers`: pairs of Prepared and planted farms."""
        self.resolution = resolution
        features = numpy.concatenate([p.features[resolution] for p, _ in ledgers])
        labels = numpy.concatenate([p.labels(resolution, farms) for p, farms in ledgers])
        self.forest = forest().fit(features, labels) if labels.any() else None

    def chances(self, prepared):
        if self.forest is None:
            return numpy.zeros(len(prepared.features[self.resolution]))
        return self.forest.predict_proba(prepared.features[self.resolution])[:, 1]

    def farms(self, prepared, chances, threshold):
        """Chosen communities, the likeliest first. In them whoever is paid by three is a merchant, whoever pays one of those
        and is paid is a worker."""
        table, community = prepared.table, prepared.community[self.resolution]
        edges = table.edges()
        own = community[edges["payer"]] == community[edges["payee"]]
        payer, payee = edges["payer"][own], edges["payee"][own]
        is_merchant = sums(payee, len(table.accounts)) >= 3
        is_worker = numpy.zeros(len(table.accounts), bool)
        is_worker[payer[is_merchant[payee]]] = True
        is_worker &= (sums(payee, len(table.accounts)) > 0) & ~is_merchant
        chosen = [c for c in numpy.argsort(-chances, kind="stable") if chances[c] >= threshold]
        members = {c: numpy.flatnonzero(community == c) for c in chosen}
        return [{"workers": table.names(m[is_worker[m]]), "merchants": table.names(m[is_merchant[m]])} for m in members.values()]


class Accounts:
    def __init__(self, ledgers, resolution):
        self.resolution = resolution
        features, classes = [], []
        for prepared, farms in ledgers:
            own = role_classes(prepared.table, farms)
            kept = (own > 0) | (numpy.arange(len(own)) % 4 == 0)  # a quarter of those that are nobody
            features.append(self.features(prepared)[kept])
            classes.append(own[kept])
        self.forest = forest().fit(numpy.concatenate(features), numpy.concatenate(classes))

    def features(self, prepared):
        community = prepared.community[self.resolution]
        return numpy.c_[prepared.accounts, prepared.features[self.resolution][community]]

    def chances(self, prepared):
        return self.forest.predict_proba(self.features(prepared))

    def suspects(self, prepared, chances, thresholds):
        """All that reach their role's threshold, by role."""
        place = {int(c): i for i, c in enumerate(self.forest.classes_)}
        return {role: prepared.table.names(numpy.flatnonzero(chances[:, place[i + 1]] >= thresholds[i]))
                for i, role in enumerate(ROLES) if i + 1 in place}
