#!/usr/bin/env python3
"""Measure how faithfully `foreshot schema` replays the histories of real projects.

    run.py                            every project whose package is in the cache
    run.py mlflow neutron --show 10   two of them, each with its first differences
    run.py --fetch                    fetch missing packages first
    run.py --check figures.toml       fail when a project got worse than the figures
    run.py --write figures.toml       make today's result the figures

The manifest (corpus.toml) says what each project is; truth/ has the schema that a real database had after
each of its revisions, made by really running them.

In the table, recall is the facts that are right and wrong those that are untrue, both in percent of the true
ones. "head" is the schema after the last revision, "steps" what each single revision changed.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import tomllib

import compare
import fetch

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DIALECTS = ("postgresql", "sqlite")
TIMEOUT = 300
RULE = "=" * 100
# The environment that this script runs in is not that of the projects.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}


@dataclasses.dataclass
class Bench:
    """What every measurement needs."""

    binary: pathlib.Path
    keep: pathlib.Path | None
    show: int


@dataclasses.dataclass
class Result:
    """What one project gave on one dialect."""

    project: str
    dialect: str
    code: int
    seconds: float = 0.0
    unknown: int = 0
    head: dict | None = None
    steps: dict | None = None
    message: str = ""
    differences: list[str] = dataclasses.field(default_factory=list)

    @property
    def figures(self) -> dict[str, float]:
        found = {}
        for part in ("head", "steps"):
            tally = getattr(self, part)
            if tally:
                found[f"{part}_recall"] = tally["recall"]
                found[f"{part}_wrong"] = tally["wrong"]
        return found


def main() -> int:
    args = arguments()
    projects = fetch.manifest()
    unknown = set(args.names) - {project["name"] for project in projects}
    if unknown:
        print(f"run.py: no such project: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    chosen = [project for project in projects if not args.names or project["name"] in args.names]
    if args.fetch:
        fetch.fetch_all(chosen)
    binary = args.binary or default_binary()
    if binary is None or not binary.is_file():
        print("run.py: no foreshot binary: build one, or name it with --binary", file=sys.stderr)
        return 2

    absent = [project for project in chosen if not in_cache(project)]
    jobs = [
        (project, dialect)
        for project in chosen
        if in_cache(project)
        for dialect in args.dialect or DIALECTS
        if f"truth_{dialect}" in project
    ]
    for project in {project["name"]: project for project, _ in jobs}.values():
        lay_out(project)
    bench = Bench(binary, args.keep, args.show)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        results = list(pool.map(lambda job: measure(bench, *job), jobs))
    report(results)
    if absent:
        names = ", ".join(project["name"] for project in absent)
        print(f"{RULE}\nSKIPPED, not in {fetch.cache()} with all they require: {names}\n{RULE}")
    if args.absent:
        args.absent.write_text("".join(f"{project['name']}\n" for project in absent))
    if args.write:
        write_figures(args.write, results)
    return check_figures(args.check, results) if args.check else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="projects of the manifest")
    parser.add_argument(
        "--binary", type=pathlib.Path, help="default: target/release or target/debug/foreshot"
    )
    parser.add_argument("--dialect", action="append", choices=DIALECTS)
    parser.add_argument("--fetch", action="store_true")
    parser.add_argument("--jobs", "-j", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the first N differences")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="keep what foreshot printed")
    parser.add_argument("--absent", type=pathlib.Path, metavar="FILE", help="list here what was skipped")
    parser.add_argument("--check", type=pathlib.Path, metavar="FIGURES")
    parser.add_argument("--write", type=pathlib.Path, metavar="FIGURES")
    return parser.parse_args()


def default_binary() -> pathlib.Path | None:
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    built = [path for path in (target / kind / "foreshot" for kind in ("release", "debug")) if path.is_file()]
    return max(built, key=lambda path: path.stat().st_mtime, default=None)


def in_cache(project: dict) -> bool:
    return all(fetch.present(name, version) for name, version in fetch.pins([project]).items())


def base(project: dict) -> pathlib.Path:
    """The folder that the paths of the manifest start from."""
    return work() / project["name"] if project.get("naming_convention") else unpacked(project)


def work() -> pathlib.Path:
    """Where folders are laid out that stand for projects and for their environments."""
    home = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    return pathlib.Path(os.environ.get("FORESHOT_CACHE") or home / "foreshot") / "corpus-work"


def packages(project: dict) -> pathlib.Path:
    """A folder like the one where a project's requirements are installed."""
    return work() / "environments" / project["name"] / "site-packages"


def unpacked(project: dict) -> pathlib.Path:
    return fetch.cache() if "packages" in project else fetch.cache() / project["package"]


def lay_out(project: dict) -> None:
    """Lay out what a project needs besides its files: settings, and requirements as if installed."""
    shutil.rmtree(packages(project).parent, ignore_errors=True)
    for pin in project.get("requires", []):
        packages(project).mkdir(parents=True, exist_ok=True)
        for path in (fetch.cache() / pin.partition("==")[0]).iterdir():
            if not path.name.startswith("."):
                (packages(project) / path.name).symlink_to(path)
    folder = base(project)
    if folder == unpacked(project):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = [pin.partition("==")[0] for pin in project["packages"]] if "packages" in project else None
    for path in unpacked(project).iterdir():
        if path.name in names if names else not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    convention = ", ".join(
        f"{key} = {json.dumps(value)}" for key, value in sorted(project["naming_convention"].items())
    )
    (folder / "foreshot.toml").write_text(f"naming-convention = {{ {convention} }}\n")


