//! Constructs for which a revision registers a compiler of its own.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

use alembic::discover::{Search, discover};
use alembic::layout::{Extra, Layout};
use camino::Utf8Path;
use fact::Fact;
use fact::files::Memory;
use project::{EnvironmentOptions, World};
use schema::{Dialect, Kind, TableName};
use std::sync::Arc;

/// The names of the foreign key and of the unique constraint that a revision makes.
#[track_caller]
fn check_names(compiler: &str, kind: Kind, expect: [&str; 2]) {
    let revision = format!(
        "from alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy.ext import compiler\nrevision = 'a'\n\
         down_revision = None\n{compiler}def upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer(), \
         sa.ForeignKey('t.id', name='fk_t')), sa.UniqueConstraint('id', name='uq_t'))\n"
    );
    let files = Memory::from_iter([
        ("/p/alembic.ini", "[alembic]\nscript_location = m\n"),
        ("/p/m/versions/a.py", revision.as_str()),
    ]);
    let found = discover(&files, Utf8Path::new("/p"), Search::Below).sources;
    let options = found.iter().map(|sources| EnvironmentOptions {
        layout: Layout::find(&files, sources, &Extra::default()).unwrap(),
        dialects: vec![Dialect::from(kind)],
        naming: None,
        target: None,
    });
    let world = World::new(Arc::new(files.clone()), options.collect());
    let environment = world.snapshot().environments[0].clone();
    let end = environment.histories[0].1.end();
    let table = end.schema.table(&TableName::plain("t")).unwrap().clone();
    let names = [&table.foreign_keys[0].name, &table.uniques[0].name].map(|name| match name {
        Fact::Known(name) => name.map_or("-", |name| name.as_str()).to_owned(),
        Fact::Unknown(_) => "?".to_owned(),
    });
    assert_eq!(names, expect, "{compiler}\n{kind}");
}

#[test]
fn what_the_project_writes_has_the_name_that_it_gives() {
    let one = "@compiler.compiles(sa.ForeignKeyConstraint, 'postgresql')\ndef process(element, compiler, **kw):\n    \
               element.name = None\n    return compiler.visit_foreign_key_constraint(element, **kw)\n";
    check_names(one, Kind::Postgresql, ["?", "uq_t"]);
    check_names(one, Kind::Sqlite, ["fk_t", "uq_t"]);
    check_names(&one.replace(", 'postgresql'", ""), Kind::Sqlite, ["?", "uq_t"]);
    check_names(&one.replace("ForeignKey", "Unique"), Kind::Postgresql, ["fk_t", "?"]);
    check_names("", Kind::Postgresql, ["fk_t", "uq_t"]);
}
