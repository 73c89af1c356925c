//! Rows of the database's own catalogue, which the replay knows.

use super::handle::{Kind, rows_unknown, unknown_fact};
use super::{Cx, MigrationHost};
use fact::{Name, Place, Unknown};
use python::host::{Eval, Exception, Raise};
use python::value::{Args, Handle, Value};
use schema::catalog::{Cell, Rows};
use std::sync::Arc;

/// What a query gave.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    rows: Arc<Rows>,
    /// `scalars()`: the first value of each row stands for it.
    scalars: bool,
}

/// Answers so far, and the rows that were taken from them; a handle's id counts them.
#[derive(Debug, Default)]
pub(super) struct Answers {
    results: Vec<Answer>,
    rows: Vec<(Arc<Rows>, usize)>,
}

/// The answer to a text that asks the catalogue; `None`: it asks something else.
pub(super) fn answer(
    cx: &mut Cx<'_, '_>,
    text: &str,
    bound: &[(Name, Value)],
    place: Place,
) -> Eval<Option<Value>> {
    if !schema::catalog::is_question(text) || text.contains(schema::sql::HOLE) {
        return Ok(None);
    }
    let surroundings = cx.host.need_surroundings(place)?;
    let Some(dialect) = surroundings.context.dialect else { return Ok(None) };
    let bind = |name: &str| match bound.iter().find(|(key, _)| key == name) {
        Some((_, value)) => cell(value, place),
        None => Cell::Unknown(Unknown::new(fact::Reason::Environment("a bound parameter".into()), place)),
    };
    let now = cx.host.now(surroundings);
    let Some(answer) = schema::catalog::answer(&now.schema, dialect, text, &bind) else { return Ok(None) };
    cx.host.asked.all_tables();
    Ok(Some(match answer {
        Ok(rows) => result(&mut cx.host, Answer { rows: Arc::new(rows), scalars: false }),
        Err(Unknown { reason, place: at }) => Value::unknown(Unknown { reason, place: at.or(Some(place)) }),
    }))
}

fn result(host: &mut MigrationHost<'_>, answer: Answer) -> Value {
    let id = host.answers.results.len() as u32;
    host.answers.results.push(answer);
    Value::Handle(Handle { kind: Kind::Rows as u32, id })
}

fn row(host: &mut MigrationHost<'_>, answer: &Answer, at: usize, place: Place) -> Value {
    if answer.scalars {
        return first_cell(answer, at, place);
    }
    let id = host.answers.rows.len() as u32;
    host.answers.rows.push((answer.rows.clone(), at));
    Value::Handle(Handle { kind: Kind::Row as u32, id })
}

fn first_cell(answer: &Answer, at: usize, place: Place) -> Value {
    answer.rows.rows.get(at).and_then(|row| row.first()).map_or(Value::None, |cell| value(cell, place))
}

/// Methods of the result.
pub(super) fn method(cx: &mut Cx<'_, '_>, of: u32, name: Name, args: &Args, place: Place) -> Eval {
    let Some(answer) = cx.host.answers.results.get(of as usize).cloned() else {
        return Ok(rows_unknown(place));
    };
    let taken = cx.host.state.taken.get(&of).copied().unwrap_or(0);
    let left = answer.rows.rows.len().saturating_sub(taken);
    let take = |cx: &mut Cx<'_, '_>, count: usize| -> Vec<Value> {
        cx.host.state.taken.insert(of, taken + count);
        (taken..taken + count).map(|at| row(&mut cx.host, &answer, at, place)).collect()
    };
    Ok(match name.as_str() {
        "fetchall" | "all" => Value::list(take(cx, left)),
        "fetchmany" => match args.get(0, "size").and_then(|arg| arg.value.as_int()) {
            Some(size) => Value::list(take(cx, left.min(usize::try_from(size).unwrap_or(0)))),
            None => rows_unknown(place),
        },
        "fetchone" => take(cx, left.min(1)).pop().unwrap_or(Value::None),
        "first" => {
            let found = take(cx, left.min(1)).pop().unwrap_or(Value::None);
            cx.host.state.taken.insert(of, answer.rows.rows.len());
            found
        }
        "scalar" => match left {
            0 => Value::None,
            _ => first_cell(&answer, taken, place),
        },
        "one" | "one_or_none" | "scalar_one" | "scalar_one_or_none" => {
            match (left, name.ends_with("_none")) {
                (0, true) => Value::None,
                (1, _) if name.starts_with("scalar") => first_cell(&answer, taken, place),
                (1, _) => take(cx, 1).pop().unwrap_or(Value::None),
                (0, false) => return Err(raised("NoResultFound", place)),
                _ => return Err(raised("MultipleResultsFound", place)),
            }
        }
        "scalars" => {
            let rest = answer.rows.rows.get(taken..).unwrap_or_default().to_vec();
            let rows = Rows { columns: answer.rows.columns.clone(), rows: rest };
            result(&mut cx.host, Answer { rows: Arc::new(rows), scalars: true })
        }
        "mappings" | "tuples" | "unique" | "execution_options" | "yield_per" => {
            Value::Handle(Handle { kind: Kind::Rows as u32, id: of })
        }
        "keys" => {
            let name = |name: &Option<Arc<str>>| name.clone().map_or_else(|| rows_unknown(place), Value::Str);
            Value::list(answer.rows.columns.iter().map(name).collect())
        }
        "close" => Value::None,
        _ => rows_unknown(place),
    })
}

