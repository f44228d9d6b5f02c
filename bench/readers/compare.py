"""Asks every file the same question of every tool, in turn, and writes what it took. See bench/readers/run."""
import argparse
import datetime
import glob
import importlib.metadata
import json
import os
import pathlib
import platform
import sys

import files

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from processes import apart, in_turn, measure, median  # noqa: E402

PEERS = ["duckdb-table", "duckdb-view", "polars"]


class Comparison:
    def __init__(self, ringscan, work):
        self.ringscan, self.work = ringscan, pathlib.Path(work)
        self.answer = self.work / "answer.json"

    def commands(self, case):
        pattern, options = files.CASES[case]
        path = str(self.work / pattern)
        merchants = str(self.work / ("integer_merchants.txt" if "integers" in case else "merchants.txt"))
        yield "ringscan", [self.ringscan, "scan", *(sorted(glob.glob(path)) or [path]), "--merchants", merchants, *options,
                           "-o", str(self.answer), "--overwrite", "-q"]
        if case != "packed":
            for peer in PEERS:
                yield peer, [sys.executable, str(HERE / "peers.py"), peer, path, merchants, str(self.answer)]

    def answer_of(self, tool):
        answer = json.loads(self.answer.read_text())
        if tool == "ringscan":
            answer = {m["account"]: [m["customers"], m["suspects"]] for m in answer["merchants"] if m["customers"]}
        return answer

    def run(self, case, repeats):
        """Samples of each tool whose answer is ringscan's; the reason of each other."""
        result = in_turn(self.commands(case), lambda tool: (self.answer_of(tool), {}), repeats)
        result["suspects"] = sum(suspects for _, suspects in (result.pop("answer") or {}).values())
        return result

    def import_speed(self, repeats, folder):
        csv = self.work / "ledger.csv"
        target = folder / f"again.{os.getpid()}.ledger"
        command = [self.ringscan, "import", str(csv), "-o", str(target), "--overwrite", "-q"]
        samples = [measure(command) for _ in range(repeats)]
        target.unlink()
        return {"samples": samples, "bytes": csv.stat().st_size}


def table(results):
    lines = ["| file | ringscan s | MB | best peer | s | MB | ratio | memory |", "|---|---|---|---|---|---|---|---|"]
    for case, result in results.items():
        ours = result["samples"].get("ringscan")
        if not ours:
            lines.append(f"| {case} | {result['failures'].get('ringscan', '')[:80]} | | | | | | |")
            continue
        peers = {tool: samples for tool, samples in result["samples"].items() if tool != "ringscan"}
        cells = [case, f"{median(ours, 'seconds'):.3f}", f"{median(ours, 'memory'):.0f}"]
        if peers:
            best = min(peers, key=lambda tool: median(peers[tool], "seconds"))
            seconds, memory = median(peers[best], "seconds"), median(peers[best], "memory")
            cells += [best, f"{seconds:.3f}", f"{memory:.0f}", f"{seconds / median(ours, 'seconds'):.1f}x",
                      f"1/{memory / median(ours, 'memory'):.1f}"]
        else:
            cells += [""] * 5
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ringscan", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--formats", default=",".join(files.CASES))
    arguments = parser.parse_args()
    apart(files.make, arguments.work, arguments.ringscan, arguments.rows)
    comparison = Comparison(arguments.ringscan, arguments.work)
    results = {case: comparison.run(case, arguments.repeats) for case in arguments.formats.split(",")}
    targets = {"synced to disk": comparison.work, "to memory (/dev/shm)": pathlib.Path("/dev/shm")}
    imported = {name: comparison.import_speed(arguments.repeats, folder) for name, folder in targets.items() if folder.is_dir()}
    imports = "".join(
        f"import of the CSV to a packed ledger, {name}: {one['bytes'] / median(one['samples'], 'seconds') / 1e9:.2f} GB/s, "
        f"{median(one['samples'], 'cpu'):.1f} s of processors\n\n" for name, one in imported.items())
    versions = {name: importlib.metadata.version(name) for name in ("duckdb", "polars")}
    text = (f"Algorithm 1 for 100 merchants, {arguments.rows} rows, whole process to whole process, warm cache, median of "
            f"{arguments.repeats}, tools in turn, answers equal. {datetime.date.today()}, {platform.processor() or platform.machine()}, "
            f"{os.cpu_count()} cores, {versions}.\n\n{table(results)}\n{imports}")
    output = pathlib.Path(arguments.output)
    output.mkdir(parents=True)
    (output / "README.md").write_text(f"Command: `bench/readers/run`.\n\n{text}")
    (output / "samples.json").write_text(json.dumps({"results": results, "import": imported}, indent=1))
    print(text)


if __name__ == "__main__":
    main()
