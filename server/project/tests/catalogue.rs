//! Migrations that ask the database's own catalogue before they act.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

use alembic::discover::{Search, discover};
use alembic::layout::{Extra, Layout};
use camino::Utf8Path;
use fact::files::Memory;
use project::{EnvironmentOptions, World};
use schema::{Dialect, Kind};
use std::sync::Arc;

const FIRST: &str = "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a'\ndown_revision = None\n\
    def upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('n', sa.Text()))\n    \
    op.create_index('ix_n', 't', ['n'])\n";

/// The columns of `t` after a second revision with this body; `?` where some are not known.
#[track_caller]
fn check_columns(kind: Kind, body: &str, expected: &str) {
    let mut files = Memory::new();
    files.insert("/p/alembic.ini", "[alembic]\nscript_location = m\n");
    files.insert("/p/m/versions/1.py", FIRST);
    let body = body.replace('\n', "\n    ");
    files.insert(
        "/p/m/versions/2.py",
        format!(
            "from alembic import op\nimport sqlalchemy as sa\nrevision = 'b'\ndown_revision = 'a'\n\
             def upgrade():\n    bind = op.get_bind()\n    {body}\n"
        ),
    );
    let sources = discover(&files, Utf8Path::new("/p"), Search::Below).sources.remove(0);
    let options = EnvironmentOptions {
        layout: Layout::find(&files, &sources, &Extra::default()).unwrap(),
        dialects: vec![Dialect::from(kind)],
        naming: None,
        target: None,
    };
    let world = World::new(Arc::new(files), vec![options]);
    let snapshot = world.snapshot();
    let environment = snapshot.environments.first().unwrap();
    let point = environment.histories[0].1.points.last().unwrap();
    let table = point.after.schema.tables.get(&schema::TableName::plain("t")).unwrap();
    let mut names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    if table.open.is_some() {
        names.push("?");
    }
    assert_eq!(names.join(" "), expected, "{body}");
}

const ADD: &str = "op.add_column('t', sa.Column('x', sa.Text()))";

#[test]
fn columns_are_looked_up() {
    for (kind, question) in [
        (Kind::Sqlite, "[row[1] for row in bind.execute(sa.text('PRAGMA table_info(t)'))]"),
        (Kind::Sqlite, "[row.name for row in bind.execute(sa.text('PRAGMA table_info(t)')).fetchall()]"),
        (
            Kind::Sqlite,
            "[row['name'] for row in bind.execute(sa.text('PRAGMA table_info(t)')).mappings().all()]",
        ),
        (
            Kind::Sqlite,
            "[name for _, name, *rest in bind.exec_driver_sql('PRAGMA table_info(t)').fetchall()]",
        ),
        (
            Kind::Postgresql,
            "bind.execute(sa.text(\"SELECT column_name FROM information_schema.columns WHERE table_name = :t\"), {'t': 't'}).scalars().all()",
        ),
        (
            Kind::Postgresql,
            "{r._mapping['column_name'] for r in bind.execute(sa.text(\"SELECT column_name FROM information_schema.columns WHERE table_name = :t\").bindparams(t='t'))}",
        ),
    ] {
        check_columns(kind, &format!("names = {question}\nif 'x' not in names:\n    {ADD}"), "id n x");
        check_columns(kind, &format!("names = {question}\nif 'n' not in names:\n    {ADD}"), "id n");
    }
}

#[test]
fn a_row_is_there_or_not() {
    let query = |name: &str| {
        format!("sa.text(\"SELECT 1 FROM pg_indexes WHERE tablename = 't' AND indexname = '{name}'\")")
    };
    for (question, there) in [
        ("bind.execute({}).scalar()", "id n x"),
        ("bind.execute({}).fetchone() is not None", "id n x"),
        ("bind.scalar({}) == 1", "id n x"),
        ("bind.execute({}).first()", "id n x"),
        ("len(bind.execute({}).fetchall()) > 0", "id n x"),
        ("bind.execute({}).one_or_none()", "id n x"),
        ("list(bind.execute({}))", "id n x"),
    ] {
        let ask = |name| question.replace("{}", &query(name));
        check_columns(Kind::Postgresql, &format!("if {}:\n    {ADD}", ask("ix_n")), there);
        check_columns(Kind::Postgresql, &format!("if {}:\n    {ADD}", ask("ix_z")), "id n");
    }
}

#[test]
fn one_row_after_the_other() {
    let body = format!(
        "result = bind.execute(sa.text('PRAGMA table_info(t)'))\nresult.fetchone()\nsecond = result.fetchone()\n\
         if second[1] == 'n' and result.fetchone() is None:\n    {ADD}"
    );
    check_columns(Kind::Sqlite, &body, "id n x");
}

#[test]
fn what_the_catalogue_does_not_tell_stays_undecided() {
    let body = format!(
        "if bind.execute(sa.text(\"SELECT reltuples FROM pg_class WHERE relname = 't'\")).scalar():\n    {ADD}"
    );
    check_columns(Kind::Postgresql, &body, "id n ?");
    let body = format!("if bind.execute(sa.text('SELECT 1 FROM pg_extension')).scalar():\n    {ADD}");
    check_columns(Kind::Postgresql, &body, "id n ?");
}
