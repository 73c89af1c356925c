use super::host::{evaluate, place};
use super::show;

/// The column with what comes with it, one fact per part.
fn check_column(arguments: &str, want: &str) {
    check_columns_in("", &[(arguments, want)]);
}

fn check_columns_in(setup: &str, cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (arguments, want) in cases {
        let got =
            evaluate(&format!("{setup}\nx = sa.Column({arguments})\n"), |interp, value| match crate::column(
                interp,
                value,
                place(),
            ) {
                Err(unknown) => format!("?({})", unknown.reason),
                Ok(item) => {
                    let mut parts = vec![show::column(&item.column)];
                    if item.primary_key {
                        parts.push("pk".to_owned());
                    }
                    parts.extend(item.constraints.iter().map(show::constraint));
                    parts.extend(item.indexes.iter().map(show::index));
                    parts.extend(item.doubt.iter().map(|unknown| format!("doubt: {}", unknown.reason)));
                    parts.join("; ")
                }
            });
        if got != *want {
            wrong.push(format!("{arguments}\n  want {want}\n  got  {got}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn positional_arguments() {
    check_columns_in(
        "n = 'named'\n",
        &[
            ("'a', sa.Integer", "a: Integer"),
            ("n, sa.Integer()", "named: Integer"),
            ("'a'", "a: Null"),
            ("sa.Integer, name='a'", "a: Integer"),
            ("name='a', type_=sa.Text()", "a: Text"),
            ("None, sa.Integer, name='a'", "a: Integer"),
            ("'a', sa.Integer, sa.ForeignKey('t.id')", "a: Integer; fk (a) -> t(id)"),
            ("'a', sa.ForeignKey('t.id')", "a: Null; fk (a) -> t(id)"),
            ("'a', None, sa.ForeignKey('t.id')", "a: Null; fk (a) -> t(id)"),
            (
                "'a', sa.Integer, sa.ForeignKey('s.t.id', name='fk', ondelete='cascade', onupdate='SET NULL')",
                "a: Integer; fk fk (a) -> s.t(id) delete CASCADE update SET NULL",
            ),
            (
                "'a', sa.Integer, sa.ForeignKey('t', deferrable=True, initially='deferred', match='full')",
                "a: Integer; fk (a) -> t(a) initially DEFERRED match FULL deferrable true",
            ),
            ("'a', sa.Integer, sa.CheckConstraint('a > 0', name='pos')", "a: Integer; check pos a > 0"),
            (
                "'a', sa.Integer, sa.Identity(always=True, start=5)",
                "a: Integer not null identity true Some(5) None",
            ),
            ("'a', sa.Integer, sa.Computed('b + 1', persisted=True)", "a: Integer as b + 1 Some(true)"),
            (
                "'id', sa.Integer, sa.Sequence('id_seq'), primary_key=True",
                "id: Integer not null autoincrement Off sequence=id_seq; pk",
            ),
            ("sa.sql.quoted_name('A', True), sa.Integer", "A: Integer"),
        ],
    );
}

#[test]
fn keywords() {
    check_columns_in(
        "",
        &[
            ("'a', sa.Integer, nullable=False", "a: Integer not null"),
            ("'a', sa.Integer, primary_key=True", "a: Integer not null; pk"),
            ("'a', sa.Integer, primary_key=True, nullable=True", "a: Integer; pk"),
            (
                "'a', sa.Integer, primary_key=True, autoincrement=False",
                "a: Integer not null autoincrement Off; pk",
            ),
            (
                "'a', sa.Integer, autoincrement=True, primary_key=True",
                "a: Integer not null autoincrement On; pk",
            ),
            ("'a', sa.Integer, unique=True", "a: Integer; unique (a)"),
            ("'a', sa.Integer, index=True", "a: Integer; index (a)"),
            ("'a', sa.Integer, index=True, unique=True", "a: Integer; unique index (a)"),
            ("'a', sa.Integer, index=False, unique=None", "a: Integer"),
            ("'a', sa.Integer, comment='what it is'", "a: Integer -- what it is"),
            ("'a', sa.Integer, default=5, onupdate=6, info={}, doc='d', key='k'", "a: Integer"),
            (
                "'a', sa.Text, mysql_default='x', sqlite_on_conflict_unique='FAIL'",
                "a: Text mysql_default=x sqlite_on_conflict_unique=FAIL",
            ),
        ],
    );
}

#[test]
fn server_defaults() {
    let setup = "
class Color(str, enum.Enum):
    RED = 'r'
class Plain(enum.Enum):
    ONE = 1
seq = sa.Sequence('numbers', schema='s')
";
    let of = |expression: &str| format!("'a', sa.Text, server_default={expression}");
    let cases = [
        ("'x'", "'x'"),
        ("'1'", "'1'"),
        ("text('now()')", "now()"),
        ("sa.text(\"'x'\")", "'x'"),
        ("sa.text('a\\\\:b')", "a:b"),
        ("sa.func.now()", "Now"),
        ("func.current_timestamp()", "CURRENT_TIMESTAMP"),
        ("func.gen_random_uuid()", "gen_random_uuid()"),
        ("func.coalesce('x', 5)", "coalesce('x', 5)"),
        ("sa.sql.func.timezone('utc', func.now())", "timezone('utc', now())"),
        ("sa.true()", "True"),
        ("sa.sql.expression.false()", "False"),
        ("sa.null()", "NULL"),
        ("sa.literal_column('5')", "5"),
        ("sa.literal('x')", "'x'"),
        ("Color.RED", "'r'"),
        ("Color.RED.name", "'RED'"),
        ("seq.next_value()", "sequence s.numbers"),
        ("func.next_value(seq)", "sequence s.numbers"),
        ("sa.DefaultClause('z')", "'z'"),
        ("sa.cast('x', sa.Text)", "CAST('x' AS TEXT)"),
        ("func.now() + sa.text(\"interval '1 day'\")", "now() + interval '1 day'"),
        ("postgresql.array([], type_=sa.Text)", "ARRAY[]"),
        ("op.inline_literal(5)", "?(it comes from alembic.op.inline_literal, outside the project)"),
        ("5", "?(the server default cannot be read)"),
        ("Plain.ONE", "?(this value cannot be read)"),
        ("nowhere", "?(nothing binds the name nowhere)"),
        ("f'{nowhere}'", "?(nothing binds the name nowhere)"),
    ];
    let cases: Vec<(String, String)> =
        cases.iter().map(|(value, want)| (of(value), format!("a: Text default {want}"))).collect();
    let cases: Vec<(&str, &str)> = cases.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    check_columns_in(setup, &cases);
    check_columns_in(
        "",
        &[
            ("'a', sa.Text, server_default=None", "a: Text"),
            ("'a', sa.Text, server_default=sa.FetchedValue()", "a: Text"),
            ("'a', sa.Text, server_default=sa.Computed('b')", "a: Text as b None"),
            ("'a', sa.Integer, server_default=sa.Identity()", "a: Integer not null identity false None None"),
        ],
    );
}

#[test]
fn foreign_key_targets() {
    let setup = "
m = sa.MetaData()
t = sa.Table('other', m, sa.Column('id', sa.Integer), schema='s')
light = sa.table('light', sa.column('id'))
Base = declarative_base()
class User(Base):
    __tablename__ = 'users'
    id = sa.Column(sa.Integer, primary_key=True)
    mail: Mapped[str]
    renamed: Mapped[str] = mapped_column('real')
TABLE = 'const'
";
    check_columns_in(
        setup,
        &[
            ("'a', sa.ForeignKey(t.c.id)", "a: Null; fk (a) -> s.other(id)"),
            ("'a', sa.ForeignKey(t.c['id'])", "a: Null; fk (a) -> s.other(id)"),
            ("'a', sa.ForeignKey(t.columns.id)", "a: Null; fk (a) -> s.other(id)"),
            ("'a', sa.ForeignKey(light.c.id)", "a: Null; fk (a) -> light(id)"),
            ("'a', sa.ForeignKey(User.mail)", "a: Null; fk (a) -> users(mail)"),
            ("'a', sa.ForeignKey(User.__table__.c.id)", "a: Null; fk (a) -> users(id)"),
            ("'a', sa.ForeignKey(f'{TABLE}.id')", "a: Null; fk (a) -> const(id)"),
            ("'a', sa.ForeignKey(column='t.id')", "a: Null; fk (a) -> t(id)"),
        ],
    );
}

#[test]
fn what_is_not_known() {
    for (arguments, want) in [
        ("nowhere, sa.Integer", "?(nothing binds the name nowhere)"),
        ("f'{nowhere}_x', sa.Integer", "?(nothing binds the name nowhere)"),
        ("'a', nowhere", "a: ?(nothing binds the name nowhere)"),
        ("'a', sa.Integer, nullable=nowhere", "a: Integer null?"),
        ("'a', sa.Integer, nowhere", "a: Integer; doubt: nothing binds the name nowhere"),
        ("'a', sa.Integer, unique=nowhere", "a: Integer; doubt: nothing binds the name nowhere"),
        ("'a', sa.ForeignKey(nowhere)", "a: Null; doubt: nothing binds the name nowhere"),
        (
            "'a', *nowhere",
            "a: ?(nothing binds the name nowhere) null? default ?(nothing binds the name nowhere); doubt: nothing binds the name nowhere",
        ),
        (
            "'a', sa.Integer, **nowhere",
            "a: Integer null? default ?(nothing binds the name nowhere); doubt: nothing binds the name nowhere",
        ),
        ("sa.Integer", "?(a column without a name cannot be read)"),
    ] {
        check_column(arguments, want);
    }
}

#[test]
fn copies_and_subclasses() {
    let check = |text: &str, want: &str| {
        let got = evaluate(text, |interp, value| match crate::column(interp, value, place()) {
            Ok(item) => show::column(&item.column),
            Err(unknown) => format!("?({})", unknown.reason),
        });
        assert_eq!(got, want, "{text}");
    };
    check("x = sa.Column('a', sa.Integer).copy()", "a: Integer");
    check("y = sa.Column('a', sa.Integer, nullable=False)\nx = y._copy()", "a: Integer not null");
    check("x = mapped_column('a', sa.Text)", "a: Text");
    check("x = sa.orm.deferred(sa.Column('a', sa.Text))", "a: Text");
    check(
        "class Required(sa.Column):\n    def __init__(self, *args, **kw):\n        kw.setdefault('nullable', False)\n        super().__init__(*args, **kw)\nx = Required('a', sa.Text)",
        "a: Text not null",
    );
    check("x = 5", "?(the column cannot be read)");
    check("x = sa.Column('a', sa.Integer).name\nx = sa.Column(x, sa.Text)", "a: Text");
}