def command(binary: pathlib.Path, project: dict, dialect: str) -> list[str]:
    folder = base(project)
    found = [str(binary), "--no-cache", "schema", "--format", "json", "--dialect", dialect]
    found += ["--project", str(folder), "--at", project.get("target", "heads")]
    for versions in project["versions"]:
        found += ["--versions", str(folder / versions)]
    names = [pin.partition("==")[0] for pin in project.get("packages", [])]
    for root in project.get("sys_path", names or ["."]):
        found += ["--source-root", str(folder / root)]
    if project.get("requires"):
        found += ["--python", str(packages(project))]
    return found + (["--recursive"] if project.get("recursive") else [])


def measure(bench: Bench, project: dict, dialect: str) -> Result:
    result = Result(project["name"], dialect, 0)
    start = time.monotonic()
    head = run(command(bench.binary, project, dialect), result)
    result.seconds = time.monotonic() - start
    steps = run([*command(bench.binary, project, dialect), "--steps"], result)
    if head is None or steps is None:
        return result
    result.unknown = len(head.get("unknown") or []) + sum(
        len(table.get("unknown") or []) for table in head["tables"].values() if isinstance(table, dict)
    )
    if bench.keep:
        bench.keep.mkdir(parents=True, exist_ok=True)
        for kind, document in (("head", head), ("steps", steps)):
            (bench.keep / f"{result.project}.{dialect}.{kind}.json").write_text(
                json.dumps(document, indent=1)
            )
    truth = compare.load(HERE / project[f"truth_{dialect}"])
    after, steps = compare.judge(truth, head, steps["steps"], dialect)
    result.head, result.steps = after.total(), steps.total() if truth.get("steps") else None
    result.differences = [
        f"{word} {kind} {' '.join(map(str, key))} | truth: {true} | got: {got}"
        for tally in (after, steps)
        for word, kind, key, true, got in tally.differences[: bench.show]
    ]
    return result


def run(line: list[str], result: Result) -> dict | None:
    """The document that the command prints; what went wrong goes into `result`."""
    try:
        done = subprocess.run(
            line, capture_output=True, text=True, timeout=TIMEOUT, check=False, env=ENVIRONMENT
        )
    except subprocess.TimeoutExpired:
        result.code, result.message = -1, f"still running after {TIMEOUT} s"
        return None
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["nothing on stderr"]
        result.code, result.message = done.returncode, next((x for x in lines if "panicked" in x), lines[0])
        return None
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        result.code, result.message = -1, f"not JSON: {error}"
        return None


def report(results: list[Result]) -> None:
    columns = f"{'head':>8} {'wrong':>8} {'steps':>8} {'wrong':>8} {'s':>6} {'unk':>5} exit"
    print(f"{'project':32} {'dialect':10} {columns}")
    for result in results:
        cells = percents(result.head) + percents(result.steps)
        row = f"{result.project:32} {result.dialect:10} {cells} {result.seconds:6.2f} {result.unknown:5}"
        print(f"{row} {result.code:4}  {result.message}".rstrip())
        for difference in result.differences:
            print(f"    {difference}")
    total = pooled(results, "head") + pooled(results, "steps")
    print(f"{'all that ran':32} {'':10} {total} {sum(result.seconds for result in results):6.2f}")
    failed = sum(result.code != 0 for result in results)
    print(f"{len(results) - failed} of {len(results)} ran")


def percents(tally: dict | None) -> str:
    if not tally:
        return f"{'-':>8} {'-':>8} "
    share = 100.0 * tally["wrong"] / tally["facts"] if tally["facts"] else 0.0
    return f"{tally['recall']:8.3f} {share:8.3f} "


def pooled(results: list[Result], part: str) -> str:
    tallies = [tally for result in results if (tally := getattr(result, part))]
    facts, matched, wrong = (sum(tally[key] for tally in tallies) for key in ("facts", "matched", "wrong"))
    return percents({"facts": facts, "wrong": wrong, "recall": 100.0 * matched / facts} if facts else None)


def write_figures(path: pathlib.Path, results: list[Result]) -> None:
    """Replace the figures of what ran; those of other projects stay."""
    figures = tomllib.loads(path.read_text()) if path.exists() else {}
    for result in results:
        if result.code == 0:
            figures.setdefault(result.project, {})[result.dialect] = result.figures
    text = "# What run.py --write measured: recall in percent of the true facts, wrong in facts.\n"
    for project, dialects in sorted(figures.items()):
        text += f"\n[{project}]\n"
        for dialect, values in sorted(dialects.items()):
            inner = ", ".join(f"{key} = {value}" for key, value in values.items())
            text += f"{dialect} = {{ {inner} }}\n"
    path.write_text(text)


def check_figures(path: pathlib.Path, results: list[Result]) -> int:
    figures = tomllib.loads(path.read_text())
    worse = []
    for result in results:
        before = figures.get(result.project, {}).get(result.dialect)
        if before is None:
            worse.append(f"{result.project} {result.dialect}: has no figures (--write makes them)")
            continue
        if result.code != 0:
            worse.append(f"{result.project} {result.dialect}: exit {result.code}, {result.message}")
        for key, value in before.items() if result.code == 0 else []:
            now = result.figures.get(key, 0.0)
            if (now < value) if key.endswith("recall") else (now > value):
                worse.append(f"{result.project} {result.dialect}: {key} was {value}, is {now}")
    for line in worse:
        print(f"WORSE {line}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
