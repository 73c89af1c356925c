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
