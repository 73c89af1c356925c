from alembic import op
import sqlalchemy as sa
from sqlalchemy.orm import Session, declarative_base
revision = "r2"
down_revision = ("r1",)
Base = declarative_base()
class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String)
users = sa.table("users", sa.column("id", sa.Integer), sa.column("name"))
meta = sa.MetaData()
def upgrade():
    session = Session(bind=op.get_bind())
    for user in session.query(User).filter(User.name.is_(None)):
        user.name = "x"
    session.commit()
    op.execute(users.update().where(users.c.name == op.inline_literal("a")).values(name=None))
    op.bulk_insert(users, [{"id": 1, "name": "b"}])
    t = sa.Table("tasks", meta, autoload_with=op.get_bind())
    for column in t.columns:
        op.alter_column("tasks", column.name, new_column_name=column.name + "_", existing_type=column.type)
    meta.create_all(op.get_bind())
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY i ON users (name)")
    op.rename_table("tasks", "jobs")
    op.run_async(lambda c: None)
def downgrade():
    op.rename_table("jobs", "tasks")  # foreshot: ignore[unknown-table] -- told otherwise
