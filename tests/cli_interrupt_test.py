"""The program is told to stop, by a signal or by a reader that has seen enough. A signal ends it with 130 wherever it
stands, and leaves neither its output nor a temporary file; a broken pipe on stdout ends it with 0 and in silence."""

import fcntl
import gzip
import os
import pathlib
import signal
import struct
import subprocess
import termios
import time
import unittest

import cli_support
from cli_support import COLUMNS, RING, Case, crowd, row

PATIENCE = 60  # seconds, for a machine that is busy


def until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {PATIENCE} s for {what}")
        time.sleep(0.01)


def unread(pipe):
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0\0\0\0"))[0]


def sleeps(process):
    time.sleep(0.02)
    return pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


def wait_until_it_wants_more(process):
    """It has taken every byte there is and sleeps: in the read that waits for the next."""
    until(lambda: process.poll() is not None or unread(process.stdin) == 0, "the program to read")
    until(lambda: process.poll() is not None or all(sleeps(process) for _ in range(5)), "it to wait")


class Interrupted(Case):
    def expect_end(self, process):
        """Though there is work for minutes, and though stdin stays open."""
        process.wait(PATIENCE)
        err = process.stderr.read().decode()
        self.assertEqual((process.returncode, err.splitlines()[-1:]), (130, ["ringscan: interrupted; nothing was written"]), err)
        self.assertEqual(self.files(), ["m.txt", "ring.csv"])

    def start_with_output(self, *arguments, **options):
        process = self.start("scan", "-", "--merchants", "m.txt", "-o", "out.json", "--stats", "stats.json", *arguments,
                             stdin=subprocess.PIPE, bufsize=0, **options)
        until(lambda: process.poll() is not None or len(self.files()) == 4, "its temporary files")
        self.assertTrue(all(".tmp" in name for name in self.files() if name not in ("m.txt", "ring.csv")), self.files())
        return process

    def test_while_it_waits_for_the_first_byte(self):
        process = self.start_with_output()
        wait_until_it_wants_more(process)
        process.send_signal(signal.SIGINT)
        self.expect_end(process)

    def test_while_it_reads(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start_with_output()
            process.stdin.write(RING.encode())
            wait_until_it_wants_more(process)
            process.send_signal(number)
            self.expect_end(process)

    def test_together_with_the_program_that_writes_to_it(self):
        # Ctrl-C at a terminal stops the whole pipeline: the input ends with the signal, and looks empty or cut off.
        whole = gzip.compress(RING.encode())
        for begin in (b"", RING.encode()[:-30], whole[:5], whole[:-5]):
            process = self.start_with_output()
            process.stdin.write(begin)
            wait_until_it_wants_more(process)
            process.send_signal(signal.SIGSTOP)
            process.send_signal(signal.SIGINT)
            process.stdin.close()
            process.stdin = None
            process.send_signal(signal.SIGCONT)
            self.expect_end(process)

    def test_in_the_middle_of_a_line(self):
        process = self.start_with_output()
        process.stdin.write(RING.encode()[:-30])
        wait_until_it_wants_more(process)
        process.send_signal(signal.SIGINT)
        self.expect_end(process)

    def test_while_rows_keep_coming(self):
        process = self.start_with_output()
        process.stdin.write(COLUMNS.encode())
        for block in range(50):
            process.stdin.write("".join(row(block, f"a{i}", "m", 5, block, i) for i in range(500)).encode())
        process.send_signal(signal.SIGINT)
        try:
            for block in range(100000):
                process.stdin.write("".join(row(block, f"b{i}", "m", 5, block, i) for i in range(500)).encode())
        except BrokenPipeError:
            pass
        self.expect_end(process)

    def test_during_a_long_reference_run(self):
        # Nobody is paid back, so each of 60,000 purchases is held against every row: minutes of work.
        process = self.start_with_output("--backend", "reference")
        process.stdin.write(crowd(60000).encode())
        process.stdin.close()
        process.stdin = None
        time.sleep(1)
        self.assertIsNone(process.poll(), "the ledger is too small for this test")
        process.send_signal(signal.SIGINT)
        self.expect_end(process)

    def test_during_a_long_verification(self):
        self.write("crowd.csv", crowd(95000))
        process = self.start("scan", "crowd.csv", "--merchants", "m.txt", "--verify", "-o", "out.json")
        time.sleep(2)
        self.assertIsNone(process.poll(), "the ledger is too small for this test")
        process.send_signal(signal.SIGINT)
        (self.folder / "crowd.csv").unlink()
        self.expect_end(process)

    def test_while_generating(self):
        process = self.start("generate", "--transactions", "5000000", "-o", "demo")
        time.sleep(0.5)
        self.assertIsNone(process.poll(), "the ledger is too small for this test")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130, err.decode())
        demo = self.folder / "demo"
        self.assertEqual(os.listdir(demo) if demo.exists() else [], [])

    def test_an_old_output_stays(self):
        self.write("out.json", "precious")
        process = self.start("scan", "-", "--merchants", "m.txt", "-o", "out.json", "--overwrite",
                             stdin=subprocess.PIPE, bufsize=0)
        process.stdin.write(RING.encode())
        wait_until_it_wants_more(process)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130)
        self.assertEqual((self.folder / "out.json").read_text(), "precious")
        self.assertEqual(self.files(), ["m.txt", "out.json", "ring.csv"])


class BrokenPipe(Case):
    def expect_silence(self, *arguments):
        """Through `head -1`, and with a reader that is gone before the first byte."""
        process = self.start(*arguments)
        head = subprocess.run(["head", "-1"], stdin=process.stdout, capture_output=True, timeout=PATIENCE, check=True)
        process.stdout.close()
        self.assertEqual((process.wait(PATIENCE), process.stderr.read()), (0, b""), arguments)
        self.assertEqual(head.stdout.count(b"\n"), 1)
        read, write = os.pipe()
        os.close(read)
        process = self.start(*arguments, stdout=write)
        os.close(write)
        self.assertEqual((process.wait(PATIENCE), process.stderr.read()), (0, b""), arguments)

    def test_of_a_large_answer(self):
        self.write("crowd.csv", crowd(5000))
        ask = ("scan", "crowd.csv", "--merchants", "m.txt", "--rule", "time", "--between", "0,1000", "--backend", "cpu")
        for form in ("text", "json", "csv"):
            self.assertGreater(len(self.expect(0, *ask, "--format", form).out), 500_000, "more than a pipe holds")
            self.expect_silence(*ask, "--format", form)
            self.expect_silence(*ask, "--format", form, "-o", "/dev/stdout")

    def test_of_a_small_answer_and_of_help(self):
        self.expect_silence("scan", "ring.csv", "--merchants", "m.txt", "--backend", "cpu")
        for command in (("inspect", "ring.csv"), ("--help",), ("scan", "--help"), ("generate", "-h"), ("--version",)):
            self.expect_silence(*command)


if __name__ == "__main__":
    cli_support.main()
