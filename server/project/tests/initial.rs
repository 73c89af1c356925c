//! Histories that start from tables which the program makes by itself.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

use alembic::discover::{Search, discover};
use alembic::layout::{Extra, Layout};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::Memory;
use project::{Change, EnvironmentOptions, World};
use schema::{Dialect, Kind};
use std::sync::Arc;

const ENV: &str = "from alembic import context\nfrom app.models import Base\ncontext.configure(target_metadata=Base.metadata)\n";
const MODELS: &str = "import sqlalchemy as sa\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n\
                      class User(Base):\n    __tablename__ = 'users'\n    id = sa.Column(sa.Integer, primary_key=True)\n    \
                      email = sa.Column(sa.String(50), nullable=False)\n    name = sa.Column(sa.Text)\n";
const FIRST: &str = "import sqlalchemy as sa\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n\
                     class User(Base):\n    __tablename__ = 'users'\n    id = sa.Column(sa.Integer, primary_key=True)\n    \
                     email = sa.Column(sa.String(50))\n";
const START: &str =
    "from app.first import Base as First\ndef start(engine):\n    First.metadata.create_all(engine)\n";
const ADD: &str = "op.add_column('users', sa.Column('name', sa.Text()))";

fn files(start: &str, upgrade: &str) -> Memory {
    let revision = format!(
        "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a'\ndown_revision = None\ndef upgrade():\n    \
         {upgrade}\n"
    );
    Memory::from_iter([
        ("/p/alembic.ini", "[alembic]\nscript_location = m\nprepend_sys_path = .\n"),
        ("/p/m/env.py", ENV),
        ("/p/app/__init__.py", ""),
        ("/p/app/models.py", MODELS),
        ("/p/app/first.py", FIRST),
        ("/p/app/start.py", start),
        ("/p/m/versions/a.py", revision.as_str()),
    ])
}

fn world(files: &Memory) -> World {
    let found = discover(files, Utf8Path::new("/p"), Search::Below).sources;
    let options = found.iter().map(|sources| EnvironmentOptions {
        layout: Layout::find(files, sources, &Extra::default()).unwrap(),
        dialects: vec![Dialect::from(Kind::Postgresql)],
        naming: None,
        target: None,
    });
    World::new(Arc::new(files.clone()), options.collect())
}

/// The tables at the end with their columns, `+` where there may be more.
fn tables(world: &World) -> String {
    let environment = world.snapshot().environments[0].clone();
    let end = environment.histories[0].1.end();
    let one = |table: &Arc<schema::Table>| {
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        format!("{}({}{})", table.name, columns.join(" "), if table.open.is_some() { " +" } else { "" })
    };
    end.schema.tables.values().map(one).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(start: &str, upgrade: &str, expect: &str) {
    assert_eq!(tables(&world(&files(start, upgrade))), expect, "{start}\n{upgrade}");
}

#[test]
fn what_the_program_makes_first_is_where_the_history_starts() {
    check(START, ADD, "users(id email name +)");
    check(
        "from app.first import Base\nBase.metadata.create_all(bind=engine)\n",
        ADD,
        "users(id email name +)",
    );
    check(START, "op.alter_column('users', 'email', new_column_name='mail')", "users(id mail +)");
}

#[test]
fn what_cannot_have_been_there_is_not() {
    // Nothing makes it.
    check("", ADD, "users(name +)");
    // The models of today are where the history leads.
    check(
        "from app.models import Base\nBase.metadata.create_all(engine)\n",
        "op.drop_column('users', 'old')",
        "users( +)",
    );
    // A revision would fail on it.
    check(START, "op.add_column('users', sa.Column('email', sa.Text()))", "users(email +)");
    check(START, "op.drop_column('users', 'gone')", "users( +)");
    // It does not make all that the history lacks.
    check(
        START,
        "op.add_column('other', sa.Column('x', sa.Text())); op.drop_column('users', 'email')",
        "other(x +) users( +)",
    );
    // Only some of its tables.
    check(
        "from app.first import Base\nBase.metadata.create_all(engine, tables=[Base.metadata.tables['users']])\n",
        ADD,
        "users(name +)",
    );
    // A self-contained history starts from nothing.
    check(START, "op.create_table('users', sa.Column('x', sa.Text()))", "users(x)");
}

#[test]
fn an_edit_of_what_it_rests_on_is_seen() {
    let mut files = files(START, ADD);
    let mut world = world(&files);
    for (path, text, expect) in [
        ("/p/app/first.py", FIRST.replace("email", "mail"), "users(id mail name +)"),
        ("/p/app/start.py", "pass\n".to_owned(), "users(name +)"),
        ("/p/app/start.py", START.to_owned(), "users(id mail name +)"),
        ("/p/app/first.py", FIRST.replace("email", "name"), "users(name +)"),
    ] {
        files.insert(path, text.as_str());
        world.apply(Arc::new(files.clone()), &[Change::Text(Utf8PathBuf::from(path))]);
        assert_eq!(tables(&world), expect, "{path}\n{text}");
    }
}
