"""Every exit code of the program, with the sentence on stderr that goes with it, and nothing on stdout. A run that fails
leaves no file behind, neither its output nor a temporary one. Signals and pipes: cli_interrupt_test.py."""

import os
import pathlib
import resource
import subprocess
import unittest

import cli_support
from cli_support import COLUMNS, RING, Case, address, crowd, row

ASKED = ("--merchants", "m.txt")


class Done(Case):
    def test_something_found_and_nothing_found_are_0(self):
        self.assertIn(address("w"), self.scan("ring.csv", *ASKED).out)
        self.write("nobody.txt", "0xnobody\n")
        self.assertIn("0 suspected workers", self.scan("ring.csv", "--merchants", "nobody.txt").out)

    def test_a_header_without_rows_is_an_empty_ledger(self):
        self.write("empty.csv", COLUMNS)
        self.assertIn('"transactions": 0', self.scan("empty.csv", *ASKED, "--format", "json").out)

    def test_findings_are_10_if_asked_for(self):
        found = self.scan("ring.csv", *ASKED, "--fail-on-findings", "-o", "found.json", code=10)
        self.assertEqual(found.out, "")
        self.assertEqual(len(self.read_json("found.json")["workers"]), 1, "and the answer is written all the same")
        self.write("nobody.txt", "0xnobody\n")
        self.scan("ring.csv", "--merchants", "nobody.txt", "--fail-on-findings", code=0)
        self.scan("ring.csv", "--merchants", "all", "--count", "--fail-on-findings", code=10)


class Usage(Case):
    def refused(self, says, *arguments):
        self.expect(2, *arguments, says=says)
        self.assertEqual(self.files(), ["m.txt", "ring.csv"])

    def scan_refused(self, says, *arguments):
        self.refused(says, "scan", "ring.csv", *ASKED, *arguments)

    def test_commands(self):
        self.refused("which command?")
        self.refused("there is no command 'scam' (did you mean 'scan'?)", "scam")
        self.refused("there is no command 'scna' (did you mean 'scan'?)", "scna")
        self.refused("there is no command 'frobnicate'", "frobnicate")

    def test_options(self):
        self.scan_refused("no option --bogus", "--bogus")
        self.scan_refused("did you mean 'quorum'?", "--quorm", "2")
        self.scan_refused("did you mean 'max-gain'?", "--max_gain", "2")
        self.refused("did you mean 'merchants'?", "scan", "ring.csv", "--merchant", "m.txt")
        self.scan_refused("did you mean 'output'?", "--outptu", "x")
        self.scan_refused("missing an argument", "-o")
        self.scan_refused("missing an argument", "--within")

    def test_what_a_scan_needs(self):
        self.refused("which merchants?", "scan", "ring.csv")
        self.refused("which ledger?", "scan", *ASKED)
        self.refused("which ledger?", "inspect")
        self.refused("where to?", "generate")

    def test_farms_that_hide(self):
        self.refused("did you mean 'hard'?", "generate", "--difficulty", "hrd", "-o", "demo")
        self.refused("goes with --difficulty", "generate", "--farm-traits", "split=5", "-o", "demo")
        self.refused("goes with --difficulty", "generate", "--emphasise", "airdrops", "-o", "demo")
        self.refused("not --workers", "generate", "--difficulty", "easy", "--workers", 5, "-o", "demo")
        self.refused("within 0-100, not '101'", "generate", "--difficulty", "easy", "--farm-traits", "split=101", "-o", "demo")
        self.refused("did you mean 'airdrops'?", "generate", "--difficulty", "easy", "--emphasise", "airdrop", "-o", "demo")
        self.refused("a week more", "generate", "--difficulty", "hard", "--days", 20, "-o", "demo")

    def test_values(self):
        for value in ("0", "x", "-1", "1.5", "", "99999999999999999999"):
            self.scan_refused("--quorum", "--quorum", value)
        self.scan_refused("number of merchants, which is 1", "--quorum", "2")
        for value in ("5", "5w", "d", "", "-3d", "1.5h", "99999999999999999999d"):
            self.scan_refused("--within", "--within", value)
        self.scan_refused("--within", "--within", "90s", "--time-axis", "block")
        for value in ("5", "5,5", "9,5", "5,", ",5", "a,b", "1,2,3"):
            self.scan_refused("--between", "--between", value)
        self.scan_refused("blocks and steps do not have", "--between", "auto", "--time-axis", "block")
        for value in ("1.01", "-0.1", "x", "", "0,5", "1e-3"):
            self.scan_refused("--min-share", "--min-share", value)
        for value in ("-1", "x", "", "1e3"):
            self.scan_refused("--max-gain", "--max-gain", value)
        for value in ("0", "x", "-2"):
            self.scan_refused("--threads", "--threads", value)
        self.scan_refused("did you mean 'ring'?", "--rule", "rings")
        self.scan_refused("did you mean 'advanced'?", "--model", "advance")
        self.scan_refused("did you mean 'json'?", "--format", "jsn")
        self.scan_refused("did you mean 'cpu'?", "--backend", "cpus")
        self.scan_refused("--max-bad-rows", "--max-bad-rows", "many")
        self.scan_refused("--time-axis", "--time-axis", "month")
        self.scan_refused("--value-unit", "--value-unit", "pounds")
        self.scan_refused("--map", "--map", "from=a,too=b")

    def test_combinations(self):
        self.scan_refused("--between T1,T2", "--rule", "time")
        self.scan_refused("no --model", "--rule", "time", "--between", "1,2", "--model", "any")
        self.scan_refused("no --model, --within", "--rule", "time", "--between", "1,2", "--within", "1d")
        self.scan_refused("--min-share P", "--rule", "share")
        self.scan_refused("no --max-gain", "--model", "basic", "--max-gain", "1")
        self.refused("--merchants all takes --between T1,T2", "scan", "ring.csv", "--merchants", "all", "--count", "--between", "auto")
        self.scan_refused("--merchants all", "--count")
        self.refused("--count", "scan", "ring.csv", "--merchants", "all")
        for more in (("--rule", "share", "--min-share", "0.5"), ("--min-share", "0.5"), ("--quorum", "2"), ("--quorum", "all")):
            self.refused("--count counts", "scan", "ring.csv", "--merchants", "all", "--count", *more)

    def test_a_mistake_costs_no_time(self):
        self.refused("--quorum", "scan", "missing.csv", *ASKED, "--quorum", "2")


