use super::host::{evaluate, place};
use super::show;
use expect_test::{Expect, expect};
use python::value::{Call, Symbol};

/// The table that `x` is: an `op.create_table(...)` or `sa.Table(...)` call.
fn check_table(text: &str, want: Expect) {
    let got = evaluate(text, |interp, value| {
        let table = match value.as_symbol() {
            Some(Symbol::Call(Call { callee, args, .. }))
                if callee.as_path().is_some_and(|path| path == "alembic.op.create_table") =>
            {
                crate::create_table(interp, &args.clone(), place())
            }
            _ => crate::table_of_call(interp, value).unwrap_or_else(|| panic!("no table: {value:?}")),
        };
        match table {
            Ok(table) => show::table(&table),
            Err(unknown) => format!("?({})\n", unknown.reason),
        }
    });
    want.assert_eq(&got);
}

#[test]
fn a_table_as_autogenerate_writes_it() {
    check_table(
        "
x = op.create_table(
    'task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('length(title) > 0', name=op.f('ck_task_title')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_task_owner'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name='pk_task'),
    sa.UniqueConstraint('title'),
    None,
    schema='app',
    comment='Tasks',
    mysql_engine='InnoDB',
)
",
        expect![[r#"
            app.task
            id: Integer not null
            title: String(200) not null
            owner_id: Integer
            pk pk_task (id)
            unique (title)
            fk fk_task_owner! (owner_id) -> users(id) delete CASCADE
            check ck_task_title! length(title) > 0
            -- Tasks
            mysql_engine=InnoDB
        "#]],
    );
}

#[test]
fn flags_of_columns() {
    check_table(
        "
x = op.create_table(
    't',
    sa.Column('a', sa.Integer, primary_key=True),
    sa.Column('b', sa.Integer, sa.ForeignKey('u.id'), primary_key=True),
    sa.Column('c', sa.Integer, unique=True),
    sa.Column('d', sa.Integer, index=True),
    sa.Column('e', sa.Integer, index=True, unique=True),
)
",
        expect![[r#"
            t
            a: Integer not null
            b: Integer not null
            c: Integer
            d: Integer
            e: Integer
            pk (a, b)
            unique (c)
            fk (b) -> u(id)
            index (d)
            unique index (e)
        "#]],
    );
}

#[test]
fn a_primary_key_makes_columns_not_null_unless_they_say_otherwise() {
    check_table(
        "x = op.create_table('t', sa.Column('a', sa.Integer), sa.Column('b', sa.Integer, nullable=True), sa.PrimaryKeyConstraint('a', 'b'))",
        expect![[r#"
            t
            a: Integer not null
            b: Integer
            pk (a, b)
        "#]],
    );
}

#[test]
fn indexes_in_a_table() {
    check_table(
        "
m = sa.MetaData()
x = sa.Table(
    't', m,
    sa.Column('a', sa.Integer, key='key_a'),
    sa.Column('b', sa.Text),
    sa.Index('ix_1', 'key_a', 'b'),
    sa.Index('ix_2', sa.text('lower(b)'), unique=True),
    sa.Index('ix_3', func.lower(sa.column('b')), postgresql_using='gin', postgresql_ops={'b': 'gin_trgm_ops'}),
    sa.Index(None, sa.column('b').desc()),
    sa.Index('ix_4', 'b', postgresql_where=sa.text('a > 0'), postgresql_include=['a'], mysql_length={'b': 10}),
    sa.Index('ix_5', sa.desc('b'), postgresql_where=sa.column('a').is_(None), postgresql_concurrently=True),
    sa.Index('ix_6', sa.text('b')),
    sa.Index('ix_7', nowhere.col),
    sa.UniqueConstraint('key_a', name='uq', deferrable=True, initially='deferred', postgresql_nulls_not_distinct=True),
)
",
        expect![[r#"
            t
            a: Integer
            b: Text
            unique uq (a) deferrable true initially DEFERRED postgresql_nulls_not_distinct=True
            index ix_1 (a, b)
            unique index ix_2 ([lower(b)])
            index ix_3 ([lower(b)]) using gin postgresql_ops={'b': 'gin_trgm_ops'}
            index ([b DESC])
            index ix_4 (b) where a > 0 include (a) mysql_length={'b': 10}
            index ix_5 ([b DESC]) where a IS NULL concurrently
            index ix_6 (b)
            index ix_7 ([?(nothing binds the name nowhere)])
        "#]],
    );
}

#[test]
fn metadata_gives_its_schema() {
    check_table(
        "
m = sa.MetaData(schema='app')
x = sa.Table('t', m, sa.Column('a', sa.ForeignKey('u.id')), sa.Column('b', sa.ForeignKey('other.u.id')))
",
        expect![[r#"
            app.t
            a: Null
            b: Null
            fk (a) -> app.u(id)
            fk (b) -> other.u(id)
        "#]],
    );
    check_table(
        "m = sa.MetaData(schema='app')\nx = sa.Table('t', m, sa.Column('a', sa.Text), schema='own')",
        expect![[r#"
            own.t
            a: Text
        "#]],
    );
}

#[test]
fn a_table_of_flask() {
    check_table(
        "
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy(metadata=sa.MetaData(schema='s'))
x = db.Table('t', db.Column('a', db.Integer, db.ForeignKey('u.id')), db.Column('b', db.DateTime, server_default=db.func.now()))
",
        expect![[r#"
            t
            a: Integer
            b: DateTime default Now
            fk (a) -> u(id)
        "#]],
    );
}

#[test]
fn exclude_constraints() {
    check_table(
        "
x = op.create_table(
    't',
    sa.Column('room', sa.Integer),
    sa.Column('during', postgresql.TSTZRANGE),
    postgresql.ExcludeConstraint((sa.column('room'), '='), ('during', '&&'), name='no_overlap', using='gist', where=sa.text('room > 0')),
)
",
        expect![[r#"
            t
            room: Integer
            during: `TSTZRANGE` postgresql
            exclude no_overlap room =, during && using Some("gist") where Some("room > 0")
        "#]],
    );
}

#[test]
fn what_is_not_known_opens_the_table() {
    check_table(
        "x = op.create_table('t', sa.Column('a', sa.Integer), *nowhere)",
        expect![[r#"
            t
            a: Integer
            open: nothing binds the name nowhere
        "#]],
    );
    check_table(
        "x = op.create_table('t', sa.Column('a', sa.Integer), sa.Column(nowhere, sa.Text), helper())",
        expect![[r#"
            t
            a: Integer
            open: nothing binds the name nowhere
        "#]],
    );
    check_table(
        "x = op.create_table(nowhere, sa.Column('a', sa.Integer))",
        expect![[r#"
        ?(nothing binds the name nowhere)
    "#]],
    );
    check_table(
        "x = op.create_table('t', sa.Column('a', sa.Integer), schema=nowhere)",
        expect![[r#"
        ?(nothing binds the name nowhere)
    "#]],
    );
    check_table(
        "x = sa.Table('t', sa.MetaData(), autoload_with=1)",
        expect![[r#"
        t
        open: no revision created it
    "#]],
    );
}

#[test]
fn a_metadata_among_the_items_does_nothing() {
    check_table(
        "x = op.create_table('t', sa.MetaData(), sa.Column('a', sa.Integer))",
        expect![[r#"
            t
            a: Integer
        "#]],
    );
}

#[test]
fn helpers_and_loops() {
    check_table(
        "
def audit():
    return [sa.Column('created', sa.DateTime, server_default=sa.func.now()), sa.Column('by', sa.Text)]
NAMES = ['a', 'b']
x = op.create_table('t', *[sa.Column(f'{n}_id', sa.Integer) for n in NAMES], *audit(), sqlite_autoincrement=True)
",
        expect![[r#"
            t
            a_id: Integer
            b_id: Integer
            created: DateTime default Now
            by: Text
            sqlite_autoincrement=True
        "#]],
    );
}

#[test]
fn references_to_tables() {
    let setup = "
Base = declarative_base()
class A(Base):
    __tablename__ = 'a_table'
class B(Base):
    __tablename__ = 'b'
    __table_args__ = (sa.UniqueConstraint('x'), {'schema': 's'})
class C(Base):
    __table__ = sa.Table('c', Base.metadata, sa.Column('id'), schema='cs')
class Schemed(DeclarativeBase):
    metadata = sa.MetaData(schema='deep')
class D(Schemed):
    __tablename__ = 'd'
t = sa.Table('t', sa.MetaData())
";
    for (expression, want) in [
        ("'name'", "name"),
        ("sa.table('t', sa.column('a'))", "t"),
        ("sa.table('t', schema='s')", "s.t"),
        ("sa.sql.table('t')", "t"),
        ("t", "t"),
        ("sa.Table('t', sa.MetaData(schema='m'))", "m.t"),
        ("t.alias('x')", "t"),
        ("sa.alias(t)", "t"),
        ("sa.orm.aliased(A)", "a_table"),
        ("A", "a_table"),
        ("A.__table__", "a_table"),
        ("A()", "a_table"),
        ("B", "s.b"),
        ("C", "cs.c"),
        ("D", "deep.d"),
        ("sa.inspect(A).local_table", "a_table"),
        ("Base", "-"),
        ("nowhere", "-"),
        ("5", "-"),
        ("sa.Table(nowhere, sa.MetaData())", "-"),
    ] {
        let got = evaluate(&format!("{setup}\nx = {expression}\n"), |interp, value| {
            crate::table_ref(interp, value).map_or_else(|| "-".to_owned(), |table| table.to_string())
        });
        assert_eq!(got, want, "{expression}");
    }
}
