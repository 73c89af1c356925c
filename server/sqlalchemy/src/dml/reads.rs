//! What an expression reads: tables and columns.

use crate::scope::Scope;
use crate::sql::column_name;
use crate::table_ref::table_ref;
use fact::Name;
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Symbol, Value};
use schema::TableName;

/// Expressions nested deeper than this are not looked into.
const MAX_DEPTH: u32 = 64;

/// What the columns of the mapped classes that an expression mentions are called.
pub(super) fn scope_of<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Scope {
    let mut scope = Scope::default();
    walk(interp, value, 0, &mut |interp, value| {
        if matches!(value, Value::Object(_)) {
            crate::declarative::name_columns(interp, value, &mut scope);
        }
        false
    });
    scope
}

/// The tables that a query or expression mentions, in order, each once.
pub fn tables_in<H: Host>(interp: &mut Interp<'_, H>, scope: &Scope, value: &Value) -> Vec<TableName> {
    let mut found = Vec::new();
    walk(interp, value, 0, &mut |interp, value| {
        if let Some((Some(table), _)) = scope.get(value) {
            if !found.contains(&table) {
                found.push(table);
            }
            return true;
        }
        // A string inside an expression is no table.
        if matches!(value, Value::Str(_)) {
            return false;
        }
        let table = match value.as_symbol() {
            Some(Symbol::Attribute { of, .. }) => table_ref(interp, of),
            _ => None,
        };
        let table = table.or_else(|| table_ref(interp, value));
        if let Some(table) = table {
            if !found.contains(&table) {
                found.push(table);
            }
            return true;
        }
        false
    });
    found
}

/// The columns that an expression reads, each once.
pub(super) fn columns_in<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    value: &Value,
    found: &mut Vec<Name>,
) {
    walk(interp, value, 0, &mut |interp, value| {
        if matches!(value, Value::Str(_)) {
            return false;
        }
        let Some(column) = column_name(interp, scope, value) else { return false };
        if !found.contains(&column) {
            found.push(column);
        }
        true
    });
}

/// Visits the parts of an expression; `look` says whether a part is done with.
fn walk<H: Host>(
    interp: &mut Interp<'_, H>,
    value: &Value,
    depth: u32,
    look: &mut impl FnMut(&mut Interp<'_, H>, &Value) -> bool,
) {
    if depth > MAX_DEPTH || look(interp, value) {
        return;
    }
    let depth = depth + 1;
    match value {
        Value::Tuple(items) | Value::List(items) | Value::Set(items) => {
            for item in items.iter() {
                walk(interp, item, depth, look);
            }
        }
        Value::Dict(entries) => {
            for (_, value) in entries.iter() {
                walk(interp, value, depth, look);
            }
        }
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Path(_) => {}
            Symbol::Attribute { of, .. } | Symbol::Item { of, .. } => walk(interp, of, depth, look),
            Symbol::Call(call) => {
                walk(interp, &call.callee, depth, look);
                walk_args(interp, &call.args, depth, look);
            }
            Symbol::Unary { operand, .. } => walk(interp, operand, depth, look),
            Symbol::Binary { left, right, .. } | Symbol::Compare { left, right, .. } => {
                walk(interp, left, depth, look);
                walk(interp, right, depth, look);
            }
        },
        _ => {}
    }
}

fn walk_args<H: Host>(
    interp: &mut Interp<'_, H>,
    args: &Args,
    depth: u32,
    look: &mut impl FnMut(&mut Interp<'_, H>, &Value) -> bool,
) {
    for arg in &args.list {
        walk(interp, &arg.value, depth, look);
    }
}
