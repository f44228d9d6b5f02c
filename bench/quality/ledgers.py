"""What the subjects of `run` share: ledgers, answers of ringscan, means with their intervals, tables."""

import contextlib
import json
import math
import shutil
import subprocess

DIFFICULTIES = ("easy", "medium", "hard")


class Bench:
    """The programs, and a folder for ledgers."""

    def __init__(self, build, work):
        self.program, self.ablate, self.work = build / "ringscan", build / "bench/ablate", work

    def ringscan(self, *arguments):
        subprocess.run([self.program, *map(str, arguments), "-q"], check=True)

    @contextlib.contextmanager
    def ledger(self, difficulty, seed, *options):
        """The folder of a generated ledger, which is gone afterwards."""
        folder = self.work / f"{difficulty}-{seed}"
        shutil.rmtree(folder, ignore_errors=True)
        self.ringscan("generate", "--difficulty", difficulty, "--seed", seed, "-o", folder, *options)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)

    def discover(self, ledger, *options):
        result = self.work / "result.json"
        self.ringscan("discover", ledger, "-o", result, "--overwrite", *options)
        return read(result)


def read(path):
    with open(path) as file:
        return json.load(file)


def mean(values):
    """Mean, and 1.96 standard errors of it."""
    values = list(values)
    middle = sum(values) / len(values)
    spread = math.sqrt(sum((v - middle) ** 2 for v in values) / max(1, len(values) - 1))
    return middle, 1.96 * spread / math.sqrt(len(values))


def with_interval(values):
    return "{:.3f} ± {:.3f}".format(*mean(values))


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
