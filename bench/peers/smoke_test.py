#!/usr/bin/env python3
"""usage: smoke_test.py RINGSCAN WRITE_WORKLOAD

The comparison with peers on tiny ledgers: every form of every engine that is installed answers as ringscan does, tables and
plots come out, and a form that answers otherwise is named and not timed. Exit 77, which is skipped, without DuckDB, Polars
and pyarrow; RINGSCAN_PEER_PYTHON names a Python that has them."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

ringscan, writer = sys.argv[1:]
here = pathlib.Path(__file__).resolve().parent
python = os.environ.get("RINGSCAN_PEER_PYTHON", sys.executable)
needed = ("duckdb", "polars", "pyarrow", "numpy")


def compare(folder, name, *options, **environment):
    return subprocess.run([python, "-B", str(here / "compare.py"), "--ringscan", ringscan, "--writer", writer, "--work",
                           str(folder / "work"), "-o", str(folder / name), "--repeats", "1", *options],
                          capture_output=True, text=True, check=False, env=os.environ | environment)


def expect(holds, what, process):
    if not holds:
        sys.exit(f"smoke_test: {what}\n{process.stdout[-3000:]}\n{process.stderr[-3000:]}")


found = subprocess.run([python, "-c", f"import {', '.join(needed)}"], capture_output=True, check=False).returncode == 0
if not found:
    print(f"SKIPPED: {python} has not all of {', '.join(needed)}: bench/peer-python installs them")
    sys.exit(77)

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    done = compare(folder, "run", "--rows", "3e3", "--engines", "duckdb,polars,pandas", "--cold")
    expect(done.returncode == 0, f"ended with {done.returncode}", done)
    run = json.loads((folder / "run" / "samples.json").read_text())
    expect(len(run["results"]) == 7, "a question is missing", done)
    for question, results in run["results"].items():
        result = results["3000"]
        expect(not result["failures"], f"{question}: {result['failures']}", done)
        expect(any(result["found"].values()), f"{question} finds nothing", done)
        expect("ringscan" in result["cold"]["samples"], f"{question} has no cold run", done)
        expect(f"## {question}: " in done.stdout, f"{question} has no table", done)
        xml.etree.ElementTree.parse(folder / "run" / f"{question}.svg")
    for question in ("plain", "share"):
        expect(run["results"][question]["3000"]["found"]["workers"] > 0, f"{question} has no workers", done)

    # A rule that is not ringscan's: rewards at the same second count.
    forms = here / "sql_forms.py"
    spoilt = folder / "spoilt"
    spoilt.mkdir()
    for file in here.glob("*.py"):
        text = file.read_text().replace("sys.path.insert(0, str(HERE.parent))", f"sys.path.insert(0, {str(here.parent)!r})")
        text = text.replace('str(pathlib.Path(__file__).resolve().parent.parent)', repr(str(here.parent)))
        (spoilt / file.name).write_text(text.replace("r.s > p.s AND r.v > p.v", "r.s >= p.s AND r.v >= p.v"))
    expect((spoilt / forms.name).read_text() != forms.read_text(), "nothing was spoilt", done)
    here = spoilt
    done = compare(folder, "other", "--rows", "3e3", "--engines", "duckdb", "--questions", "all")
    expect(done.returncode == 0, f"ended with {done.returncode}", done)
    result = json.loads((folder / "other" / "samples.json").read_text())["results"]["all"]["3000"]
    expect(result["failures"].get("duckdb/exists") == "another answer", "a wrong answer is not noticed", done)
    expect("duckdb/exists" not in result["samples"] and "duckdb/window" in result["samples"], "a wrong answer was timed", done)
    done = compare(folder, "none", "--questions", "what")
    expect(done.returncode == 1 and "no question what" in done.stderr, "an unknown question is taken", done)
