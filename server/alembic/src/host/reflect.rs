//! Tables that are read from the database: `Table("t", metadata, autoload_with=bind)`, `metadata.reflect(bind)`.
//!
//! A reflected table becomes the `Table(...)` call that would describe it, so that whatever looks at it afterwards (its
//! columns, a copy of it) needs to know nothing of reflection.

use super::Cx;
use super::directive::identifier;
use super::inspect::is_whole;
use fact::{Fact, Name, Place, name};
use python::host::{Eval, Exception, Raise};
use python::value::{Arg, Args, Call, Symbol, Value};
use schema::constraint::ConstraintName;
use schema::{IndexItem, Kind, PrimaryKey, ServerDefault, Table, TableName};
use std::sync::Arc;

/// `Table(...)` with `autoload` or `autoload_with`. `None`: it says nothing of reflection, or what it reads is not known.
pub(super) fn table(cx: &mut Cx<'_, '_>, args: &Args, place: Place) -> Option<Eval> {
    let given = |name: &str| args.keyword(name).is_some_and(|arg| !arg.value.is_none());
    let autoload = args.keyword("autoload").is_some_and(|arg| arg.value == Value::Bool(true));
    if !autoload && !given("autoload_with") {
        return None;
    }
    let (table_name, _) = identifier(&args.get(0, "name")?.value)?;
    let schema = match args.keyword("schema").filter(|arg| !arg.value.is_none()) {
        Some(arg) => Some(identifier(&arg.value)?.0),
        None => None,
    };
    let wanted = TableName { schema, name: table_name };
    let surroundings = match cx.host.need_surroundings(place) {
        Ok(surroundings) => surroundings,
        Err(raise) => return Some(Err(raise)),
    };
    cx.host.asked.table(wanted);
    let kind = surroundings.context.kind();
    let now = cx.host.now(surroundings);
    match now.schema.tables.get(&wanted) {
        None if wanted == TableName::plain(VERSION_TABLE) => {
            Some(Ok(described(&version_table(place), kind, args, place)))
        }
        Some(found) if is_whole(found) => Some(Ok(described(found, kind, args, place))),
        Some(_) => None,
        None if now.schema.opaque.is_some() => None,
        None => Some(Err(Raise::Exception(Exception {
            class: Value::path("sqlalchemy.exc.NoSuchTableError"),
            args: vec![Value::str(&wanted.name)],
            place,
        }))),
    }
}

pub(super) const VERSION_TABLE: &str = "alembic_version";

/// Alembic makes its own table before the first revision runs.
pub(super) fn version_table(place: Place) -> Table {
    let mut table = Table::new(TableName::plain(VERSION_TABLE), place);
    let version = name("version_num");
    let mut column = schema::Column::new(version, Fact::Known(schema::Type::string(Some(32))), place);
    column.nullable = Fact::Known(false);
    table.columns.push(Arc::new(column));
    let key_name = Fact::Known(Some(name("alembic_version_pkc")));
    table.primary_key = Some(PrimaryKey { name: key_name, ..PrimaryKey::new(vec![version], place) });
    table
}

/// `metadata.tables` after `metadata.reflect(bind)`: every table by its name.
pub(super) fn tables(cx: &mut Cx<'_, '_>, metadata: &Value, place: Place) -> Option<Eval> {
    let reflected = cx.host.state.reflected.iter().any(|known| same(known, metadata));
    if !reflected {
        return None;
    }
    let surroundings = match cx.host.need_surroundings(place) {
        Ok(surroundings) => surroundings,
        Err(raise) => return Some(Err(raise)),
    };
    cx.host.asked.all_tables();
    let kind = surroundings.context.kind();
    let now = cx.host.now(surroundings);
    if let Some(because) = &now.schema.opaque {
        return Some(Ok(Value::unknown(because.clone())));
    }
    let args = |table: &Table| Args::values([Value::str(&table.name.name), metadata.clone()], place);
    let mut entries: Vec<(Value, Value)> = now
        .schema
        .tables
        .values()
        .filter(|table| table.name.schema.is_none())
        .map(|table| {
            let value = match &table.open {
                Some(because) if !is_whole(table) => Value::unknown(because.clone()),
                _ => described(table, kind, &args(table), place),
            };
            (Value::str(&table.name.name), value)
        })
        .collect();
    let own = version_table(place);
    entries.push((Value::str(VERSION_TABLE), described(&own, kind, &args(&own), place)));
    Some(Ok(Value::Dict(entries.into())))
}

/// Remembers that a metadata was filled from the database.
pub(super) fn reflect(cx: &mut Cx<'_, '_>, metadata: &Value) {
    cx.host.state.reflected.push(metadata.clone());
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Symbol(a), Value::Symbol(b)) => Arc::ptr_eq(a, b),
        _ => a == b,
    }
}

