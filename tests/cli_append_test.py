"""`import --append` answers as one import of all files would, replaces its ledger whole or not at all, and refuses what
could not stand in one ledger."""

import pathlib
import random
import signal
import subprocess
import time
import unittest

import cli_support
from cli_support import COLUMNS, RING, Case, address, row

LATER = COLUMNS + row(150, "h", "m", 20) + row(250, "x", "w", 12) + row(400, "m", "h", 21) + row(500, "m", "h", 0)


def payments(seed, count, begin=0):
    """Rows among 50 accounts, some of amount 0, some to themselves, with amounts on both sides of 2^56."""
    pick = random.Random(seed)
    names = [f"a{i:02}" for i in range(49)] + ["m"]
    return COLUMNS + "".join(row(begin + pick.randrange(1000), pick.choice(names), pick.choice(names),
                                 pick.choice((0, pick.randrange(100), pick.randrange(2**90))), i % 7, i)
                             for i in range(count))


class Append(Case):
    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def answers(self, ledger):
        return [self.scan(ledger, "--merchants", "m.txt", "--format", "json", *rule).out
                for rule in ([], ["--rule", "share", "--min-share", "0.01"], ["--model", "enhanced"], ["--within", "100s"])]

    def expect_like_one_import(self, files, *options):
        """The first file imported, the others added one after another, against all at once."""
        self.expect(0, "import", files[0], "-o", "grown.ledger", "--overwrite", *options)
        for file in files[1:]:
            self.expect(0, "import", "--append", "grown.ledger", file, *options)
        self.expect(0, "import", *files, "-o", "whole.ledger", "--overwrite", *options)
        self.assertEqual(self.answers("grown.ledger"), self.answers("whole.ledger"))
        self.assertEqual(self.bytes_of("grown.ledger"), self.bytes_of("whole.ledger"))
        self.expect(0, "inspect", "--verify", "grown.ledger")

    def test_answers_as_one_import(self):
        self.write("later.csv", LATER)
        self.expect_like_one_import(["ring.csv", "later.csv"])
        self.expect_like_one_import(["later.csv", "ring.csv"], "--keep-zero")
        for seed in range(3):
            for part, begin in enumerate((0, 500, 1500)):
                self.write(f"{part}.csv", payments(10 * seed + part, 400, begin))
            self.expect_like_one_import(["0.csv", "1.csv", "2.csv"])
            self.expect_like_one_import(["2.csv", "0.csv", "1.csv"], "--keep-self", "--memory-limit", "1GiB")

    def test_adds_what_was_dropped(self):
        self.write("zero.csv", COLUMNS + row(50, "h", "m", 0) + row(60, "h", "h", 3))
        self.expect(0, "import", "zero.csv", "-o", "x.ledger")
        for times in (2, 3):
            self.expect(0, "import", "--append", "x.ledger", "zero.csv", "ring.csv")
            self.assertIn(f"{times} zero_amount, {times} self_transfer", self.expect(0, "inspect", "x.ledger").out)

    def test_dedupes_over_old_and_new(self):
        self.write("again.csv", RING + row(900, "h", "m", 6))
        self.expect_like_one_import(["ring.csv", "again.csv", "ring.csv"], "--dedupe")
        self.assertIn("transactions 4\n", self.expect(0, "inspect", "grown.ledger").out)
        self.assertIn("6 duplicate", self.expect(0, "inspect", "grown.ledger").out)

    def test_keeps_the_index(self):
        for index, sections in (("none", (0, 0)), ("receiver", (1, 0)), ("both", (1, 1))):
            self.expect(0, "import", "ring.csv", "-o", "x.ledger", "--overwrite", "--index", index)
            self.expect(0, "import", "--append", "x.ledger", "ring.csv")
            shown = self.expect(0, "inspect", "x.ledger").out
            self.assertEqual((shown.count("  receiver index"), shown.count("  sender index")), sections, index)
        self.expect(0, "import", "--append", "x.ledger", "ring.csv", "--index", "none")
        self.assertNotIn("receiver index", self.expect(0, "inspect", "x.ledger").out)

    def test_refuses_what_cannot_stand_in_one_ledger(self):
        self.expect(0, "import", "ring.csv", "-o", "plain.ledger")
        self.expect(0, "import", "ring.csv", "-o", "zero.ledger", "--keep-zero", "--dedupe")
        self.expect(0, "import", "ring.csv", "-o", "step.ledger", "--time-axis", "block")
        before = [self.bytes_of(name) for name in ("plain.ledger", "zero.ledger", "step.ledger")]
        add = ("import", "ring.csv", "--append")
        self.expect(2, *add, "plain.ledger", "--keep-zero", says="imported without --keep-zero")
        self.expect(2, *add, "zero.ledger", says="imported with --dedupe: say so here too")
        self.expect(2, *add, "zero.ledger", "--dedupe", says="imported with --keep-zero: say so here too")
        self.expect(2, *add, "step.ledger", says="imported with --time-axis block")
        self.expect(2, *add, "plain.ledger", "--time-axis", "step", says="imported with --time-axis time")
        for option, value in (("--start", "5"), ("--end", "5"), ("--assets", "native"), ("--min-amount", "5")):
            self.expect(2, *add, "plain.ledger", option, value, says="would drop rows of plain.ledger too")
        self.expect(2, *add, "plain.ledger", "-o", "y.ledger", says="-o Y.ledger")
        self.expect(2, *add, "m.txt", says="m.txt is none")
        self.expect(2, "import", "--append", "plain.ledger", says="which ledger?")
        self.expect(4, *add, "nothing.ledger", says="nothing.ledger")
        self.expect(3, "import", "m.txt", "--append", "plain.ledger")
        self.assertEqual(before, [self.bytes_of(name) for name in ("plain.ledger", "zero.ledger", "step.ledger")])
        self.assertEqual(self.files(), ["m.txt", "plain.ledger", "ring.csv", "step.ledger", "zero.ledger"])

    def test_refuses_accounts_that_are_one(self):
        def spent(*senders):
            entries = ", ".join(f'{{"addresses": ["{name}"], "value": 10, "index": {i}}}' for i, name in enumerate(senders))
            return (f'{{"hash": "{senders[0]}", "block_number": 1, "block_timestamp": 5, "is_coinbase": false, "fee": 0, '
                    f'"inputs": [{entries}], "outputs": [{{"addresses": ["1m"], "value": 5, "index": 0}}]}}\n')
        self.write("one.json", spent("1a"))
        self.write("two.json", spent("1a", "1b"))
        self.expect(0, "import", "one.json", "-o", "one.ledger")
        self.expect(0, "import", "two.json", "-o", "two.ledger")
        self.expect(2, "import", "--append", "one.ledger", "two.json", says="--utxo all-pairs")
        self.expect(2, "import", "--append", "two.ledger", "one.json", says="imported with --utxo entities")
        self.expect(0, "import", "--append", "one.ledger", "two.json", "--utxo", "all-pairs")

    def test_one_run_at_a_time(self):
        self.expect(0, "import", "ring.csv", "-o", "x.ledger")
        first = self.start("import", "--append", "x.ledger", "-", stdin=subprocess.PIPE)
        first.stdin.write(LATER[:100].encode())
        first.stdin.flush()
        for _ in range(2000):  # until it has the ledger; asking for the ledger could keep it from that
            if f" {first.pid} " in pathlib.Path("/proc/locks").read_text():
                break
            time.sleep(0.01)
        self.expect(6, "import", "--append", "x.ledger", "ring.csv", says="another run is adding to x.ledger")
        first.communicate(LATER[100:].encode())
        self.assertEqual(first.returncode, 0)
        self.expect(0, "import", "--append", "x.ledger", "ring.csv")
        self.assertIn("transactions 9\n", self.expect(0, "inspect", "x.ledger").out)

    def test_a_killed_run_leaves_the_old_file_or_the_new_one(self):
        self.write("new.csv", payments(1, 20000))
        self.expect(0, "import", "ring.csv", "-o", "old.ledger")
        old = self.bytes_of("old.ledger")
        self.write("x.ledger", old)
        begin = time.monotonic()
        self.expect(0, "import", "--append", "x.ledger", "new.csv")
        usual = time.monotonic() - begin
        new = self.bytes_of("x.ledger")
        self.assertGreater(len(new), len(old))
        pick, kept = random.Random(2), 0
        for number in [signal.SIGKILL] * 15 + [signal.SIGINT] * 5:
            self.write("x.ledger", old)
            process = self.start("import", "--append", "x.ledger", "new.csv")
            time.sleep(pick.random() * usual)
            process.send_signal(number)
            process.wait()
            found = self.bytes_of("x.ledger")
            self.assertTrue(found in (old, new), len(found))
            kept += found == old
        self.assertGreater(kept, 0, "every run had ended before it was stopped")
        self.write("x.ledger", old)
        self.expect(0, "import", "--append", "x.ledger", "new.csv")
        self.assertEqual(self.bytes_of("x.ledger"), new)
        self.assertEqual(self.files(), ["m.txt", "new.csv", "old.ledger", "ring.csv", "x.ledger"], "what was left is gone")


if __name__ == "__main__":
    cli_support.main()
