//! Tables and types that create and drop themselves: `create_all`, `Table.create`, `Enum.create`.

use super::{Cx, record};
use fact::{Fact, Name, Place, Reason, Unknown};
use python::host::Eval;
use python::value::{Args, Value};
use schema::table::by_dependency;
use schema::{Operation, Table, Touched, Type, Written};
use sqlalchemy::{MetadataKey, Models};
use std::sync::Arc;

/// `of.name(bind)` where `of` is a metadata, table or type; `None`: it is none of these.
pub(super) fn method(cx: &mut Cx<'_, '_>, of: &Value, name: Name, args: &Args, place: Place) -> Option<Eval> {
    let effects = match name.as_str() {
        "create" | "drop" => table(cx, of, name, args).or_else(|| enumeration(cx, of, name, args, place))?,
        "create_all" | "drop_all" => all(cx, of, name, args, place)?,
        "reflect" => {
            sqlalchemy::metadata(cx, of)?;
            super::reflect::reflect(cx, of);
            Vec::new()
        }
        _ => return None,
    };
    for operation in effects {
        if let Err(raise) = record(cx, operation, place, Written::Metadata) {
            return Some(Err(raise));
        }
    }
    Some(Ok(Value::None))
}

fn check_first(args: &Args, default: bool) -> bool {
    args.get(1, "checkfirst").and_then(|arg| arg.value.as_bool()).unwrap_or(default)
}

fn table(cx: &mut Cx<'_, '_>, of: &Value, name: Name, args: &Args) -> Option<Vec<Operation>> {
    let table = whole_table(cx, of)?;
    let exists = check_first(args, false);
    Some(vec![match (name.as_str(), table) {
        ("drop", Ok(table)) => Operation::DropTable { table: table.name, if_exists: exists, cascade: false },
        (_, Ok(table)) => Operation::CreateTable { table: Arc::new(table), if_not_exists: exists },
        (_, Err(because)) => Operation::Opaque { touches: Touched::Anything, because },
    }])
}

/// The table behind a `Table(...)` or `Model.__table__`.
fn whole_table(cx: &mut Cx<'_, '_>, of: &Value) -> Option<Result<Table, Unknown>> {
    if let Some(table) = sqlalchemy::table_of_call(cx, of) {
        return Some(table);
    }
    let Some(python::value::Symbol::Attribute { of: class, name, .. }) = of.as_symbol() else { return None };
    (name == "__table__").then(|| sqlalchemy::declarative::mapped_table(cx, class).map(Ok))?
}

fn enumeration(
    cx: &mut Cx<'_, '_>,
    of: &Value,
    name: Name,
    args: &Args,
    place: Place,
) -> Option<Vec<Operation>> {
    if !sqlalchemy::types::is_type(cx, of) {
        return None;
    }
    let Fact::Known(Type::Enum(found)) = sqlalchemy::read_type(cx, of, place) else {
        let because = cx.why_unknown(of, place);
        return Some(vec![Operation::Opaque { touches: Touched::Tables(Vec::new()), because }]);
    };
    let Some(named) = found.name.filter(|_| found.native) else { return Some(Vec::new()) };
    // PostgreSQL's own ENUM looks first unless told not to; the generic one does so since 2.1.
    let check_first = check_first(args, true);
    Some(vec![match name.as_str() {
        "drop" => Operation::DropEnum { name: named, check_first },
        _ => Operation::CreateEnum { name: named, labels: found.labels, check_first },
    }])
}

/// `metadata.create_all(bind, tables=None, checkfirst=True)`
fn all(cx: &mut Cx<'_, '_>, of: &Value, name: Name, args: &Args, place: Place) -> Option<Vec<Operation>> {
    let metadata = sqlalchemy::metadata(cx, of)?;
    let exists = args.get(2, "checkfirst").and_then(|arg| arg.value.as_bool()).unwrap_or(true);
    let named = args.get(1, "tables").filter(|arg| !arg.value.is_none());
    let tables: Option<Vec<Table>> = match named {
        Some(arg) => {
            let items = arg.value.as_items().map(<[Value]>::to_vec);
            items.and_then(|items| items.iter().map(|item| whole_table(cx, item)?.ok()).collect())
        }
        None => in_metadata(cx, metadata.key),
    };
    let Some(tables) = tables else {
        let because = Unknown::new(Reason::UnreadableArgument("the tables of this metadata".into()), place);
        return Some(vec![Operation::Opaque { touches: Touched::Anything, because }]);
    };
    let sorted = by_dependency(tables, |table| table);
    Some(match name.as_str() {
        "drop_all" => sorted
            .iter()
            .rev()
            .map(|table| Operation::DropTable { table: table.name, if_exists: exists, cascade: false })
            .collect(),
        _ => sorted
            .into_iter()
            .map(|table| Operation::CreateTable { table: Arc::new(table), if_not_exists: exists })
            .collect(),
    })
}

/// `metadata.tables`: what the project has put into it, by name.
pub(super) fn tables(cx: &mut Cx<'_, '_>, of: &Value, place: Place) -> Option<Value> {
    let key = sqlalchemy::metadata(cx, of)?.key;
    let tables = in_metadata(cx, key)?;
    if tables.iter().any(|table| table.open.is_some()) {
        return None;
    }
    let args = |table: &Table| Args::values([Value::str(&table.name.name), of.clone()], place);
    let entry = |table: &Table| {
        (Value::str(&table.name.to_string()), super::reflect::described(table, None, &args(table), place))
    };
    Some(Value::Dict(tables.iter().map(entry).collect()))
}

/// The tables that the code and everything that it imports have put into a metadata. `None`: it is not of the project.
fn in_metadata(cx: &mut Cx<'_, '_>, key: MetadataKey) -> Option<Vec<Table>> {
    if matches!(key, MetadataKey::Path(_)) || !cx.load_imports("sqlalchemy") {
        return None;
    }
    Some(loaded(cx, key))
}

/// The tables that the code evaluated so far has put into a metadata, in the order of `create_all`.
pub(crate) fn tables_of(cx: &mut Cx<'_, '_>, key: MetadataKey) -> Vec<Table> {
    by_dependency(loaded(cx, key), |table| table)
}

fn loaded(cx: &mut Cx<'_, '_>, key: MetadataKey) -> Vec<Table> {
    let mut models = Models::default();
    for class in cx.classes() {
        models.add_class(class);
    }
    for table in cx.host.state.tables.clone() {
        models.add_table(table);
    }
    let mapped = models.tables(cx);
    mapped
        .into_iter()
        .filter(|mapped| mapped.metadata.as_ref().is_some_and(|found| found.key == key))
        .map(|mapped| mapped.table)
        .collect()
}
