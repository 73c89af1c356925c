//! What env.py says, as an environment of the project reads it.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

use alembic::discover::{Search, discover};
use alembic::env::EnvFacts;
use alembic::layout::{Extra, Layout};
use camino::{Utf8Path, Utf8PathBuf};
use fact::Fact;
use fact::files::Memory;
use project::{Change, EnvironmentOptions, World};
use schema::{Dialect, Kind};
use std::sync::Arc;

const INI: (&str, &str) = ("/p/alembic.ini", "[alembic]\nscript_location = m\nprepend_sys_path = .\n");

fn files(env: &str, more: &[(&str, &str)]) -> Memory {
    let revision = ("/p/m/versions/a.py", "revision = 'a'\ndown_revision = None\n");
    Memory::from_iter([INI, ("/p/m/env.py", env), revision].into_iter().chain(more.iter().copied()))
}

fn world(files: &Memory, dialects: &[Kind]) -> World {
    let found = discover(files, Utf8Path::new("/p"), Search::Below).sources;
    let options = found.iter().map(|sources| EnvironmentOptions {
        layout: Layout::find(files, sources, &Extra::default()).unwrap(),
        dialects: dialects.iter().copied().map(Dialect::from).collect(),
        naming: None,
        target: None,
    });
    World::new(Arc::new(files.clone()), options.collect())
}

fn facts(world: &World) -> Arc<EnvFacts> {
    world.snapshot().environments[0].env().clone()
}

/// The template for unique constraints, `-` without one, or why it is not known.
fn unique(facts: &EnvFacts) -> String {
    match &facts.naming {
        Fact::Known(naming) => naming.uq.as_deref().unwrap_or("-").to_owned(),
        Fact::Unknown(unknown) => format!("? {}", unknown.reason.key()),
    }
}

#[track_caller]
fn check_naming(env: &str, more: &[(&str, &str)], expect: &str) {
    assert_eq!(unique(&facts(&world(&files(env, more), &[]))), expect, "{env}");
}

const CONFIGURE: &str = "from alembic import context\n";

#[test]
fn metadata_is_followed_wherever_it_is_made() {
    let own = "m = MetaData(naming_convention={'uq': 'U'})\ncontext.configure(target_metadata=m)\n";
    check_naming(&format!("{CONFIGURE}from sqlalchemy import MetaData\n{own}"), &[], "U");
    let models = "from sqlalchemy import MetaData\nfrom sqlalchemy.orm import DeclarativeBase\n\
                  class Base(DeclarativeBase):\n    metadata = MetaData(naming_convention={'uq': 'U'})\n";
    let imported = "from app.models import Base\ndef run():\n    context.configure(target_metadata=Base.metadata)\nrun()\n";
    check_naming(&format!("{CONFIGURE}{imported}"), &[("/p/app/models.py", models)], "U");
    let helper = "from app import db\ndef get_metadata():\n    return db.Base.metadata\n\
                  context.configure(target_metadata=get_metadata())\n";
    check_naming(&format!("{CONFIGURE}{helper}"), &[("/p/app/db.py", models)], "U");
    check_naming(&format!("{CONFIGURE}context.configure(target_metadata=None)\n"), &[], "-");
    check_naming("target_metadata = None\n", &[], "-");
    let listed = "from app.db import Base\ncontext.configure(target_metadata=[Base.metadata])\n";
    check_naming(&format!("{CONFIGURE}{listed}"), &[("/p/app/db.py", models)], "U");
}

#[test]
fn conventions_that_are_set_afterwards() {
    let set = "from sqlmodel import SQLModel\nfrom sqlalchemy import MetaData\ntarget_metadata = SQLModel.metadata\n\
               target_metadata.naming_convention = {'uq': 'U'}\n";
    let end = "context.configure(target_metadata=target_metadata)\n";
    check_naming(&format!("{CONFIGURE}{set}{end}"), &[], "U");
    check_naming(&format!("{CONFIGURE}{set}MetaData().naming_convention = {{'uq': 'V'}}\n{end}"), &[], "U");
    check_naming(
        &format!("{CONFIGURE}{set}SQLModel.metadata.naming_convention = {{'uq': 'V'}}\n{end}"),
        &[],
        "V",
    );
    let undecided = "import os\nif os.environ['X']:\n    target_metadata.naming_convention = {'uq': 'V'}\n";
    check_naming(&format!("{CONFIGURE}{set}{undecided}{end}"), &[], "? environment");
    let base = "from sqlalchemy.orm import declarative_base\ndef get_base():\n    base = declarative_base()\n    \
                base.metadata.naming_convention = {'uq': 'U'}\n    return base\nBase = get_base()\n";
    let env = "from app.db import Base\ncontext.configure(target_metadata=Base.metadata)\n";
    check_naming(&format!("{CONFIGURE}{env}"), &[("/p/app/db.py", base)], "U");
}

#[test]
fn what_is_not_known_stays_unknown() {
    let outside = "from elsewhere import metadata\ncontext.configure(target_metadata=metadata)\n";
    check_naming(&format!("{CONFIGURE}{outside}"), &[], "? outside-project");
    check_naming(
        &format!("{CONFIGURE}from x import options\ncontext.configure(**options)\n"),
        &[],
        "? outside-project",
    );
}

