use super::host::{evaluate, place};
use python::value::{Part, Value};

/// What a Python expression gives, printed as Python prints it.
fn check_value(expression: &str, want: &str) {
    let setup = "
Base = declarative_base()
class A(Base):
    __tablename__ = 'a'
    __table_args__ = {'schema': 's'}
    id = sa.Column(sa.Integer, primary_key=True)
class Mapped2(Base):
    __tablename__ = 'mapped'
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]
t = sa.Table('t', sa.MetaData(), sa.Column('x', sa.Integer), sa.Column('y', sa.String(5)), schema='q')
e = sa.Enum('a', 'b', name='kind')
class Caught(Exception):
    pass
def catch(error, handler):
    try:
        raise error
    except handler:
        return 'caught'
    except Exception:
        return 'passed'
";
    let got = evaluate(&format!("{setup}\nx = {expression}\n"), |interp, value| {
        let value: Value = value.clone();
        let parts = interp.display(&value, place());
        parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.to_string(),
                Part::Unknown(unknown) => format!("?({})", unknown.reason),
            })
            .collect::<String>()
    });
    assert_eq!(got, want, "{expression}");
}

#[test]
fn attributes_of_constructs() {
    for (expression, want) in [
        ("sa.text('a b').text", "a b"),
        ("sa.sql.quoted_name('x', True) + 'y'", "xy"),
        ("t.name", "t"),
        ("t.fullname", "q.t"),
        ("t.schema", "q"),
        ("A.__table__.name", "a"),
        ("A.__table__.schema", "s"),
        ("A.__tablename__", "a"),
        ("sa.Column('c', sa.Text).name", "c"),
        ("sa.Column('c', sa.Text, primary_key=True).primary_key", "True"),
        ("sa.Column('c', sa.Text).nullable", "True"),
        ("t.c.y.type.length", "5"),
        ("t.c.x.nullable", "True"),
        ("list(t.columns.keys())", "['x', 'y']"),
        ("[c.name for c in t.columns]", "['x', 'y']"),
        ("[c.name for c in t.c]", "['x', 'y']"),
        ("e.enums", "['a', 'b']"),
        ("e.name", "kind"),
        ("sa.String(7).length", "7"),
        ("sa.UniqueConstraint('a', name='uq').name", "uq"),
        ("sa.Index('ix', 'a').name", "ix"),
        ("sa.MetaData(schema='m').schema", "m"),
    ] {
        check_value(expression, want);
    }
}

#[test]
fn classes_of_exceptions() {
    for (expression, want) in [
        ("catch(sa.exc.ProgrammingError('', {}, None), sa.exc.DBAPIError)", "caught"),
        ("catch(sa.exc.ProgrammingError('', {}, None), sa.exc.SQLAlchemyError)", "caught"),
        ("catch(sa.exc.NoSuchTableError('t'), sa.exc.InvalidRequestError)", "caught"),
        ("catch(sa.exc.NoSuchTableError('t'), sa.exc.OperationalError)", "passed"),
        ("catch(sa.exc.OperationalError('', {}, None), Exception)", "caught"),
        ("catch(sa.exc.OperationalError('', {}, None), ValueError)", "passed"),
    ] {
        check_value(expression, want);
    }
}

#[test]
fn instances() {
    for (expression, want) in [
        ("isinstance(sa.String(5), sa.String)", "True"),
        ("isinstance(sa.Text(), sa.String)", "True"),
        ("isinstance(sa.Integer(), sa.String)", "False"),
        ("isinstance(t, sa.Table)", "True"),
        ("isinstance(t, sa.Column)", "False"),
        ("isinstance(sa.Enum('a'), sa.Enum)", "True"),
        ("issubclass(sa.Text, sa.String)", "True"),
    ] {
        check_value(expression, want);
    }
}

