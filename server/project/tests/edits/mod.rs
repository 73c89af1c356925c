//! A project that has a bit of everything, and what may happen to its files.

// What a test sets up has to work, and not every test that reads this uses all of it.
#![allow(clippy::unwrap_used, dead_code)]

use alembic::discover::{Search, discover};
use alembic::layout::{Extra, Layout};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{Files, Memory, ReadError};
use project::{Change, EnvironmentOptions, World};
use proptest::prelude::*;
use schema::{Dialect, Kind};
use std::sync::Arc;

const INI: &str = "/p/alembic.ini";

/// What may be said about the environment; the first is what it starts with.
const CONFIGURATIONS: [&str; 4] = [
    "[alembic]\nscript_location = m\nprepend_sys_path = .\n",
    "[alembic]\nscript_location = m\nprepend_sys_path = .\nversion_locations = %(here)s/m/versions %(here)s/m/more\n",
    "[alembic]\nscript_location = m\nsqlalchemy.url = mysql://host/name\n",
    "[alembic]\nscript_location = m\nprepend_sys_path = . lib\n",
];

/// A file and the texts that it may have; the first is the one that it starts with.
pub const PARTS: &[(&str, &[&str])] = &[
    (
        "/p/m/env.py",
        &[
            "from alembic import context\nfrom app.models import metadata\ncontext.configure(target_metadata=metadata)\n",
            "from alembic import context\nfrom flask import current_app\n\
             context.configure(target_metadata=current_app.extensions['migrate'].db.metadata)\n",
            "target_metadata = (\n",
        ],
    ),
    (
        "/p/app/models.py",
        &[
            "from sqlalchemy import MetaData\nmetadata = MetaData(naming_convention={'uq': 'uq_%(table_name)s'})\n",
            "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nmetadata = db.metadata\n",
            "from sqlalchemy import MetaData\n# moved\nmetadata = MetaData()\n",
            "metadata = )\n",
        ],
    ),
    (
        "/p/app/helpers.py",
        &[
            "import sqlalchemy as sa\nfrom .names import TABLE\nSIZE = 10\ndef stamp(op):\n    \
             op.add_column(TABLE, sa.Column('stamp', sa.String(SIZE)))\n",
            "import sqlalchemy as sa\nfrom .names import TABLE\nSIZE = 20\ndef stamp(op):\n    \
             op.add_column(TABLE, sa.Column('stamp', sa.String(SIZE)))\n    op.drop_column(TABLE, 'note')\n",
            "SIZE = 10\n",
            "def stamp(op:\n",
        ],
    ),
    (
        "/p/app/names.py",
        &["TABLE = 'b'\nPARENT = 'r2'\n", "PARENT = 'r1'\nTABLE = 'a'\n", "TABLE = unknown()\n"],
    ),
    (
        "/p/m/versions/1.py",
        &[
            "from alembic import op\nimport sqlalchemy as sa\nrevision = 'r1'\ndown_revision = None\n\
             def upgrade():\n    op.create_table('a', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('x', sa.Text()))\n\
             def downgrade():\n    op.drop_table('a')\n",
            "'''moved'''\nfrom alembic import op\nimport sqlalchemy as sa\nrevision = 'r1'\ndown_revision = None\n\
             def upgrade():\n    # A comment.\n    op.create_table('a', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('x', sa.Text()))\n\
             def downgrade():\n    op.drop_table('a')\n",
            "from alembic import op\nimport sqlalchemy as sa\nrevision = 'r1'\ndown_revision = None\n\
             def upgrade():\n    op.create_table('a', sa.Column('id', sa.BigInteger()))\ndef downgrade():\n    pass\n",
            "revision = 'r1'\ndown_revision = None\ndef upgrade(:\n",
            "",
        ],
    ),
    (
        "/p/m/versions/2.py",
        &[
            "from alembic import op\nimport sqlalchemy as sa\nrevision = 'r2'\ndown_revision = 'r1'\n\
             def upgrade():\n    op.create_table('b', sa.Column('id', sa.Integer()), sa.Column('note', sa.Text()))\n    \
             op.create_unique_constraint(None, 'a', ['x'])\ndef downgrade():\n    op.drop_table('b')\n",
            "from alembic import op\nimport sqlalchemy as sa\nrevision = 'r2'\ndown_revision = 'gone'\ndef upgrade():\n    op.drop_table('a')\n",
        ],
    ),
    (
        "/p/m/versions/3.py",
        &[
            "from alembic import op\nfrom app import helpers\nfrom app.names import PARENT\nrevision = 'r3'\n\
             down_revision = PARENT\ndef upgrade():\n    helpers.stamp(op)\ndef downgrade():\n    op.drop_column('b', 'stamp')\n",
            "from alembic import op\nrevision = 'r3'\ndown_revision = 'r2'\ndef upgrade():\n    pass\n",
            // Only the way back looks into another module.
            "from alembic import op\nrevision = 'r3'\ndown_revision = 'r2'\ndef upgrade():\n    op.drop_column('b', 'note')\n\
             def downgrade():\n    from app import helpers\n    helpers.stamp(op)\n",
        ],
    ),
    (
        "/p/m/versions/4.py",
        &[
            "from alembic import op\nimport sqlalchemy as sa\nrevision = 'r4'\ndown_revision = 'r3'\n\
             def upgrade():\n    columns = [c['name'] for c in sa.inspect(op.get_bind()).get_columns('a')]\n    \
             if 'x' in columns:\n        op.drop_column('a', 'x')\n    if 'y' not in columns:\n        \
             op.add_column('a', sa.Column('y', sa.Integer()))\ndef downgrade():\n    op.drop_column('a', 'y')\n",
            "from alembic import op\nimport sqlalchemy as sa\nrevision = 'r4'\ndown_revision = 'r3'\n\
             def upgrade():\n    if sa.inspect(op.get_bind()).has_table('b'):\n        op.drop_table('b')\n",
        ],
    ),
    (
        "/p/m/versions/5.py",
        &[
            "from alembic import op\nimport sqlalchemy as sa\nrevision = 'r5'\ndown_revision = 'r3'\n\
             def upgrade():\n    if op.get_bind().dialect.name == 'postgresql':\n        \
             op.execute('ALTER TABLE a ADD COLUMN pg integer')\n    else:\n        \
             with op.batch_alter_table('a') as batch:\n            batch.add_column(sa.Column('other', sa.Integer()))\n",
            "from alembic import op\nrevision = 'r5'\ndown_revision = 'r3'\ndef upgrade():\n    \
             op.drop_column('a', 'nowhere')  # foreshot: ignore[unknown-column] -- a view has it\n    \
             op.drop_column('b', 'stamp')\n    op.alter_column('b', 'note', nullable=False)\n",
            "from alembic import op\nfrom app.helpers import SIZE\nrevision = 'r5'\ndown_revision = 'r3'\n\
             def upgrade():\n    op.execute(f'CREATE TABLE n{SIZE} (id integer)')\n",
        ],
    ),
    (
        "/p/m/versions/6.py",
        &[
            "from alembic import op\nfrom pathlib import Path\nrevision = 'r6'\ndown_revision = ('r4', 'r5')\n\
             def upgrade():\n    op.execute(Path(__file__).with_name('six.sql').read_text())\n",
            "from alembic import op\nfrom pathlib import Path\nrevision = 'r6'\ndown_revision = ('r4', 'r5')\n\
             def upgrade():\n    op.execute((Path(__file__).parent / '..' / 'versions' / 'six.sql').read_text())\n",
            "from alembic import op\nrevision = 'r6'\ndown_revision = 'r4'\ndepends_on = 'r5'\ndef upgrade():\n    op.drop_table('b')\n",
        ],
    ),
    ("/p/m/versions/six.sql", &["CREATE TABLE six (id integer)", "CREATE TABLE seven (id integer)"]),
    (
        "/p/m/versions/7.py",
        &[
            "revision = 'r7'\ndown_revision = 'r6'\nfrom missing import things\ndef upgrade():\n    things()\n",
            "from alembic import op\nrevision = 'r2'\ndown_revision = 'r1'\ndef upgrade():\n    op.drop_table('a')\n",
        ],
    ),
    (
        "/p/missing.py",
        &["def things():\n    pass\n", "from alembic import op\ndef things():\n    op.drop_table('a')\n"],
    ),
    ("/p/lib/missing.py", &["def things():\n    1 / 0\n"]),
    (
        "/p/m/more/8.py",
        &[
            "from alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\nrevision = 'r8'\n\
             down_revision = 'r2'\ndef upgrade():\n    op.alter_column('a', 'x', nullable=False)\ndef downgrade():\n    \
             op.alter_column('a', 'x', nullable=True)\n",
            "import sqlite3\nrevision = 'r8'\ndown_revision = 'r2'\n",
        ],
    ),
];

