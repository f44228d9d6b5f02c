"""`scan --merchants all --count --memory-limit`: the same bytes as without it for every rule, a plan before the work, a
sentence with a number where it cannot be, and a folder without traces however it ends."""

import json
import random
import resource
import signal
import time
import unittest

import cli_support
from cli_support import Case

COUNT = ("scan", "big.ledger", "--merchants", "all", "--count", "--threads", "1")
RULES = (
    (),
    ("--rule", "time", "--between", "1000,90000"),
    ("--within", "600s"),
    ("--max-gain", "0.2", "--between", "1000,90000"),
    ("--model", "enhanced"),
    ("--model", "basic", "--within", "60000s"),
    ("--model", "advanced", "--within", "20000s"),
)
LIMIT = ("--memory-limit", "80MiB")  # far below what counting half a million rows in memory would be allowed to take


def rows(count, accounts):
    draw = random.Random(1)
    for i in range(count):
        yield f"a{int(accounts * draw.random() ** 2)},a{draw.randrange(accounts)},{draw.randrange(1, 1000)},{i // 5}\n"


class MemoryLimit(Case):
    made = None  # the ledger, for all tests

    def setUp(self):
        super().setUp()
        if MemoryLimit.made is None:
            self.write("big.csv", "from,to,value,time\n" + "".join(rows(500_000, 20_000)))
            # With an index there would be marks, and hardly a pair to spill.
            self.expect(0, "import", "big.csv", "-q", "--index", "none", "--map", "from=from,to=to,value=value,time=time", "-o", "big.ledger")
            MemoryLimit.made = (self.folder / "big.ledger").read_bytes()
            (self.folder / "big.csv").unlink()
        self.write("big.ledger", MemoryLimit.made)
        self.before = self.files()

    def test_the_bytes_are_those_of_a_count_in_memory(self):
        for rule in RULES:
            whole = self.expect(0, *COUNT, *rule, "--format", "json").out
            self.assertGreater(json.loads(whole)["hits"], 100, rule)
            limited = self.expect(0, *COUNT, *rule, "--format", "json", *LIMIT, "--stats", "stats.json", "--overwrite")
            self.assertEqual(limited.out, whole, rule)
            if not cli_support.is_sanitized():  # they keep what is freed
                self.assertLess(self.read_json("stats.json")["peak_anonymous_bytes"], 80 << 20)
            plan = self.expect(0, *COUNT, *rule, *LIMIT, "--dry-run").out
            self.assertRegex(plan, r"memory +at most \d\d of 80 MiB\n +passes +[12] over the ledger.*\n +on the disk +at most \d+ MiB\n")
        self.assertEqual(self.files(), sorted([*self.before, "stats.json"]))

    def test_what_fits_is_counted_in_memory(self):
        self.assertIn("within the limit", self.expect(0, *COUNT, "--memory-limit", "8GiB", "-n").out)
        self.assertEqual(self.expect(0, *COUNT, "--memory-limit", "8GiB").out, self.expect(0, *COUNT).out)

    def test_what_cannot_be_is_5_with_a_number(self):
        for rule in RULES:
            for dry in ((), ("-n",)):
                run = self.expect(5, *COUNT, *rule, *dry, "--memory-limit", "20MiB")
                self.assertRegex(run.err, r"at least \d+ MiB, and --memory-limit allows 20 MiB")
        self.assertEqual(self.files(), self.before)

    def test_what_means_nothing_is_2(self):
        self.expect(2, *COUNT, "--memory-limit", "80", says="--memory-limit is a size")
        self.expect(2, "scan", "big.ledger", "--merchants", "m.txt", *LIMIT, says="goes with --count")
        self.expect(2, "scan", "ring.csv", "--merchants", "all", "--count", *LIMIT, says="one packed ledger")
        self.expect(2, *COUNT, *LIMIT, "--start", "5", says="without filters")
        self.expect(2, *COUNT, *LIMIT, "--verify", says="--verify")
        self.expect(2, *COUNT, *LIMIT, "--backend", "reference", says="cpu backend alone")
        self.expect(2, *COUNT, "--spill-to", ".", says="goes with --memory-limit")

    def test_a_ledger_that_is_not_there_is_4(self):
        self.expect(4, "scan", "none.ledger", "--merchants", "all", "--count", *LIMIT)

    def test_a_disk_that_is_full_or_read_only_is_6(self):
        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

        for rule in RULES:
            self.expect(6, *COUNT, *rule, *LIMIT, says="cannot write big.ledger.spill", preexec_fn=small_files, restore_signals=False)
        self.expect(6, *COUNT, *LIMIT, "--spill-to", "nowhere", says="cannot write nowhere/ringscan.spill: No such file")
        self.assertEqual(self.files(), self.before)

    def test_spills_where_it_is_told(self):
        (self.folder / "elsewhere").mkdir()
        self.expect(0, *COUNT, *LIMIT, "--spill-to", "elsewhere")
        self.assertEqual(list((self.folder / "elsewhere").iterdir()), [])

    def test_killed_or_interrupted_it_leaves_nothing(self):
        for rule in ((), ("--within", "600s")):
            for how in (signal.SIGKILL, signal.SIGINT):
                for delay in (0.02, 0.1, 0.3):
                    process = self.start(*COUNT, *rule, *LIMIT)
                    time.sleep(delay)
                    process.send_signal(how)
                    process.wait(60)
                    self.assertIn(process.returncode, (0, -signal.SIGKILL, 130, -signal.SIGINT))
                    self.assertEqual(self.files(), self.before)


if __name__ == "__main__":
    cli_support.main()