class BadInput(Case):
    def refused(self, says, *arguments, **options):
        before = self.files()
        run = self.scan(*arguments, "-o", "out.json", code=3, says=says, **options)
        self.assertEqual(self.files(), before, "nothing is written")
        return run

    def test_a_rejected_row_is_named_by_file_line_and_column(self):
        self.write("bad.csv", RING + row(400, "w", "m", "ten"))
        run = self.refused("1 bad row", "bad.csv", *ASKED)
        self.assertIn("bad.csv:5: value: 'ten'", run.err)

    def test_files_that_are_no_ledger(self):
        self.write("empty.csv", "")
        self.refused("empty.csv is empty", "empty.csv", *ASKED)
        self.refused("stdin is empty", "-", *ASKED)
        self.write("other.csv", "colour,taste\nred,sweet\n")
        self.refused("other.csv", "other.csv", *ASKED)
        self.write("rows.json", '{"from": 1}\n')
        self.refused("no schema matches", "rows.json", *ASKED)

    def test_a_truncated_gzip_is_no_short_ledger(self):
        whole = self.write_gzip("ring.csv.gz", RING).read_bytes()
        for size in (len(whole) - 1, len(whole) - 8, len(whole) // 2, 3):
            self.write("cut.csv.gz", whole[:size])
            self.refused("cut.csv.gz", "cut.csv.gz", *ASKED)
        self.write("changed.csv.gz", whole[:-6] + bytes([whole[-6] ^ 1]) + whole[-5:])
        self.refused("changed.csv.gz", "changed.csv.gz", *ASKED)

    def test_token_transfers_need_block_times(self):
        self.write("token_transfers.csv", "token_address,from_address,to_address,value,transaction_hash,log_index,block_number\n")
        self.refused("time", "token_transfers.csv", *ASKED)

    def test_merchants_files(self):
        self.write("none.txt", "# nobody\n\n")
        self.refused("none.txt names no merchant", "ring.csv", "--merchants", "none.txt")
        self.write("odd.txt", address("m") + "\n" + address("n") + ",9,5\n")
        self.refused("odd.txt:2", "ring.csv", "--merchants", "odd.txt")
        self.write("twice.txt", address("m") + ",1,2\n\n" + address("m") + ",1,3\n")
        self.refused("twice.txt:3", "ring.csv", "--merchants", "twice.txt")


class MissingInput(Case):
    def test_what_is_not_there(self):
        self.scan("missing.csv", *ASKED, code=4, says="missing.csv: No such file")
        self.scan("ring.csv", "missing.csv", *ASKED, "-o", "out.json", code=4, says="missing.csv")
        self.scan("*.ledger", *ASKED, code=4, says="*.ledger")
        self.scan("ring.csv", "--merchants", "missing.txt", code=4, says="missing.txt")
        self.scan("ring.csv", *ASKED, "--exclude", "missing.txt", code=4, says="missing.txt")
        (self.folder / "hollow").mkdir()
        self.scan("hollow", *ASKED, code=4, says="hollow")
        self.expect(4, "inspect", "missing.csv", says="missing.csv")
        self.assertEqual(self.files(), ["hollow", "m.txt", "ring.csv"])

    def test_a_folder_that_may_not_be_read(self):
        self.write("locked/ring.csv", RING)
        self.folder.chmod(0o755)
        options = {"user": 65534} if os.geteuid() == 0 else {}  # root reads everything
        try:
            self.expect(0, "--version", **options)
        except PermissionError:
            self.skipTest("the program cannot be run by another user here")
        self.scan("locked", *ASKED, **options)
        (self.folder / "locked").chmod(0)
        self.addCleanup((self.folder / "locked").chmod, 0o755)
        self.scan("locked", *ASKED, code=4, says="locked: Permission denied", **options)


class Unavailable(Case):
    def test_a_backend_asked_for_by_name_is_never_replaced(self):
        probe = self.run_program("scan", "ring.csv", *ASKED, "--backend", "cuda", "-o", "probe.json")
        if probe.code == 0:
            self.skipTest("this machine has what the cuda backend needs")
        for backend in ("cuda", "cuda-pairs"):
            self.scan("ring.csv", *ASKED, "--backend", backend, "-o", "out.json", code=5, says=f"backend {backend}")
        self.assertEqual(self.files(), ["m.txt", "ring.csv"])

    def test_parquet_without_the_module_that_reads_and_writes_it(self):
        self.write("alone/ringscan", pathlib.Path(cli_support.ringscan).read_bytes()).chmod(0o755)
        self.write("ledger.parquet", b"PAR1")
        for says, arguments in (("cannot write Parquet (libringscan_arrow.so is not", ("missing.csv", "-o", "out.parquet")),
                                ("cannot read Parquet and Arrow files (libringscan_arrow.so is not", ("ledger.parquet",))):
            run = subprocess.run([self.folder / "alone/ringscan", "scan", *arguments, *ASKED], cwd=self.folder, capture_output=True)
            self.assertEqual((run.returncode, run.stdout), (5, b""), run.stderr)
            self.assertIn(says, run.stderr.decode())
        self.assertEqual(self.files(), ["alone", "ledger.parquet", "m.txt", "ring.csv"])

    def test_out_of_memory_is_said(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))

        if self.run_program("--version", preexec_fn=limit).code != 0:
            self.skipTest("this build does not start in 256 MiB of address space")
        process = self.start("scan", "-", *ASKED, "-o", "out.json", stdin=subprocess.PIPE, preexec_fn=limit)
        process.stdin.write(COLUMNS.encode())
        try:
            for block in range(1000):  # up to 20 M distinct rows
                process.stdin.write("".join(row(block, f"a{i}", "m", 5, block, i) for i in range(20000)).encode())
        except BrokenPipeError:
            pass
        _, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, err.decode().splitlines()[-1][:24]), (5, "ringscan: out of memory:"))
        self.assertEqual(self.files(), ["m.txt", "ring.csv"])


