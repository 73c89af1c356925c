#!/usr/bin/env python3
"""Each difference between two schemas is found, and counts as what it is."""

import copy
import unittest
from collections.abc import Callable

import compare


def column(of: str, nullable: bool = True, default: str | None = None) -> dict:
    return {"type": of, "nullable": nullable, "default": default}


USERS = {
    "columns": {
        "id": column("integer", False, "nextval('users_id_seq'::regclass)"),
        "email": column("character varying(255)", False),
        "kind": column("kind", False, "'a'::kind"),
    },
    "pk": {"name": "users_pkey", "columns": ["id"]},
    "uniques": [{"name": "users_email_key", "columns": ["email", "kind"]}],
    "fks": [],
    "checks": [
        {"name": "users_id_check", "sql": "CHECK ((id > 0))"},
        {"name": "ck_named", "sql": "CHECK (((email)::text <> ''::text))"},
    ],
    "indexes": [{"name": "ix_low", "columns": ["lower((email)::text)"], "unique": True}],
}
POSTS = {
    "columns": {"id": column("bigint", False), "at": column("timestamp with time zone", True, "now()")},
    "pk": {"name": "posts_pkey", "columns": ["id"]},
    "uniques": [],
    "fks": [
        {"name": None, "columns": ["id"], "ref_table": "users", "ref_columns": ["id"], "ondelete": "CASCADE"}
    ],
    "checks": [],
    "indexes": [],
}
SCHEMA = {"tables": {"users": USERS, "posts": POSTS}, "enums": {"kind": ["a", "b"]}}
FACTS = 33


def changed(change: Callable[[dict], object]) -> dict:
    schema = copy.deepcopy(SCHEMA)
    change(schema["tables"]["users"])
    return schema


class Compare(unittest.TestCase):
    def check(self, got: dict, missed: int, wrong: int) -> None:
        total = compare.compare(SCHEMA, got, "postgresql").total()
        self.assertEqual(total, total | {"facts": FACTS, "missed": missed, "wrong": wrong})

    def test_same(self) -> None:
        self.check(SCHEMA, 0, 0)
        spelled = changed(lambda users: users["columns"]["email"].update(type=" VARCHAR ( 255 ) "))
        spelled["tables"]["public.posts"] = spelled["tables"].pop("posts")
        spelled["tables"]["users"]["uniques"][0]["columns"].reverse()
        spelled["tables"]["users"]["checks"].reverse()
        self.check(spelled, 0, 0)
        self.check(changed(lambda users: users["checks"][0].update(name=None, sql="something")), 0, 0)

    def test_missed(self) -> None:
        for missed, change in (
            (1, lambda users: users["columns"]["email"].update(type="?")),
            (1, lambda users: users["columns"]["email"].update(default="?")),
            (4, lambda users: users["columns"].pop("email")),
            (1, lambda users: users.update(pk="?")),
            (1, lambda users: users.update(uniques="?")),
            (2, lambda users: users.update(checks=[])),
            (2, lambda users: users.update(indexes=[{"name": "ix_low", "columns": "?", "unique": True}])),
        ):
            self.check(changed(change), missed, 0)
        self.check({"tables": {"posts": POSTS}, "enums": {}}, 21, 0)

    def test_wrong(self) -> None:
        for change in (
            lambda users: users["columns"]["email"].update(type="text"),
            lambda users: users["columns"]["email"].update(nullable=True),
            lambda users: users["columns"]["email"].update(default="'x'"),
            lambda users: users["columns"].update(new=column("integer")),
            lambda users: users["pk"].update(columns=["email"]),
            lambda users: users["uniques"].append({"name": None, "columns": ["kind"]}),
            lambda users: users["indexes"].append({"name": "x", "columns": ["kind"], "unique": "?"}),
            lambda users: users["checks"].append({"name": "ck_new", "sql": "kind > 0"}),
        ):
            self.check(changed(change), 0, 1)
        self.check(SCHEMA | {"tables": SCHEMA["tables"] | {"new": USERS}}, 0, 1)

    def test_steps(self) -> None:
        truth = [
            {"rev": "1", "tables": {"users": USERS}, "enums": SCHEMA["enums"]},
            {"rev": "2", "tables": {"posts": POSTS}},
            {"rev": "3", "tables": {"users": None}},
        ]
        same = compare.compare_steps(truth, truth, "postgresql")
        self.assertEqual(same.differences, [])
        late = [truth[0], {"rev": "2", "tables": {}}, truth[2]]
        found = {key[0] for word, _, key, *_ in compare.compare_steps(truth, late, "postgresql").differences}
        self.assertEqual(found, {"2"})
        kept = compare.compare_steps(truth, truth[:2], "postgresql")
        self.assertEqual([(word, key) for word, _, key, *_ in kept.differences], [("wrong", ("3", "users"))])


if __name__ == "__main__":
    unittest.main()
