"""`scan` and `discover` with `--format parquet` as a process, read back by pyarrow: the rows of every rule, the same rows as the CSV has, types,
nulls, bytes that are no UTF-8, and outputs that appear whole or not at all. Skipped where there is no pyarrow."""

import csv
import io
import os
import pty
import subprocess
import sys
import unittest

import cli_support
from cli_discover_test import farm_ledger
from cli_support import COLUMNS, Case, address, crowd, row

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    print(f"no pyarrow: {error}")
    sys.exit(77)

ASKED = ("--merchants", "m.txt")
PARTS = ("tx", "time", "from", "to", "asset", "amount")
# m gives w what it buys with; w buys, m pays d, d pays w; m itself pays w more; h only buys.
PAID = {name: paid for name, *paid in (("funding", 50, "m", "w", 10), ("purchase", 100, "w", "m", 10), ("delegation", 150, "m", "d", 1),
                                       ("reward", 200, "d", "w", 11), ("refund", 300, "m", "w", 12), ("other", 400, "h", "m", 5))}
LEDGER = COLUMNS + "".join(row(*paid) for paid in PAID.values())
SCHEMA = pa.schema([("worker", pa.string()), ("merchant", pa.string()), ("customers", pa.int64()), ("suspects", pa.int64()),
                    ("workers", pa.int64()), ("share", pa.float64())] +
                   [(f"{what}_{part}", pa.int64() if part == "time" else pa.string())
                    for what in ("purchase", "reward", "funding") for part in PARTS])
QUESTIONS = {
    "ring": (),
    "enhanced": ("--model", "enhanced"),
    "advanced": ("--model", "advanced"),
    "basic": ("--model", "basic"),
    "time": ("--rule", "time", "--between", "99,101"),
    "share": ("--rule", "share", "--min-share", "0.4"),
}
EVIDENCE = {
    "ring": ("purchase", "reward", None),
    "enhanced": ("purchase", "refund", None),
    "advanced": ("purchase", "reward", "delegation"),
    "basic": ("purchase", None, "funding"),
    "time": ("purchase", None, None),
    "share": ("purchase", "reward", None),
}


def transaction(name):
    if name is None:
        return [None] * len(PARTS)
    time, sender, receiver, amount = PAID[name]
    return [row(*PAID[name]).split(",")[0], time, address(sender), address(receiver), "native", str(amount)]


class Parquet(Case):
    def setUp(self):
        super().setUp()
        self.write("ledger.csv", LEDGER)

    def table(self, *arguments, ledger="ledger.csv"):
        self.scan(ledger, *(ASKED if "--merchants" not in arguments else ()), *arguments, "-o", "out.parquet", "--overwrite")
        return pq.read_table(self.folder / "out.parquet")

    def csv_rows(self, *arguments, ledger="ledger.csv"):
        """As the types of the table have them."""
        text = self.scan(ledger, *ASKED, *arguments, "--format", "csv").out
        read = {pa.int64(): int, pa.float64(): float, pa.string(): str}
        return [[read[field.type](cell) if cell else None for field, cell in zip(SCHEMA, line)]
                for line in list(csv.reader(io.StringIO(text)))[1:]]

    def rows(self, table):
        return [list(line.values()) for line in table.to_pylist()]


class Rows(Parquet):
    def test_each_rule_has_its_rows(self):
        for name, question in QUESTIONS.items():
            evidence = [cell for paid in EVIDENCE[name] for cell in transaction(paid)]
            suspects = [[address("w"), address("m"), 2, 1, 1, 0.5] + evidence]
            table = self.table(*question)
            self.assertEqual(table.schema, SCHEMA, name)
            self.assertEqual(self.rows(table), suspects, name)
            self.assertEqual(self.csv_rows(*question), suspects, name)

    def test_nobody_is_a_table_without_rows(self):
        self.write("n.txt", address("n") + "\n")
        table = self.table("--merchants", "n.txt")
        self.assertEqual((table.schema, table.num_rows), (SCHEMA, 0))

    def test_many_rows_are_those_of_the_csv_in_its_order(self):
        self.write("crowd.csv", crowd(70_000))
        question = ("--rule", "time", "--between", "0,1000")
        table = self.table(*question, ledger="crowd.csv")
        self.assertEqual(pq.ParquetFile(self.folder / "out.parquet").num_row_groups, 2)
        self.assertEqual(table.num_rows, 70_000)
        self.assertTrue(self.rows(table) == self.csv_rows(*question, ledger="crowd.csv"))

    def test_the_interval_of_a_burst_has_two_more_columns(self):
        self.write("burst.csv", crowd(12) + row(50_000, "late", "m", 1))
        table = self.table("--rule", "time", "--between", "auto", ledger="burst.csv")
        self.assertEqual(table.schema, pa.schema([*SCHEMA, ("between_after", pa.int64()), ("between_before", pa.int64())]))
        self.assertEqual([list(line.values())[-2:] for line in table.to_pylist()], [[0, 3602]] * 12)

    def test_texts_and_amounts_are_exact(self):
        self.write("odd.csv", b"from,to,value,time,asset\n"
                   b"=w,m\xff,1,1,\xc3\xa9\\\n"
                   b"\xe2\x82x,=w,%d,2,\xc3\xa9\\\n" % (2**256 - 1))
        self.write("m.txt", b"m\xff\n")
        table = self.table("--map", "from=from,to=to,value=value,time=time,asset=asset", ledger="odd.csv")
        self.assertEqual(self.rows(table), [["=w", "m\\xff", 1, 1, 1, 1.0, None, 1, "=w", "m\\xff", "é\\\\", "1", None, 2, "\\xe2\\x82x",
                                             "=w", "é\\\\", str(2**256 - 1)] + [None] * 6])

    def test_a_count_is_one_row(self):
        table = self.table("--merchants", "all", "--count")
        self.assertEqual(table.schema, pa.schema([("hits", pa.int64()), ("pairs", pa.int64())]))
        text = self.scan("ledger.csv", "--merchants", "all", "--count", "--format", "csv").out
        self.assertEqual(",".join(map(str, table.to_pylist()[0].values())), text.splitlines()[1])


