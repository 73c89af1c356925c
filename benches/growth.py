#!/usr/bin/env python3
"""How `foreshot check` grows with a history: time and memory for 100 to 10,000 generated revisions.

    growth.py [--rounds N] [COUNT ...]
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import timing

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main() -> int:
    args, rounds = sys.argv[1:], 3
    if args[:1] == ["--rounds"]:
        rounds, args = int(args[1]), args[2:]
    counts = [int(count) for count in args] or [100, 316, 1000, 3162, 10000]
    build = ["cargo", "build", "--quiet", "--release"]
    subprocess.run([*build, "--bin", "foreshot"], cwd=ROOT, check=True)
    subprocess.run([*build, "-p", "advice", "--example", "history"], cwd=ROOT, check=True)
    release = target() / "release"
    print(f"{timing.HEAD} {'us/rev':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for count in counts:
            project = f"{folder}/{count}"
            subprocess.run([str(release / "examples" / "history"), project, str(count)], check=True)
            command = [str(release / "foreshot"), "check", "--no-cache", "--project", project, "--dialect", "postgresql"]
            cost = timing.median(timing.in_turns([command], rounds)[0])
            print(f"{timing.row(f'{count} revisions', cost)} {1e6 * cost.cpu / count:9.1f}", flush=True)
    return 0


def target() -> pathlib.Path:
    line = ["cargo", "metadata", "--format-version", "1", "--no-deps"]
    found = subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return pathlib.Path(json.loads(found)["target_directory"])


if __name__ == "__main__":
    sys.exit(main())