class Output(Case):
    def test_an_existing_output_stays_as_it_is(self):
        self.write("out.json", "precious")
        self.scan("ring.csv", *ASKED, "-o", "out.json", code=6, says="out.json exists; give --overwrite")
        self.scan("ring.csv", *ASKED, "--stats", "out.json", code=6, says="out.json exists")
        self.assertEqual((self.folder / "out.json").read_text(), "precious")
        self.write("demo/truth.json", "precious")
        self.expect(6, "generate", "--transactions", "100", "-o", "demo", says="truth.json exists")
        self.assertEqual(self.files(), ["demo", "m.txt", "out.json", "ring.csv"])
        self.assertEqual(os.listdir(self.folder / "demo"), ["truth.json"])

    def test_where_nothing_can_be_written(self):
        self.scan("ring.csv", *ASKED, "-o", "nowhere/out.json", code=6, says="nowhere/out.json: No such file")
        self.scan("ring.csv", *ASKED, "--stats", "nowhere/stats.json", code=6, says="nowhere/stats.json: No such file")
        self.scan("ring.csv", *ASKED, "-o", ".", code=6, says="Is a directory")
        self.scan("ring.csv", *ASKED, "-o", "/dev/full", code=6, says="/dev/full: No space left")
        self.assertEqual(self.files(), ["m.txt", "ring.csv"])

    def test_a_full_stdout(self):
        self.write("crowd.csv", crowd(2000))
        commands = [("scan", "ring.csv", *ASKED), ("scan", "crowd.csv", *ASKED, "--rule", "time", "--between", "0,1000"),
                    ("inspect", "ring.csv"), ("scan", "--help"), ("--help",), ("--version",)]
        for command in commands:
            with open("/dev/full", "w") as full:
                self.expect(6, *command, says="stdout: No space left", stdout=full)


if __name__ == "__main__":
    cli_support.main()
