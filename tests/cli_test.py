"""The program as a process: what it reads, what it writes and where, and that the bytes of an answer depend on the ledger
and the question alone. Exit codes: cli_exit_codes_test.py; signals and pipes: cli_interrupt_test.py."""

import csv
import io
import itertools
import json
import re
import unittest

import cli_support
from cli_support import COLUMNS, RING, Case, address, crowd, row

ASKED = ("--merchants", "m.txt")


class Help(Case):
    def test_help_shows_examples_first(self):
        for command in ("scan", "inspect", "generate"):
            for flag in ("--help", "-h"):
                run = self.expect(0, command, flag)
                self.assertTrue(run.out.startswith("Examples:\n  ringscan " + command), run.out[:80])
                self.assertEqual(run.err, "")
        for flag in ("--help", "-h", "help"):
            run = self.expect(0, flag)
            self.assertLess(run.out.index("  ringscan scan transactions.csv"), run.out.index("Commands:"))
            self.assertEqual(run.err, "")
        self.assertRegex(self.expect(0, "--version").out, r"^ringscan \d+\.\d+\.\d+\n$")

    def test_examples_name_options_that_exist(self):
        for command in ("scan", "inspect", "generate"):
            examples, _, options = self.expect(0, command, "--help").out.partition("Usage:")
            for option in re.findall(r"--[a-z-]+", examples):
                self.assertRegex(options, rf"{option}\b", command)


class Answer(Case):
    def test_stdout_is_data_only(self):
        loud = self.scan("ring.csv", *ASKED, "--format", "json", "--verify")
        self.assertEqual(json.loads(loud.out)["schema"], "ringscan.scan/1")
        self.assertIn("ringscan: backend ", loud.err)
        self.assertIn("ringscan: verified: the reference gives the same result", loud.err)
        quiet = self.scan("ring.csv", *ASKED, "--format", "json", "--verify", "-q")
        self.assertEqual((quiet.out, quiet.err), (loud.out, ""))

    def test_json_parses_and_keeps_its_order(self):
        answer = json.loads(self.scan("ring.csv", *ASKED, "--format", "json").out)
        self.assertEqual(list(answer), ["schema", "ledger", "rule", "merchants", "workers"])
        self.assertEqual([worker["account"] for worker in answer["workers"]], [address("w")])
        at = answer["workers"][0]["merchants"][0]
        self.assertEqual(list(at), ["account", "purchase", "reward", "funding"])
        self.assertEqual((at["purchase"]["amount"], at["reward"]["amount"], at["funding"]), ("10", "11", None))
        self.assertEqual(list(at["reward"]), ["tx", "time", "from", "to", "asset", "amount"])

    def test_the_suffix_of_the_output_decides_the_format(self):
        for name, begins in (("a.json", "{"), ("a.csv", "worker,"), ("a.text", "rule "), ("a.txt", "rule "), ("a", "rule ")):
            self.assertEqual(self.scan("ring.csv", *ASKED, "-o", name).out, "")
            self.assertTrue((self.folder / name).read_text().startswith(begins), name)
        self.scan("ring.csv", *ASKED, "-o", "b.json", "--format", "csv")
        self.assertTrue((self.folder / "b.json").read_text().startswith("worker,"), "--format is stronger")
        self.assertTrue(self.scan("ring.csv", *ASKED, "-o", "-").out.startswith("rule "), "- is stdout")

    def test_csv_has_one_line_for_each_merchant_of_a_worker(self):
        lines = list(csv.DictReader(io.StringIO(self.scan("ring.csv", *ASKED, "--format", "csv").out)))
        self.assertEqual([(line["worker"], line["merchant"], line["purchase_amount"], line["reward_amount"]) for line in lines],
                         [(address("w"), address("m"), "10", "11")])

    def test_overwrite_replaces_the_file(self):
        self.write("out.json", "old")
        self.scan("ring.csv", *ASKED, "-o", "out.json", "--overwrite")
        self.assertEqual(self.read_json("out.json")["schema"], "ringscan.scan/1")
        self.assertEqual(self.files(), ["m.txt", "out.json", "ring.csv"])

    def test_stats_name_the_backend_that_ran(self):
        for backend in ("cpu", "reference"):
            self.scan("ring.csv", *ASKED, "--backend", backend, "--threads", 2, "--stats", f"{backend}.json", "--quorum", 1)
            stats = self.read_json(f"{backend}.json")
            self.assertEqual((stats["schema"], stats["backend"], stats["threads"]), ("ringscan.stats/1", backend, 2))
            self.assertEqual((stats["counts"]["transactions"], stats["counts"]["workers"]), (3, 1))
            self.assertLess(0, stats["peak_anonymous_bytes"])
            self.assertLessEqual(sum(stats["phases"].values()), stats["seconds"] + 1e-3)
            self.assertEqual(stats["settings"]["quorum"], "1")
            self.assertTrue(stats["version"])

    def test_a_count(self):
        count = json.loads(self.scan("ring.csv", "--merchants", "all", "--count", "--format", "json", "--verify").out)
        self.assertEqual((count["schema"], count["hits"], count["pairs"]), ("ringscan.count/1", 1, 1))
        self.assertEqual(self.scan("ring.csv", "--merchants", "all", "--count", "--format", "csv").out, "hits,pairs\n1,1\n")

    def test_names_of_strangers_stay_texts(self):
        self.write("odd.csv", b"from,to,value,time\n\"w\"\"\xff\xc3\xa9,\",m,10,1\nx,\"w\"\"\xff\xc3\xa9,\",11,2\n")
        self.write("odd.txt", "m\n")
        ask = ("odd.csv", "--map", "from=from,to=to,value=value,time=time", "--merchants", "odd.txt")
        answer = json.loads(self.scan(*ask, "--format", "json").out)
        self.assertEqual(answer["workers"][0]["account"].encode("utf-8", "surrogateescape"), b'w"\xff\xc3\xa9,')


