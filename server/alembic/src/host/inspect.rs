//! The inspector: questions about the schema, answered from the replayed one.

use super::directive::identifier;
use super::handle::{no_dialect, unknown_fact};
use super::reflect::{VERSION_TABLE, version_table};
use super::{Cx, Surroundings};
use crate::state::State;
use fact::{Fact, Name, Place, Reason, Unknown};
use python::host::{Eval, Exception, Raise};
use python::value::{Args, Value};
use schema::constraint::ConstraintName;
use schema::table::ObjectKind;
use schema::{ForeignKey, Index, IndexItem, Kind, ServerDefault, Table, TableName};
use std::sync::Arc;

/// A question by its method and the names that it was put with.
pub(super) type Question = (Name, Vec<Option<Name>>);

/// A question to one inspector, which answers the same one the same way until its cache is cleared.
pub(super) fn remembered(cx: &mut Cx<'_, '_>, inspector: u32, name: Name, args: &Args, place: Place) -> Eval {
    if name == "clear_cache" {
        cx.host.state.answers.retain(|(of, _), _| *of != inspector);
        return Ok(Value::None);
    }
    let asked = args.list.iter().map(|arg| identifier(&arg.value).map(|(name, _)| name)).collect();
    let key = (inspector, (name, asked));
    if let Some(answer) = cx.host.state.answers.get(&key) {
        return Ok(answer.clone());
    }
    let answer = method(cx, name, args, place)?;
    cx.host.state.answers.insert(key, answer.clone());
    Ok(answer)
}

pub(super) fn method(cx: &mut Cx<'_, '_>, name: Name, args: &Args, place: Place) -> Eval {
    let surroundings = cx.host.need_surroundings(place)?;
    match name.as_str() {
        "get_table_names"
        | "get_view_names"
        | "get_materialized_view_names"
        | "get_schema_names"
        | "get_enums"
        | "get_sequence_names"
        | "get_temp_table_names"
        | "get_sorted_table_and_fkc_names" => list(cx, surroundings, name, args, place),
        "has_table" => {
            table_exists(cx, surroundings, args.get(0, "table_name"), args.get(1, "schema"), place)
        }
        "has_sequence" => {
            let now = cx.host.now(surroundings);
            cx.host.asked.all_tables();
            Ok(match table_name(args, 0, "sequence_name") {
                Some(sequence) => Value::Bool(now.schema.sequences.contains_key(&sequence)),
                None => unreadable("the sequence's name", place),
            })
        }
        "has_index" => {
            let Some(table) = table_name(args, 0, "table_name") else {
                return Ok(unreadable("the table's name", place));
            };
            let Some((index, _)) = args.get(1, "index_name").and_then(|arg| identifier(&arg.value)) else {
                return Ok(unreadable("the index's name", place));
            };
            let now = state(cx, surroundings, table);
            Ok(match now.schema.tables.get(&table) {
                Some(found) if found.indexes.iter().any(|i| i.name == Fact::Known(Some(index))) => {
                    Value::Bool(true)
                }
                Some(found) if !is_whole(found) => open(found, place),
                _ => Value::Bool(false),
            })
        }
        "clear_cache" => Ok(Value::None),
        _ => about_table(cx, surroundings, name, args, place),
    }
}

/// `bind.dialect.has_table(bind, "t")` and the like.
pub(super) fn dialect_method(cx: &mut Cx<'_, '_>, name: Name, args: &Args, place: Place) -> Eval {
    match name.as_str() {
        "has_table" => {
            let surroundings = cx.host.need_surroundings(place)?;
            table_exists(cx, surroundings, args.get(1, "table_name"), args.get(2, "schema"), place)
        }
        "get_table_names"
        | "get_columns"
        | "get_indexes"
        | "get_foreign_keys"
        | "get_unique_constraints"
        | "get_pk_constraint"
        | "get_check_constraints"
        | "get_view_names" => {
            let mut rest = args.clone();
            if !rest.list.is_empty() {
                rest.list.remove(0);
            }
            method(cx, name, &rest, place)
        }
        // The type that the dialect makes of a generic one.
        "type_descriptor" => Ok(args.list.first().map_or(Value::None, |arg| arg.value.clone())),
        _ => Ok(unknown_fact("a property of the dialect", place)),
    }
}

fn table_name(args: &Args, index: usize, param: &str) -> Option<TableName> {
    let (name, _) = identifier(&args.get(index, param)?.value)?;
    let schema = args.get(index + 1, "schema").filter(|arg| !arg.value.is_none());
    let schema = match schema {
        Some(arg) => Some(identifier(&arg.value)?.0),
        None => None,
    };
    Some(TableName { schema, name })
}

fn state(cx: &mut Cx<'_, '_>, surroundings: &Surroundings, table: TableName) -> State {
    cx.host.asked.table(table);
    cx.host.now(surroundings)
}

fn unreadable(what: &str, place: Place) -> Value {
    Value::unknown(Unknown::new(Reason::UnreadableArgument(what.into()), place))
}

