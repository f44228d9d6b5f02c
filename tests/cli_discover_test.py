"""`discover` as a process: what it writes where, its exit codes, and that its merchants feed `scan`."""

import json
import os
import unittest

import cli_support
from cli_support import COLUMNS, Case, address, row

HOUR, DAY = 3600, 86400


def farm_ledger():
    """Twelve accounts buy twice at m for prices of their own; d, paid by m, pays them 4 to 9 % more a day later. Others buy
    at shops, where nobody pays anything back."""
    rows, block = [], 0
    for worker in range(12):
        for task in range(2):
            price, time = 10_000 + 7_919 * (2 * worker + task) % 90_000, (3 * worker + 5 * task) * HOUR
            name = f"w{worker:02}"
            rows.append((time, name, "m", price))
            rows.append((time + 2 * HOUR, "m", "d", price + price // 10))
            rows.append((time + DAY + worker * 600, "d", name, price + price * (40 + (worker * 7 + task * 3) % 50) // 1000))
    for i in range(300):
        rows.append((i * HOUR, f"c{i % 60:02}", f"s{i % 7}", 5_000 + 6_007 * i % 80_000))
    return COLUMNS + "".join(row(*payment, block=1 + n) for n, payment in enumerate(sorted(rows)))


class Discover(Case):
    def setUp(self):
        super().setUp()
        self.write("farm.csv", farm_ledger())

    def test_finds_the_farm_and_hands_its_merchants_to_scan(self):
        self.expect(0, "discover", "farm.csv", "-o", "found.json", "--merchants-out", "merchants.txt", "--stats", "s.json")
        farms = self.read_json("found.json")["farms"]
        self.assertEqual([farm["merchants"] for farm in farms], [[{"account": address("m")}]])
        self.assertEqual(farms[0]["delegations"], [{"account": address("d")}])
        self.assertEqual(len(farms[0]["workers"]), 12)
        self.assertNotIn("p_value", farms[0], "the score is none")
        self.assertEqual(self.read_json("s.json")["counts"]["farms"], 1)
        scan = self.expect(0, "scan", "farm.csv", "--merchants", "merchants.txt", "--format", "json")
        self.assertEqual(len(json.loads(scan.out)["workers"]), 12)

    def test_merchants_are_written_for_a_reader_of_the_report_who_is_gone(self):
        read, write = os.pipe()
        os.close(read)
        process = self.start("discover", "farm.csv", "--merchants-out", "merchants.txt", stdout=write)
        os.close(write)
        self.assertEqual(process.wait(120), 0)
        self.assertEqual((self.folder / "merchants.txt").read_text(), address("m") + "\n")

    def test_findings_are_10_if_asked_for(self):
        self.expect(10, "discover", "farm.csv", "--fail-on-findings", "-o", "found.json")
        self.assertEqual(len(self.read_json("found.json")["farms"]), 1)
        self.expect(0, "discover", "ring.csv", "--fail-on-findings")

    def test_an_excluded_merchant_is_none(self):
        self.write("exchanges.txt", address("m") + "\n")
        found = self.expect(0, "discover", "farm.csv", "--exclude", "exchanges.txt", "--format", "json")
        self.assertEqual(json.loads(found.out)["farms"], [])

    def test_what_people_decided_is_honoured_and_shown(self):
        self.write("decisions.csv", f"# reviewed\n\n{address('d')}, cleared , our agency, since 2016\n{address('w03')},confirmed\n")
        said = self.expect(0, "discover", "farm.csv", "--decisions", "decisions.csv", "-o", "found.json", "--fail-on-findings")
        found = self.read_json("found.json")
        self.assertEqual((found["farms"], found["rule"]["confirmed"], found["rule"]["cleared"]), ([], 1, 1), said)
        self.assertEqual(found["cleared"][0]["decisions"],
                         [{"account": address("d"), "verdict": "cleared", "comment": "our agency, since 2016"},
                          {"account": address("w03"), "verdict": "confirmed", "comment": ""}]
                         if address("d") < address("w03") else
                         [{"account": address("w03"), "verdict": "confirmed", "comment": ""},
                          {"account": address("d"), "verdict": "cleared", "comment": "our agency, since 2016"}])
        told = self.expect(0, "explain", "found.json", address("d")).out
        self.assertIn(f"{address('d')} was looked at: cleared, our agency, since 2016", told)
        self.assertIn("cleared 1: " + address("d") + " would be a suspected delegation", told)
        self.expect(0, "discover", "farm.csv", "-o", "before.json")
        self.assertIn("0 new, 14 gone", self.expect(0, "diff", "before.json", "found.json").out)
        self.write("confirmed.csv", f"{address('m')},confirmed\n")
        self.expect(0, "discover", "farm.csv", "--decisions", "confirmed.csv", "-o", "marked.json")
        self.assertIn("0 new, 0 gone", self.expect(0, "diff", "before.json", "marked.json").out)
        self.assertIn("was looked at: confirmed", self.expect(0, "explain", "marked.json", "farm 1").out)

    def test_decisions_that_are_none_are_3(self):
        for line in (address("d"), address("d") + ",clear", ",cleared", address("d") + ",cleared\n" + address("d") + ",confirmed"):
            self.write("decisions.csv", "# one\n" + line + "\n")
            self.expect(3, "discover", "farm.csv", "--decisions", "decisions.csv", says="decisions.csv:")
        self.expect(4, "discover", "farm.csv", "--decisions", "none.csv")

    def test_calibration_says_what_chance_does(self):
        self.expect(0, "discover", "farm.csv", "-o", "plain.json")
        self.assertIsNone(self.read_json("plain.json")["calibration"])
        self.assertIsNone(self.read_json("plain.json")["farms"][0]["exceedance"])
        self.expect(0, "discover", "farm.csv", "--calibrate=3", "-o", "found.json", "--stats", "s.json")
        calibration = self.read_json("found.json")["calibration"]
        self.assertEqual((calibration["replicates"], calibration["reports"], len(calibration["best"])), (3, 0, 3))
        self.assertEqual(self.read_json("found.json")["farms"][0]["exceedance"], 0)
        self.assertNotIn("p_value", str(self.read_json("found.json")))
        self.assertIn("calibrate", self.read_json("s.json")["phases"])
        self.assertIn("best report of 0 of 3 permuted ledgers", self.expect(0, "explain", "found.json", "farm 1").out)
        self.assertIn("in 20 permuted ledgers", self.expect(0, "discover", "farm.csv", "--calibrate").out)
        self.expect(2, "discover", "farm.csv", "--calibrate=0", says="--calibrate")

    def test_tables_have_a_row_a_worker(self):
        rows = self.expect(0, "discover", "farm.csv", "--format", "csv").out.splitlines()
        self.assertEqual(len(rows), 13)
        self.assertTrue(rows[1].startswith("1,1,"))

    def test_loops_are_asked_for(self):
        self.write("loop.csv", COLUMNS + row(100, "a", "b", 10) + row(200, "b", "a", 10) + row(300, "a", "b", 10) +
                   row(400, "b", "a", 10))
        self.assertIn("1 loop of own accounts", self.expect(0, "discover", "loop.csv", "--pattern", "loops").out)
        self.assertNotIn("loop", self.expect(0, "discover", "loop.csv").out)

    def test_results_are_explained_and_compared(self):
        self.expect(0, "discover", "farm.csv", "-o", "after.json")
        self.expect(0, "discover", "ring.csv", "-o", "before.json")
        told = self.expect(0, "explain", "after.json", address("w03")).out
        self.assertIn(f"farm 1: {address('w03')} is a suspected worker", told)
        self.assertEqual([told.count(f"  {what} ") for what in ("purchase", "reward", "funding")], [2, 2, 2])
        self.assertRegex(told, r"reward .* more than the purchase of \d+, \d+ h \d+ min after it")
        self.assertIn("  may also be a launch or sale", told)
        times = [line[:22] for line in told.splitlines() if line.startswith("  1970")]
        self.assertEqual(len(times), 6)
        self.assertEqual(times, sorted(times))
        self.assertIn("1 delegation, 1 merchant, 12 workers", self.expect(0, "explain", "after.json", "farm 1").out)
        self.assertIn("nowhere", self.expect(0, "explain", "after.json", address("nobody")).out)
        beside = [line for line in self.expect(0, "discover", "farm.csv").out.splitlines() if line.startswith("    ") and
                  line.split()[0] in ("in", "amounts", "inside", "burst", "fresh", "funder")]
        self.assertGreater(len(beside), 2)
        explained = self.expect(0, "explain", "after.json", "farm 1").out.splitlines()
        self.assertEqual([line for line in explained if line in beside], beside, "as the report has it")
        older = self.read_json("after.json")
        for name in ("burst", "synchrony", "equal_amounts", "fresh", "inside", "funder"):
            del older["farms"][0]["signals"][name]
        self.write("older.json", json.dumps(older))
        self.assertNotIn("besides", self.expect(0, "explain", "older.json", "farm 1").out)
        self.assertIn("14 new, 0 gone", self.expect(10, "diff", "before.json", "after.json", "--fail-on-findings").out)
        self.assertIn("0 new, 14 gone", self.expect(0, "diff", "after.json", "before.json", "--fail-on-findings").out)
        self.expect(0, "scan", "ring.csv", "--merchants", "m.txt", "-o", "scan.json")
        self.assertIn("scan: ", self.expect(0, "explain", "scan.json", address("w")).out)
        self.expect(2, "diff", "scan.json", "after.json", says="different kinds")
        self.expect(2, "explain", "scan.json", says="explain RESULT ACCOUNT")

    def test_what_is_no_result_is_3(self):
        for content in ("", "{", "[]", "{}", '{"schema": "other/1"}', '{"schema": "ringscan.scan/1"}',
                        '{"schema": "ringscan.discover/1", "farms": [{"rank": "x"}]}', '{"schema": 7}'):
            self.write("bad.json", content)
            self.expect(3, "explain", "bad.json", "x")
        self.expect(4, "explain", "none.json", "x")

    def test_what_means_nothing_is_2(self):
        self.expect(2, "discover", says="which ledger?")
        self.expect(2, "discover", "farm.csv", "--pattern", "farm", says="did you mean 'farms'?")
        self.expect(2, "discover", "farm.csv", "--max-gain", "0.001", says="--max-gain is above 0.005")
        self.expect(2, "discover", "farm.csv", "--min-workers", "1", says="--min-workers")
        self.expect(2, "discover", "farm.csv", "--top", "0", says="--top")
        self.expect(2, "discover", "farm.csv", "--within", "3x", says="--within takes a duration")
        self.expect(2, "discover", "farm.csv", "-o", "x.json", "--stats", "x.json", says="name the same file")

    def test_every_backend_gives_the_same_bytes_and_is_named(self):
        self.expect(0, "discover", "farm.csv", "--backend", "cpu", "--calibrate=2", "-o", "cpu.json")
        for backend in ("reference", "cuda", "auto"):
            run = self.run_program("discover", "farm.csv", "--backend", backend, "--calibrate=2", "-o", backend + ".json",
                                   "--stats", backend + ".stats")
            if backend == "cuda" and run.code == 5:
                self.assertIn("--backend cpu", run.err)
                continue
            self.assertEqual(run.code, 0, run.err)
            self.assertEqual((self.folder / (backend + ".json")).read_bytes(), (self.folder / "cpu.json").read_bytes())
            named = self.read_json(backend + ".stats")["backend"]
            self.assertIn(named, ("cuda", "cpu") if backend == "auto" else (backend,))
            self.assertEqual(f"ringscan: backend {named} (" in run.err, backend == "auto")
        self.assertNotIn("backend", self.expect(0, "discover", "farm.csv", "-q").err)

    def test_other_backends_are_5_and_existing_outputs_6(self):
        self.expect(5, "discover", "farm.csv", "--backend", "cuda-pairs")
        self.expect(2, "discover", "farm.csv", "--backend", "gpu", says="there is no backend 'gpu'")
        self.write("found.json", "mine")
        self.expect(6, "discover", "farm.csv", "-o", "found.json", says="exists")
        self.expect(6, "discover", "farm.csv", "--merchants-out", "found.json", says="exists")
        self.expect(0, "discover", "farm.csv", "-o", "found.json", "--overwrite")

    def test_an_axis_of_blocks_counts_blocks(self):
        found = self.expect(0, "discover", "farm.csv", "--time-axis", "block", "--within", "7000", "--format", "json")
        self.assertEqual(json.loads(found.out)["rule"]["within"], 7000)


if __name__ == "__main__":
    cli_support.main()
