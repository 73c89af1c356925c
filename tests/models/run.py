#!/usr/bin/env python3
"""Compare what `foreshot schema --models` reads with the schema that SQLAlchemy really made.

    run.py --binary target/debug/foreshot              every case
    run.py --binary target/debug/foreshot enum_class   one of them, with its differences

A case is a folder in cases/: case.json says what it shows and where to look, the Python files hold the
models, and truth.DIALECT.json is what `create_all` left in the database, read back. Fails unless every fact
is right.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "corpus"))

from compare import Tally, compare  # noqa: E402

TIMEOUT = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--dir", type=pathlib.Path, default=HERE / "cases")
    arguments = parser.parse_args()
    folders = sorted(path.parent for path in arguments.dir.glob("*/case.json"))
    if arguments.cases:
        folders = [folder for folder in folders if folder.name in arguments.cases]
    if not folders:
        print("no such case", file=sys.stderr)
        return 2
    binary = arguments.binary.resolve()
    truths = [(folder, truth) for folder in folders for truth in sorted(folder.glob("truth.*.json"))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda pair: judge(binary, *pair), truths))
    failed = 0
    for (folder, truth), (tally, message) in zip(truths, results, strict=True):
        if message or tally.differences:
            failed += 1
            print(f"{folder.name} on {truth.name.split('.')[1]}: {message}")
            for difference in tally.differences:
                print("   ", *difference)
    total = Tally()
    for tally, _ in results:
        total.merge(tally)
    facts = total.total()["facts"]
    print(f"{len(truths) - failed} of {len(truths)} model cases are right, {facts} facts")
    return 1 if failed else 0


def judge(binary: pathlib.Path, folder: pathlib.Path, truth: pathlib.Path) -> tuple[Tally, str]:
    """What is not right about one answer, and what went wrong otherwise."""
    dialect = truth.name.split(".")[1]
    schema = json.loads(truth.read_text(encoding="utf-8"))
    command = [binary, "--no-cache", "schema", "--models", "--dialect", dialect, "--format", "json"]
    for root in json.loads((folder / "case.json").read_text(encoding="utf-8"))["source_roots"]:
        command += ["--source-root", root]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
        got = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        return compare(schema, {"tables": {}}, dialect), f"no answer: {error}"
    message = f"exit {done.returncode}: {done.stderr.strip()}" if done.returncode else ""
    return compare(schema, got, dialect), message


if __name__ == "__main__":
    sys.exit(main())