/// What is not there at the start.
const ABSENT: [&str; 3] = ["/p/missing.py", "/p/lib/missing.py", "/p/m/more/8.py"];

#[derive(Debug, Clone)]
pub enum Edit {
    /// The file gets one of its texts; a file that was not there comes back.
    Write(usize, usize),
    Remove(usize),
    /// The file is there and cannot be read.
    Hide(usize),
    /// The revision file moves to another name, and so to another place in the load order.
    Rename(usize, u8),
    /// A line end at the start moves everything that follows.
    Move(usize),
    /// alembic.ini says something else.
    Configure(usize),
    /// Nobody knows what changed.
    Forget,
}

pub fn edit() -> impl Strategy<Value = Edit> {
    let part = 0..PARTS.len();
    prop_oneof![
        8 => (part.clone(), any::<proptest::sample::Index>())
            .prop_map(|(part, text)| Edit::Write(part, text.index(PARTS[part].1.len()))),
        2 => part.clone().prop_map(Edit::Remove),
        1 => part.clone().prop_map(Edit::Hide),
        1 => (part.clone(), 0..3u8).prop_map(|(part, to)| Edit::Rename(part, to)),
        2 => part.prop_map(Edit::Move),
        1 => (0..CONFIGURATIONS.len()).prop_map(Edit::Configure),
        1 => Just(Edit::Forget),
    ]
}

