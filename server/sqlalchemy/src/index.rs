//! `Index(...)` and the keywords of `op.create_index(...)`.

use crate::args::{KEYWORD, Params, constraint_name, option_text, plain_text, why};
use crate::column::is_dialect_option;
use crate::path::call_of;
use crate::scope::Scope;
use crate::sql::{column_name, condition_sql, expr_sql, sql_text, whole};
use fact::{Fact, Place, Unknown};
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Value};
use schema::{Index, IndexItem};

/// Stands for the text of an option that cannot be read: a condition that is not known still makes a partial index.
const UNREADABLE: &str = "?";

/// An `Index(name, *expressions, **options)`. `None`: it is none.
pub fn index<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    value: &Value,
) -> Option<Result<Index, Unknown>> {
    let call = crate::column::as_call(interp, value)?;
    if crate::path::core_name(&call.callee)? != "Index" {
        return None;
    }
    let place = call.place;
    if let Some(unknown) = &call.args.open {
        return Some(Err((**unknown).clone()));
    }
    let given: Vec<Value> = call.args.positional().map(|arg| arg.value.clone()).collect();
    let (name, expressions) = match call.args.keyword("name") {
        Some(arg) => (Some(arg.value.clone()), given.as_slice()),
        None => (given.first().cloned(), given.get(1..).unwrap_or_default()),
    };
    let items = expressions.iter().map(|value| index_item(interp, scope, value, place)).collect();
    let mut index = Index::new(items, place);
    (index.name, index.name_is_final) = constraint_name(name.as_ref(), place);
    index_options(interp, scope, &call.args, &mut index);
    Some(Ok(index))
}

/// The items of an index from a list of columns and expressions, as `op.create_index` takes it.
pub fn index_items<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    value: &Value,
    place: Place,
) -> Result<Vec<IndexItem>, Unknown> {
    let items = match value {
        Value::Str(_) | Value::Symbol(_) => vec![value.clone()],
        _ => match interp.iterate(value, place) {
            Ok(Ok(items)) => items,
            Ok(Err(unknown)) => return Err(unknown),
            Err(_) => return Err(why(value, "the columns of the index", place)),
        },
    };
    Ok(items.iter().map(|item| index_item(interp, scope, item, place)).collect())
}

/// One column or expression of an index.
pub fn index_item<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    value: &Value,
    place: Place,
) -> IndexItem {
    if let Some(text) = plain_text(value) {
        return IndexItem::Column(fact::name(&text));
    }
    if let Some(text) = sql_text(value).and_then(whole) {
        // SQL that is a plain name is that column to the database.
        return match is_word(&text) {
            true => IndexItem::Column(fact::name(&text)),
            false => IndexItem::Expression(Fact::Known(text)),
        };
    }
    if let Some(Value::Str(text)) = interp.enum_member_value(value) {
        return IndexItem::Column(fact::name(&text));
    }
    let plain = value.as_call().is_none() || scope.get(value).is_some() || is_column_call(value);
    if plain && let Some(name) = column_name(interp, scope, value) {
        return IndexItem::Column(name);
    }
    IndexItem::Expression(match expr_sql(interp, scope, value).and_then(whole) {
        Some(text) => Fact::Known(text),
        None => Fact::Unknown(why(value, "an expression of the index", place)),
    })
}

fn is_column_call(value: &Value) -> bool {
    ["Column", "column", "mapped_column"].iter().any(|name| call_of(value, name).is_some())
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The keywords of an index: `unique`, `postgresql_where`, `mysql_length` and so on.
pub fn index_options<H: Host>(interp: &mut Interp<'_, H>, scope: &Scope, args: &Args, index: &mut Index) {
    let place = index.place;
    if let Some(arg) = args.keyword("unique").filter(|arg| !arg.value.is_none()) {
        index.unique = match arg.value.as_int() {
            Some(int) => Fact::Known(int != 0),
            None => Fact::Unknown(why(&arg.value, "unique", place)),
        };
    } else if let Some(unknown) = &args.open {
        index.unique = Fact::Unknown((**unknown).clone());
    }
    let mut params = Params::new(args, place);
    index.using = params.text(KEYWORD, "postgresql_using");
    index.concurrently = params.flag(KEYWORD, "postgresql_concurrently", false);
    for (keyword, arg) in args.keywords() {
        match keyword.as_str() {
            "postgresql_where" | "sqlite_where" | "mssql_where" => {
                if arg.value.is_none() {
                    continue;
                }
                let sql = condition_sql(interp, scope, &arg.value).and_then(whole);
                let text = sql.unwrap_or_else(|| UNREADABLE.into());
                // One condition serves all dialects where they agree; a second one that differs stays an option.
                let general = keyword == "postgresql_where" || args.keyword("postgresql_where").is_none();
                match &index.condition {
                    None if general => index.condition = Some(text),
                    Some(condition) if *condition == text => {}
                    _ => index.options.push((keyword, text)),
                }
            }
            "postgresql_include" | "mssql_include" => {
                match crate::constraint::columns(interp, scope, &arg.value.clone(), place) {
                    Ok(columns) if index.include.is_empty() => index.include = columns,
                    _ => {}
                }
            }
            "postgresql_using" | "postgresql_concurrently" => {}
            _ if is_dialect_option(&keyword) && !arg.value.is_none() => {
                let text = option_text(&arg.value);
                index.options.push((keyword, text.unwrap_or_else(|| UNREADABLE.to_owned()).into()));
            }
            _ => {}
        }
    }
}
