"""Asks ringscan and its peers every question of the same rows, in turn, and writes a table and a plot a question. See
bench/peers/run."""

import argparse
import importlib.metadata
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import ledgers  # noqa: E402
import tables  # noqa: E402
from ask import ENGINES  # noqa: E402
from processes import apart, hopeless, in_turn, machine, measure, median  # noqa: E402
from questions import QUESTIONS, plain_answer  # noqa: E402


def ask(*arguments):
    return [sys.executable, str(HERE / "ask.py"), *map(str, arguments)]


def engine_of(name):
    """Forms that are compared with each other: of one engine, in its memory or not."""
    return name.split("/")[0], "/memory-" in name


class Contest:
    def __init__(self, options):
        self.options, self.answer = options, options.work / "answer.json"
        self.versions, self.starts = {}, {"ringscan": self.start([options.ringscan, "--version"])}
        for engine in options.engines:
            if self.forms(engine, "plain"):
                self.versions[engine] = importlib.metadata.version(ENGINES[engine])
                self.starts[engine] = self.start(ask(engine, "--forms", "plain"))
            else:
                print(f"bench/peers: {engine} is not installed and left out", file=sys.stderr)

    def start(self, command):
        return [measure(command)["seconds"] for _ in range(max(1, self.options.repeats))]

    def forms(self, engine, question):
        done = subprocess.run(ask(engine, "--forms", question), capture_output=True, text=True, check=False)
        return done.stdout.split() if done.returncode == 0 else []

    def commands(self, question, folder, facts, left):
        """Ours, and every form but those that were far behind at fewer rows (EXISTS on the hot account has its own goal)."""
        yield "ringscan", QUESTIONS[question].ringscan(self.options.ringscan, folder, facts, "-")
        for engine in self.versions:
            for form in self.forms(engine, question):
                name = f"{engine}/{form}"
                if re.fullmatch(self.options.forms, name) and (name not in left or (question == "hot" and form == "exists")):
                    yield name, ask(engine, form, question, folder, self.answer)

    def answer_of(self, name):
        """Ours comes by stdout, which is not synced to the disk; nor is what the peers write."""
        if name == "ringscan":
            return plain_answer(json.loads((self.options.work / "stdout").read_text())), {}
        result = json.loads(self.answer.read_text())
        return result.pop("answer"), result

    def question(self, question, folder, facts, left):
        def run(commands, repeats, prepare=None):
            result = in_turn(commands, self.answer_of, repeats, self.options.limit, engine_of, prepare,
                             self.options.work / "stdout")
            answer = result.pop("answer")
            return result | {"found": answer if "hits" in (answer or {}) else {
                "customers": sum(c for c, _ in answer["merchants"].values()),
                "suspects": sum(s for _, s in answer["merchants"].values()), "workers": len(answer["workers"])}}

        commands = list(self.commands(question, folder, facts, left))
        result = run(commands, self.options.repeats)
        if self.options.cold:
            best = tables.best_forms(result["samples"], tables.Clock(self.options.processor_time))
            names = {"ringscan", *(form for (_, in_memory), form in best.items() if not in_memory)}
            result["cold"] = run([one for one in commands if one[0] in names], min(3, self.options.repeats),
                                 lambda name: ledgers.forget(folder))
        return result

    def run(self):
        results, left = {}, {}  # question -> rows -> result; question -> forms that are asked no more
        for rows in self.options.rows:
            for shape in dict.fromkeys(QUESTIONS[question].ledger for question in self.options.questions):
                folder = self.options.work / f"{shape}-{rows}"
                facts = apart(ledgers.make, self.options.writer, shape, rows, folder)
                for question in self.options.questions:
                    if QUESTIONS[question].ledger != shape:
                        continue
                    print(f"{question}, {rows} rows ...", file=sys.stderr, flush=True)
                    gone = left.setdefault(question, set())
                    result = {"facts": facts} | self.question(question, folder, facts, gone)
                    gone |= {name for name in result["samples"] if hopeless(name, result["samples"], engine_of)}
                    gone |= set(result["failures"])
                    results.setdefault(question, {})[rows] = result
                shutil.rmtree(folder)
        return results


def numbers(text):
    return [int(float(part)) for part in text.split(",")]


def words(text):
    return text.split(",")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ringscan", required=True)
    parser.add_argument("--writer", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=numbers, default=numbers("1e5,1e6,1e7"))
    parser.add_argument("--questions", type=words, default=list(QUESTIONS))
    parser.add_argument("--engines", type=words, default=["duckdb", "polars", "cudf"])
    parser.add_argument("--forms", default=".*")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--limit", type=int, default=600)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--processor-time", action="store_true")
    options = parser.parse_args()
    for name, known, asked in (("question", QUESTIONS, options.questions), ("engine", ENGINES, options.engines)):
        if unknown := set(asked) - set(known):
            sys.exit(f"bench/peers/run: no {name} {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    options.work.mkdir(parents=True, exist_ok=True)
    contest = Contest(options)
    facts = machine(contest.versions)
    results = contest.run()
    facts += [("load average after", " ".join(f"{load:.2f}" for load in os.getloadavg())),
              ("a process that only starts", ", ".join(f"{name} {1000 * median([{'seconds': s} for s in samples]):.0f} ms"
                                                       for name, samples in contest.starts.items()))]
    command = os.environ.get("BENCH_COMMAND", "bench/peers/run")
    options.output.mkdir(parents=True)
    (options.output / "samples.json").write_text(json.dumps({"command": command, "processor_time": options.processor_time, "machine": facts, "results": results}, indent=1))
    tables.write(options.output)


if __name__ == "__main__":
    main()
