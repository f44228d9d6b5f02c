"""usage: ask.py ENGINE FORM QUESTION FOLDER ANSWER: one question of one engine, a process of its own.

Writes {"answer": ..., "query_seconds": ..., "query_cpu": ...} to ANSWER. `ask.py ENGINE --forms QUESTION` prints the engine's forms, one a
line, and nothing where the engine is not installed."""

import importlib
import importlib.util
import json
import pathlib
import sys

ENGINES = {"duckdb": "duckdb", "polars": "polars", "spark": "pyspark", "pandas": "pandas", "cudf": "cudf"}


def main():
    engine, form, question, *rest = sys.argv[1:]
    if form == "--forms":
        if importlib.util.find_spec(ENGINES[engine]):
            print("\n".join(importlib.import_module(f"{engine}_forms").forms(question)))
        return
    folder, out = map(pathlib.Path, rest)
    facts = json.loads((folder / "ledger.json").read_text())
    answer, taken = importlib.import_module(f"{engine}_forms").answer(question, form, folder, facts)
    out.write_text(json.dumps({"answer": answer} | taken))


if __name__ == "__main__":
    main()
