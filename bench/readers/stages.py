#!/usr/bin/env python3
"""usage: stage_bench --benchmark_format=json | stages.py

The stages as a table: each one's fastest repetition, and its share of the speed at which one thread of the machine read
memory in the same run."""
import json
import sys

print("| stage | M rows/s | GB/s | of the machine's read speed |\n|---|---|---|---|")
fastest = {}
for case in json.load(sys.stdin)["benchmarks"]:
    name = case.get("run_name", case["name"])
    if case.get("run_type", "iteration") == "iteration" and case["bytes_per_second"] > fastest.get(name, case)["bytes_per_second"]:
        fastest[name] = case
    fastest.setdefault(name, case)
for name, case in fastest.items():
    print(f"| {name} | {case['items_per_second'] / 1e6:.2f} | {case['bytes_per_second'] / 1e9:.2f} | "
          f"{100 * case['of_read_limit']:.1f} % |")
