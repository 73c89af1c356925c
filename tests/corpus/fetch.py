#!/usr/bin/env python3
"""Fetch the pinned open projects of the corpus by name and unpack what an analysis reads.

    fetch.py [NAME ...]          packages of the manifest; without names, all that are not there yet

The cache ($ALEMBIC_CORPUS, else ~/.cache/alembic-corpus) holds one folder per package. Nothing is installed,
and none of it belongs into the repository.
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = {".py", ".ini", ".mako", ".sql", ".toml", ".cfg"}
DATA = {".json", ".csv", ".yaml", ".yml", ".txt"}
LARGEST_DATA = 300_000
PYTHONS = (None, "3.12", "3.13", "3.14")
# Seconds for one package, and how often pip asks again.
PATIENCE = 180
PIP = ("-q", "--no-deps", "--disable-pip-version-check", "--retries", "2", "--timeout", "20")
# Packages in a row that cannot be had before the rest is not even tried.
OFFLINE_AFTER = 3


def cache() -> pathlib.Path:
    """Where the unpacked packages are."""
    return pathlib.Path(os.environ.get("ALEMBIC_CORPUS") or pathlib.Path.home() / ".cache" / "alembic-corpus")


def manifest() -> list[dict]:
    """The projects of the corpus."""
    return tomllib.loads((HERE / "corpus.toml").read_text())["project"]


def pins(projects: list[dict]) -> dict[str, str]:
    """Package name -> version of everything that the projects are made of."""
    found = {}
    for project in projects:
        own = project.get("packages") or [f"{project['package']}=={project['version']}"]
        for pin in [*own, *project.get("requires", [])]:
            name, _, version = pin.partition("==")
            found[name] = version
    return found


def present(name: str, version: str) -> bool:
    return (cache() / name / f".done-{version}").exists()


def fetch(name: str, version: str) -> str | None:
    """Bring one package into the cache; the reason when that fails."""
    if present(name, version):
        return None
    with tempfile.TemporaryDirectory() as folder:
        archive = download(name, version, pathlib.Path(folder))
        if archive is None:
            return f"pip cannot get version {version}"
        target = cache() / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        try:
            unpack(archive, target)
        except (OSError, zipfile.BadZipFile, tarfile.TarError) as error:
            return f"cannot unpack {archive.name}: {error}"
    (target / f".done-{version}").touch()
    return None


def download(name: str, version: str, folder: pathlib.Path) -> pathlib.Path | None:
    """A wheel where there is one, for whichever Python it wants; else the source archive."""
    wheel = [["--only-binary=:all:", *(["--python-version", python] if python else [])] for python in PYTHONS]
    for options in [*wheel, ["--no-binary=:all:"]]:
        command = [sys.executable, "-m", "pip", "download", *PIP, "-d", str(folder), *options]
        try:
            subprocess.run(
                [*command, f"{name}=={version}"], capture_output=True, check=True, timeout=PATIENCE
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            continue
        archives = [path for path in folder.iterdir() if path.name.endswith((".whl", ".zip", ".tar.gz"))]
        if archives:
            return archives[0]
    return None


def unpack(archive: pathlib.Path, target: pathlib.Path) -> None:
    if archive.name.endswith(".tar.gz"):
        with tarfile.open(archive) as tar:
            members = [member for member in tar if member.isfile() and wanted(member.name, member.size)]
            tar.extractall(target, members, filter="data")
    else:
        with zipfile.ZipFile(archive) as packed:
            for info in packed.infolist():
                if not info.is_dir() and wanted(info.filename, info.file_size):
                    packed.extract(info, target)


def wanted(name: str, size: int) -> bool:
    suffix = pathlib.PurePosixPath(name).suffix.lower()
    return suffix in SOURCES or (suffix in DATA and size < LARGEST_DATA and "/static/" not in name)


def fetch_all(projects: list[dict], names: list[str] | None = None) -> int:
    """Fetch what is missing, or of that only `names`; how many could not be had.

    When nothing can be had the rest is left alone: there is no network.
    """
    missing = [
        (name, version)
        for name, version in sorted(pins(projects).items())
        if (not names or name in names) and not present(name, version)
    ]
    failed = had = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        waiting = {pool.submit(fetch, *pin): pin for pin in missing}
        for done in concurrent.futures.as_completed(waiting):
            name, version = waiting[done]
            reason = "not tried, nothing can be had" if done.cancelled() else done.result()
            had, failed = had + (reason is None), failed + (reason is not None)
            print(f"{name}=={version}" if reason is None else f"fetch: {name}: {reason}", file=sys.stderr)
            if failed == OFFLINE_AFTER and not had:
                for other in waiting:
                    other.cancel()
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("names", nargs="*")
    args = parser.parse_args()
    return 1 if fetch_all(manifest(), args.names) else 0


if __name__ == "__main__":
    sys.exit(main())
