#!/usr/bin/env python3
"""Every case of $RINGSCAN_TEST_DATA/expected/cases.json against the binary, on each backend, or against the oracle.

In: `--ringscan PATH [--backends cpu,reference]` or `--oracle`. Out: one line per run; exit 1 if any differs from the
expected file, 77 (skipped) where RINGSCAN_TEST_DATA is unset.
"""

import argparse
import json
import os
import subprocess
import sys

import oracle
from differences import first_difference


def run_binary(ringscan, backend, arguments):
    command = [ringscan, "scan", *arguments, "--format", "json", "--backend", backend]
    result = subprocess.run(command, capture_output=True, timeout=600)
    if result.returncode != 0:
        raise RuntimeError(f"exit {result.returncode}: {result.stderr.decode(errors='replace').strip()}")
    return json.loads(result.stdout)


def main():
    parser = argparse.ArgumentParser(description="runs the expected cases on real ledgers")
    parser.add_argument("--ringscan")
    parser.add_argument("--oracle", action="store_true", help="check oracle.py instead of a binary")
    parser.add_argument("--backends", default="cpu,reference")
    options = parser.parse_args()
    if bool(options.ringscan) == options.oracle:
        parser.error("give either --ringscan PATH or --oracle")
    data = os.environ.get("RINGSCAN_TEST_DATA")
    if not data:
        print("skipped: RINGSCAN_TEST_DATA is unset")
        return 77
    ringscan = options.ringscan and os.path.abspath(options.ringscan)
    os.chdir(data)  # the paths in cases.json, also those inside its options, are relative to this folder
    with open("expected/cases.json") as file:
        cases = json.load(file)
    failures = runs = 0
    for case in cases:
        with open(os.path.join("expected", case["expected"])) as file:
            wanted = json.load(file)
        arguments = [case["ledger"], "--merchants", case["merchants"], *case["options"]]
        for backend in ["oracle"] if options.oracle else options.backends.split(","):
            runs += 1
            try:
                document = oracle.answer(arguments) if options.oracle else run_binary(ringscan, backend, arguments)
                found = {"transactions": document["ledger"]["transactions"], "merchants": document["merchants"],
                         "workers": document["workers"]}
                difference = first_difference(found, wanted)
            except (RuntimeError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
                difference = f"{type(error).__name__}: {error}"
            failures += bool(difference)
            print(f"{case['expected']} {backend}: {difference or 'equal'}", flush=True)
    print(f"{runs - failures} of {runs} runs equal their expected files")
    return 1 if failures or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
