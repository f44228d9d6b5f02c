#!/usr/bin/env python3
"""usage: report.py [--compact] RAW.json [-o DIR]

Reads what ring_bench wrote and writes DIR/table.md and DIR/time-RULE.svg (DIR: where RAW.json is). Prints the table. With
--compact, RAW.json itself is made smaller first. The Python standard library is all it needs.
"""

import argparse
import pathlib
import sys

from plot import plot
from results import compact, exponent, load, m_sweep, n_sweep, power_text, time_text


def row(cells):
    return "| " + " | ".join(cells) + " |"


def table(head, rows):
    return [row(head), "|" + "---|" * len(head), *map(row, rows)]


def ratio_text(other, group):
    """How many times faster than `other`, at the largest n of both."""
    by_n = {case.n: case for case in group}
    common = [case for case in other or [] if case.n in by_n]
    if not common or other is group:
        return "–"
    slow = max(common, key=lambda case: case.n)
    return f"{slow.seconds / by_n[slow.n].seconds:.3g} ({power_text(slow.n)})"


def exponent_text(value):
    return "–" if value is None else f"{value:.2f}"


def limit_of(group, groups, machine):
    """(seconds, where it is from) of the last case's floor: for counts over all receivers a loop with the same gathers
    and writes and no logic, at that n; for cuda-pairs its comparisons at the device's peak rate; else the bytes that the form must move, at copy speed."""
    last = group[-1]
    if last.rule.startswith("count") and last.form == "cpu":
        for case in groups.get((last.workload, "sweep", "limit"), []):
            if case.n == last.n:
                return case.seconds, "sweep"
    if "of_peak_comparisons" in last.counters:
        return last.seconds * last.counters["of_peak_comparisons"], "comparisons"
    copy = machine.get("copy/device" if last.form.startswith("cuda") else "copy/host")
    moved = last.counters.get("bytes_per_transaction")
    return (moved * last.n / copy, "copy") if copy and moved else (None, "")


def growth_table(rule, cases, machine):
    everything = n_sweep(cases)
    groups = {key: group for key, group in everything.items() if key[1] == rule}
    sizes = sorted({case.n for group in groups.values() for case in group})
    rows = []
    for (workload, _, form), group in groups.items():
        by_n, last = {case.n: case for case in group}, group[-1]
        limit, source = limit_of(group, everything, machine)
        rows.append([workload, form,
                     *(time_text(by_n[n].seconds) if n in by_n else "" for n in sizes),
                     exponent_text(exponent((case.n, case.seconds) for case in group)),
                     ratio_text(groups.get((workload, rule, "reference")), group),
                     ratio_text(groups.get((workload, rule, "cpu")) if form != "reference" else None, group),
                     f"{last.counters['bytes_per_transaction']:.0f}" if "bytes_per_transaction" in last.counters else "–",
                     f"{1e9 * last.seconds / last.n:.3g}",
                     "–" if limit is None else f"{1e9 * limit / last.n:.3g} ({source})",
                     "–" if limit is None else f"{100 * limit / last.seconds:.2g} %"])
    head = ["workload", "form", *(f"n = {power_text(n)}" for n in sizes), "exponent",
            "times faster than reference", "than cpu", "bytes/tx", "ns/tx", "limit ns/tx", "of the limit"]
    return table(head, rows)


PHASES = [("find_suspects_s", "suspects"), ("find_evidence_s", "evidence"), ("count_customers_s", "customers"),
          ("count_hits_s", "count")]


def phase_table(cases):
    known = dict(PHASES)
    extra = sorted({key for case in cases for key in case.counters if key.endswith("_s") and key not in known})
    columns = PHASES + [(key, key.removesuffix("_s")) for key in extra]
    rows = []
    for (workload, rule, form), group in n_sweep(cases).items():
        last = group[-1]
        if form == "limit":
            continue
        rows.append([workload, rule, form, power_text(last.n), f"{last.counters['found']:,.0f}",
                     *(time_text(last.counters[key]) if key in last.counters else "" for key, _ in columns),
                     f"{100 * last.spread:.0f} %"])
    return table(["workload", "rule", "form", "n", "found", *(title for _, title in columns), "spread"], rows)


