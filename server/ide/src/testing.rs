//! Small projects in memory.

use alembic::discover::{Search, discover};
use alembic::layout::{Extra, Layout};
use camino::{Utf8Path, Utf8PathBuf};
use fact::files::Memory;
use project::{EnvironmentOptions, Snapshot, World};
use schema::{Dialect, Kind};
use std::sync::Arc;

/// Takes the `$0` out of a text and tells where it was.
pub fn marked(text: &str) -> (String, u32) {
    let offset = text.find("$0").unwrap_or(text.len());
    (text.replacen("$0", "", 1), offset as u32)
}

/// A history of two revisions on PostgreSQL: the first makes `users` and `tasks`, the second has this body.
pub fn project(second: &str) -> (Snapshot, Utf8PathBuf) {
    let mut files = Memory::new();
    files.insert("/p/alembic.ini", "[alembic]\nscript_location = m\n");
    files.insert("/p/m/env.py", "");
    files.insert("/p/m/versions/a.py", FIRST);
    files.insert("/p/m/versions/b.py", second);
    let found = discover(&files, Utf8Path::new("/p"), Search::Below).sources;
    let options = found.iter().map(|sources| EnvironmentOptions {
        layout: Layout::find(&files, sources, &Extra::default()).unwrap(),
        dialects: vec![Dialect { kind: Kind::Postgresql, version: Some((16, 0)) }],
        naming: None,
        target: None,
    });
    let world = World::new(Arc::new(files.clone()), options.collect());
    (world.snapshot(), Utf8PathBuf::from("/p/m/versions/b.py"))
}

/// What the second revision begins with.
pub const HEADER: &str = "\"\"\"Add priority\n\nMore.\n\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = 'b'\ndown_revision = 'a'\n\n";

const FIRST: &str = "
from alembic import op
import sqlalchemy as sa
revision = 'a'
down_revision = None

def upgrade():
    op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True))
    op.create_table(
        'tasks',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint('id', name='tasks_pkey'),
    )

def downgrade():
    op.drop_table('tasks')
    op.drop_table('users')
";
