//! The things that only the host knows: connection, inspector, dialect, batch, results.

use super::{Cx, batch, bind, inspect, rows};
use fact::{Fact, Name, Place, Reason, Unknown};
use python::host::Eval;
use python::value::{Args, Handle, Value};
use schema::Dialect;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A connection, engine or session.
    Bind,
    Inspector,
    /// `bind.dialect`
    Dialect,
    /// The migration context.
    Context,
    /// An open `batch_alter_table` block; the id counts blocks from the outside in.
    Batch,
    /// `autocommit_block()`
    Autocommit,
    /// A transaction or another block without meaning for the schema.
    Block,
    /// Rows of a query that has none.
    NoRows,
    /// One row with one value, zero: what `count(*)` gives on an empty table.
    Zero,
    SessionMaker,
    /// Rows that the catalogue gave; the id counts answers.
    Rows,
    /// One of them; the id counts the rows taken so far.
    Row,
}

const KINDS: [Kind; 12] = [
    Kind::Bind,
    Kind::Inspector,
    Kind::Dialect,
    Kind::Context,
    Kind::Batch,
    Kind::Autocommit,
    Kind::Block,
    Kind::NoRows,
    Kind::Zero,
    Kind::SessionMaker,
    Kind::Rows,
    Kind::Row,
];

impl Kind {
    pub fn of(handle: Handle) -> Option<Kind> {
        KINDS.get(handle.kind as usize).copied()
    }
}

/// Numbers for handles of which there may be several.
#[derive(Debug, Default)]
pub(super) struct Handles {
    pub next_block: u32,
    pub next_inspector: u32,
}

/// A handle of a kind that there is one of.
pub(super) fn handle(_: &Cx<'_, '_>, kind: Kind) -> Value {
    Value::Handle(Handle { kind: kind as u32, id: 0 })
}

/// A new inspector: it remembers what it was told.
pub(super) fn inspector(cx: &mut Cx<'_, '_>) -> Value {
    let id = cx.host.handles.next_inspector;
    cx.host.handles.next_inspector += 1;
    Value::Handle(Handle { kind: Kind::Inspector as u32, id })
}

pub(super) fn batch_handle(id: u32) -> Value {
    Value::Handle(Handle { kind: Kind::Batch as u32, id })
}

pub(super) fn getattr<'a>(cx: &mut Cx<'a, '_>, of: Handle, name: Name, place: Place) -> Option<Eval> {
    let kind = Kind::of(of)?;
    Some(Ok(match (kind, name.as_str()) {
        (Kind::Bind | Kind::Context | Kind::Inspector, "dialect") => handle(cx, Kind::Dialect),
        (Kind::Bind, "engine" | "connection" | "bind" | "info" | "sync_connection") => handle(cx, Kind::Bind),
        (Kind::Context, "bind" | "connection") => handle(cx, Kind::Bind),
        (Kind::Context, "impl") => handle(cx, Kind::Context),
        (Kind::Inspector, "bind" | "engine") => handle(cx, Kind::Bind),
        (Kind::Bind | Kind::Dialect, "name") => return Some(dialect_name(cx, place)),
        (Kind::Context, "opts") => return Some(options(cx, place)),
        (Kind::Context, "as_sql") => Value::Bool(false),
        (Kind::Dialect, "server_version_info") => return Some(server_version(cx, place)),
        (Kind::Dialect, "driver") => unknown_fact("the database driver", place),
        (Kind::Dialect, "default_schema_name") | (Kind::Inspector, "default_schema_name") => {
            return Some(default_schema(cx, place));
        }
        (Kind::Dialect, "is_mariadb") => match dialect(cx, place) {
            Ok(Some(dialect)) => Value::Bool(dialect.kind == schema::Kind::Mariadb),
            Ok(None) => no_dialect(place),
            Err(raise) => return Some(Err(raise)),
        },
        (Kind::Dialect, "supports_sane_rowcount" | "supports_native_boolean" | "supports_alter") => {
            unknown_fact("a property of the dialect", place)
        }
        (Kind::NoRows, "rowcount") => Value::Int(0),
        (Kind::Row, "_mapping") => Value::Handle(of),
        (Kind::Row, _) => return rows::column(cx, of.id, &name, place).map(Ok),
        _ => return None,
    }))
}

pub(super) fn method<'a>(
    cx: &mut Cx<'a, '_>,
    of: Handle,
    name: Name,
    args: &Args,
    place: Place,
) -> Option<Eval> {
    match Kind::of(of)? {
        Kind::Bind => Some(bind::method(cx, name, args, place)),
        Kind::Inspector => Some(inspect::remembered(cx, of.id, name, args, place)),
        Kind::Dialect => Some(inspect::dialect_method(cx, name, args, place)),
        Kind::Context => Some(bind::context_method(cx, name, args, place)),
        Kind::Batch => Some(batch::method(cx, of.id, name, args, place)),
        Kind::NoRows => Some(bind::no_rows_method(cx, name, place)),
        Kind::Zero => Some(bind::zero_method(name, place)),
        Kind::Rows => Some(rows::method(cx, of.id, name, args, place)),
        Kind::Row => Some(rows::row_method(cx, of.id, name, args, place)),
        Kind::SessionMaker => Some(Ok(handle(cx, Kind::Bind))),
        Kind::Autocommit | Kind::Block => Some(Ok(Value::None)),
    }
}

