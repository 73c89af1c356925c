"""Add things."""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = 'r2'
down_revision = 'r1'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('users', sa.Column('email', sa.String(length=255), nullable=False, server_default=''))
    op.create_index(op.f('ix_users_email'), 'users', ['email'], unique=True, postgresql_where=sa.text("email <> ''"))
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.alter_column('user_id', existing_type=sa.Integer(), nullable=False)
        batch_op.create_foreign_key('fk', 'users', ['user_id'], ['id'], ondelete='CASCADE')
    op.execute("UPDATE users SET email = name || '@' WHERE email = ''")
    op.create_table('tags', sa.Column('id', sa.Uuid(), nullable=False), sa.Column('data', postgresql.JSONB()),
                    sa.PrimaryKeyConstraint('id'), sa.UniqueConstraint('data', name='uq'), sa.CheckConstraint('id > 0'))


def downgrade() -> None:
    op.drop_table('tags')
    op.drop_constraint('fk', 'tasks', type_='foreignkey')
    op.drop_index(op.f('ix_users_email'), table_name='users')
    op.drop_column('users', 'email')
