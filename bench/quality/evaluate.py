"""What a result of `discover` found of what `generate` planted: precision, recall and F1 of accounts by role, and the
average precision of the ranked farms.

usage: evaluate.py TRUTH RESULT [--explain]     one line of JSON; --explain: the reports that are no farm, and their stories
"""

import collections
import json
import sys

ROLES = ("workers", "merchants", "delegations")


def rates(found, planted):
    """Precision, recall and F1 of a set; what is empty on both sides is perfect."""
    hits = len(found & planted)
    precision = hits / len(found) if found else 1.0
    recall = hits / len(planted) if planted else 1.0
    total = precision + recall
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / total if total else 0.0}


def planted_farms(truth):
    """The planted farms as sets of accounts; a farm that nobody could see (no task was paid) counts all the same."""
    return [{role: set(farm[role]) for role in ROLES} | {"model": farm["model"]} for farm in truth["farms"]]


def reported_farms(result):
    return [{role: {entry["account"] for entry in farm[role]} for role in ROLES} for farm in result["farms"]]


def evidence_rows(result):
    return {
        edge[kind]["tx"]
        for farm in result["farms"] for worker in farm["workers"] for edge in worker["evidence"]
        for kind in ("purchase", "reward") if edge[kind]
    }


def planted_rows(truth):
    return {
        step["tx"] for farm in truth["farms"] for step in farm["steps"]
        if step["tx"] and (step["step"] in ("purchase", "reward") or (step["step"] == "fund" and farm["model"] == "basic"))
    }


def matches(report, farm):
    """A report hits a farm if half of its workers, and one of its merchants, are the farm's."""
    return 2 * len(report["workers"] & farm["workers"]) >= len(report["workers"]) and report["merchants"] & farm["merchants"]


def average_precision(reports, farms):
    """Each farm can be hit once; a second report of it counts as wrong. Also the number of farms that were hit."""
    left, hits, total = list(farms), 0, 0.0
    for rank, report in enumerate(reports, 1):
        hit = next((farm for farm in left if matches(report, farm)), None)
        if hit is not None:
            left.remove(hit)
            hits += 1
            total += hits / rank
    return (total / len(farms) if farms else float(not reports)), hits


def union(farms, role):
    return set().union(*(farm[role] for farm in farms)) if farms else set()


def evaluate(truth, result):
    farms, reports = planted_farms(truth), reported_farms(result)
    score, hits = average_precision(reports, farms)
    figures = {role: rates(union(reports, role), union(farms, role)) for role in ROLES}
    figures["evidence"] = rates(evidence_rows(result), planted_rows(truth))
    return figures | {"average_precision": score, "hits": hits, "reports": len(reports), "farms": len(farms)}


def explain(truth, result):
    """What the reports that hit no farm are in truth, and which farms were missed."""
    stories = collections.defaultdict(set)
    for actor in truth.get("actors", []):
        stories[actor["account"]].add(f'{actor["story"]}/{actor["role"]}')
    farms, reports = planted_farms(truth), reported_farms(result)
    for rank, (report, farm) in enumerate(zip(reports, result["farms"]), 1):
        if any(matches(report, planted) for planted in farms):
            continue
        roles = {role: dict(collections.Counter(s for a in report[role] for s in sorted(stories[a]))) for role in ROLES}
        print(f'no farm: rank {rank} score {farm["score"]} {farm["model"]} {roles} {json.dumps(farm["signals"])}')
    for planted, farm in zip(farms, truth["farms"]):
        if not any(matches(report, planted) for report in reports):
            print(f'missed: {planted["model"]} {[len(planted[role]) for role in ROLES]} {farm.get("traits")}')


def main():
    with open(sys.argv[1]) as file:
        truth = json.load(file)
    with open(sys.argv[2]) as file:
        result = json.load(file)
    print(json.dumps(evaluate(truth, result)))
    if "--explain" in sys.argv:
        explain(truth, result)


if __name__ == "__main__":
    main()
