"""usage: check_forms.py RINGSCAN WRITE_WORKLOAD FOLDER ROWS ENGINE,...

Every form of the engines that are installed, in this one process: prints those whose answer is not ringscan's, and what was
compared; exit 1 if there is any."""

import importlib
import importlib.util
import json
import pathlib
import subprocess
import sys

import ledgers
from ask import ENGINES
from questions import QUESTIONS, plain_answer


def main():
    ringscan, writer, work, rows, engines = sys.argv[1:]
    work, compared, wrong = pathlib.Path(work), 0, 0
    for question, asked in QUESTIONS.items():
        folder = work / asked.ledger
        if not folder.exists():
            ledgers.make(writer, asked.ledger, int(rows), folder)
        facts = json.loads((folder / "ledger.json").read_text())
        command = asked.ringscan(ringscan, folder, facts, "-")
        expected = plain_answer(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))
        if not any(expected.values()) or (question in ("plain", "share") and not expected["workers"]):
            sys.exit(f"{question} finds nothing")
        for engine in engines.split(","):
            if not importlib.util.find_spec(ENGINES[engine]):
                continue
            forms = importlib.import_module(f"{engine}_forms")
            for form in forms.forms(question):
                compared += 1
                if forms.answer(question, form, folder, dict(facts))[0] != expected:
                    wrong += 1
                    print(f"{question}: {engine}/{form} has another answer")
    print(f"{compared} answers compared")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
