//! DDL elements that are executed: `CreateTable(t)`, `DropConstraint(c)` and the like.

use crate::args::{constraint_name, plain_text, unreadable};
use crate::constraint::constraint;
use crate::index::index;
use crate::path::{Canonical, called};
use crate::scope::Scope;
use crate::table::table_of_call;
use crate::table_ref::table_ref;
use fact::{Fact, Unknown};
use python::eval::Interp;
use python::host::Host;
use python::value::{Call, Value};
use schema::table::ObjectKind;
use schema::{Operation, TableName};
use std::sync::Arc;

/// The operation of a DDL element; `None`: it is none.
pub(super) fn element<H: Host>(
    interp: &mut Interp<'_, H>,
    value: &Value,
) -> Option<Result<Operation, Unknown>> {
    let (Canonical::Sqlalchemy(kind), call) = called(value)? else { return None };
    if !matches!(
        kind.as_str(),
        "CreateTable"
            | "DropTable"
            | "AddConstraint"
            | "DropConstraint"
            | "CreateIndex"
            | "DropIndex"
            | "CreateSequence"
            | "DropSequence"
            | "CreateSchema"
            | "DropSchema"
    ) {
        return None;
    }
    let call = call.clone();
    let operation = read(interp, &kind, &call);
    Some(operation.unwrap_or_else(|| Err(unreadable("the DDL element", call.place))))
}

fn read<H: Host>(interp: &mut Interp<'_, H>, kind: &str, call: &Call) -> Option<Result<Operation, Unknown>> {
    let element = call.args.get(0, "element").or_else(|| call.args.get(0, "name"))?.value.clone();
    let flag = |key: &str| call.args.keyword(key).is_some_and(|arg| arg.value == Value::Bool(true));
    Some(Ok(match kind {
        "CreateTable" => match table_of_call(interp, &element)? {
            Ok(table) => {
                Operation::CreateTable { table: Arc::new(table), if_not_exists: flag("if_not_exists") }
            }
            Err(unknown) => return Some(Err(unknown)),
        },
        "DropTable" => Operation::DropTable {
            table: table_ref(interp, &element)?,
            if_exists: flag("if_exists"),
            cascade: false,
        },
        "AddConstraint" => {
            let table = constraint_table(interp, &element)?;
            match constraint(interp, &Scope::default(), &element)? {
                Ok(constraint) => Operation::AddConstraint { table, constraint, if_not_exists: false },
                Err(unknown) => return Some(Err(unknown)),
            }
        }
        "DropConstraint" => {
            let table = constraint_table(interp, &element)?;
            let call_of = element.as_call()?;
            let (name, name_is_final) =
                constraint_name(call_of.args.keyword("name").map(|arg| &arg.value), call_of.place);
            let kind =
                constraint(interp, &Scope::default(), &element)?.ok().map(|constraint| constraint.kind());
            Operation::DropConstraint {
                table,
                name,
                kind,
                if_exists: flag("if_exists"),
                cascade: flag("cascade"),
                name_is_final,
            }
        }
        "CreateIndex" => {
            let table = index_table(interp, &element)?;
            match index(interp, &Scope::default(), &element)? {
                Ok(index) => Operation::CreateIndex {
                    table,
                    index: Box::new(index),
                    if_not_exists: flag("if_not_exists"),
                },
                Err(unknown) => return Some(Err(unknown)),
            }
        }
        "DropIndex" => {
            let table = index_table(interp, &element);
            let name = match index(interp, &Scope::default(), &element)? {
                Ok(index) => match index.name {
                    Fact::Known(name) => Fact::Known(name?),
                    Fact::Unknown(unknown) => Fact::Unknown(unknown),
                },
                Err(unknown) => Fact::Unknown(unknown),
            };
            let (if_exists, concurrently, options) = (flag("if_exists"), false, Vec::new());
            Operation::DropIndex { table, name, if_exists, concurrently, options }
        }
        "CreateSequence" => Operation::CreateSequence {
            name: crate::default::sequence_name(interp, &element)?,
            if_not_exists: flag("if_not_exists"),
        },
        "DropSequence" => Operation::DropSequence {
            name: crate::default::sequence_name(interp, &element)?,
            if_exists: flag("if_exists"),
        },
        "CreateSchema" => Operation::CreateObject { kind: ObjectKind::Schema, name: schema_name(&element)? },
        "DropSchema" => Operation::DropObject { kind: ObjectKind::Schema, name: schema_name(&element)? },
        _ => return None,
    }))
}

fn schema_name(value: &Value) -> Option<TableName> {
    plain_text(value).map(|text| TableName::plain(&text))
}

/// The table of a constraint that stands alone: that of the first column it names.
fn constraint_table<H: Host>(interp: &mut Interp<'_, H>, element: &Value) -> Option<TableName> {
    let call = element.as_call()?.clone();
    let table =
        call.args.keyword("table").or_else(|| call.args.keyword("_create_rule")).map(|arg| arg.value.clone());
    if let Some(table) = table {
        return table_ref(interp, &table);
    }
    let mut columns: Vec<Value> = call.args.positional().map(|arg| arg.value.clone()).collect();
    if let Some(items) = columns.first().and_then(Value::as_items) {
        columns = items.to_vec();
    }
    columns.iter().find_map(|column| column_table(interp, column))
}

fn index_table<H: Host>(interp: &mut Interp<'_, H>, element: &Value) -> Option<TableName> {
    let call = element.as_call()?.clone();
    if let Some(table) = call.args.keyword("_table") {
        let table = table.value.clone();
        return table_ref(interp, &table);
    }
    let values: Vec<Value> = call.args.positional().skip(1).map(|arg| arg.value.clone()).collect();
    values.iter().find_map(|value| column_table(interp, value))
}

/// The table that a column expression such as `t.c.x` belongs to.
fn column_table<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<TableName> {
    super::tables_in(interp, &Scope::default(), value).first().copied()
}
