#!/usr/bin/env python3
"""Holds the projects in fixtures/ to what they claim to be, by giving them to the real Alembic.

Needs tests/requirements.txt; SQLite is run, the other databases print their SQL.
"""

import contextlib
import importlib.util
import io
import logging
import pathlib
import shutil
import sys
import tempfile
import tomllib
import unittest

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
DRIVERS = {
    "postgresql": "postgresql+psycopg://",
    "mysql": "mysql+pymysql://",
    "mariadb": "mariadb+pymysql://",
    "mssql": "mssql+pyodbc://",
}
TRACKER_ON_SQLITE = ("e6a80c1d94b2", "f2c7b95e3a18", "NotImplementedError")
BAD_INPUT = {
    "no-alembic-ini": "CommandError",
    "empty-versions": 0,
    "syntax-error": "SyntaxError",
    "zero-bytes": "CommandError",
    "binary": "SyntaxError",
    "non-utf8": "SyntaxError",
    "cycle": "CommandError",
    "bom": 2,
    "crlf": 2,
    "tabs": 2,
}


def load_lay():
    spec = importlib.util.spec_from_file_location("lay", FIXTURES / "guide" / "lay.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Project(unittest.TestCase):
    """A project laid out in a folder of its own, so that running it leaves the fixture as it was."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def config(self, project, url=None):
        config = Config(project / "alembic.ini", stdout=io.StringIO(), output_buffer=io.StringIO())
        config.set_main_option("script_location", str(project / "migrations"))
        config.set_main_option("prepend_sys_path", str(project))
        config.set_main_option("path_separator", "os")
        if url:
            config.set_main_option("sqlalchemy.url", url)
        return config

    def refusal(self, go, config, *args, **kwargs):
        """The name of the exception that ends `go`, or None."""
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                go(config, *args, **kwargs)
        except Exception as error:
            return type(error).__name__
        return None


class TaskTracker(Project):
    def setUp(self):
        super().setUp()
        self.project = self.folder / "task-tracker"
        shutil.copytree(FIXTURES / "task-tracker", self.project)

    def test_every_planted_mistake_is_in_a_revision_of_one_history(self):
        script = ScriptDirectory.from_config(self.config(self.project))
        known = {revision.revision for revision in script.walk_revisions("base", "head")}
        rows = (self.project / "MISTAKES.md").read_text().split("\n| `")[1:]
        self.assertGreaterEqual(len(rows), 5)
        self.assertLessEqual({row.split("`")[0] for row in rows}, known)

    def test_the_history_runs_up_to_the_first_mistake_that_stops_it(self):
        reaches, stops, error = TRACKER_ON_SQLITE
        config = self.config(self.project, f"sqlite:///{self.folder}/tracker.db")
        self.assertIsNone(self.refusal(command.upgrade, config, reaches))
        self.assertEqual(self.refusal(command.upgrade, config, stops), error)


class Guide(Project):
    def check_case(self, lay, case, claims):
        project = lay.lay(case, self.folder / case)
        refused = claims.get("refused", {})
        sqlite = self.config(project, f"sqlite:///{self.folder}/{case}.db")
        found = {"upgrade": {}, "downgrade": {}}
        self.note(found, "upgrade", "sqlite", self.refusal(command.upgrade, sqlite, "head"))
        if not found["upgrade"]:
            self.note(found, "downgrade", "sqlite", self.refusal(command.downgrade, sqlite, "base"))
        for dialect, url in DRIVERS.items():
            config = self.config(project, url)
            up = self.refusal(command.upgrade, config, "head", sql=True)
            self.note(found, "upgrade", dialect, up)
            if up is None:
                down = self.refusal(command.downgrade, config, "head:base", sql=True)
                self.note(found, "downgrade", dialect, down)
        for way, errors in found.items():
            self.assertEqual(errors, refused.get(way, {}), way)

    @staticmethod
    def note(found, way, dialect, error):
        if error:
            found[way][dialect] = error

    def test_alembic_refuses_what_the_table_says(self):
        lay = load_lay()
        claims = tomllib.loads((FIXTURES / "guide" / "cases.toml").read_text())
        self.assertEqual(sorted(claims), lay.cases())
        for case in claims:
            with self.subTest(case):
                self.check_case(lay, case, claims[case])


class BadInput(Project):
    def check_history(self, case, expected):
        project = self.folder / case
        shutil.copytree(FIXTURES / "bad-input" / case, project)
        try:
            if not (project / "alembic.ini").exists():
                script = ScriptDirectory.from_config(Config(project / "alembic.ini"))
            else:
                script = ScriptDirectory.from_config(self.config(project))
            found = len(list(script.walk_revisions()))
        except Exception as error:
            found = type(error).__name__
        self.assertEqual(found, expected)

    def test_alembic_says_what_the_table_says(self):
        for case, expected in BAD_INPUT.items():
            with self.subTest(case):
                self.check_history(case, expected)

    def test_no_case_is_left_out(self):
        folders = {path.name for path in (FIXTURES / "bad-input").iterdir() if path.is_dir()}
        self.assertEqual(folders, set(BAD_INPUT))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    logging.disable(logging.CRITICAL)
    unittest.main()
