//! One symbol of SQLAlchemy is reached by many paths: `sqlalchemy.Column`, `sqlalchemy.sql.schema.Column`,
//! `db.Column`, `sqlmodel.Column`. Here they become one name.

use fact::{Name, name};
use python::value::{Call, Symbol, Value};
use schema::Kind;

/// What a symbol stands for, however it was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Canonical {
    /// A name of SQLAlchemy itself. Core, ORM and extensions share one space: their names do not collide.
    Sqlalchemy(Name),
    /// `func.NAME`; the name may have dots (`func.pg_catalog.now`).
    Func(Name),
    /// A name out of `sqlalchemy.dialects.KIND` or one of its modules.
    Dialect(Kind, Name),
    /// A name that SQLModel adds; what it passes on from SQLAlchemy is [`Canonical::Sqlalchemy`].
    Sqlmodel(Name),
    /// A name that Flask-SQLAlchemy's `db` object adds; the rest of its names is SQLAlchemy's.
    Flask(Name),
    /// The package (first segment) and the last segment of a path into another known package.
    Package(Name, Name),
}

/// Paths at which a package keeps a ready-made Flask-SQLAlchemy `db` object.
const FLASK_OBJECTS: &[&str] = &["flask_sqlalchemy.db", "invenio_db.db", "invenio_db.shared.db"];

/// Classes whose instances are Flask-SQLAlchemy `db` objects.
const FLASK_CLASSES: &[&str] =
    &["flask_sqlalchemy.SQLAlchemy", "flask_appbuilder.SQLA", "flask_appbuilder.models.sqla.SQLA"];

/// What the `db` object has of its own.
const FLASK_NAMES: &[&str] = &[
    "Model",
    "Query",
    "Table",
    "app",
    "create_all",
    "drop_all",
    "engine",
    "engines",
    "get_engine",
    "init_app",
    "metadata",
    "metadatas",
    "paginate",
    "reflect",
    "session",
];

/// Base classes and names that SQLModel defines itself.
const SQLMODEL_NAMES: &[&str] =
    &["AutoString", "Field", "Relationship", "SQLModel", "SQLModelMetaclass", "Session", "UTCDateTime"];

/// Packages around SQLAlchemy of which something is known here.
const PACKAGES: &[&str] = &[
    "advanced_alchemy",
    "citext",
    "fastapi_users_db_sqlalchemy",
    "flask_appbuilder",
    "geoalchemy2",
    "oslo_db",
    "pgvector",
    "sqlalchemy_json",
    "sqlalchemy_jsonfield",
    "sqlalchemy_utc",
    "sqlalchemy_utils",
];

/// Callables in lower case: what follows one of them in a path is an attribute of theirs, not a name in a module.
const NOT_MODULES: &[&str] = &[
    "column",
    "delete",
    "insert",
    "inspect",
    "literal",
    "literal_column",
    "null",
    "select",
    "table",
    "text",
    "update",
];

/// What `value` stands for; `None` for what does not come from SQLAlchemy or a known package around it.
pub fn canonical(value: &Value) -> Option<Canonical> {
    match value.as_symbol()? {
        Symbol::Path(path) => of_path(path),
        Symbol::Attribute { .. } => of_path(&flask_path(value)?),
        _ => None,
    }
}

/// The name of a symbol of SQLAlchemy itself.
pub fn core_name(value: &Value) -> Option<Name> {
    match canonical(value)? {
        Canonical::Sqlalchemy(name) => Some(name),
        _ => None,
    }
}

/// A call of something that has a canonical name.
pub fn called(value: &Value) -> Option<(Canonical, &Call)> {
    let call = value.as_call()?;
    Some((canonical(&call.callee)?, call))
}

/// A call of SQLAlchemy's own `wanted`.
pub fn call_of<'a>(value: &'a Value, wanted: &str) -> Option<&'a Call> {
    match called(value)? {
        (Canonical::Sqlalchemy(name), call) if name == wanted => Some(call),
        _ => None,
    }
}

