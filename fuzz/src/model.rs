//! The bytes of a module with models: env.py passes their metadata on, and a revision creates them all.

use super::workspace::{dialects, explore, put};
use alembic::discover::{Search, discover};
use camino::Utf8Path;
use fact::files::Memory;

const ENV: &str = "\
from alembic import context
from app import models
target_metadata = models.Base.metadata
context.configure(target_metadata=target_metadata)
";

const REVISION: &str = "\
from alembic import op
import sqlalchemy as sa
from app.models import *
from app import models
revision = 'r1'
down_revision = None
def upgrade():
    models.Base.metadata.create_all(op.get_bind())
    models.metadata.create_all(op.get_bind(), checkfirst=False)
    op.create_table(models.A.__tablename__, *[column.copy() for column in models.A.__table__.columns])
    op.bulk_insert(models.A.__table__, [{'id': 1}])
    op.execute(sa.select(models.A).where(models.A.id == 1))
def downgrade():
    models.Base.metadata.drop_all(op.get_bind())
";

pub fn run(data: &[u8]) {
    let mut files = Memory::from_iter([
        ("/p/alembic.ini", "[alembic]\nscript_location = m\nprepend_sys_path = .\n"),
        ("/p/m/env.py", ENV),
        ("/p/m/versions/r1.py", REVISION),
        ("/p/app/__init__.py", ""),
    ]);
    put(&mut files, "/p/app/models.py", data);
    let found = discover(&files, Utf8Path::new("/p"), Search::Below).sources;
    explore(&files, &found, &dialects(data), "/p/m/versions/r1.py");
}