fn raised(class: &str, place: Place) -> Raise {
    let class = Value::path(&format!("sqlalchemy.exc.{class}"));
    Raise::Exception(Exception { class, args: Vec::new(), place })
}

/// All rows that are left.
pub(super) fn iterate(cx: &mut Cx<'_, '_>, of: u32, place: Place) -> Eval<Vec<Value>> {
    let all = method(cx, of, fact::name("fetchall"), &Args::default(), place)?;
    Ok(all.as_items().map(<[Value]>::to_vec).unwrap_or_default())
}

/// The values of one row.
pub(super) fn values(cx: &Cx<'_, '_>, of: u32, place: Place) -> Vec<Value> {
    let row = cx.host.answers.rows.get(of as usize).and_then(|(rows, at)| rows.rows.get(*at));
    row.map_or_else(Vec::new, |row| row.iter().map(|cell| value(cell, place)).collect())
}

/// `row[0]`, `row["name"]`
pub(super) fn item(cx: &Cx<'_, '_>, of: u32, index: &Value, place: Place) -> Eval {
    let values = values(cx, of, place);
    if let Some(name) = index.as_str() {
        return Ok(column(cx, of, name, place).unwrap_or_else(|| rows_unknown(place)));
    }
    let at = match index.as_int() {
        Some(at) if at < 0 => usize::try_from(at + values.len() as i64).ok(),
        Some(at) => usize::try_from(at).ok(),
        None => None,
    };
    // `SELECT *` has more columns than are laid out.
    Ok(at.and_then(|at| values.get(at).cloned()).unwrap_or_else(|| rows_unknown(place)))
}

/// `row.name`
pub(super) fn column(cx: &Cx<'_, '_>, of: u32, name: &str, place: Place) -> Option<Value> {
    let (rows, at) = cx.host.answers.rows.get(of as usize)?;
    let found = |column: &Option<Arc<str>>| column.as_ref().is_some_and(|c| c.eq_ignore_ascii_case(name));
    let column = rows.columns.iter().position(found)?;
    Some(value(rows.rows.get(*at)?.get(column)?, place))
}

/// Methods of a row.
pub(super) fn row_method(cx: &Cx<'_, '_>, of: u32, name: Name, args: &Args, place: Place) -> Eval {
    match name.as_str() {
        "_asdict" => {
            let columns = cx.host.answers.rows.get(of as usize).map(|(rows, _)| rows.columns.clone());
            let entries = columns.unwrap_or_default().into_iter().zip(values(cx, of, place));
            let entries = entries.filter_map(|(column, value)| Some((Value::Str(column?), value)));
            Ok(Value::Dict(entries.collect()))
        }
        "get" => match args.list.first() {
            Some(arg) => item(cx, of, &arg.value.clone(), place),
            None => Ok(rows_unknown(place)),
        },
        _ => Ok(rows_unknown(place)),
    }
}

fn value(cell: &Cell, place: Place) -> Value {
    match cell {
        Cell::Null => Value::None,
        Cell::Bool(value) => Value::Bool(*value),
        Cell::Int(value) => Value::Int(*value),
        Cell::Text(text) => Value::Str(text.clone()),
        Cell::Database => unknown_fact("the name of the database", place),
        Cell::System => unknown_fact("what the server brings along", place),
        Cell::Unknown(unknown) => {
            Value::unknown(Unknown { reason: unknown.reason.clone(), place: unknown.place.or(Some(place)) })
        }
    }
}

fn cell(value: &Value, place: Place) -> Cell {
    match value {
        Value::None => Cell::Null,
        Value::Bool(value) => Cell::Bool(*value),
        Value::Int(value) => Cell::Int(*value),
        Value::Str(text) => Cell::Text(text.clone()),
        Value::Unknown(unknown) => Cell::Unknown((**unknown).clone()),
        _ => Cell::Unknown(Unknown::new(fact::Reason::Environment("a bound parameter".into()), place)),
    }
}
