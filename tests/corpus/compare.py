"""Compares a schema that is claimed with one that a database really had, fact by fact.

For each fact of the truth: matched is the same, missed is nothing or "?", wrong is something else. A fact
that is only claimed is invented, and wrong too. What is invented as a whole (a table, a column) counts once,
and a missed table counts as all of its facts. recall = matched / facts of the truth.

Checks are paired by name, then by text, then one whose name the database made up with one left unnamed.
"""

import gzip
import json
import pathlib
import re
from collections.abc import Iterable

from facts import MAIN, UNKNOWN, facts

MATCHED, MISSED, WRONG, INVENTED = range(4)
WORDS = ("", "missed", "wrong", "invented")
ABSENT = object()
# Facts about something that is counted itself: where that is invented, they do not count once more.
PARTS = ("pk", "type", "nullable", "default")
OWNERS = {
    "type": "column",
    "nullable": "column",
    "default": "column",
    "ondelete": "fk",
    "index_unique": "index",
    "enum_labels": "enum",
}


class Tally:
    """Counts by kind, and each difference."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}
        self.differences: list[tuple] = []

    def add(self, kind: str, what: int, key: tuple = (), true: object = None, got: object = None) -> None:
        self.counts.setdefault(kind, [0, 0, 0, 0])[what] += 1
        if what != MATCHED:
            self.differences.append((WORDS[what], kind, key, true, got))

    def merge(self, other: "Tally") -> None:
        for kind, counts in other.counts.items():
            mine = self.counts.setdefault(kind, [0, 0, 0, 0])
            mine[:] = [a + b for a, b in zip(mine, counts, strict=True)]
        self.differences += other.differences

    def total(self) -> dict:
        counts = [self.counts.get(kind, [0, 0, 0, 0]) for kind in MAIN]
        matched, missed, wrong, invented = (sum(row[what] for row in counts) for what in range(4))
        every = matched + missed + wrong
        return {
            "facts": every,
            "matched": matched,
            "missed": missed,
            "wrong": wrong + invented,
            "recall": round(100.0 * matched / every, 3) if every else 100.0,
        }


def load(path: pathlib.Path) -> dict:
    data = path.read_bytes()
    return json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)


def judge(truth: dict, head: dict, steps: list[dict], dialect: str) -> tuple[Tally, Tally]:
    """What was claimed of the last revision, and of each revision alone.

    Where the real upgrade failed (`ok` is false), the claim is what the revisions before that come to.
    """
    true, claimed = truth["schema"], head
    if not truth.get("ok", True) and truth.get("steps"):
        # The revision that failed may have left half of itself behind, so only the steps count.
        true = replay([{"rev": None, **(truth.get("schema_at_start") or {})}, *truth["steps"]])[-1][1]
        ran = {step["rev"] for step in truth["steps"]}
        before = replay(step for step in steps if step.get("rev") in ran)
        claimed = before[-1][1] if before else {"tables": {}}
    return compare(true, claimed, dialect), compare_steps(truth.get("steps") or [], steps, dialect)


def compare(truth: dict, got: dict, dialect: str) -> Tally:
    (true, true_checks), (claimed, claimed_checks) = facts(truth, dialect), facts(got, dialect)
    tally = Tally()
    for key in sorted(true.keys() | claimed.keys(), key=repr):
        compare_fact(tally, key, true, claimed.get(key, ABSENT))
    for table, checks in sorted(true_checks.items()):
        matched, missed, invented = pair_checks(table, checks, claimed_checks.get(table, []))
        for _ in range(matched):
            tally.add("check", MATCHED)
        for check in missed:
            tally.add("check", MISSED, (table,), check)
        for check in invented:
            tally.add("check", INVENTED, (table,), None, check)
    return tally


def compare_fact(tally: Tally, key: tuple, true: dict, got: object) -> None:
    fact = true.get(key, ABSENT)
    if fact is ABSENT:
        if got != UNKNOWN and key[0] not in PARTS and not owner_missing(key, true):
            tally.add(key[0], INVENTED, key[1:], None, got)
    elif got is ABSENT or got == UNKNOWN:
        tally.add(key[0], MISSED, key[1:], fact)
    else:
        tally.add(key[0], MATCHED if got == fact else WRONG, key[1:], fact, got)


def owner_missing(key: tuple, among: dict) -> bool:
    """Whether what this fact belongs to is not there."""
    kind, name, *rest = key
    if kind in ("table", "enum"):
        return False
    if kind != "enum_labels" and ("table", name) not in among:
        return True
    return kind in OWNERS and (OWNERS[kind], name, *rest) not in among


def replay(steps: Iterable[dict]) -> list[tuple[str | None, dict]]:
    """The schema after each step; tables that did not change are shared."""
    tables: dict = {}
    enums: dict = {}
    after = []
    for step in steps:
        tables = dict(tables)
        for name, table in (step.get("tables") or {}).items():
            if table is None:
                tables.pop(name, None)
            else:
                tables[name] = table
        if step.get("enums") is not None:
            enums = step["enums"]
        after.append((step.get("rev"), {"tables": dict(tables), "enums": enums}))
    return after


class Replayed:
    """The facts after each step; those of a table are found once."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.known: dict = {}

    def facts(self, schema: dict) -> tuple[dict, dict]:
        found, checks = facts({"enums": schema["enums"]}, self.dialect)
        for name, table in schema["tables"].items():
            key = (name, id(table))
            # The table is kept with its facts: as long as it lives, no other has its id.
            if key not in self.known:
                self.known[key] = (facts({"tables": {name: table}}, self.dialect), table)
            of_table, of_checks = self.known[key][0]
            found.update(of_table)
            checks.update(of_checks)
        return found, checks