pub fn start() -> Memory {
    let mut files = Memory::new();
    files.insert(INI, CONFIGURATIONS[0]);
    for (path, texts) in PARTS {
        if !ABSENT.contains(path) {
            files.insert(path, texts[0]);
        }
    }
    files
}

impl Edit {
    /// Changes the files and tells what an editor would.
    pub fn run(&self, files: &mut Memory) -> Vec<Change> {
        let path = |part: usize| Utf8PathBuf::from(PARTS[part].0);
        match *self {
            Edit::Write(part, text) => {
                files.insert(path(part), PARTS[part].1[text]);
                vec![Change::Text(path(part))]
            }
            Edit::Hide(part) => {
                files.insert_error(path(part), ReadError::NotUtf8(0));
                vec![Change::Text(path(part))]
            }
            Edit::Remove(part) => {
                files.remove(path(part));
                vec![Change::Listing(path(part))]
            }
            Edit::Move(part) => match files.read(&path(part)) {
                Ok(text) => {
                    files.insert(path(part), format!("\n{text}"));
                    vec![Change::Text(path(part))]
                }
                Err(_) => Vec::new(),
            },
            Edit::Rename(part, to) => match files.read(&path(part)) {
                Ok(text) if PARTS[part].0.ends_with(".py") && PARTS[part].0.contains("versions") => {
                    let new = path(part).with_file_name(format!("{to}_renamed.py"));
                    files.remove(path(part));
                    files.insert(&new, text);
                    vec![Change::Listing(path(part)), Change::Listing(new)]
                }
                _ => Vec::new(),
            },
            Edit::Configure(text) => {
                files.insert(INI, CONFIGURATIONS[text]);
                vec![Change::Text(INI.into())]
            }
            Edit::Forget => vec![Change::Everything],
        }
    }
}

/// The databases of a project that says nothing about them; one that is inferred, or several.
pub const DIALECTS: [&[Kind]; 3] =
    [&[Kind::Postgresql, Kind::Sqlite], &[], &[Kind::Mysql, Kind::Mssql, Kind::Mariadb]];

pub fn options(files: &Memory, dialects: &[Kind]) -> Vec<EnvironmentOptions> {
    let found = discover(files, Utf8Path::new("/p"), Search::Below).sources;
    let options = found.iter().map(|sources| EnvironmentOptions {
        layout: Layout::find(files, sources, &Extra::default()).unwrap(),
        dialects: dialects.iter().copied().map(Dialect::from).collect(),
        naming: None,
        target: None,
    });
    options.collect()
}

pub fn world(files: &Memory, dialects: &[Kind]) -> World {
    World::new(Arc::new(files.clone()), options(files, dialects))
}

/// Makes the edits one after the other and tells the world of all of them.
pub fn apply(edits: &[Edit], files: &mut Memory, world: &mut World, dialects: &[Kind]) {
    let changes: Vec<Change> = edits.iter().flat_map(|edit| edit.run(files)).collect();
    world.apply(Arc::new(files.clone()), &changes);
    // Whoever finds the environments looks at their folders again when files came or went.
    world.set_environments(options(files, dialects));
}

/// Rounds of edits.
pub fn rounds() -> impl Strategy<Value = Vec<Vec<Edit>>> {
    let round = prop_oneof![4 => prop::collection::vec(edit(), 1), 1 => prop::collection::vec(edit(), 2..4)];
    prop::collection::vec(round, 1..10)
}

/// How many sequences are tried; `PROPTEST_CASES` asks for more.
pub fn cases(default: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default)
}

/// Compares two long texts and shows where they part.
#[track_caller]
pub fn check_equal(kept: &str, fresh: &str, after: &dyn std::fmt::Debug) {
    let at = kept.bytes().zip(fresh.bytes()).take_while(|(kept, fresh)| kept == fresh).count();
    let near = |text: &str| {
        let bytes = &text.as_bytes()[at.saturating_sub(300)..text.len().min(at + 100)];
        String::from_utf8_lossy(bytes).into_owned()
    };
    assert!(kept == fresh, "after {after:?}:\nKEPT  {}\nFRESH {}", near(kept), near(fresh));
}
