"""usage: tables.py FOLDER

Writes FOLDER/README.md and a plot a question from FOLDER/samples.json, and prints the former."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from figure import figure  # noqa: E402
from processes import median  # noqa: E402
from questions import QUESTIONS  # noqa: E402
from results import power_text, time_text  # noqa: E402


class Clock:
    """What of a sample counts: elapsed or processor time; of a form whose rows are in the engine's own memory before, that of
    the query alone."""

    def __init__(self, processor_time):
        self.whole, self.query = ("cpu", "query_cpu") if processor_time else ("seconds", "query_seconds")

    def __call__(self, name, samples):
        return median(samples[name], self.query if "/memory-" in name else self.whole)


def best_forms(samples, clock):
    """{(engine, in its memory): name of the fastest form}"""
    best = {}
    for name in samples:
        place = name.split("/")[0], "/memory-" in name
        if name != "ringscan" and (place not in best or clock(name, samples) < clock(best[place], samples)):
            best[place] = name
    return best


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def contest_row(rows, result, place, clock):
    """ringscan beside the fastest whole process of a peer, and the fastest query in a peer's memory."""
    samples, facts = result["samples"], result["facts"]
    if "ringscan" not in samples:
        return row(power_text(rows), place, result["failures"].get("ringscan", ""), *[""] * 10)
    ours, memory = clock("ringscan", samples), median(samples["ringscan"], "memory")
    cells = [power_text(rows), place, time_text(ours), f"{1e9 * ours / rows:.3g}", f"{memory:.0f}",
             f"{facts['bytes']['ringscan'] / rows:.0f} / {facts['bytes']['peers'] / rows:.0f}"]
    for in_memory in (False, True):
        forms = [name for (_, own), name in best_forms(samples, clock).items() if own == in_memory]
        best = min(forms, key=lambda name: clock(name, samples), default=None)
        if best is None:
            cells += [""] * (3 if in_memory else 4)
            continue
        seconds = clock(best, samples)
        cells += [best, time_text(seconds), f"{seconds / ours:.3g}x"]
        if not in_memory:
            cells.append(f"1/{median(samples[best], 'memory') / memory:.2g}")
    return row(*cells)


def forms_table(results, clock):
    names = list(dict.fromkeys(name for result in results.values() for name in [*result["samples"], *result["failures"]]))
    lines = [row("form", *(f"n = {power_text(rows)}" for rows in results)), "|" + "---|" * (len(results) + 1)]
    for name in names:
        cells = []
        for result in results.values():
            taken = result["samples"].get(name)
            cells.append(result["failures"].get(name, "") if not taken else
                         f"{time_text(clock(name, result['samples']))}, {median(taken, 'memory'):.0f} MB"
                         + ("" if len(taken) > 1 else " (once)"))
        lines.append(row(name, *cells))
    return lines


def section(question, results, clock):
    asked = QUESTIONS[question]
    facts = list(results.values())[-1]
    lines = [f"## {question}: {asked.text}", "", f"Goal: {asked.goal}. At the largest n: "
             + ", ".join(f"{value:,} {what}" for what, value in facts["found"].items())
             + f"; purchases at the merchants asked {facts['facts']['purchases_asked']:,}, at one of them at most "
               f"{facts['facts']['most_receipts']:,}.", "",
             row("n", "files", "ringscan", "ns/tx", "MB", "bytes/tx of files, ours / theirs", "best peer", "whole process", "ratio", "memory",
                 "best in its own memory", "query alone", "ratio"), "|" + "---|" * 13]
    for rows, result in results.items():
        lines.append(contest_row(rows, result, "cached", clock))
        if "cold" in result:
            lines.append(contest_row(rows, result | result["cold"], "cold", clock))
    return [*lines, "", *forms_table(results, clock), "", f"![time]({question}.svg)", ""]


def lines_of(results, clock):
    lines = {}
    for rows, result in results.items():
        if "ringscan" in result["samples"]:
            lines.setdefault(("ringscan", False), []).append((rows, clock("ringscan", result["samples"])))
        for place, name in best_forms(result["samples"], clock).items():
            lines.setdefault(place, []).append((rows, clock(name, result["samples"])))
    return lines


def write(folder):
    run = json.loads((folder / "samples.json").read_text())
    clock = Clock(run["processor_time"])
    text = ["# ringscan beside its peers", "", f"Command: `{run['command']}`.", "", row("what", "value"), "|---|---|",
            *(row(*fact) for fact in run["machine"]), "",
            ("**Processor time**, of all threads, not elapsed time: the machine was not idle. " if run["processor_time"] else "") +
            "Medians. The same rows everywhere, tools in turn, every answer of every run compared. Peers read integer Parquet;",
            "a form with `memory-` has the rows in its engine's memory before, and its time is the query alone. `table-` loads",
            "the file into a table first. `(once)`: a form far behind its engine's best. What ringscan adds to the answer,",
            "evidence for every worker, the peers do not look for.", ""]
    for question, by_rows in run["results"].items():
        results = {int(rows): result for rows, result in by_rows.items()}
        text += section(question, results, clock)
        if lines := lines_of(results, clock):
            (folder / f"{question}.svg").write_text(figure(QUESTIONS[question].text, lines))
    (folder / "README.md").write_text("\n".join(text))
    print("\n".join(text))


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