/// The call that describes a table: one that was read from a database of this kind, or one as the project writes it.
pub(super) fn described(table: &Table, read_from: Option<Kind>, args: &Args, place: Place) -> Value {
    let mut list: Vec<Arg> = args.positional().take(2).cloned().collect();
    let item = |value: Value| Arg { name: None, value, place };
    let in_key = |column: Name| table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column));
    list.extend(
        table.columns.iter().map(|column| item(self::column(column, read_from, in_key(column.name), place))),
    );
    let keyed = |kind: &str, columns: &[Name], given: &ConstraintName| {
        let columns = columns.iter().map(|column| item(Value::str(column)));
        item(call(&format!("sqlalchemy.{kind}"), columns.chain(named(given, place)).collect(), place))
    };
    if let Some(key) = &table.primary_key {
        list.push(keyed("PrimaryKeyConstraint", &key.columns, &key.name));
    }
    list.extend(table.uniques.iter().map(|unique| keyed("UniqueConstraint", &unique.columns, &unique.name)));
    for key in &table.foreign_keys {
        let names = |columns: &[Name], of: Option<TableName>| {
            let text = |column: &Name| match of {
                Some(table) => Value::str(&format!("{table}.{column}")),
                None => Value::str(column),
            };
            item(Value::List(columns.iter().map(text).collect()))
        };
        let mut parts = vec![names(&key.columns, None), names(&key.ref_columns, Some(key.ref_table))];
        parts.extend(named(&key.name, place));
        let action = |keyword: &str, action: &Option<Arc<str>>| {
            let value = Value::Str(action.clone()?);
            Some(Arg { name: Some(name(keyword)), value, place })
        };
        parts.extend(action("ondelete", &key.on_delete));
        parts.extend(action("onupdate", &key.on_update));
        list.push(item(call("sqlalchemy.ForeignKeyConstraint", parts, place)));
    }
    for check in &table.checks {
        if let Fact::Known(sql) = &check.sql {
            let parts = [item(Value::Str(sql.clone()))].into_iter().chain(named(&check.name, place));
            list.push(item(call("sqlalchemy.CheckConstraint", parts.collect(), place)));
        }
    }
    for index in &table.indexes {
        let Fact::Known(Some(index_name)) = index.name else { continue };
        let items = index.items.iter().map(|part| match part {
            IndexItem::Column(column) => item(Value::str(column)),
            IndexItem::Expression(Fact::Known(sql)) => {
                item(call("sqlalchemy.text", vec![item(Value::Str(sql.clone()))], place))
            }
            IndexItem::Expression(Fact::Unknown(unknown)) => item(Value::unknown(unknown.clone())),
        });
        let mut parts = vec![item(Value::str(&index_name))];
        parts.extend(items);
        if index.unique == Fact::Known(true) {
            parts.push(Arg { name: Some(name("unique")), value: Value::Bool(true), place });
        }
        list.push(item(call("sqlalchemy.Index", parts, place)));
    }
    list.extend(args.keyword("schema").cloned());
    call("sqlalchemy.Table", list, place)
}

fn column(column: &schema::Column, read_from: Option<Kind>, in_key: bool, place: Place) -> Value {
    let item = |value: Value| Arg { name: None, value, place };
    let keyword = |key: &str, value: Value| Arg { name: Some(name(key)), value, place };
    let ty = match &column.ty {
        Fact::Known(ty) if read_from.is_some() => sqlalchemy::types::reflected(ty, read_from, place),
        Fact::Known(ty) => sqlalchemy::types::to_value(ty, place),
        Fact::Unknown(unknown) => Value::unknown(unknown.clone()),
    };
    let nullable = match &column.nullable {
        Fact::Known(nullable) => Value::Bool(*nullable),
        Fact::Unknown(unknown) => Value::unknown(unknown.clone()),
    };
    let mut list = vec![item(Value::str(&column.name)), item(ty), keyword("nullable", nullable)];
    let default = match &column.default {
        Fact::Known(None) => None,
        Fact::Known(Some(default)) => Some(match default {
            ServerDefault::Literal(text) => Value::Str(text.clone()),
            ServerDefault::Sql(sql) => call("sqlalchemy.text", vec![item(Value::Str(sql.clone()))], place),
            ServerDefault::Now => call("sqlalchemy.func.now", Vec::new(), place),
            ServerDefault::True => call("sqlalchemy.true", Vec::new(), place),
            ServerDefault::False => call("sqlalchemy.false", Vec::new(), place),
            ServerDefault::Sequence(sequence) => {
                let sql = Value::str(&format!("nextval('{sequence}')"));
                call("sqlalchemy.text", vec![item(sql)], place)
            }
        }),
        Fact::Unknown(unknown) => Some(Value::unknown(unknown.clone())),
    };
    list.extend(default.map(|default| keyword("server_default", default)));
    // A copy of the column takes this with it.
    list.extend(in_key.then(|| keyword("primary_key", Value::Bool(true))));
    call("sqlalchemy.Column", list, place)
}

fn named(given: &ConstraintName, place: Place) -> Option<Arg> {
    let value = match given {
        Fact::Known(Some(given)) => Value::str(given),
        Fact::Known(None) => return None,
        Fact::Unknown(unknown) => Value::unknown(unknown.clone()),
    };
    Some(Arg { name: Some(name("name")), value, place })
}

fn call(path: &str, list: Vec<Arg>, place: Place) -> Value {
    let args = Args { list, open: None, discarded: false };
    Value::Symbol(Arc::new(Symbol::Call(Call { callee: Value::path(path), args, place })))
}