#[test]
fn classes_of_types() {
    for (expression, want) in [
        ("isinstance(sa.VARCHAR(5), sa.String)", "True"),
        ("isinstance(sa.VARCHAR(5), sa.VARCHAR)", "True"),
        ("isinstance(sa.String(5), sa.VARCHAR)", "False"),
        ("isinstance(postgresql.TIMESTAMP(), sa.DateTime)", "True"),
        ("isinstance(postgresql.TIMESTAMP(), sa.TIMESTAMP)", "True"),
        ("isinstance(sa.TIMESTAMP(), postgresql.TIMESTAMP)", "False"),
        ("isinstance(sqlite.DATETIME(), postgresql.TIMESTAMP)", "False"),
        ("isinstance(sqlite.DATETIME(), sa.DateTime)", "True"),
        ("isinstance(sa.VARCHAR(), postgresql.VARCHAR)", "True"),
        ("isinstance(mysql.TINYINT(1), sa.Integer)", "True"),
        ("isinstance(mysql.VARCHAR(5), sa.VARCHAR)", "True"),
        ("isinstance(sa.VARCHAR(5), mysql.VARCHAR)", "False"),
    ] {
        check_value(expression, want);
    }
}

/// What an expression over two reflected tables gives.
fn check_part(expression: &str, want: &str) {
    let setup = "
m = sa.MetaData(naming_convention={'fk': 'fk_%(table_name)s_%(column_0_name)s', 'ck': 'ck_%(constraint_name)s'})
a = sa.Table('a', m, sa.Column('id', sa.Integer, primary_key=True))
b = sa.Table('b', m, sa.Column('id', sa.Integer), sa.Column('a_id', sa.Integer), sa.Column('up', sa.Integer),
    sa.PrimaryKeyConstraint('id', name='pk_b'),
    sa.ForeignKeyConstraint(['a_id'], ['a.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['up'], ['b.id'], name='fk_up'),
    sa.UniqueConstraint('a_id', 'up', name='uq_b'),
    sa.CheckConstraint('up > 0', name='positive'),
    sa.Index('ix_b', 'up', unique=True), sa.Index('ix_e', sa.text('lower(up)')))
other = sa.Table('a', sa.MetaData(), sa.Column('id', sa.Integer))
fk, up = b.foreign_keys
unknown = sa.Table('u', m, sa.Column('x', sa.Integer), autoload_with=engine)
def truth(value):
    return 'yes' if value else 'no'
";
    let got = evaluate(&format!("{setup}\nx = {expression}\n"), |interp, value| {
        let parts = interp.display(&value.clone(), place());
        let text = parts.iter().map(|part| match part {
            Part::Text(text) => text.to_string(),
            Part::Unknown(unknown) => format!("?({})", unknown.reason.key()),
        });
        text.collect::<String>()
    });
    assert_eq!(got, want, "{expression}");
}

#[test]
fn parts_of_tables() {
    for (expression, want) in [
        ("[c.name for c in b.constraints if isinstance(c, sa.UniqueConstraint)]", "['uq_b']"),
        ("[c.name for c in b.foreign_key_constraints]", "['fk_b_a_id', 'fk_up']"),
        ("[c.name for c in b.constraints if isinstance(c, sa.CheckConstraint)]", "['ck_positive']"),
        ("[i.name for i in b.indexes]", "['ix_b', 'ix_e']"),
        ("[i.unique for i in b.indexes]", "[True, False]"),
        ("[c.name for i in b.indexes if i.unique for c in i.columns]", "['up']"),
        ("b.primary_key.name", "pk_b"),
        ("b.primary_key.columns.keys()", "['id']"),
        ("[c.name for c in b.primary_key]", "['id']"),
        ("len(b.constraints), len(a.foreign_keys)", "(5, 0)"),
        ("truth(a.foreign_keys), truth(b.foreign_keys.copy())", "('no', 'yes')"),
        ("fk.constraint.name, up.name, fk.ondelete, up.onupdate", "('fk_b_a_id', 'fk_up', 'CASCADE', None)"),
        ("fk.parent.name, fk.column.name, fk.column.table.name", "('a_id', 'id', 'a')"),
        ("fk.target_fullname, fk.constraint.column_keys", "('a.id', ['a_id'])"),
        ("fk.constraint.referred_table.name, up.constraint.table.name", "('a', 'b')"),
        ("[f.target_fullname for f in b.c.up.foreign_keys]", "['b.id']"),
        ("truth(fk.column == a.c.id), truth(fk.column != a.c['id'])", "('yes', 'no')"),
        ("truth(fk.parent == a.c.id), truth(up.column == b.columns.id)", "('no', 'yes')"),
        ("truth(fk.column == other.c.id)", "no"),
        ("truth(a.c.id == 1)", "?(outside-project)"),
        ("len(unknown.constraints)", "?(outside-project)"),
    ] {
        check_part(expression, want);
    }
}
