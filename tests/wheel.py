#!/usr/bin/env python3
"""Builds the wheel, installs it into a clean virtual environment and runs what came with it.

Needs maturin (tests/requirements.txt) and a Rust toolchain. The program is built as `cargo build` builds it,
without optimisation: what is tested here is the packaging.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import tomllib
import unittest
import venv
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRACKER = ROOT / "fixtures" / "task-tracker"
VERSION = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
PROGRAM = "foreshot.exe" if os.name == "nt" else "foreshot"


class Wheel(unittest.TestCase):
    """One wheel and one environment serve all tests: nothing in them changes either."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        build = [sys.executable, "-m", "maturin", "build", "--quiet", "--out", str(cls.folder / "wheels")]
        subprocess.run(build, cwd=ROOT, check=True)
        (cls.wheel,) = (cls.folder / "wheels").iterdir()
        environment = cls.folder / "environment"
        venv.create(environment, with_pip=True)
        cls.scripts = environment / SCRIPTS
        install = [cls.scripts / "python", "-m", "pip", "install", "-q", "--no-index", "--no-deps", cls.wheel]
        subprocess.run(install, check=True)

    def run_installed(self, *args, code=0):
        """What the installed program prints when it is started outside the repository."""
        done = subprocess.run(
            [self.scripts / PROGRAM, *args], cwd=self.folder, capture_output=True, text=True, check=False
        )
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def check_json(self, *args, code=0):
        return json.loads(self.run_installed(*args, "--format", "json", code=code))

    def test_holds_the_program_and_its_licences_alone(self):
        with zipfile.ZipFile(self.wheel) as archive:
            names = sorted(archive.namelist())
        data, info = f"foreshot-{VERSION}.data", f"foreshot-{VERSION}.dist-info"
        self.assertEqual([name for name in names if not name.startswith(info)], [f"{data}/scripts/{PROGRAM}"])
        for licence in ("LICENSE-APACHE", "LICENSE-MIT"):
            self.assertIn(f"{info}/licenses/{licence}", names)

    def test_metadata(self):
        code = "import importlib.metadata as m, json; print(json.dumps(m.metadata('foreshot').json))"
        done = subprocess.run(
            [self.scripts / "python", "-c", code], cwd=self.folder, capture_output=True, text=True, check=True
        )
        metadata = json.loads(done.stdout)
        self.assertEqual(metadata["version"], VERSION)
        self.assertEqual(metadata["license_expression"], "MIT OR Apache-2.0")
        self.assertEqual(metadata["description_content_type"].partition(";")[0], "text/markdown")
        self.assertNotIn("requires_dist", metadata)

    def test_version(self):
        self.assertEqual(self.run_installed("--version"), f"foreshot {VERSION}\n")

    def test_schema(self):
        schema = self.check_json("schema", "--project", TRACKER, "--dialect", "postgresql")
        self.assertIn("title", schema["tables"]["tasks"]["columns"])

    def test_check(self):
        document = self.check_json("check", "--project", TRACKER, code=1)
        self.assertIn("missing-downgrade", {finding["rule"] for finding in document["findings"]})


if __name__ == "__main__":
    unittest.main()
