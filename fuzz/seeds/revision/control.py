from alembic import op, context
import sqlalchemy as sa
import os, re, json, datetime
from helpers import add, NAMES
revision, down_revision = 'r2', 'r1'
conn = None
TABLES = {n: [f'{n}_{i:02d}' for i in range(3)] for n in NAMES}
class Kind(str, __import__('enum').Enum):
    A = 'a'
    B = 'b'
    def label(self): return self.value.upper()
def retry(times=3):
    def wrap(fn):
        def inner(*args, **kwargs):
            for _ in range(times):
                try:
                    return fn(*args, **kwargs)
                except (KeyError, ValueError) as error:
                    last = error
                else:
                    break
                finally:
                    pass
            raise last
        return inner
    return wrap
@retry(times=2)
def work(table, *names, type_=sa.Text, **options):
    for name in names:
        if name in options.get('skip', ()):
            continue
        add(table, name, type_())
def walk(n):
    yield n
    if n:
        yield from walk(n - 1)
def upgrade():
    bind = op.get_bind()
    insp = sa.inspect(bind)
    if bind.dialect.name == 'postgresql' and os.environ.get('X'):
        op.execute('CREATE TYPE k AS ENUM (%s)' % ', '.join("'%s'" % k.value for k in Kind))
    elif not insp.has_table('x') or 'name' in {c['name'] for c in insp.get_columns('users')}:
        work('users', *TABLES['a'], skip=['a_01'])
    for row in bind.execute(sa.text('select id, name from users')).fetchall():
        bind.execute(sa.text('update users set name = :n'), {'n': row[1][::-1]})
    n = 0
    while n < 5:
        n += 1
        if n == 3: break
    else:
        op.drop_table('tasks')
    a, (b, *c) = 1, [2, 3, 4]
    match n:
        case 3: op.add_column('tasks', sa.Column('m', sa.Integer()))
        case {'k': [x, *_], **rest} | [x]: pass
    print(f'{a!r:>{b}} {c[0]:,.2f}' + 'ab' * 3, 10 ** 5, 7 // 2, -7 % 3, 1 << 20, lambda q: q, list(walk(3)), re.sub('a', 'b', 'c'))
    with open(os.path.join(os.path.dirname(__file__), 'notes.sql')) as f:
        op.execute(f.read())
    global conn; conn = bind
    assert (m := len(NAMES)) == 2, m
    del a
def downgrade():
    raise NotImplementedError()
