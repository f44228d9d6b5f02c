"""What the tests of the program as a process share: a folder for each test, ledgers from a few rows, and a run of the
program that says more than its exit code when it is not the expected one."""

import argparse
import collections
import functools
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ringscan = ""  # the program, from --ringscan

Run = collections.namedtuple("Run", "code out err")
COLUMNS = "hash,block_number,transaction_index,from_address,to_address,value,block_timestamp,receipt_status\n"


def address(name):
    """A short name as an address; the order of names of one length is the order of their addresses."""
    return "0x" + name.encode().hex().rjust(40, "0")


def row(time, sender, receiver, amount, block=1, index=0):
    """A line of an ethereum-etl export, with an id that follows from the rest."""
    text = f"{time} {sender} {receiver} {amount} {block} {index}"
    return (f"0x{text.encode().hex()[:64]:0>64},{block},{index},{address(sender)},{address(receiver)},{amount},{time},1\n")


# w buys at m and is paid back more; h only buys.
RING = COLUMNS + row(100, "w", "m", 10) + row(200, "x", "w", 11) + row(300, "h", "m", 5)


def crowd(customers):
    """A ledger in which that many customers buy at m between 0 and 1000: a large answer for rule time."""
    return COLUMNS + "".join(row(1 + i % 999, f"c{i:06}", "m", 1 + i) for i in range(customers))


@functools.cache
def is_sanitized():
    return b"__asan_init" in pathlib.Path(ringscan).read_bytes()


class Case(unittest.TestCase):
    """A test in a folder of its own, self.folder, which is also the program's working directory."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ringscan-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.write("m.txt", address("m") + "\n")
        self.write("ring.csv", RING)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def write_gzip(self, name, content):
        return self.write(name, gzip.compress(content.encode()))

    def read_json(self, name):
        return json.loads((self.folder / name).read_text())

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())

    def start(self, *arguments, **options):
        """The running program, with stdout and stderr as pipes."""
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
        process = subprocess.Popen([ringscan, *map(str, arguments)], cwd=self.folder, **options)
        self.addCleanup(end, process)
        return process

    def run_program(self, *arguments, stdin=b"", **options):
        process = self.start(*arguments, stdin=subprocess.PIPE, **options)
        out, err = process.communicate(stdin, timeout=120)
        return Run(process.returncode, (out or b"").decode(), (err or b"").decode())

    def expect(self, code, *arguments, says="", **options):
        """Runs the program; failures are one sentence on stderr that says `says`, with nothing on stdout."""
        run = self.run_program(*arguments, **options)
        self.assertEqual(run.code, code, f"{arguments}\nstdout: {run.out[:2000]}\nstderr: {run.err[:2000]}")
        if code not in (0, 10):
            self.assertEqual(run.out, "", f"{arguments}: stdout is data only")
            self.assertRegex(run.err, r"(^|\n)ringscan: [^\n]+", f"{arguments}: stderr says why")
        self.assertIn(says, run.err, f"{arguments}")
        return run

    def scan(self, *arguments, code=0, **options):
        return self.expect(code, "scan", *arguments, **options)


def end(process):
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()


def main():
    global ringscan
    parser = argparse.ArgumentParser(description="Tests of the program as a process.")
    parser.add_argument("--ringscan", required=True, metavar="PATH", help="the program")
    arguments, rest = parser.parse_known_args()
    ringscan = str(pathlib.Path(arguments.ringscan).resolve())
    if not os.access(ringscan, os.X_OK):
        sys.exit(f"there is no program {ringscan}")
    unittest.main(module="__main__", argv=[sys.argv[0], *rest])
