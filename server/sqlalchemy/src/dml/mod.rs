//! Core statements that are executed: INSERT, UPDATE, DELETE, SELECT, SQL text, DDL elements.

mod change;
mod ddl;
mod reads;

use crate::path::{Canonical, canonical, method_call};
use crate::sql::{SqlText, sql_text};
use crate::table_ref::table_ref;
use fact::{Place, Unknown};
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Symbol, Value};
use schema::operation::DataKind;
use schema::{DataChange, Operation, TableName};

pub use reads::tables_in;

/// What executing a value does.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// Text, to be read by the SQL reader.
    Sql(SqlText),
    /// INSERT, UPDATE or DELETE.
    Data(DataChange),
    /// A query; the tables that it reads.
    Select {
        tables: Vec<TableName>,
    },
    Ddl(Box<Operation>),
    Unknown(Unknown),
}

/// What executing `value` does.
pub fn statement<H: Host>(interp: &mut Interp<'_, H>, value: &Value, place: Place) -> Statement {
    statement_with(interp, value, None, place)
}

/// What executing `value` with parameters does: `conn.execute(t.insert(), [{"a": 1}, ...])`.
pub fn statement_with<H: Host>(
    interp: &mut Interp<'_, H>,
    value: &Value,
    parameters: Option<&Value>,
    place: Place,
) -> Statement {
    if let Some(sql) = sql_text(value) {
        return Statement::Sql(sql);
    }
    if let Some(chain) = Chain::of(interp, value) {
        return match chain.verb {
            Verb::Change(kind) => match change::change(interp, &chain, kind, (value, parameters), place) {
                Ok(change) => Statement::Data(change),
                Err(unknown) => Statement::Unknown(unknown),
            },
            Verb::Select => {
                let scope = reads::scope_of(interp, value);
                Statement::Select { tables: tables_in(interp, &scope, value) }
            }
        };
    }
    match ddl::element(interp, value) {
        Some(Ok(operation)) => Statement::Ddl(Box::new(operation)),
        Some(Err(unknown)) => Statement::Unknown(unknown),
        None => Statement::Unknown(crate::args::why(value, "the statement", place)),
    }
}

/// `op.bulk_insert(table, rows)`: an INSERT of these rows.
pub fn bulk_insert<H: Host>(interp: &mut Interp<'_, H>, table: &Value, rows: Option<&Value>) -> DataChange {
    let target = table_ref(interp, table);
    change::insert_rows(interp, target, rows)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Change(DataKind),
    Select,
}

/// `t.update().where(...).values(...)` taken apart: the verb, its table, and the methods in the order of the text.
struct Chain {
    verb: Verb,
    table: Option<Value>,
    /// The arguments of the verb itself, the table left out.
    first: Args,
    steps: Vec<(fact::Name, Args)>,
}

impl Chain {
    fn of<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Chain> {
        let mut steps = Vec::new();
        let mut at = value.clone();
        loop {
            let call = at.as_call()?.clone();
            if let Some((verb, table, first)) = start(interp, &at) {
                steps.reverse();
                return Some(Chain { verb, table, first, steps });
            }
            let (of, name, _) = method_call(&at)?;
            let of = of.clone();
            steps.push((name, call.args));
            at = of;
        }
    }
}

/// The call that a statement starts with.
fn start<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<(Verb, Option<Value>, Args)> {
    let call = value.as_call()?;
    if let Some(canonical) = canonical(&call.callee) {
        let (Canonical::Sqlalchemy(name) | Canonical::Dialect(_, name)) = canonical else {
            let Canonical::Sqlmodel(name) = canonical else { return None };
            return (name == "select").then(|| (Verb::Select, None, call.args.clone()));
        };
        let kind = match name.as_str() {
            "insert" => DataKind::Insert,
            "update" => DataKind::Update,
            "delete" => DataKind::Delete,
            "select" | "exists" | "union" | "union_all" | "except_" | "intersect" | "select_from" => {
                return Some((Verb::Select, None, call.args.clone()));
            }
            _ => return None,
        };
        let mut rest = call.args.clone();
        let at = rest
            .list
            .iter()
            .position(|arg| arg.name.is_none() || arg.name.is_some_and(|name| name == "table"))?;
        let table = rest.list.remove(at).value;
        return Some((Verb::Change(kind), Some(table), rest));
    }
    let Symbol::Attribute { of, name, .. } = call.callee.as_symbol()? else { return None };
    let verb = match name.as_str() {
        "insert" => Verb::Change(DataKind::Insert),
        "update" => Verb::Change(DataKind::Update),
        "delete" => Verb::Change(DataKind::Delete),
        "select" | "count" => Verb::Select,
        _ => return None,
    };
    let of = of.clone();
    let args = call.args.clone();
    table_ref(interp, &of)?;
    Some((verb, Some(of), args))
}
