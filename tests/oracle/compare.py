#!/usr/bin/env python3
"""The ringscan binary against oracle.py on random ledgers, every backend, and against itself with shuffled input.

In: `--ringscan PATH --rounds N --seed S [--backends cpu,reference]`. Each round compares the whole document with the
oracle's, field by field, and the bytes of the output between backends and between two ways to shuffle, split and
spell the same rows. On the first mismatch the files stay in a temporary folder, the command and the first differing
path are printed, and the exit status is 1. Rounds depend on seed and number alone, so `--first N --rounds 1` repeats
one.
"""

import argparse
import json
import pathlib
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import oracle
from differences import first_difference
from random_ledgers import make_case, write_ledger, write_lists


class Mismatch(Exception):
    def __init__(self, folder, command, difference):
        super().__init__(f"{difference}\n  {shlex.join(command)}\n  files kept in {folder}")


def run_binary(folder, command, timeout_seconds):
    try:
        result = subprocess.run(command, capture_output=True, timeout=timeout_seconds, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise Mismatch(folder, command, f"no answer after {timeout_seconds} s") from None
    if result.returncode != 0:
        message = result.stderr.decode(errors="replace").strip()
        raise Mismatch(folder, command, f"exit {result.returncode} where an answer was wanted: {message}")
    return result.stdout


def parse(folder, command, output):
    try:
        return json.loads(output)
    except ValueError as error:
        raise Mismatch(folder, command, f"stdout is not JSON: {error}") from None


def first_differing_byte(left, right):
    return next((position for position, (a, b) in enumerate(zip(left, right)) if a != b), min(len(left), len(right)))


def compare_round(number, options):
    """-> Counter of what held; raises Mismatch and then keeps the folder."""
    source = random.Random(f"{options.seed}:{number}")
    case = make_case(source)
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"ringscan-compare-{number}-"))
    lists = write_lists(case, folder)
    held = Counter()
    outputs = []
    for shuffle in range(options.shuffles):
        shuffled = folder / f"shuffle-{shuffle}"
        shuffled.mkdir()
        paths, spelling = write_ledger(case, source, shuffled)
        arguments = [*paths, *spelling, *lists, *case.options]
        if shuffle == 0:
            wanted = oracle.answer(arguments)
        # A second spelling of the same rows is for the first backend only: it tests reading, which all share.
        for backend in options.backends if shuffle == 0 else options.backends[:1]:
            command = [options.ringscan, "scan", *arguments, "--format", "json", "--backend", backend]
            output = run_binary(folder, command, options.timeout_seconds)
            if not outputs:
                difference = first_difference(parse(folder, command, output), wanted)
                if difference:
                    raise Mismatch(folder, command, difference)
                held["documents equal to the oracle's"] += 1
            elif output != outputs[0]:
                difference = first_difference(parse(folder, command, output), wanted)
                raise Mismatch(folder, command, difference or "the bytes differ from the first run's at offset "
                               f"{first_differing_byte(output, outputs[0])}, though the documents are equal")
            else:
                held["outputs equal byte for byte"] += 1
            outputs.append(output)
    shutil.rmtree(folder)
    held["with findings"] += bool(wanted.get("workers") or wanted.get("hits"))
    return held


def main():
    parser = argparse.ArgumentParser(description="compares the binary with the oracle on random ledgers")
    parser.add_argument("--ringscan", required=True)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backends", default="cpu,reference", type=lambda text: text.split(","))
    parser.add_argument("--shuffles", type=int, default=2, help="spellings of each ledger")
    parser.add_argument("--jobs", type=int, default=2, help="rounds at a time")
    parser.add_argument("--timeout-seconds", type=float, default=60)
    options = parser.parse_args()
    if options.rounds < 1 or options.shuffles < 1:
        parser.error("--rounds and --shuffles are at least 1")
    options.ringscan = str(pathlib.Path(options.ringscan).absolute())
    start = time.monotonic()
    held = Counter()
    with ThreadPoolExecutor(options.jobs) as pool:
        rounds = [pool.submit(compare_round, number, options)
                  for number in range(options.first, options.first + options.rounds)]
        for number, done in enumerate(rounds, options.first):
            try:
                held += done.result()
            except Mismatch as mismatch:
                pool.shutdown(cancel_futures=True)
                print(f"round {number} (seed {options.seed}): {mismatch}")
                return 1
    seconds = time.monotonic() - start
    print(f"{options.rounds} rounds held in {seconds:.1f} s: "
          + ", ".join(f"{count} {name}" for name, count in held.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
