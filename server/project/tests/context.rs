//! What a revision finds in the migration context that env.py has configured.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

use alembic::discover::{Search, discover};
use alembic::layout::{Extra, Layout};
use camino::Utf8Path;
use fact::files::Memory;
use project::{EnvironmentOptions, World};
use std::sync::Arc;

const SETTINGS: &str = "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    secret: str\n    \
                        prefix: str = 'app_'\n";

/// The tables after a revision that makes one by the name that `expression` gives, with this env.py.
#[track_caller]
fn check_table(env: &str, expression: &str, expect: &str) {
    let revision = format!(
        "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a'\ndown_revision = None\ndef upgrade():\n    \
         opts = op.get_context().opts\n    op.create_table({expression}, sa.Column('id', sa.Integer()))\n"
    );
    let files = Memory::from_iter([
        ("/p/alembic.ini", "[alembic]\nscript_location = m\nprepend_sys_path = .\n"),
        ("/p/m/env.py", env),
        ("/p/settings.py", SETTINGS),
        ("/p/m/versions/a.py", revision.as_str()),
    ]);
    let found = discover(&files, Utf8Path::new("/p"), Search::Below).sources;
    let options = found.iter().map(|sources| EnvironmentOptions {
        layout: Layout::find(&files, sources, &Extra::default()).unwrap(),
        dialects: Vec::new(),
        naming: None,
        target: None,
    });
    let world = World::new(Arc::new(files.clone()), options.collect());
    let environment = world.snapshot().environments[0].clone();
    let end = environment.histories[0].1.end();
    let tables: Vec<String> = end.schema.tables.keys().map(ToString::to_string).collect();
    let unknown = end.schema.opaque.iter().map(|because| format!("? {}", because.reason.key()));
    let told: Vec<String> = tables.into_iter().chain(unknown).collect();
    assert_eq!(told.join(" "), expect, "{env}\n{expression}");
}

#[test]
fn options_of_the_project() {
    let env = "from alembic import context\nfrom settings import Settings\ndef run(connection):\n    \
               context.configure(connection=connection, prefix=Settings().prefix, sizes=[1, 2], hook=run, \
               secret=Settings().secret, compare_type=False)\nrun(None)\n";
    check_table(env, "opts['prefix'] + 't'", "app_t");
    check_table(env, "f\"{opts.get('prefix', 'x')}t\"", "app_t");
    check_table(env, "f\"t{opts['sizes'][1]}{opts['compare_type']}\"", "t2False");
    check_table(env, "f\"t{opts['render_as_batch']}{opts.get('absent')}\"", "tFalseNone");
    check_table(env, "opts['secret']", "? environment");
    check_table(env, "opts['hook']", "? unreadable-argument");
    let many = "from alembic import context\nimport app\ncontext.configure(**app.options())\n";
    check_table(many, "opts['prefix']", "? outside-project");
    check_table("", "opts['prefix']", "? environment");
}

#[test]
fn an_environment_variable_is_unset_where_something_stands_in_for_it() {
    let env = "import os\nfrom alembic import context\nP = 'x_' if os.environ.get('GENERATE') == '1' else 'y_'\n\
               context.configure(prefix=os.getenv('PREFIX', P), own=os.environ['OWN'])\n";
    check_table(env, "opts['prefix'] + 't'", "y_t");
    check_table(env, "opts['own']", "? environment");
}

#[test]
fn an_extension_that_is_loaded_by_name_is_not_there() {
    let env = "import importlib\nfrom alembic import context\ndef load():\n    try:\n        \
               module = importlib.import_module('app_extension')\n    except ImportError:\n        \
               module = importlib.import_module('settings')\n    return module.Settings()\n\
               context.configure(prefix=load().prefix)\n";
    check_table(env, "opts['prefix'] + 't'", "app_t");
}