/// Whether a table has what is told of it and no more.
pub(super) fn is_whole(table: &Table) -> bool {
    table.open.as_ref().is_none_or(|open| open.reason == Reason::ProgramMade)
}

/// Why an answer about a table that is partly unknown is no answer.
fn open(table: &Table, place: Place) -> Value {
    Value::unknown(table.open.clone().unwrap_or(Unknown::new(Reason::Assumed, place)))
}

fn table_exists(
    cx: &mut Cx<'_, '_>,
    surroundings: &Surroundings,
    table: Option<&python::value::Arg>,
    schema: Option<&python::value::Arg>,
    place: Place,
) -> Eval {
    let Some((name, _)) = table.and_then(|arg| identifier(&arg.value)) else {
        return Ok(match table.and_then(|arg| arg.value.as_unknown()) {
            Some(unknown) => Value::Unknown(unknown.clone()),
            None => unreadable("the table's name", place),
        });
    };
    let schema = schema.and_then(|arg| identifier(&arg.value)).map(|(name, _)| name);
    let table = TableName { schema, name };
    let now = state(cx, surroundings, table);
    Ok(match (now.schema.tables.contains_key(&table), &now.schema.opaque) {
        (true, _) => Value::Bool(true),
        (false, None) => Value::Bool(name == VERSION_TABLE),
        (false, Some(because)) => Value::unknown(because.clone()),
    })
}

fn list(cx: &mut Cx<'_, '_>, surroundings: &Surroundings, name: Name, args: &Args, place: Place) -> Eval {
    cx.host.asked.all_tables();
    let now = cx.host.now(surroundings);
    if let Some(because) = &now.schema.opaque {
        return Ok(Value::unknown(because.clone()));
    }
    let schema = args.get(0, "schema").and_then(|arg| identifier(&arg.value)).map(|(name, _)| name);
    let in_schema = |found: &TableName| found.schema == schema;
    let names = |names: Vec<Name>| Value::List(names.iter().map(|name| Value::str(name)).collect());
    Ok(match name.as_str() {
        "get_table_names" => {
            let mut tables: Vec<Name> =
                now.schema.tables.keys().filter(|t| in_schema(t)).map(|t| t.name).collect();
            if schema.is_none() {
                // Alembic makes its own table before the first revision runs.
                tables.push(fact::name(VERSION_TABLE));
            }
            names(tables)
        }
        "get_view_names" | "get_materialized_view_names" => {
            let kind = if name == "get_view_names" { ObjectKind::View } else { ObjectKind::MaterializedView };
            names(
                now.schema
                    .others
                    .keys()
                    .filter(|(k, t)| *k == kind && in_schema(t))
                    .map(|(_, t)| t.name)
                    .collect(),
            )
        }
        "get_sequence_names" => {
            names(now.schema.sequences.keys().filter(|t| in_schema(t)).map(|t| t.name).collect())
        }
        "get_enums" => {
            let enums = now.schema.enums.iter().map(|(name, found)| {
                let labels = match &found.labels {
                    Fact::Known(labels) => {
                        Value::List(labels.iter().map(|l| Value::Str(l.clone())).collect())
                    }
                    Fact::Unknown(unknown) => Value::unknown(unknown.clone()),
                };
                dict([
                    ("name", Value::str(&name.name)),
                    ("schema", name.schema.map_or(Value::str("public"), |s| Value::str(&s))),
                    ("visible", Value::Bool(true)),
                    ("labels", labels),
                ])
            });
            Value::List(enums.collect())
        }
        "get_temp_table_names" => Value::List([].into()),
        _ => unknown_fact("the list of schemas", place),
    })
}

fn about_table(
    cx: &mut Cx<'_, '_>,
    surroundings: &Surroundings,
    question: Name,
    args: &Args,
    place: Place,
) -> Eval {
    let Some(wanted) = table_name(args, 0, "table_name") else {
        return Ok(match args.list.first().and_then(|arg| arg.value.as_unknown()) {
            Some(unknown) => Value::Unknown(unknown.clone()),
            None => unreadable("the table's name", place),
        });
    };
    let now = state(cx, surroundings, wanted);
    let own = (wanted == TableName::plain(VERSION_TABLE)).then(|| Arc::new(version_table(place)));
    let Some(table) = now.schema.tables.get(&wanted).or(own.as_ref()) else {
        if let Some(because) = &now.schema.opaque {
            return Ok(Value::unknown(because.clone()));
        }
        return match surroundings.context.dialect.map(|dialect| dialect.kind) {
            None => Ok(no_dialect(place)),
            // The drivers of SQLAlchemy 2 raise for a table that is not there.
            Some(_) => Err(Raise::Exception(Exception {
                class: Value::path("sqlalchemy.exc.NoSuchTableError"),
                args: vec![Value::str(&wanted.name)],
                place,
            })),
        };
    };
    if !is_whole(table) {
        return Ok(open(table, place));
    }
    let all = |items: Vec<Value>| Value::List(items.into());
    Ok(match question.as_str() {
        "get_columns" => {
            let kind = surroundings.context.kind();
            all(table.columns.iter().map(|column| self::column(table, column, kind, place)).collect())
        }
        "get_indexes" => all(indexes(table, place)),
        "get_unique_constraints" => all(table
            .uniques
            .iter()
            .map(|unique| {
                dict([
                    ("name", constraint_name(&unique.name)),
                    ("column_names", names(&unique.columns)),
                    ("comment", Value::None),
                ])
            })
            .collect()),
        "get_foreign_keys" => all(table.foreign_keys.iter().map(foreign_key).collect()),
        "get_pk_constraint" => match &table.primary_key {
            Some(key) => {
                dict([("name", constraint_name(&key.name)), ("constrained_columns", names(&key.columns))])
            }
            None => dict([("name", Value::None), ("constrained_columns", names(&[]))]),
        },
        "get_check_constraints" => all(table
            .checks
            .iter()
            .map(|check| dict([("name", constraint_name(&check.name)), ("sqltext", text(&check.sql))]))
            .collect()),
        "get_table_comment" => dict([("text", optional(table.comment.as_ref()))]),
        _ => unknown_fact("this question about a table", place),
    })
}