def m_table(cases):
    groups = m_sweep(cases)
    sizes = sorted({case.m for group in groups.values() for case in group})
    rows = []
    for (form, n), group in sorted(groups.items(), key=lambda item: (item[0][1], item[0][0])):
        by_m = {case.m: case for case in group}
        rows.append([form, power_text(n), *(time_text(by_m[m].seconds) if m in by_m else "" for m in sizes),
                     exponent_text(exponent(((case.m, case.seconds) for case in group), last=len(group)))])
    return table(["form", "n", *(f"m = {power_text(m)}" for m in sizes), "exponent"], rows) if rows else []


def machine_lines(machine, context):
    lines = [f"* {context['num_cpus']} CPUs at {context['mhz_per_cpu']} MHz, load average at the start "
             f"{', '.join(f'{load:.2f}' for load in context.get('load_avg', []))}"]
    lines += [f"* {key.removeprefix('backend ')}: {value}" for key, value in context.items() if key.startswith("backend ")]
    for name, value in machine.items():
        if name.startswith("copy/"):
            lines.append(f"* {name}: {value / 1e9:.1f} GB/s (bytes read and bytes written)")
        else:
            lines.append(f"* {name}: {time_text(value['seconds'])}, {value['items_per_second'] / 1e6:.2f} M rows/s, "
                         f"{value['bytes_per_second'] / 1e6:.0f} MB/s of text")
    return lines


QUESTIONS = {"plain": "Algorithm 1", "within": "--within", "band": "--within --max-gain",
             "enhanced": "--model enhanced --within --max-gain", "basic": "--model basic --within",
             "advanced": "--model advanced --within --max-gain", "count": "every receiver a merchant, Algorithm 1",
             "count-band": "every receiver a merchant, --within --max-gain"}


def rules_of(cases):
    return [rule for rule in QUESTIONS if any(case.rule == rule for case in cases)]


def report(cases, machine, context):
    parts = ["# Time by question, workload, form and n", "",
             "Medians. Every answer, also of the timed runs, was compared with what is expected. `exponent`: slope in",
             "log-log over the three largest n (all m). `plain` to `advanced`: suspects, their evidence and the customers",
             "of the m merchants; `count`: all receivers. m = 100, n / 10 where that is less; many-merchants: n / 50 up to",
             "10^5. `bytes/tx` is the model in forms.hpp. `limit`: these bytes at the copy bandwidth below, or, of counts on",
             "the CPU, a loop over the same rows that gathers and writes as the sweep must, without its logic; of cuda-pairs",
             "its comparisons at multiprocessors × highest clock × 64 lanes.", ""]
    for rule in rules_of(cases):
        parts += [f"## {rule}: {QUESTIONS[rule]}", "", *growth_table(rule, cases, machine), "", f"![time](time-{rule}.svg)", ""]
    parts += ["## Phases at the largest n", "",
              "`found`: suspects, or hits of `count`. `spread`: slowest minus fastest repetition, over the median.", "",
              *phase_table(cases), "",
              "## By the number of merchants (uniform, plain)", "", *m_table(cases), "",
              "## The machine, in the same run", "", *machine_lines(machine, context), ""]
    return "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw", type=pathlib.Path)
    parser.add_argument("-o", dest="folder", type=pathlib.Path)
    parser.add_argument("--compact", action="store_true")
    arguments = parser.parse_args()
    if arguments.compact:
        compact(arguments.raw)
    cases, machine, context = load(arguments.raw)
    if not cases:
        sys.exit(f"report.py: {arguments.raw} holds no case")
    folder = arguments.folder or arguments.raw.parent
    text = report(cases, machine, context)
    (folder / "table.md").write_text(text, encoding="utf-8")
    for rule in rules_of(cases):
        (folder / f"time-{rule}.svg").write_text(plot(rule, QUESTIONS[rule], cases, machine), encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
