//! A script of edits: whatever happened to the files of a workspace, it is analysed as if they had always been so.

use super::picture::picture;
use super::workspace::options;
use advice::{Checker, Options};
use alembic::discover::{Search, discover};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::{Files, Memory, ReadError};
use project::{Change, EnvironmentOptions, World};
use schema::Kind;
use std::sync::Arc;

const FILES: [(&str, &str); 7] = [
    (
        "/p/m/env.py",
        "from alembic import context\nfrom app.models import metadata\ncontext.configure(target_metadata=metadata)\n",
    ),
    (
        "/p/app/models.py",
        "from sqlalchemy import MetaData\nmetadata = MetaData(naming_convention={'uq': 'uq_%(table_name)s'})\n",
    ),
    (
        "/p/app/helpers.py",
        "import sqlalchemy as sa\nTABLE = 'b'\nSIZE = 10\ndef stamp(op):\n    op.add_column(TABLE, sa.Column('stamp', sa.String(SIZE)))\n",
    ),
    (
        "/p/m/versions/1.py",
        "from alembic import op\nimport sqlalchemy as sa\nrevision = 'r1'\ndown_revision = None\ndef upgrade():\n    \
         op.create_table('a', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('x', sa.Text()))\n    \
         op.create_table('b', sa.Column('id', sa.Integer()))\ndef downgrade():\n    op.drop_table('b')\n    op.drop_table('a')\n",
    ),
    (
        "/p/m/versions/2.py",
        "from alembic import op\nfrom app import helpers\nrevision = 'r2'\ndown_revision = 'r1'\ndef upgrade():\n    \
         helpers.stamp(op)\n    op.create_unique_constraint(None, 'a', ['x'])\ndef downgrade():\n    op.drop_column('b', 'stamp')\n",
    ),
    (
        "/p/m/versions/3.py",
        "from alembic import op\nimport sqlalchemy as sa\nfrom pathlib import Path\nrevision = 'r3'\ndown_revision = 'r2'\n\
         def upgrade():\n    if 'x' in [c['name'] for c in sa.inspect(op.get_bind()).get_columns('a')]:\n        \
         op.drop_column('a', 'x')\n    op.execute(Path(__file__).with_name('three.sql').read_text())\n",
    ),
    ("/p/m/versions/three.sql", "CREATE TABLE c (id integer); INSERT INTO c VALUES (1);"),
];

/// What an edit may put in.
const PIECES: [&str; 24] = [
    "",
    "\n",
    " ",
    "#",
    "'",
    "\"",
    "(",
    ")",
    ":",
    "é",
    "pass\n",
    "    ",
    "'r1'",
    "'r2'",
    "'r3'",
    "None",
    "'a'",
    "'b'",
    "'x'",
    "op.drop_table('a')",
    "if unknown():\n        ",
    "TABLE",
    "down_revision",
    "return\n",
];

/// More edits than these say nothing new.
const MOST: usize = 24;

pub fn run(data: &[u8]) {
    let mut files = Memory::from_iter(FILES);
    files.insert("/p/alembic.ini", "[alembic]\nscript_location = m\nprepend_sys_path = .\n");
    let found = discover(&files, Utf8Path::new("/p"), Search::Below).sources;
    let options = options(&files, &found, &[Kind::Postgresql, Kind::Sqlite].map(Into::into));
    let mut world = World::new(Arc::new(files.clone()), options.clone());
    let checker = Checker::default();
    let mut input = Input(data);
    for round in 0..MOST {
        if input.0.is_empty() {
            break;
        }
        let changes = edit(&mut input, &mut files);
        world.apply(Arc::new(files.clone()), &changes);
        // What is looked at in between must not matter.
        if round % 3 == 1 {
            compare(&world, &files, &options, &checker);
        }
    }
    compare(&world, &files, &options, &checker);
}

/// Asserts that the world is the one that it would be from scratch.
fn compare(kept: &World, files: &Memory, options: &[EnvironmentOptions], checker: &Checker) {
    let fresh = World::new(Arc::new(files.clone()), options.to_vec());
    let (kept_picture, fresh_picture) = (picture(&kept.snapshot()), picture(&fresh.snapshot()));
    if let Some((one, other)) =
        kept_picture.lines().zip(fresh_picture.lines()).find(|(one, other)| one != other)
    {
        panic!("KEPT  {one}\nFRESH {other}");
    }
    assert_eq!(kept_picture.len(), fresh_picture.len());
    let settings = Options::default();
    let (kept, fresh) = (kept.snapshot(), fresh.snapshot());
    for (kept, fresh) in kept.environments.iter().zip(&fresh.environments) {
        let told = |report: advice::Report| {
            report.findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>()
        };
        assert_eq!(told(checker.check(kept, &settings)), told(advice::check(fresh, &settings)));
    }
    checker.tidy();
}

/// Bytes that are taken one after the other; zero when there are none left.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first)
    }

    fn below(&mut self, end: usize) -> usize {
        let number = self.byte() << 8 | self.byte();
        number % end.max(1)
    }
}

/// Changes a file and tells what an editor would.
fn edit(input: &mut Input<'_>, files: &mut Memory) -> Vec<Change> {
    let kind = input.byte() % 16;
    let (path, first) = FILES.get(input.byte() % FILES.len()).copied().unwrap_or_default();
    let path = Utf8PathBuf::from(path);
    let before = files.read(&path);
    match kind {
        0 => {
            files.remove(&path);
            vec![Change::Listing(path)]
        }
        1 => {
            files.insert_error(&path, ReadError::NotUtf8(0));
            vec![Change::Text(path)]
        }
        2 => {
            files.insert(&path, first);
            vec![Change::Text(path)]
        }
        3 => vec![Change::Everything],
        4 => {
            let Ok(text) = before else { return Vec::new() };
            let new = path.with_file_name(format!("{}_moved.py", input.byte() % 4));
            files.remove(&path);
            files.insert(&new, text);
            vec![Change::Listing(path), Change::Listing(new)]
        }
        _ => {
            let text = before.unwrap_or_default();
            let at = |wanted: usize| (0..=wanted.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
            let start = at(input.below(text.len() + 1)).unwrap_or(0);
            // Most edits are short.
            let length = if kind < 7 { input.below(text.len() + 1) } else { input.byte() % 4 };
            let end = at(start + length).unwrap_or(start).max(start);
            let piece = PIECES.get(input.byte() % PIECES.len()).copied().unwrap_or_default();
            let parts = [text.get(..start), Some(piece), text.get(end..)];
            files.insert(&path, parts.into_iter().flatten().collect::<String>());
            vec![Change::Text(path)]
        }
    }
}
