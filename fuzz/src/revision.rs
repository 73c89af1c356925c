//! The bytes of a revision file, in a history that has others before it and after it.

use super::workspace::{dialects, explore, put};
use alembic::config::Sources;
use fact::files::Memory;

const FIRST: &str = "\
from alembic import op
import sqlalchemy as sa
revision = 'r1'
down_revision = None
def upgrade():
    op.create_table(
        'users',
        sa.Column('id', sa.Integer(), primary_key=True),
        sa.Column('name', sa.String(50), server_default='x'),
        sa.Column('kind', sa.Enum('a', 'b', name='kind')),
    )
    op.create_table('tasks', sa.Column('id', sa.Integer()), sa.Column('user_id', sa.ForeignKey('users.id')))
    op.create_index('ix_tasks_user_id', 'tasks', ['user_id'])
def downgrade():
    op.drop_table('tasks')
    op.drop_table('users')
";

const LAST: &str = "\
from alembic import op
revision = 'r3'
down_revision = 'r2'
def upgrade():
    op.drop_column('users', 'name')
def downgrade():
    pass
";

const HELPERS: &str = "\
import sqlalchemy as sa
from alembic import op
NAMES = ['a', 'b']
def add(table, name, type_=sa.Text()):
    op.add_column(table, sa.Column(name, type_))
";

const PATH: &str = "/p/versions/r2.py";

pub fn run(data: &[u8]) {
    let mut files = Memory::from_iter([
        ("/p/versions/r1.py", FIRST),
        ("/p/versions/r3.py", LAST),
        ("/p/helpers.py", HELPERS),
        ("/p/versions/notes.sql", "CREATE TABLE notes (id int)"),
    ]);
    put(&mut files, PATH, data);
    let sources = Sources { versions: vec!["/p/versions".into()], ..Sources::default() };
    explore(&files, &[sources], &dialects(data), PATH);
}
