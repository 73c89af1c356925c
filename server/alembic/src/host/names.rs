//! Names that Alembic's own modules go by, and what is known of code from elsewhere.

use super::handle::{Kind, handle, inspector};
use super::{Cx, MigrationHost};
use fact::{Name, Place, Reason, Unknown};
use python::eval::Interp;
use python::host::Eval;
use python::value::{Args, Symbol, Value};

/// Packages whose calls, made for their own sake, change no schema: they log, print, measure time.
const HARMLESS: &[&str] = &[
    "alembic",
    "argparse",
    "base64",
    "builtins",
    "click",
    "collections",
    "concurrent",
    "contextlib",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "gc",
    "hashlib",
    "importlib",
    "inspect",
    "io",
    "itertools",
    "json",
    "logging",
    "loguru",
    "math",
    "operator",
    "os",
    "oslo_config",
    "oslo_log",
    "oslo_utils",
    "pathlib",
    "pprint",
    "progressbar",
    "random",
    "re",
    "rich",
    "secrets",
    "shutil",
    "simplejson",
    "six",
    "sqlalchemy",
    "string",
    "structlog",
    "subprocess",
    "sys",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "tqdm",
    "traceback",
    "typing",
    "typing_extensions",
    "urllib",
    "uuid",
    "warnings",
    "yaml",
    "zlib",
];

/// What loggers are called for, wherever they come from.
const LOGGING: &[&str] = &["critical", "debug", "error", "exception", "info", "log", "warn", "warning"];

pub(super) fn is_harmless(path: &str) -> bool {
    let root = path.split('.').next().unwrap_or_default();
    let last = path.rsplit('.').next().unwrap_or_default();
    HARMLESS.contains(&root) || LOGGING.contains(&last) || last.starts_with(char::is_uppercase)
}

/// Functions that take a connection and leave the schema alone.
pub(super) fn keeps_schema(path: &str) -> bool {
    path.starts_with("sqlalchemy.")
        || path.starts_with("alembic.")
        || path.starts_with("logging.")
        || path.starts_with("builtins.")
}

/// `op`, the module itself or an object made like it.
pub(super) fn is_operations(value: &Value) -> bool {
    match value.as_symbol() {
        Some(Symbol::Path(path)) => path == "alembic.op",
        Some(Symbol::Call(call)) => call.path().is_some_and(|path| {
            matches!(path.as_str(), "alembic.operations.Operations" | "alembic.operations.base.Operations")
        }),
        _ => false,
    }
}

pub(super) fn getattr(
    cx: &mut Interp<'_, MigrationHost<'_>>,
    of: &Value,
    name: Name,
    _place: Place,
) -> Option<Eval> {
    let path = of.as_path();
    match (path.as_deref(), name.as_str()) {
        (Some("alembic"), "op") => Some(Ok(Value::path("alembic.op"))),
        (Some("alembic.op"), "impl" | "migration_context") => Some(Ok(handle(cx, Kind::Context))),
        (Some("alembic.context"), "bind") => Some(Ok(handle(cx, Kind::Bind))),
        // `inspect(query).session`: whatever is looked into, its session is on the connection.
        (_, "session") if is_inspection(of) => Some(Ok(handle(cx, Kind::Bind))),
        _ if is_operations(of) && path.is_none() => {
            // An Operations object made by hand is `op` under another name.
            Some(Ok(Value::path(&format!("alembic.op.{name}"))))
        }
        _ => None,
    }
}

/// `sqlalchemy.inspect(...)` of something that is no connection: a query, an object.
fn is_inspection(of: &Value) -> bool {
    let path = of.as_call().and_then(python::value::Call::path);
    path.is_some_and(|path| matches!(path.as_str(), "sqlalchemy.inspect" | "sqlalchemy.inspection.inspect"))
}

pub(super) fn call(cx: &mut Cx<'_, '_>, path: Name, args: &Args, place: Place) -> Option<Eval> {
    let first = || args.list.first().map(|arg| &arg.value);
    Some(Ok(match path.as_str() {
        "alembic.context.is_offline_mode" => Value::Bool(false),
        "alembic.context.get_context"
        | "alembic.migration.MigrationContext.configure"
        | "alembic.runtime.migration.MigrationContext.configure"
        | "alembic.op.get_context" => handle(cx, Kind::Context),
        "alembic.context.get_bind" => handle(cx, Kind::Bind),
        "alembic.context.get_x_argument" => {
            if args.keyword("as_dictionary").is_some_and(|arg| arg.value == Value::Bool(true)) {
                Value::Dict([].into())
            } else {
                Value::List([].into())
            }
        }
        "alembic.context.get_tag_argument" => Value::None,
        "sqlalchemy.inspect" | "sqlalchemy.inspection.inspect" => match first() {
            Some(Value::Handle(of)) if is_connection(Kind::of(*of)) => inspector(cx),
            Some(Value::Unknown(_)) => inspector(cx),
            _ => return None,
        },
        "sqlalchemy.engine.reflection.Inspector.from_engine"
        | "sqlalchemy.Inspector.from_engine"
        | "sqlalchemy.engine.Inspector.from_engine"
        | "sqlalchemy.engine.reflection.Inspector"
        | "sqlalchemy.engine.Inspector" => inspector(cx),
        "sqlalchemy.orm.Session"
        | "sqlalchemy.orm.session.Session"
        | "sqlalchemy.orm.sessionmaker"
        | "sqlalchemy.orm.session.sessionmaker"
        | "sqlalchemy.orm.scoped_session"
        | "sqlmodel.Session" => {
            if path.contains("sessionmaker") || path.contains("scoped_session") {
                handle(cx, Kind::SessionMaker)
            } else {
                handle(cx, Kind::Bind)
            }
        }
        "sqlalchemy.create_engine" | "sqlalchemy.engine.create_engine" => Value::unknown(Unknown::new(
            Reason::OutsideProject("a database connection of its own".into()),
            place,
        )),
        _ => return None,
    }))
}

fn is_connection(kind: Option<Kind>) -> bool {
    matches!(kind, Some(Kind::Bind | Kind::Context | Kind::Inspector))
}
