//! The connection (or session) and the results of queries.

use super::handle::{Kind, handle, rows_unknown, unknown_fact};
use super::{Cx, rows, sql};
use fact::{Name, Place};
use python::host::Eval;
use python::value::{Args, Value};
use schema::TableName;

pub(super) fn method(cx: &mut Cx<'_, '_>, name: Name, args: &Args, place: Place) -> Eval {
    let statement = || args.list.first().map(|arg| (arg.value.clone(), arg.place));
    match name.as_str() {
        "execute" | "exec_driver_sql" | "exec" | "scalar" | "scalars" => match statement() {
            Some((value, at)) => {
                let answer = sql::run(cx, &value, args, at, place)?;
                match (name.as_str(), &answer) {
                    ("scalar" | "scalars", Value::Handle(of)) if Kind::of(*of) == Some(Kind::Rows) => {
                        rows::method(cx, of.id, name, &Args::default(), place)
                    }
                    ("scalar", answer) => Ok(scalar(answer)),
                    _ => Ok(answer),
                }
            }
            None => Ok(rows_unknown(place)),
        },
        "connect" | "begin_nested" | "execution_options" | "get_bind" | "connection" | "__call__" => {
            Ok(handle(cx, Kind::Bind))
        }
        "begin" | "get_transaction" | "get_nested_transaction" => Ok(handle(cx, Kind::Block)),
        "run_callable" | "run_sync" => {
            let Some(function) = args.list.first().map(|arg| arg.value.clone()) else {
                return Ok(Value::None);
            };
            let mut rest = args.clone();
            rest.list[0].value = handle(cx, Kind::Bind);
            cx.call(&function, rest, place)
        }
        "in_transaction" => Ok(Value::Bool(true)),
        "query" => Ok(query(cx, args, place)),
        "get" => Ok(rows_unknown(place)),
        // Rows of a session: they fill tables that were empty until then.
        "add"
        | "add_all"
        | "merge"
        | "bulk_save_objects"
        | "bulk_insert_mappings"
        | "bulk_update_mappings" => {
            sql::rows_change(cx, args, place)?;
            Ok(Value::None)
        }
        _ => Ok(Value::None),
    }
}

/// `session.query(Model)`: what it asks of tables that are certainly empty has no rows.
fn query(cx: &mut Cx<'_, '_>, args: &Args, place: Place) -> Value {
    let tables: Option<Vec<TableName>> =
        args.list.iter().map(|arg| sqlalchemy::table_ref(cx, &arg.value)).collect();
    match tables {
        Some(tables) if !tables.is_empty() && sql::all_empty(cx, &tables, place) == Ok(true) => {
            handle(cx, Kind::NoRows)
        }
        _ => rows_unknown(place),
    }
}

fn scalar(answer: &Value) -> Value {
    match answer {
        Value::Handle(of) if Kind::of(*of) == Some(Kind::NoRows) => Value::None,
        Value::Handle(of) if Kind::of(*of) == Some(Kind::Zero) => Value::Int(0),
        other => other.clone(),
    }
}

/// Methods of a result without rows, and of a query that has none.
pub(super) fn no_rows_method(cx: &Cx<'_, '_>, name: Name, place: Place) -> Eval {
    Ok(match name.as_str() {
        "fetchall" | "all" | "fetchmany" | "partitions" | "yield_per" | "keys" => Value::List([].into()),
        "fetchone" | "first" | "scalar" | "one_or_none" | "scalar_one_or_none" => Value::None,
        "one" | "scalar_one" => {
            return Err(python::host::Raise::Exception(python::host::Exception {
                class: Value::path("sqlalchemy.exc.NoResultFound"),
                args: Vec::new(),
                place,
            }));
        }
        "count" => Value::Int(0),
        "exists" => Value::Bool(false),
        "update" | "delete" => Value::Int(0),
        _ => handle(cx, Kind::NoRows),
    })
}

/// Methods of the result of `SELECT count(*)` on an empty table.
pub(super) fn zero_method(name: Name, place: Place) -> Eval {
    Ok(match name.as_str() {
        "scalar" | "scalar_one" | "scalar_one_or_none" => Value::Int(0),
        "fetchone" | "first" | "one" | "one_or_none" => Value::tuple(vec![Value::Int(0)]),
        "fetchall" | "all" => Value::List([Value::tuple(vec![Value::Int(0)])].into()),
        _ => rows_unknown(place),
    })
}

/// Methods of the migration context.
pub(super) fn context_method(cx: &mut Cx<'_, '_>, name: Name, args: &Args, place: Place) -> Eval {
    match name.as_str() {
        "autocommit_block" => Ok(handle(cx, Kind::Autocommit)),
        "begin_transaction" => Ok(handle(cx, Kind::Block)),
        "execute" => method(cx, name, args, place),
        "is_offline_mode" => Ok(Value::Bool(false)),
        "get_current_revision" | "get_current_heads" => {
            Ok(unknown_fact("the revision of the database", place))
        }
        _ => Ok(handle(cx, Kind::Context)),
    }
}
