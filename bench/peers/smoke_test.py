#!/usr/bin/env python3
"""usage: smoke_test.py RINGSCAN WRITE_WORKLOAD

The comparison with peers on tiny ledgers: every form of every engine that is installed answers as ringscan does, and one
whose rule is another does not; tables and plots come out. Exit 77, which counts as skipped, where DuckDB, Polars and pyarrow
are not installed; RINGSCAN_PEER_PYTHON names a Python that has them."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

ringscan, writer = sys.argv[1:]
here = pathlib.Path(__file__).resolve().parent
python = os.environ.get("RINGSCAN_PEER_PYTHON", sys.executable)
needed = "duckdb, polars, pyarrow, numpy"


def run(*command):
    return subprocess.run([python, "-B", *map(str, command)], capture_output=True, text=True, check=False)


def expect(holds, what, process):
    if not holds:
        sys.exit(f"smoke_test: {what}\n{process.stdout[-3000:]}\n{process.stderr[-3000:]}")


if run("-c", f"import {needed}").returncode != 0:
    print(f"SKIPPED: {python} has not all of {needed}; bench/peer-python prints one that has")
    sys.exit(77)

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    done = run(here / "check_forms.py", ringscan, writer, folder / "forms", 3000, "duckdb,polars,pandas")
    expect(done.returncode == 0, "a form has another answer", done)

    # A rule that is not ringscan's: rewards of the same second count, or of another asset.
    for place, (strict, loose) in enumerate((("r.s > p.s AND", "r.s >= p.s AND"), ("r.a = p.a", "r.a >= p.a"))):
        spoilt = folder / f"spoilt-{place}"
        shutil.copytree(here, spoilt, ignore=shutil.ignore_patterns("__pycache__"))
        text = (spoilt / "sql_forms.py").read_text()
        (spoilt / "sql_forms.py").write_text(text.replace(strict, loose))
        done = run(spoilt / "check_forms.py", ringscan, writer, folder / "forms", 3000, "duckdb")
        expect(done.returncode == 1 and "all: duckdb/exists has another answer" in done.stdout, f"{loose} is not noticed", done)
        expect("duckdb/window has" not in done.stdout.replace("band: duckdb/window has", ""), "a right form is called wrong", done)

    done = run(here / "compare.py", "--ringscan", ringscan, "--writer", writer, "--work", folder / "work", "-o", folder / "run",
               "--rows", "1e3,3e3", "--engines", "duckdb,polars", "--questions", "plain,all", "--cold", "--repeats", "1",
               "--forms", ".*/(memory-)?asof")
    expect(done.returncode == 0, f"ended with {done.returncode}", done)
    results = json.loads((folder / "run" / "samples.json").read_text())["results"]
    for question in ("plain", "all"):
        for rows in ("1000", "3000"):
            result = results[question][rows]
            expect(not result["failures"] and len(result["samples"]) == 5, f"{question} is not complete", done)
            expect("ringscan" in result["cold"]["samples"], f"{question} has no cold run", done)
        expect(f"## {question}: " in done.stdout and "| polars/memory-asof |" in done.stdout, f"{question} has no table", done)
        xml.etree.ElementTree.parse(folder / "run" / f"{question}.svg")
    done = run(here / "compare.py", "--ringscan", ringscan, "--writer", writer, "--work", folder / "work", "-o", folder / "none",
               "--questions", "what")
    expect(done.returncode == 1 and "no question what" in done.stderr, "an unknown question is taken", done)
