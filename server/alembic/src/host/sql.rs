//! Statements that are executed: SQL text and SQLAlchemy Core.

use super::handle::{Kind, handle, rows_unknown};
use super::{Cx, record, rows};
use fact::{Name, Place, Unknown};
use python::host::Eval;
use python::value::{Args, Symbol, Value};
use schema::operation::{DataChange, DataKind};
use schema::{Operation, TableName, Touched, Written};
use sqlalchemy::Statement;
use std::sync::Arc;

/// Runs a statement with what the call gives beside it; its value is the result object.
pub(super) fn run(cx: &mut Cx<'_, '_>, value: &Value, args: &Args, at: Place, place: Place) -> Eval {
    // A query that was put together on a session is its own answer.
    if let Value::Handle(of) = value
        && matches!(Kind::of(*of), Some(Kind::NoRows | Kind::Zero | Kind::Rows))
    {
        return Ok(value.clone());
    }
    match sqlalchemy::statement(cx, value, place) {
        Statement::Sql(text) => {
            let bound = bound(cx, value, args);
            match rows::answer(cx, &text.text, &bound, place)? {
                Some(answer) => Ok(answer),
                None => text_statement(cx, &text.text, at, place),
            }
        }
        Statement::Data(change) => {
            record(cx, Operation::Data(change), place, Written::Sql)?;
            Ok(rows_unknown(place))
        }
        // Of an aggregate there is a row, whatever its tables hold.
        Statement::Select { tables } if tables.is_empty() || calls_function(value) => Ok(rows_unknown(place)),
        Statement::Select { tables } => Ok(match all_empty(cx, &tables, place)? {
            true => handle(cx, Kind::NoRows),
            false => rows_unknown(place),
        }),
        Statement::Ddl(operation) => {
            record(cx, *operation, place, Written::Sql)?;
            Ok(Value::None)
        }
        // A statement that is put together from rows changes rows.
        Statement::Unknown(because) if super::rests_on_rows(&because.reason) => {
            rows_of_any_table(cx, place)?;
            Ok(Value::unknown(because))
        }
        Statement::Unknown(because) => {
            opaque(cx, because.clone(), place)?;
            Ok(Value::unknown(because))
        }
    }
}

/// The values of bound parameters: `text(...).bindparams(a=1)`, `execute(text, {"a": 1})`.
fn bound(cx: &Cx<'_, '_>, statement: &Value, args: &Args) -> Vec<(Name, Value)> {
    let mut found = Vec::new();
    let mut at = statement;
    while let Some((of, name, call)) = sqlalchemy::path::method_call(at) {
        if matches!(name.as_str(), "bindparams" | "params") {
            found.extend(call.args.keywords().map(|(name, arg)| (name, arg.value.clone())));
        }
        at = of;
    }
    found.extend(args.keywords().map(|(name, arg)| (name, arg.value.clone())));
    let given = args.positional().nth(1).map(|arg| &arg.value);
    for (name, value) in given.and_then(|given| cx.dict_entries(given)).unwrap_or_default() {
        found.extend(name.as_str().map(|name| (fact::name(name), value)));
    }
    found
}

fn opaque(cx: &mut Cx<'_, '_>, because: Unknown, place: Place) -> Eval<()> {
    record(cx, Operation::Opaque { touches: Touched::Anything, because }, place, Written::Sql)
}

fn text_statement(cx: &mut Cx<'_, '_>, text: &Arc<str>, at: Place, place: Place) -> Eval {
    // Spelling and folding of DDL is the dialect's; of rows, only the table matters.
    let dialect = if changes_rows_only(text) {
        None
    } else if asks_rows(text) {
        return query(cx, text, place);
    } else {
        super::handle::dialect(cx, place)?
    };
    for statement in schema::sql::read(text, dialect.map(|dialect| dialect.kind), at) {
        record(cx, statement.operation, place, Written::Sql)?;
    }
    Ok(rows_unknown(place))
}

fn first_word(text: &str) -> String {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    text.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_uppercase()
}

fn changes_rows_only(text: &str) -> bool {
    let several = text.trim_end().trim_end_matches(';').contains(';');
    !several
        && matches!(
            first_word(text).as_str(),
            "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "REPLACE" | "TRUNCATE"
        )
}

fn asks_rows(text: &str) -> bool {
    first_word(text) == "SELECT" && !text.trim_end().trim_end_matches(';').contains(';')
}

/// A SELECT given as text.
fn query(cx: &mut Cx<'_, '_>, text: &str, place: Place) -> Eval {
    let Some(select) = schema::sql::select(text) else { return Ok(rows_unknown(place)) };
    let tables = select.tables;
    if tables.is_empty() || !all_empty(cx, &tables, place)? {
        return Ok(rows_unknown(place));
    }
    Ok(handle(cx, if select.counts { Kind::Zero } else { Kind::NoRows }))
}

/// Whether all of the tables are certainly without rows.
pub(super) fn all_empty(cx: &mut Cx<'_, '_>, tables: &[TableName], place: Place) -> Eval<bool> {
    let surroundings = cx.host.need_surroundings(place)?;
    let now = cx.host.now(surroundings);
    for table in tables {
        cx.host.asked.table(*table);
    }
    Ok(tables.iter().all(|table| now.rows.is_empty(table)))
}

/// Whether `func.something` stands in an expression.
fn calls_function(value: &Value) -> bool {
    let in_args = |args: &Args| args.list.iter().any(|arg| calls_function(&arg.value));
    match value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Path(path) => path.contains(".func."),
            Symbol::Attribute { of, .. } => calls_function(of),
            Symbol::Call(call) => calls_function(&call.callee) || in_args(&call.args),
            Symbol::Item { of, index } => calls_function(of) || calls_function(index),
            Symbol::Unary { operand, .. } => calls_function(operand),
            Symbol::Binary { left, right, .. } | Symbol::Compare { left, right, .. } => {
                calls_function(left) || calls_function(right)
            }
        },
        other => other.as_items().is_some_and(|items| items.iter().any(calls_function)),
    }
}

/// `op.bulk_insert(table, rows)`
pub(super) fn bulk_insert(
    cx: &mut Cx<'_, '_>,
    table: &Value,
    rows: Option<&Value>,
    place: Place,
) -> Eval<()> {
    if rows.and_then(Value::as_items).is_some_and(<[Value]>::is_empty) {
        return Ok(());
    }
    let change = sqlalchemy::dml::bulk_insert(cx, table, rows);
    record(cx, Operation::Data(change), place, Written::Op)
}

fn rows_of_any_table(cx: &mut Cx<'_, '_>, place: Place) -> Eval<()> {
    let change = DataChange {
        kind: DataKind::Insert,
        table: None,
        columns: Vec::new(),
        condition: None,
        reads: Vec::new(),
        certain: false,
        sql: "".into(),
    };
    record(cx, Operation::Data(change), place, Written::Sql)
}

/// Objects that a session writes: the table of the first one is known if its class is.
pub(super) fn rows_change(cx: &mut Cx<'_, '_>, args: &Args, place: Place) -> Eval<()> {
    let table = args.list.first().and_then(|arg| {
        let one = match arg.value.as_items() {
            Some(items) => items.first()?.clone(),
            None => arg.value.clone(),
        };
        let class = cx.instance_view(&one).map_or(one, |view| view.class);
        sqlalchemy::table_ref(cx, &class)
    });
    let change = DataChange {
        kind: DataKind::Insert,
        table,
        columns: Vec::new(),
        condition: None,
        reads: Vec::new(),
        certain: false,
        sql: "".into(),
    };
    record(cx, Operation::Data(change), place, Written::Sql)
}