/// A method call on something that is not a module: the receiver, the method, the call.
pub fn method_call(value: &Value) -> Option<(&Value, Name, &Call)> {
    let call = value.as_call()?;
    match call.callee.as_symbol()? {
        Symbol::Attribute { of, name, .. } if canonical(&call.callee).is_none() => Some((of, *name, call)),
        _ => None,
    }
}

/// Is this a Flask-SQLAlchemy `db` object (other than an instance of a class of the project)?
pub fn is_flask_object(value: &Value) -> bool {
    match value.as_symbol() {
        Some(Symbol::Path(path)) => FLASK_OBJECTS.contains(&path.as_str()),
        Some(Symbol::Call(call)) => is_flask_class(&call.callee),
        _ => false,
    }
}

/// Is this the class of Flask-SQLAlchemy `db` objects?
pub fn is_flask_class(value: &Value) -> bool {
    value.as_path().is_some_and(|path| {
        FLASK_CLASSES.contains(&path.as_str())
            || path.strip_prefix("flask_sqlalchemy.").is_some_and(|rest| rest.ends_with("SQLAlchemy"))
    })
}

/// Does a `db` object have this name of its own, beside SQLAlchemy's names?
pub fn is_flask_name(name: &str) -> bool {
    FLASK_NAMES.contains(&name)
}

/// `flask_sqlalchemy.db.NAME` for an attribute (of an attribute) of a `db` object.
fn flask_path(value: &Value) -> Option<String> {
    let Symbol::Attribute { of, name, .. } = value.as_symbol()? else { return None };
    if is_flask_object(of) || matches!(of, Value::Object(_)) && is_flask_name(name) {
        return Some(format!("flask_sqlalchemy.db.{name}"));
    }
    Some(format!("{}.{name}", flask_path(of)?))
}

fn of_path(path: &str) -> Option<Canonical> {
    for object in FLASK_OBJECTS {
        if let Some(rest) = path.strip_prefix(object).and_then(|rest| rest.strip_prefix('.')) {
            return match is_flask_name(rest) {
                true => Some(Canonical::Flask(name(rest))),
                false => of_sqlalchemy(rest),
            };
        }
    }
    let (package, rest) = path.split_once('.')?;
    match package {
        "sqlalchemy" => of_sqlalchemy(rest),
        "sqlmodel" => {
            let last = rest.rsplit('.').next()?;
            if SQLMODEL_NAMES.contains(&last) {
                Some(Canonical::Sqlmodel(name(last)))
            } else {
                of_sqlalchemy(rest)
            }
        }
        "alembic" if rest == "op.f" => Some(Canonical::Sqlalchemy(name("conv"))),
        _ if PACKAGES.contains(&package) => {
            Some(Canonical::Package(name(package), name(rest.rsplit('.').next()?)))
        }
        _ => None,
    }
}

