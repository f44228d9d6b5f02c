#!/usr/bin/env python3
"""oracle/compare.py for the backends that need a CUDA device; exit 77 with the reason where they cannot run.

In: `--ringscan PATH`, and what else compare.py takes.
"""

import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "rows.csv").write_text("from_address,to_address,value,block_timestamp\n0x%040x,0x%040x,1,1600000000\n" % (1, 2))
    (folder / "merchants.txt").write_text("0x%040x\n" % 2)
    ringscan = sys.argv[sys.argv.index("--ringscan") + 1]
    probe = subprocess.run([ringscan, "scan", folder / "rows.csv", "--merchants", folder / "merchants.txt", "--backend", "cuda"],
                           capture_output=True, text=True, check=False)
if probe.returncode == 5:
    print(probe.stderr.strip())
    sys.exit(77)
if probe.returncode != 0:
    sys.exit(f"the first scan ended with {probe.returncode}: {probe.stderr.strip()}")
sys.exit(subprocess.run([sys.executable, here / "compare.py", *sys.argv[1:], "--backends", "cuda,cuda-pairs,reference"],
                        check=False).returncode)