def compare_steps(true_steps: list[dict], got_steps: list[dict], dialect: str) -> Tally:
    """What changed in each revision. A disagreement counts in the revision that brings it in."""
    by_revision = {step.get("rev"): step for step in got_steps}
    truth = replay(true_steps)
    got = replay(by_revision.get(revision, {"rev": revision}) for revision, _ in truth)
    replayed, total = Replayed(dialect), Tally()
    before: tuple = ({}, {}), ({}, {})
    for (revision, true_schema), (_, got_schema) in zip(truth, got, strict=True):
        after = replayed.facts(true_schema), replayed.facts(got_schema)
        tally = Tally()
        compare_change(tally, [facts for facts, _ in before], [facts for facts, _ in after])
        compare_check_change(tally, [checks for _, checks in before], [checks for _, checks in after])
        tally.differences = [
            (word, kind, (revision, *key), *values) for word, kind, key, *values in tally.differences
        ]
        total.merge(tally)
        before = after
    return total


def compare_change(tally: Tally, before: list[dict], after: list[dict]) -> None:
    (true_before, got_before), (true_after, got_after) = before, after
    changed = changes(true_before, true_after)
    for key in sorted(changed | changes(got_before, got_after), key=repr):
        true, got = true_after.get(key, ABSENT), got_after.get(key, ABSENT)
        if key in changed and true is ABSENT:
            if not owner_missing(key, true_after):
                gone = MATCHED if got is ABSENT else MISSED if got == UNKNOWN else WRONG
                tally.add(key[0], gone, key[1:], "gone", got)
        elif key in changed or true is ABSENT:
            if true is not ABSENT or got is not ABSENT:
                compare_fact(tally, key, true_after, got)
        elif got is ABSENT:
            if got_before.get(key) == true:
                tally.add(key[0], WRONG, key[1:], true, "dropped")
        elif got not in (UNKNOWN, true):
            tally.add(key[0], WRONG, key[1:], true, got)


def changes(before: dict, after: dict) -> set[tuple]:
    keys = before.keys() | after.keys()
    return {key for key in keys if before.get(key, ABSENT) != after.get(key, ABSENT)}


def compare_check_change(tally: Tally, before: list[dict], after: list[dict]) -> None:
    (true_before, got_before), (true_after, got_after) = before, after
    for table, checks in sorted(true_after.items()):
        old, got, got_old = true_before.get(table), got_after.get(table), got_before.get(table)
        if checks == old and got == got_old:
            continue
        _, missed, invented = pair_checks(table, checks, got or [])
        _, missed_before, invented_before = pair_checks(table, old or [], got_old or [])
        missed = [check for check in missed if check not in missed_before]
        invented = [check for check in invented if check not in invented_before]
        for check in checks:
            if check not in (old or []):
                tally.add("check", MISSED if check in missed else MATCHED, (table,), check)
        for check in old or []:
            if check in checks:
                continue
            if check in invented:
                invented.remove(check)
                tally.add("check", WRONG, (table,), "gone", check)
            else:
                tally.add("check", MATCHED)
        for check in invented:
            tally.add("check", INVENTED, (table,), None, check)


def pair_checks(table: str, truth: list[dict], got: list[dict]) -> tuple[int, list[dict], list[dict]]:
    """How many checks of one table belong together, and the rest of both sides."""
    left, right = list(truth), list(got)

    def unnamed(check: dict) -> bool:
        return check["name"] in (None, "", UNKNOWN)

    def same_name(true: dict, claimed: dict) -> bool:
        return bool(true["name"]) and true["name"] == claimed["name"]

    def same_text(true: dict, claimed: dict) -> bool:
        same = bool(true["sql"]) and true["sql"] == claimed["sql"]
        return same and (unnamed(claimed) or not true["name"])

    def made_up(true: dict, claimed: dict) -> bool:
        return name_is_made_up(true["name"], table) and unnamed(claimed)

    for belong in (same_name, same_text, made_up):
        for true in list(left):
            partner = next((claimed for claimed in right if belong(true, claimed)), None)
            if partner is not None:
                left.remove(true)
                right.remove(partner)
    return len(truth) - len(left), left, right


def name_is_made_up(name: str | None, table: str) -> bool:
    start = re.escape(table.rsplit(".", 1)[-1][:20])
    return name in (None, UNKNOWN) or bool(
        re.match(start + r".*_check\d*$", name) or re.match(r".*_chk_\d+$|CONSTRAINT_\d+$", name)
    )
