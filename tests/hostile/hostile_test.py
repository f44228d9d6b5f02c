"""The program on inputs that somebody made to break it (text_table.py, file_table.py): the documented exit code, one
sentence, no trace on the disk, and neither much time nor much memory."""

import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import cli_support  # noqa: E402
from cli_support import is_sanitized  # noqa: E402
import file_table  # noqa: E402
import text_table  # noqa: E402
from hostile import Folder, Piped  # noqa: E402

MOST_SECONDS, MOST_MEMORY = 30, 1536 << 20
SANITIZERS_COST = 4  # of either
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
PLACES = 40  # at which a file is cut, and at which it is altered; a third of them under sanitizers
MOST_SAID = 8000

arrow_folder = None  # with what arrow_contents.py wrote


def setUpModule():
    global arrow_folder
    python = os.environ.get("RINGSCAN_ARROW_PYTHON")
    folder = tempfile.TemporaryDirectory(prefix="ringscan-test-")
    unittest.addModuleCleanup(folder.cleanup)
    writer = pathlib.Path(__file__).with_name("arrow_contents.py")
    if python:
        code = subprocess.run([python, writer, folder.name]).returncode
        assert code in (0, 77), f"{writer.name} ended with {code}"
        arrow_folder = pathlib.Path(folder.name) if code == 0 else None


class Hostile(cli_support.Case):
    def setUp(self):
        super().setUp()
        self.expects_raw = False
        self.room = SANITIZERS_COST if is_sanitized() else 1

    def prepare(self, case):
        """Puts the input where it belongs; returns its path and what is to come by standard input."""
        content = case.content() if callable(case.content) else case.content
        if case.file.startswith("@/"):
            if arrow_folder is None:
                self.skipTest("there is no Python with pyarrow to write files")
            return arrow_folder / case.file[2:], None
        if isinstance(content, Folder):
            content.make(self.folder)
        elif isinstance(content, Piped):
            return case.file, content.chunks
        else:
            self.write(case.file, content)
        return case.file, None

    def ask(self, *arguments, chunks=None):
        """Runs the program, and holds it to what is true of every run."""
        before = sorted(os.listdir(self.folder))
        process = self.start(*arguments, stdin=subprocess.PIPE if chunks else subprocess.DEVNULL)
        began, said = time.monotonic(), {}
        readers = [threading.Thread(target=lambda name=name: said.update({name: getattr(process, name).read()}))
                   for name in ("stdout", "stderr")]
        if chunks:
            readers.append(threading.Thread(target=feed, args=(process.stdin, chunks)))
        ending = threading.Timer(self.room * MOST_SECONDS, process.kill)
        for thread in (*readers, ending):
            thread.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        ending.cancel()
        for thread in readers:
            thread.join()
        seconds, out, err = time.monotonic() - began, said["stdout"], said["stderr"]
        told = f"{arguments} ended with {process.returncode} and {err[:1000]}"
        self.assertLess(seconds, self.room * MOST_SECONDS, told)
        self.assertLess(usage.ru_maxrss << 10, self.room * MOST_MEMORY, told)
        self.assertLess(len(err), MOST_SAID, told)
        self.assertEqual(self.is_raw(out), False, told)
        if self.expects_raw is not None:
            self.assertEqual(self.is_raw(err, process.returncode), self.expects_raw, told)
        if process.returncode != 0:
            self.assertEqual(out, b"", told)
            self.assertRegex(err, rb"^ringscan: \S", told)
        after = sorted(os.listdir(self.folder))
        written = ["out.json"] if process.returncode == 0 and "out.json" in arguments else []
        self.assertEqual(after, sorted(before + written), told)
        return process.returncode, out, err.decode(errors="surrogateescape")

    @staticmethod
    def is_raw(output, code=0):
        """Has it bytes that a terminal might obey, or more lines than a sentence and the rows that were rejected?"""
        if RAW.search(output.decode(errors="surrogateescape")):
            return True
        return code != 0 and any(not re.search(r"^(…|.+:\d+: .+)$", line) for line in output.decode().splitlines()[1:])

    def scan(self, path, options=(), **more):
        """The exit code, and the result or what was said."""
        code, _, err = self.ask("scan", "-q", "--backend", "cpu", *options, "--merchants", "m.txt", "-o", "out.json", path, **more)
        if code != 0:
            return code, err
        result = (self.folder / "out.json").read_text()
        (self.folder / "out.json").unlink()
        return code, (err, result)

    def check(self, case):
        if case.content is None and arrow_folder is None:
            self.skipTest("there is no Python with pyarrow to write files")
        if case.is_big and is_sanitized():
            self.skipTest("too slow under sanitizers; the release is asked")
        if case.code == 4 and "Permission" in case.says and os.geteuid() == 0:
            self.skipTest("root reads everything")
        self.expects_raw = case.is_raw
        path, chunks = self.prepare(case)
        code, told = self.scan(path, case.options, chunks=chunks)
        self.assertEqual((code, case.code), (case.code, case.code), told)
        err = told if code else told[0]
        self.assertIn(case.says, err)
        if code == 0:
            ledger = json.loads(told[1])["ledger"]
            for name, count in case.ledger.items():
                self.assertEqual(ledger[name] if name in ledger else ledger["dropped"][name], count, name)
        if not case.is_big and not chunks and not is_fifo(self.folder / path):
            again, _, err = self.ask("inspect", *case.options, path)
            self.assertEqual(again, case.code, f"inspect: {err}")

    def damage(self, case):
        if case.whole is None and arrow_folder is None:
            self.skipTest("there is no Python with pyarrow to write files")
        self.expects_raw = None  # what is damaged is shown as it is
        whole = case.whole() if case.whole else (arrow_folder / case.file[2:]).read_bytes()
        name = "in" + pathlib.Path(case.file).suffix
        self.write(name, whole)
        code, answer = self.scan(name)
        self.assertEqual(code, 0, answer)
        for i in range(0, PLACES, 3 if is_sanitized() else 1):
            # Both ends, and places in between that are no round numbers.
            place = i if i < 8 else len(whole) - 1 - (i - 8) if i < 20 else (i * 7919 * 31) % len(whole)
            self.write(name, whole[:place])
            code, told = self.scan(name)
            self.assertIn(code, case.cut_codes if place > 0 else (3,), f"{case.name} cut at {place}: {told}")
            self.write(name, whole[:place] + bytes([whole[place] ^ (1 << i % 8)]) + whole[place + 1:])
            code, told = self.scan(name)
            self.assertIn(code, (0, 3), f"{case.name} altered at {place}: {told}")
            if code == 0 and case.is_checked:
                self.assertEqual(told, answer, f"{case.name} altered at {place} is read as something else")


def is_fifo(path):
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)
    except OSError:
        return False


def feed(stream, chunks):
    try:
        with stream:
            for chunk in chunks():
                stream.write(chunk)
    except (BrokenPipeError, ValueError):
        pass


def add(prefix, cases, check):
    for case in cases:
        name = "test_" + prefix + re.sub(r"\W+", "_", case.name.lower().replace(" -", " minus "))
        assert not hasattr(Hostile, name), f"two cases are called {case.name}"
        setattr(Hostile, name, lambda self, case=case: check(self, case))


add("", text_table.TABLE + file_table.TABLE, Hostile.check)
add("damage_to_", file_table.DAMAGED, Hostile.damage)

if __name__ == "__main__":
    cli_support.main()