class SameBytes(Case):
    """For every number of threads, backend, order and packaging of the input."""

    def setUp(self):
        super().setUp()
        self.expect(0, "generate", "-q", "--transactions", 3000, "--accounts", 400, "--workers", 5, "--seed", 7, "-o", "demo")
        header, *rows = (self.folder / "demo/transactions.csv").read_text().splitlines(keepends=True)
        self.assertGreater(len(rows), 3000)
        third = len(rows) // 3
        for name, part in (("a", rows[:third]), ("b", rows[third:2 * third]), ("c", rows[2 * third:])):
            self.write(f"parts/{name}.csv", header + "".join(part))
            self.write_gzip(f"packed/{name}.csv.gz", header + "".join(part))
        self.write("reversed.csv", header + "".join(reversed(rows)))

    def ask(self, *ledgers, form="json", model="any", **options):
        return self.scan(*ledgers, "--merchants", "demo/merchants.txt", "--model", model, "--quorum", 2, "--format", form,
                         *itertools.chain(*((f"--{name}", value) for name, value in options.items()))).out

    def test_threads_and_backends(self):
        for model, form in itertools.product(("any", "basic", "enhanced", "advanced"), ("json", "csv", "text")):
            first = self.ask("demo/transactions.csv", form=form, model=model)
            self.assertGreater(first.count("0x"), 30, "an empty answer proves nothing")
            for options in ({"threads": 1}, {"threads": 2}, {"threads": 7}, {"backend": "cpu"}, {"backend": "reference"}):
                self.assertEqual(self.ask("demo/transactions.csv", form=form, model=model, **options), first, options)

    def test_files_folders_globs_gzip_and_stdin(self):
        first = self.ask("demo/transactions.csv")
        parts = ["parts/a.csv", "parts/b.csv", "parts/c.csv"]
        for ledgers in (*itertools.permutations(parts), ["parts"], ["parts/*.csv"], ["packed"], ["reversed.csv"],
                        ["parts/c.csv", "packed/a.csv.gz", "parts/b.*"]):
            self.assertEqual(self.ask(*ledgers), first, ledgers)
        for file in ("demo/transactions.csv", "reversed.csv"):
            with (self.folder / file).open("rb") as stdin:
                process = self.start("scan", "-", "--merchants", "demo/merchants.txt", "--quorum", 2, "--format", "json", stdin=stdin)
                self.assertEqual(process.communicate(timeout=60)[0].decode(), first)
        packed = (self.folder / "packed/c.csv.gz").read_bytes()
        run = self.scan("packed/a.csv.gz", "-", "parts/b.csv", "--merchants", "demo/merchants.txt", "--quorum", 2,
                        "--format", "json", stdin=packed)
        self.assertEqual(run.out, first, "gzip on stdin, between files")

    def test_a_second_run(self):
        self.assertEqual(self.ask("demo/transactions.csv"), self.ask("demo/transactions.csv"))
        self.expect(0, "generate", "-q", "--transactions", 3000, "--accounts", 400, "--workers", 5, "--seed", 7, "-o", "again")
        for name in ("transactions.csv", "merchants.txt", "truth.json"):
            self.assertEqual((self.folder / "again" / name).read_bytes(), (self.folder / "demo" / name).read_bytes(), name)