const FLASK: &str = "from alembic import context\nfrom flask import current_app\n\
                     target_db = current_app.extensions['migrate'].db\n\
                     def get_metadata():\n    if hasattr(target_db, 'metadatas'):\n        return target_db.metadatas[None]\n    \
                     return target_db.metadata\n\
                     context.configure(target_metadata=get_metadata(), **current_app.extensions['migrate'].configure_args)\n";

const DB: &str = "from flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy import MetaData\n\
                  db = SQLAlchemy(metadata=MetaData(naming_convention={'uq': 'U'}))\n";

#[test]
fn flask_migrate_passes_the_object_of_the_project() {
    check_naming(FLASK, &[("/p/app/ext.py", DB)], "U");
    check_naming(
        FLASK,
        &[("/p/app/ext.py", "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n")],
        "-",
    );
    let old = "from alembic import context\nfrom flask import current_app\n\
               context.configure(target_metadata=current_app.extensions['migrate'].db.metadata)\n";
    check_naming(old, &[("/p/app/ext.py", DB)], "U");
    check_naming(&old.replace("'migrate'", "'sqlalchemy'"), &[("/p/app/ext.py", DB)], "U");
    let class = "from flask_sqlalchemy import SQLAlchemy as Base\nfrom sqlalchemy import MetaData\n\
                 class AppSQLAlchemy(Base):\n    pass\n\
                 db = AppSQLAlchemy(metadata=MetaData(naming_convention={'uq': 'U'}))\n";
    check_naming(old, &[("/p/app/ext.py", class)], "U");
    check_naming(old, &[], "? outside-project");
    // Which of two it is only the application knows; what tests make is not it.
    let other = DB.replace("'U'", "'V'");
    check_naming(old, &[("/p/app/ext.py", DB), ("/p/app/more.py", &other)], "? outside-project");
    check_naming(old, &[("/p/app/ext.py", DB), ("/p/tests/more.py", &other)], "U");
    check_naming(old, &[("/p/app/ext.py", DB), ("/p/app/more.py", DB)], "U");
}

#[test]
fn a_search_is_repeated_when_files_change() {
    let old = "from alembic import context\nfrom flask import current_app\n\
               context.configure(target_metadata=current_app.extensions['migrate'].db.metadata)\n";
    let mut memory = files(old, &[("/p/app/ext.py", "x = 1\n"), ("/p/app/more.py", "y = 1\n")]);
    let mut world = world(&memory, &[]);
    // The files are known to the world as those that somebody edits are.
    assert_eq!(unique(&facts(&world)), "? outside-project");
    let mut step = |path: &str, text: Option<&str>, listed: bool, expect: &str| {
        let path = Utf8PathBuf::from(path);
        match text {
            Some(text) => memory.insert(path.clone(), text),
            None => memory.remove(&path),
        };
        let change = if listed { Change::Listing(path) } else { Change::Text(path) };
        world.apply(Arc::new(memory.clone()), &[change]);
        assert_eq!(unique(&facts(&world)), expect);
    };
    step("/p/app/ext.py", Some(DB), false, "U");
    let other = DB.replace("'U'", "'V'");
    step("/p/app/more.py", Some(&other), false, "? outside-project");
    step("/p/app/more.py", Some("y = 2\n"), false, "U");
    step("/p/app/new.py", Some(&other), true, "? outside-project");
    step("/p/app/new.py", None, true, "U");
    step("/p/app/ext.py", Some(&other), false, "V");
    step("/p/app/ext.py", Some("db = (\n"), false, "? outside-project");
}

/// `render_as_batch` on these dialects.
#[track_caller]
fn check_batch(env: &str, dialects: &[Kind], expect: Option<bool>) {
    let found = facts(&world(&files(env, &[]), dialects)).render_as_batch.known().copied();
    assert_eq!(found, expect, "{env} on {dialects:?}");
}

#[test]
fn options_may_depend_on_the_dialect() {
    check_batch("from alembic import context\ncontext.configure(render_as_batch=True)\n", &[], Some(true));
    check_batch("from alembic import context\ncontext.configure()\n", &[], Some(false));
    let asks = "from alembic import context\nfrom sqlalchemy import engine_from_config\n\
                engine = engine_from_config({})\nwith engine.connect() as connection:\n    \
                context.configure(render_as_batch=connection.dialect.name == 'sqlite')\n";
    check_batch(asks, &[Kind::Sqlite], Some(true));
    check_batch(asks, &[Kind::Postgresql], Some(false));
    check_batch(asks, &[Kind::Postgresql, Kind::Sqlite], None);
    check_batch(asks, &[], None);
    let options = "import asyncio\nfrom alembic import context\ndef run(connection):\n    \
                   options = {'render_as_batch': True}\n    if connection.dialect.name == 'postgresql':\n        \
                   options['x'] = None\n    context.configure(**options)\n\
                   async def main():\n    await engine.run_sync(run)\n\
                   from sqlalchemy.ext.asyncio import create_async_engine\nengine = create_async_engine('')\n\
                   asyncio.run(main())\n";
    check_batch(options, &[Kind::Sqlite], Some(true));
    check_batch(options, &[Kind::Postgresql], Some(true));
}

#[test]
fn the_version_table() {
    let env = "from alembic import context\nT = 'x'\ncontext.configure(version_table=f'{T}_version', version_table_schema='s')\n";
    let facts = facts(&world(&files(env, &[]), &[]));
    assert_eq!(facts.version_table, Fact::Known(Some("x_version".into())));
    assert_eq!(facts.version_table_schema, Fact::Known(Some("s".into())));
    assert!(facts.unknowns.is_empty());
}
