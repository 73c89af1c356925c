use super::host::evaluate;
use fact::Fact;

/// Schema and convention of the MetaData that `x` leads to.
fn check_metadata(text: &str, want: &str) {
    let got = evaluate(text, |interp, value| match crate::metadata(interp, value) {
        None => "-".to_owned(),
        Some(found) => {
            let schema = match &found.schema {
                Fact::Known(schema) => schema.map_or("-".to_owned(), |schema| schema.to_string()),
                Fact::Unknown(_) => "?".to_owned(),
            };
            let convention = match &found.convention {
                Fact::Known(convention) => {
                    let parts =
                        [&convention.ix, &convention.uq, &convention.ck, &convention.fk, &convention.pk];
                    let parts: Vec<&str> = parts.iter().map(|part| part.as_deref().unwrap_or("-")).collect();
                    format!("{} {:?}", parts.join(" "), convention.custom)
                }
                Fact::Unknown(_) => "?".to_owned(),
            };
            format!("{schema} {convention}")
        }
    });
    assert_eq!(got, want, "{text}");
}

#[test]
fn where_metadata_hangs() {
    let default = "- ix_%(column_0_label)s - - - - []";
    for (text, want) in [
        ("x = sa.MetaData()", default),
        ("x = sa.MetaData(schema='s')", "s ix_%(column_0_label)s - - - - []"),
        ("x = sa.MetaData(naming_convention={'pk': 'p', 'uq': 'u'})", "- - u - - p []"),
        (
            "x = sa.MetaData(naming_convention={'fk': '%(t)s', 't': lambda c, t: 'x'})",
            "- - - - %(t)s - [u!(\"t\")]",
        ),
        ("x = sa.MetaData(naming_convention={sa.Index: 'i', sa.CheckConstraint: 'c'})", "- i - c - - []"),
        ("x = sa.MetaData(naming_convention=nowhere)", "- ?"),
        ("x = sa.MetaData(schema=nowhere)", "? ix_%(column_0_label)s - - - - []"),
        ("x = sa.MetaData(**nowhere)", "? ?"),
        (
            "m = sa.MetaData(schema='s')\nx = declarative_base(metadata=m)",
            "s ix_%(column_0_label)s - - - - []",
        ),
        (
            "m = sa.MetaData(schema='s')\nBase = declarative_base(metadata=m)\nx = Base.metadata",
            "s ix_%(column_0_label)s - - - - []",
        ),
        (
            "x = sa.orm.registry(metadata=sa.MetaData(schema='s')).generate_base()",
            "s ix_%(column_0_label)s - - - - []",
        ),
        (
            "class x(DeclarativeBase):\n    metadata = sa.MetaData(schema='s')",
            "s ix_%(column_0_label)s - - - - []",
        ),
        (
            "class B(DeclarativeBase):\n    metadata = sa.MetaData(schema='s')\nx = B.metadata",
            "s ix_%(column_0_label)s - - - - []",
        ),
        ("class B(DeclarativeBase):\n    pass\nx = B.metadata", default),
        (
            "class B(DeclarativeBase):\n    registry = sa.orm.registry(metadata=sa.MetaData(schema='s'))\nclass x(B):\n    __tablename__ = 't'",
            "s ix_%(column_0_label)s - - - - []",
        ),
        ("from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nx = db.metadata", default),
        (
            "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy(metadata=sa.MetaData(schema='s'))\nclass x(db.Model):\n    pass",
            "s ix_%(column_0_label)s - - - - []",
        ),
        (
            "from flask_sqlalchemy import SQLAlchemy\nclass Own(SQLAlchemy):\n    pass\ndb = Own(metadata=sa.MetaData(schema='s'))\nx = db.metadata",
            "s ix_%(column_0_label)s - - - - []",
        ),
        ("x = sqlmodel.SQLModel.metadata", default),
        ("class x(sqlmodel.SQLModel, table=True):\n    id: int", default),
        ("from invenio_db import db\nx = db.metadata", "? ?"),
        ("x = 5", "-"),
        ("class x:\n    pass", "-"),
    ] {
        check_metadata(text, want);
    }
}

#[test]
fn two_metadata_are_two() {
    let keys = |text: &str| {
        evaluate(text, |interp, value| {
            let values: Vec<_> = value.as_items().map(<[_]>::to_vec).unwrap_or_default();
            values
                .iter()
                .map(|value| crate::metadata(interp, value).map(|found| found.key))
                .collect::<Vec<_>>()
        })
    };
    let two = keys("x = (sa.MetaData(), sa.MetaData())");
    assert_ne!(two.first(), two.last());
    let one = keys("m = sa.MetaData()\nBase = declarative_base(metadata=m)\nx = (m, Base, Base.metadata)");
    assert!(one.iter().all(|key| key.is_some() && Some(key) == one.first()), "{one:?}");
}