class Planted(Case):
    def test_a_scan_finds_the_workers_of_easy_farms(self):
        self.expect(0, "generate", "-q", "--difficulty", "easy", "--farms", 2, "--transactions", 20000, "--accounts", 3000,
                    "--seed", 3, "-o", "easy")
        truth = self.read_json("easy/truth.json")
        self.assertEqual(truth["difficulty"], "easy")
        for farm in truth["farms"]:
            self.write("merchants.txt", "\n".join(farm["merchants"]))
            answer = json.loads(self.scan("easy/transactions.csv", "--merchants", "merchants.txt", "--quorum", 1, "--model",
                                          farm["model"], "--within", "3d", "--format", "json").out)
            self.assertLessEqual(set(farm["workers"]), {worker["account"] for worker in answer["workers"]}, farm["model"])
        self.assertTrue(all(actor["story"] for actor in truth["actors"]))

    def test_a_ledger_without_farms_has_none(self):
        self.expect(0, "generate", "-q", "--difficulty", "hard", "--farms", 0, "--transactions", 20000, "--emphasise",
                    "failed_launches", "-o", "innocent")
        self.assertEqual(self.read_json("innocent/truth.json")["farms"], [])
        self.assertEqual((self.folder / "innocent/transactions.csv").read_text().count("\n"), 20001)

    def test_a_scan_finds_the_workers_of_each_model(self):
        self.expect(0, "generate", "-q", "--model", "all", "--farms", 2, "--transactions", 20000, "--seed", 3, "-o", "demo")
        farms = self.read_json("demo/truth.json")["farms"]
        self.assertEqual(sorted(farm["model"] for farm in farms), sorted(["basic", "enhanced", "advanced"] * 2))
        for number, farm in enumerate(farms):
            self.write(f"{number}.txt", "\n".join(farm["merchants"]))
            ask = ("demo/transactions.csv", "--merchants", f"{number}.txt", "--quorum", "all", "--format", "json")
            answer = json.loads(self.scan(*ask, "--model", farm["model"]).out)
            found = {worker["account"] for worker in answer["workers"]}
            self.assertLessEqual(set(farm["workers"]), found, farm["model"])
            steps = {step["tx"] for step in farm["steps"] if step["tx"]}
            planted = [at["purchase"]["tx"] in steps for worker in answer["workers"] if worker["account"] in farm["workers"]
                       for at in worker["merchants"]]
            self.assertEqual(len(planted), len(farm["workers"]) * len(farm["merchants"]))
            if farm["model"] != "basic":  # any reward is later and larger: rule ring sees them too
                found = {worker["account"] for worker in json.loads(self.scan(*ask).out)["workers"]}
                self.assertLessEqual(set(farm["workers"]), found, "any")