class Bytes(Parquet):
    def run_bytes(self, *arguments, **options):
        process = self.start("scan", "ledger.csv", *ASKED, "--format", "parquet", *arguments, **options)
        return process.communicate(timeout=60)[0], process.returncode

    def test_are_those_of_the_rows_alone(self):
        self.table()
        self.write("shuffled.csv", COLUMNS + "".join(row(*paid) for paid in reversed(PAID.values())))
        content = (self.folder / "out.parquet").read_bytes()
        for more in ((), ("-o", "-"), ("--threads", "1"), ("--backend", "reference")):
            self.assertEqual(self.run_bytes(*more), (content, 0), more)
        self.table(ledger="shuffled.csv")
        self.assertEqual((self.folder / "out.parquet").read_bytes(), content)
        self.assertNotIn(b"ARROW:schema", content)

    def test_have_pages_that_are_compressed(self):
        self.table()
        self.assertIn(pq.ParquetFile(self.folder / "out.parquet").metadata.row_group(0).column(0).compression, ("ZSTD", "SNAPPY"))


class Outputs(Parquet):
    def test_an_existing_file_stays_as_it_is(self):
        self.write("out.parquet", "precious")
        self.scan("ledger.csv", *ASKED, "-o", "out.parquet", code=6, says="out.parquet exists; give --overwrite")
        self.assertEqual((self.folder / "out.parquet").read_text(), "precious")
        self.table()

    def test_a_full_disk(self):
        before = self.files()
        self.scan("ledger.csv", *ASKED, "--format", "parquet", "-o", "/dev/full", code=6, says="/dev/full: No space left")
        with open("/dev/full", "w") as full:
            self.scan("ledger.csv", *ASKED, "--format", "parquet", code=6, says="stdout: No space left", stdout=full)
        self.assertEqual(self.files(), before)

    def test_a_reader_that_has_gone_is_no_error(self):
        self.write("crowd.csv", crowd(70_000))
        process = self.start("scan", "crowd.csv", *ASKED, "-q", "--rule", "time", "--between", "0,1000", "--format", "parquet")
        self.assertEqual(process.stdout.read(4), b"PAR1")
        process.stdout.close()
        self.assertEqual((process.wait(60), process.stderr.read()), (0, b""))

    def test_a_terminal_gets_none(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        with os.fdopen(theirs, "w") as terminal:
            self.scan("ledger.csv", *ASKED, "--format", "parquet", code=2, says="give -o FILE", stdout=terminal)
            self.scan("ledger.csv", *ASKED, "-o", "out.parquet", stdout=terminal)
            self.scan("ledger.csv", *ASKED, "--format", "parquet", "--dry-run", stdout=terminal)


class Farms(Parquet):
    def test_discover_writes_the_rows_of_its_csv(self):
        self.write("farm.csv", farm_ledger())
        self.expect(0, "discover", "farm.csv", "--calibrate=2", "-o", "out.parquet")
        self.expect(0, "discover", "farm.csv", "--calibrate=2", "-o", "out.csv")
        table = pq.read_table(self.folder / "out.parquet")
        header, *lines = csv.reader(io.StringIO((self.folder / "out.csv").read_text()))
        self.assertEqual(table.column_names, header)
        read = {pa.int64(): int, pa.float64(): float, pa.string(): str}
        self.assertEqual(self.rows(table), [[read[field.type](cell) if cell else None for field, cell in zip(table.schema, line)]
                                            for line in lines])
        self.assertEqual((table.num_rows, table.schema.field("farm").type, table.schema.field("score").type),
                         (12, pa.int64(), pa.float64()))


if __name__ == "__main__":
    cli_support.main()