fn of_sqlalchemy(rest: &str) -> Option<Canonical> {
    let segments: Vec<&str> = rest.split('.').collect();
    let (last, modules) = segments.split_last()?;
    if let Some(at) = modules.iter().position(|segment| *segment == "func") {
        return Some(Canonical::Func(name(&segments.get(at + 1..)?.join("."))));
    }
    if modules.iter().any(|segment| segment.starts_with(char::is_uppercase) || NOT_MODULES.contains(segment))
    {
        return None;
    }
    match modules {
        ["dialects", dialect, ..] => Some(Canonical::Dialect(dialect.parse().ok()?, name(last))),
        // `from sqlalchemy.sql.functions import now`: the functions that are classes of that module.
        ["sql", "functions"] if last.starts_with(char::is_lowercase) && *last != "func" => {
            Some(Canonical::Func(name(last)))
        }
        _ => Some(Canonical::Sqlalchemy(name(last))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fact::{FileId, NodeId, Place};
    use python::value::Args;
    use std::sync::Arc;

    fn check_path(path: &str, want: &str) {
        let got = match canonical(&Value::path(path)) {
            None => "-".to_owned(),
            Some(Canonical::Sqlalchemy(name)) => name.to_string(),
            Some(Canonical::Func(name)) => format!("func {name}"),
            Some(Canonical::Dialect(kind, name)) => format!("{kind} {name}"),
            Some(Canonical::Sqlmodel(name)) => format!("sqlmodel {name}"),
            Some(Canonical::Flask(name)) => format!("flask {name}"),
            Some(Canonical::Package(package, name)) => format!("{package} {name}"),
        };
        assert_eq!(got, want, "{path}");
    }

    #[test]
    fn many_paths_are_one_name() {
        for (path, want) in [
            ("sqlalchemy.Column", "Column"),
            ("sqlalchemy.schema.Column", "Column"),
            ("sqlalchemy.sql.schema.Column", "Column"),
            ("sqlalchemy.orm.mapped_column", "mapped_column"),
            ("sqlalchemy.types.String", "String"),
            ("sqlalchemy.sql.sqltypes.String", "String"),
            ("sqlalchemy.sql.expression.text", "text"),
            ("sqlalchemy.ext.declarative.declarative_base", "declarative_base"),
            ("sqlalchemy.func", "func"),
            ("sqlalchemy.func.now", "func now"),
            ("sqlalchemy.sql.func.now", "func now"),
            ("sqlalchemy.func.pg_catalog.now", "func pg_catalog.now"),
            ("sqlalchemy.sql.functions.current_timestamp", "func current_timestamp"),
            ("sqlalchemy.sql.functions.func", "func"),
            ("sqlalchemy.dialects.postgresql.UUID", "postgresql UUID"),
            ("sqlalchemy.dialects.postgresql.json.JSONB", "postgresql JSONB"),
            ("sqlalchemy.dialects.mysql.base.TINYINT", "mysql TINYINT"),
            ("sqlalchemy.dialects.oracle.NUMBER", "-"),
            ("sqlalchemy.Column.copy", "-"),
            ("sqlalchemy.text.bindparams", "-"),
            ("sqlmodel.Field", "sqlmodel Field"),
            ("sqlmodel.main.SQLModel", "sqlmodel SQLModel"),
            ("sqlmodel.sql.sqltypes.AutoString", "sqlmodel AutoString"),
            ("sqlmodel.Column", "Column"),
            ("invenio_db.db.Column", "Column"),
            ("invenio_db.db.func.now", "func now"),
            ("invenio_db.db.Model", "flask Model"),
            ("sqlalchemy_utils.types.uuid.UUIDType", "sqlalchemy_utils UUIDType"),
            ("pgvector.sqlalchemy.Vector", "pgvector Vector"),
            ("alembic.op.f", "conv"),
            ("os.path", "-"),
            ("sqlalchemy", "-"),
        ] {
            check_path(path, want);
        }
    }

    #[test]
    fn names_of_a_flask_object() {
        let place = Place::new(FileId(0), 0, NodeId(0));
        let callee = Value::path("flask_sqlalchemy.SQLAlchemy");
        let db = Value::Symbol(Arc::new(Symbol::Call(Call { callee, args: Args::default(), place })));
        let attribute = |of: &Value, name: &str| {
            Value::Symbol(Arc::new(Symbol::Attribute { of: of.clone(), name: fact::name(name), place }))
        };
        assert_eq!(canonical(&attribute(&db, "Column")), Some(Canonical::Sqlalchemy(name("Column"))));
        assert_eq!(canonical(&attribute(&db, "Model")), Some(Canonical::Flask(name("Model"))));
        let now = attribute(&attribute(&db, "func"), "now");
        assert_eq!(canonical(&now), Some(Canonical::Func(name("now"))));
        assert_eq!(canonical(&db), None);
        assert!(is_flask_object(&db));
    }
}