/// The handle itself is called: `sessionmaker(bind=bind)()`.
pub(super) fn call<'a>(cx: &mut Cx<'a, '_>, of: Handle, _: &Args, _: Place) -> Option<Eval> {
    match Kind::of(of)? {
        Kind::SessionMaker => Some(Ok(handle(cx, Kind::Bind))),
        _ => None,
    }
}

pub(super) fn subscript<'a>(cx: &mut Cx<'a, '_>, of: Handle, index: &Value, place: Place) -> Option<Eval> {
    match (Kind::of(of)?, index.as_int()) {
        (Kind::Row, _) => Some(rows::item(cx, of.id, index, place)),
        (Kind::Zero, Some(0)) => Some(Ok(Value::Int(0))),
        _ => Some(Ok(unknown_fact("a value of the database", place))),
    }
}

pub(super) fn iterate<'a>(cx: &mut Cx<'a, '_>, of: Handle, place: Place) -> Option<Eval<Vec<Value>>> {
    match Kind::of(of)? {
        Kind::Rows => Some(rows::iterate(cx, of.id, place)),
        Kind::Row => Some(Ok(rows::values(cx, of.id, place))),
        Kind::NoRows => Some(Ok(Vec::new())),
        Kind::Zero => Some(Ok(vec![Value::tuple(vec![Value::Int(0)])])),
        _ => None,
    }
}

pub(super) fn truth<'a>(_: &mut Cx<'a, '_>, of: Handle) -> Option<bool> {
    match Kind::of(of)? {
        // A result object is true whether it has rows or not.
        Kind::NoRows => None,
        _ => Some(true),
    }
}

pub(super) fn enter<'a>(cx: &mut Cx<'a, '_>, of: Handle, _: Place) -> Option<Eval> {
    match Kind::of(of)? {
        Kind::Autocommit => {
            cx.host.state.autocommit += 1;
            Some(Ok(Value::None))
        }
        Kind::Block => Some(Ok(handle(cx, Kind::Bind))),
        _ => Some(Ok(Value::Handle(of))),
    }
}

pub(super) fn exit<'a>(cx: &mut Cx<'a, '_>, of: Handle, place: Place) -> Eval<()> {
    match Kind::of(of) {
        Some(Kind::Autocommit) => {
            cx.host.state.autocommit = cx.host.state.autocommit.saturating_sub(1);
            Ok(())
        }
        Some(Kind::Batch) => batch::exit(cx, of.id, place),
        _ => Ok(()),
    }
}

/// The dialect that is replayed; `None` when none is configured.
pub(super) fn dialect(cx: &mut Cx<'_, '_>, place: Place) -> Eval<Option<Dialect>> {
    cx.host.need_dialect(place)
}

fn dialect_name(cx: &mut Cx<'_, '_>, place: Place) -> Eval {
    Ok(match dialect(cx, place)? {
        // SQLAlchemy connects to MariaDB under either name; the URL of most projects says mysql.
        Some(Dialect { kind: schema::Kind::Mariadb, .. }) => Value::str("mysql"),
        Some(dialect) => Value::str(dialect.kind.name()),
        None => no_dialect(place),
    })
}

/// `op.get_context().opts`
fn options(cx: &mut Cx<'_, '_>, place: Place) -> Eval {
    Ok(match &cx.host.need_surroundings(place)?.options {
        Fact::Known(options) => {
            let entry = |(option, value): &(Name, Value)| (Value::str(option), value.clone());
            Value::Dict(options.iter().map(entry).collect())
        }
        Fact::Unknown(because) => Value::unknown(because.clone()),
    })
}

fn server_version(cx: &mut Cx<'_, '_>, place: Place) -> Eval {
    Ok(match dialect(cx, place)? {
        Some(Dialect { version: Some((major, minor)), .. }) => {
            Value::tuple(vec![Value::Int(i64::from(major)), Value::Int(i64::from(minor))])
        }
        Some(_) => Value::unknown(Unknown::new(Reason::VersionDependent, place)),
        None => no_dialect(place),
    })
}

fn default_schema(cx: &mut Cx<'_, '_>, place: Place) -> Eval {
    Ok(match dialect(cx, place)?.map(|dialect| dialect.kind) {
        Some(schema::Kind::Postgresql) => Value::str("public"),
        Some(schema::Kind::Sqlite) => Value::str("main"),
        Some(schema::Kind::Mssql) => Value::str("dbo"),
        Some(_) => unknown_fact("the name of the database", place),
        None => no_dialect(place),
    })
}

pub(super) fn no_dialect(place: Place) -> Value {
    Value::unknown(Unknown::new(Reason::NoDialect, place))
}

pub(super) fn unknown_fact(what: &str, place: Place) -> Value {
    Value::unknown(Unknown::new(Reason::Environment(what.into()), place))
}

pub(super) fn rows_unknown(place: Place) -> Value {
    Value::unknown(Unknown::new(Reason::Rows, place))
}
