#!/usr/bin/env python3
"""usage: smoke_test.py RING_BENCH PAPER_TABLE2 STAGE_BENCH

The harness on tiny ledgers: every case answers rightly and comes out as a table and a plot, and an expectation that is
spoilt, of any part of an answer, ends the run with 1 before that case is timed.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

ring_bench, paper_table2, stage_bench = sys.argv[1:]
here = pathlib.Path(__file__).parent


def run(*command, stdin=None):
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


def expect(holds, what, process=None):
    if not holds:
        sys.exit(f"smoke_test: {what}" + (f"\n{process.stdout}\n{process.stderr}" if process else ""))


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    raw = folder / "raw.json"
    done = run(ring_bench, "--smoke", f"--benchmark_out={raw}", "--benchmark_out_format=json")
    expect(done.returncode == 0, f"ring_bench --smoke ended with {done.returncode}", done)
    names = [case["name"] for case in json.loads(raw.read_text())["benchmarks"]]
    for form in ("reference", "cpu"):
        for workload in ("uniform", "power-law", "hot-account", "hot-near-miss", "many-ties", "many-merchants"):
            expect(any(case.startswith(f"{form}/{workload}/") for case in names), f"no case of {form} on {workload}")
    done = run(sys.executable, "-B", str(here / "report.py"), str(raw), "-o", str(folder))
    expect(done.returncode == 0 and "## advanced: " in done.stdout and "| power-law | cpu |" in done.stdout, "report.py fails", done)
    expect((folder / "table.md").read_text(encoding="utf-8").strip() == done.stdout.strip(), "table.md is not what was printed")
    for rule in ("plain", "within", "band", "enhanced", "basic", "advanced", "count", "count-band"):
        xml.etree.ElementTree.parse(folder / f"time-{rule}.svg")
    expect("(sweep)" in done.stdout and "(copy)" in done.stdout, "no limit stands beside a cost", done)

for part, rule in (("suspects", "plain"), ("evidence", "plain"), ("customers", "plain"), ("count", "count")):
    case = f"cpu/uniform/{rule}/1000/"
    done = run(ring_bench, "--smoke", "--tamper", part, f"--benchmark_filter={case}")
    expect(done.returncode == 1, f"--tamper {part} ended with {done.returncode}, not with 1", done)
    expect(f"wrong answer of {case}" in done.stderr and f": {part};" in done.stderr, f"--tamper {part} is not named", done)
    expect(case not in done.stdout, f"--tamper {part}: the case was timed", done)

done = run(ring_bench, "--smoke", "--benchmark_nonsense")
expect(done.returncode == 2, f"an unknown option ended with {done.returncode}, not with 2", done)
done = run(paper_table2, "--quick")
expect(done.returncode == 0 and "| all-in-vain | time of cpu |" in done.stdout, "paper_table2 --quick fails", done)

done = run(stage_bench, "--smoke", "--benchmark_format=json")
expect(done.returncode == 0, f"stage_bench --smoke ended with {done.returncode}", done)
stages = {case["name"]: case for case in json.loads(done.stdout)["benchmarks"]}
for stage in ("memory/read", "csv/separators", "csv/fields", "csv/rows", "json lines/fields", "gzip/inflate", "zstd/inflate",
              "names/insert", "names/lookup", "amounts/decimal", "amounts/hex", "rows/canonical order", "packed/write",
              "packed/receiver index", "packed/sender index"):
    expect(stage in stages, f"stage_bench has no {stage}", done)
    expect(all(stages[stage][figure] > 0 for figure in ("items_per_second", "bytes_per_second", "of_read_limit")),
           f"stage_bench says nothing of {stage}", done)
    expect("error_occurred" not in stages[stage], f"stage_bench fails at {stage}", done)
    done = run(stage_bench, "--smoke", "--tamper", stage, f"--benchmark_filter=^{stage}$")
    expect(done.returncode == 1 and f"wrong answer of {stage}:" in done.stderr, f"--tamper {stage} is not noticed", done)
table = run(sys.executable, "-B", str(here / "readers" / "stages.py"), stdin=json.dumps({"benchmarks": list(stages.values())}))
expect(table.returncode == 0 and "| csv/rows | " in table.stdout, "stages.py fails", table)