class Reading(Case):
    def json(self, *arguments):
        return json.loads(self.scan(*arguments, "--format", "json").out)

    def test_bad_rows_up_to_the_limit(self):
        self.write("bad.csv", RING + row(400, "w", "m", "ten") + "too,few\n")
        self.scan("bad.csv", *ASKED, "--max-bad-rows", 1, code=3, says="2 bad rows, and --max-bad-rows allows 1")
        run = self.scan("bad.csv", *ASKED, "--max-bad-rows", 2, "--format", "json")
        self.assertEqual(json.loads(run.out)["ledger"]["dropped"]["rejected"], 2)
        self.assertIn("ringscan: rejected bad.csv:5: value: 'ten'", run.err)
        self.assertIn("ringscan: rejected bad.csv:6:", run.err)
        quiet = self.scan("bad.csv", *ASKED, "--max-bad-rows", 2, "--format", "json", "-q")
        self.assertEqual((quiet.out, quiet.err), (run.out, ""))

    def test_dedupe(self):
        twice = self.json("ring.csv", "ring.csv", *ASKED)["ledger"]
        self.assertEqual((twice["transactions"], twice["dropped"]["duplicate"]), (6, 0))
        once = self.json("ring.csv", "ring.csv", *ASKED, "--dedupe")["ledger"]
        self.assertEqual((once["transactions"], once["dropped"]["duplicate"]), (3, 3))

    def test_names_with_commas_and_dashes_are_files(self):
        self.write("a,b.csv", RING)
        self.assertEqual(self.json("a,b.csv", *ASKED)["ledger"]["transactions"], 3)
        self.write("-odd.csv", RING)
        self.assertEqual(self.json("./-odd.csv", *ASKED)["ledger"]["transactions"], 3)
        self.assertIn("3 transactions", self.scan(*ASKED, "--", "-odd.csv").out)

    def test_filters(self):
        self.assertEqual(self.json("ring.csv", *ASKED, "--start", 200, "--end", "1970-01-01T00:05:00Z")["ledger"]["transactions"], 1)
        self.assertEqual(self.json("ring.csv", *ASKED, "--min-amount", 10)["ledger"]["dropped"]["outside_filter"], 1)

    def test_a_merchants_file_is_forgiving(self):
        name = "0x52908400098527886E0F7030069857D2E4169EE7"
        self.write("spelled.csv", RING.replace(address("m"), name.lower()))
        self.write("merchants.txt", f"\ufeff# shops\r\n\r\n \t{name}\t\r\n  # and again\r\n{name.lower()}\r\n{address('h')}")
        answer = self.json("spelled.csv", "--merchants", "merchants.txt")
        self.assertEqual([(m["account"], m["suspects"]) for m in answer["merchants"]], [(address("h"), 0), (name.lower(), 1)])
        self.write("closed.txt", f"{name} , 1970-01-01T00:01:40Z , 200\r\n{address('h')}\r\n")
        self.assertEqual(self.json("spelled.csv", "--merchants", "closed.txt")["workers"], [], "an open interval")
        self.write("open.txt", f"{name},99,200\n")
        answer = self.json("spelled.csv", "--merchants", "open.txt", "--between", "500,600")
        self.assertEqual(len(answer["workers"]), 1, "its own interval wins")

    def test_between_auto_finds_the_burst_of_each_merchant(self):
        rows = [(10_000 + 60 * i, f"w{i}", "m", 10) for i in range(12)] + [(10_000 + 86400, f"w{i}", "x", 1) for i in range(12)]
        rows += [(20_000 + 86400, "x", f"w{i}", 11) for i in range(12)] + [(0, "h", "m", 10), (86400 * 9, "x", "h", 11)]
        rows += [(86400 * 10, "last", "m", 10)]
        self.write("burst.csv", COLUMNS + "".join(row(*payment) for payment in sorted(rows)))
        self.expect(0, "import", "burst.csv", "-o", "burst.ledger")
        for ledger in ("burst.csv", "burst.ledger"):
            for backend in ("cpu", "reference"):
                run = self.scan(ledger, *ASKED, "--between", "auto", "--backend", backend, "--verify", "--format", "json")
                answer = json.loads(run.out)
                self.assertEqual((answer["rule"]["between"], answer["merchants"][0]["between"]), ("auto", [9_999, 13_601]))
                self.assertEqual(len(answer["workers"]), 12, "not h, who buys before")
                self.assertIn("verified: a second count of each merchant's purchases finds the same intervals", run.err)

    def test_merchants_that_the_ledger_does_not_know_are_named(self):
        self.write("typo.txt", f"{address('m')}\n{address('nobody')}\n")
        run = self.expect(0, "scan", "ring.csv", "--merchants", "typo.txt", "--format", "json")
        self.assertIn(f"1 of 2 merchants are not in the ledger, such as {address('nobody')}", run.err)
        self.assertEqual(self.expect(0, "scan", "ring.csv", "--merchants", "typo.txt", "--format", "json", "-q").err, "")

    def test_a_dry_run_says_what_the_question_takes_and_stops(self):
        run = self.expect(0, "scan", "ring.csv", "--merchants", "m.txt", "--backend", "cpu", "--dry-run")
        for part in ("plan (nothing was computed)", "cpu", "transactions   3", "merchants      1", "none needed"):
            self.assertIn(part, run.out)
        self.assertNotIn("suspect", run.out)

    def test_excluded_accounts(self):
        self.write("hubs.txt", "# exchanges\n" + address("x").upper().replace("0X", "0x") + "\n")
        self.assertEqual(self.json("ring.csv", *ASKED, "--exclude", "hubs.txt")["workers"], [])

    def test_inspect_shows_what_was_understood(self):
        said = self.expect(0, "inspect", "ring.csv").out
        for part in ("ring.csv", "ethereum-etl", "wei", "transactions 3", "accounts     4", "rejected"):
            self.assertIn(part, said)


if __name__ == "__main__":
    cli_support.main()