fn dict<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Dict(entries.into_iter().map(|(key, value)| (Value::str(key), value)).collect())
}

fn names(names: &[Name]) -> Value {
    Value::List(names.iter().map(|name| Value::str(name)).collect())
}

fn optional(text: Option<&Arc<str>>) -> Value {
    text.map_or(Value::None, |text| Value::Str(text.clone()))
}

fn text(fact: &Fact<Arc<str>>) -> Value {
    match fact {
        Fact::Known(text) => Value::Str(text.clone()),
        Fact::Unknown(unknown) => Value::unknown(unknown.clone()),
    }
}

fn constraint_name(name: &ConstraintName) -> Value {
    match name {
        Fact::Known(Some(name)) => Value::str(name),
        Fact::Known(None) => Value::None,
        Fact::Unknown(unknown) => Value::unknown(unknown.clone()),
    }
}

fn column(table: &Table, column: &schema::Column, kind: Option<Kind>, place: Place) -> Value {
    let nullable = match &column.nullable {
        Fact::Known(nullable) => Value::Bool(*nullable),
        Fact::Unknown(unknown) => Value::unknown(unknown.clone()),
    };
    let default = match &column.default {
        Fact::Known(None) => Value::None,
        Fact::Known(Some(ServerDefault::Sql(sql))) => Value::Str(sql.clone()),
        Fact::Known(Some(ServerDefault::Literal(text))) => Value::str(&format!("'{text}'")),
        Fact::Known(Some(_)) => unknown_fact("the database's text of a default", place),
        Fact::Unknown(unknown) => Value::unknown(unknown.clone()),
    };
    let ty = match &column.ty {
        Fact::Known(ty) => sqlalchemy::types::reflected(ty, kind, place),
        Fact::Unknown(unknown) => Value::unknown(unknown.clone()),
    };
    let position =
        table.primary_key.as_ref().and_then(|key| key.columns.iter().position(|c| *c == column.name));
    dict([
        ("name", Value::str(&column.name)),
        ("type", ty),
        ("nullable", nullable),
        ("default", default),
        ("autoincrement", Value::unknown(Unknown::new(Reason::ServerMade, place))),
        ("comment", optional(column.comment.as_ref())),
        ("primary_key", Value::Int(position.map_or(0, |at| at as i64 + 1))),
    ])
}

fn indexes(table: &Table, place: Place) -> Vec<Value> {
    let one = |index: &Index| {
        let columns = index.items.iter().map(|item| match item {
            IndexItem::Column(name) => Value::str(name),
            IndexItem::Expression(_) => Value::None,
        });
        let unique = match index.unique {
            Fact::Known(unique) => Value::Bool(unique),
            Fact::Unknown(ref unknown) => Value::unknown(unknown.clone()),
        };
        dict([
            ("name", constraint_name(&index.name)),
            ("column_names", Value::List(columns.collect())),
            ("unique", unique),
            ("dialect_options", unknown_fact("options of an index", place)),
        ])
    };
    table.indexes.iter().map(one).collect()
}

fn foreign_key(key: &ForeignKey) -> Value {
    let mut options = Vec::new();
    if let Some(action) = &key.on_delete {
        options.push((Value::str("ondelete"), Value::Str(action.clone())));
    }
    if let Some(action) = &key.on_update {
        options.push((Value::str("onupdate"), Value::Str(action.clone())));
    }
    dict([
        ("name", constraint_name(&key.name)),
        ("constrained_columns", names(&key.columns)),
        ("referred_schema", key.ref_table.schema.map_or(Value::None, |schema| Value::str(&schema))),
        ("referred_table", Value::str(&key.ref_table.name)),
        ("referred_columns", names(&key.ref_columns)),
        ("options", Value::Dict(options.into())),
        ("comment", Value::None),
    ])
}
