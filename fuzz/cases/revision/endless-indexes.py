from alembic import op
import sqlalchemy as sa
revision = 'r2'
down_revision = 'r1'
def upgrade():
    for i in range(100000):
        op.create_index(f'i{i}', 'users', ['id'])
