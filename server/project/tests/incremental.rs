//! However a workspace came to be what it is, it is analysed as if it had always been so.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

mod picture;

use alembic::discover::{Search, discover};
use alembic::layout::{Extra, Layout};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{Files, Memory, ReadError};
use picture::picture;
use project::{Change, EnvironmentOptions, World};
use proptest::prelude::*;
use schema::{Dialect, Kind};
use std::collections::BTreeSet;
use std::sync::Arc;

const INI: &str = "[alembic]\nscript_location = m\nprepend_sys_path = .\n";

/// A file and the texts that it may have; the first is the one that it starts with.
const PARTS: &[(&str, &[&str])] = &[
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
            "from alembic import op\nfrom app.helpers import SIZE\nrevision = 'r5'\ndown_revision = 'r3'\n\
             def upgrade():\n    op.execute(f'CREATE TABLE n{SIZE} (id integer)')\n",
        ],
    ),
    (
        "/p/m/versions/6.py",
        &[
            "from alembic import op\nfrom pathlib import Path\nrevision = 'r6'\ndown_revision = ('r4', 'r5')\n\
             def upgrade():\n    op.execute(Path(__file__).with_name('six.sql').read_text())\n",
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
];

#[derive(Debug, Clone)]
enum Edit {
    /// The file gets one of its texts; a file that was not there comes back.
    Write(usize, usize),
    Remove(usize),
    /// The file is there and cannot be read.
    Hide(usize),
    /// The revision file moves to another name, and so to another place in the load order.
    Rename(usize, u8),
    /// A line end at the start moves everything that follows.
    Move(usize),
    /// Nobody knows what changed.
    Forget,
}

fn edit() -> impl Strategy<Value = Edit> {
    let part = 0..PARTS.len();
    prop_oneof![
        8 => (part.clone(), any::<proptest::sample::Index>())
            .prop_map(|(part, text)| Edit::Write(part, text.index(PARTS[part].1.len()))),
        2 => part.clone().prop_map(Edit::Remove),
        1 => part.clone().prop_map(Edit::Hide),
        1 => (part.clone(), 0..3u8).prop_map(|(part, to)| Edit::Rename(part, to)),
        2 => part.prop_map(Edit::Move),
        1 => Just(Edit::Forget),
    ]
}

fn start() -> Memory {
    let mut files = Memory::new();
    files.insert("/p/alembic.ini", INI);
    for (path, texts) in PARTS {
        if *path != "/p/missing.py" {
            files.insert(path, texts[0]);
        }
    }
    files
}

impl Edit {
    /// Changes the files and tells what an editor would.
    fn run(&self, files: &mut Memory) -> Vec<Change> {
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
            Edit::Forget => vec![Change::Everything],
        }
    }
}

fn options(files: &Memory) -> Vec<EnvironmentOptions> {
    let found = discover(files, Utf8Path::new("/p"), Search::Below).sources;
    let options = found.iter().map(|sources| EnvironmentOptions {
        layout: Layout::find(files, sources, &Extra::default()).unwrap(),
        dialects: [Kind::Postgresql, Kind::Sqlite].map(Dialect::from).to_vec(),
        naming: None,
        target: None,
    });
    options.collect()
}

fn world(files: &Memory, options: &[EnvironmentOptions]) -> World {
    World::new(Arc::new(files.clone()), options.to_vec())
}

#[track_caller]
fn check(edits: &[Edit]) {
    let mut files = start();
    let options = options(&files);
    let mut world = world(&files, &options);
    for (round, edit) in edits.iter().enumerate() {
        let changes = edit.run(&mut files);
        world.apply(Arc::new(files.clone()), &changes);
        // What is looked at in between must not matter, and is looked at every other time.
        if round % 2 == 1 || round + 1 == edits.len() {
            let fresh = picture(&self::world(&files, &options));
            let kept = picture(&world);
            let at = kept.bytes().zip(fresh.bytes()).take_while(|(kept, fresh)| kept == fresh).count();
            let near = |text: &str| {
                let bytes = &text.as_bytes()[at.saturating_sub(300)..text.len().min(at + 100)];
                String::from_utf8_lossy(bytes).into_owned()
            };
            assert!(
                kept == fresh,
                "after {:?}:\nKEPT  {}\nFRESH {}",
                &edits[..=round],
                near(&kept),
                near(&fresh)
            );
        }
    }
}

#[test]
fn the_project_means_what_it_should() {
    let files = start();
    let world = world(&files, &options(&files));
    let environment = &world.snapshot().environments[0];
    assert_eq!(environment.script.refusal(), None);
    let ends: BTreeSet<String> = environment
        .histories
        .iter()
        .flat_map(|(_, history)| history.end().schema.tables.values().cloned().collect::<Vec<_>>())
        .map(|table| {
            let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            format!("{}({}) {}", table.name, columns.join(" "), table.uniques.len())
        })
        .collect();
    let ends: Vec<&str> = ends.iter().map(String::as_str).collect();
    assert_eq!(ends, ["a(id other y) 0", "a(id pg y) 0", "b(id note stamp) 0", "six(id) 0"]);
}

#[test]
fn single_edits() {
    let texts = |part: usize| (0..PARTS[part].1.len()).map(move |text| Edit::Write(part, text));
    for part in 0..PARTS.len() {
        for edit in
            texts(part).chain([Edit::Remove(part), Edit::Hide(part), Edit::Rename(part, 1), Edit::Move(part)])
        {
            check(std::slice::from_ref(&edit));
            check(&[edit, Edit::Write(part, 0)]);
        }
    }
}

/// How many sequences are tried; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_edits(edits in prop::collection::vec(edit(), 1..12)) {
        check(&edits);
    }
}
