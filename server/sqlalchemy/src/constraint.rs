//! Constraints: `UniqueConstraint(...)` and its like, and the keywords of `op.create_unique_constraint(...)`.

use crate::args::{KEYWORD, Params, constraint_name, option_text, plain_text, why};
use crate::column::{as_call, is_dialect_option};
use crate::foreign_key;
use crate::path::{Canonical, canonical};
use crate::scope::Scope;
use crate::sql::{column_name, condition_sql, expr_sql, identifier, whole};
use fact::{Fact, Name, Place, Unknown};
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Call, Value};
use schema::{Check, Constraint, Exclude, ForeignKey, PrimaryKey, TableName, Unique};
use std::sync::Arc;

/// A constraint that stands by itself. `None`: it is none.
pub fn constraint<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    value: &Value,
) -> Option<Result<Constraint, Unknown>> {
    let call = as_call(interp, value)?;
    let place = call.place;
    let kind = match canonical(&call.callee)? {
        Canonical::Sqlalchemy(name) => name,
        Canonical::Dialect(schema::Kind::Postgresql, name)
            if matches!(name.as_str(), "ExcludeConstraint") =>
        {
            name
        }
        _ => return None,
    };
    Some(match kind.as_str() {
        "PrimaryKeyConstraint" => columns_of(interp, scope, &call).map(|columns| {
            let (name, name_is_final) = name_of(&call.args, place);
            Constraint::PrimaryKey(PrimaryKey { name, name_is_final, columns, place })
        }),
        "UniqueConstraint" => columns_of(interp, scope, &call).and_then(|columns| {
            let mut unique = Unique::new(columns, place);
            (unique.name, unique.name_is_final) = name_of(&call.args, place);
            unique_options(&call.args, &mut unique)?;
            Ok(Constraint::Unique(unique))
        }),
        "ForeignKeyConstraint" => foreign_key_constraint(interp, scope, &call).map(Constraint::ForeignKey),
        "CheckConstraint" => Ok(Constraint::Check(check(interp, scope, &call.args, place))),
        "ExcludeConstraint" => exclude(interp, scope, &call.args, place).map(Constraint::Exclude),
        _ => return None,
    })
}

fn name_of(args: &Args, place: Place) -> (schema::constraint::ConstraintName, bool) {
    constraint_name(args.keyword("name").map(|arg| &arg.value), place)
}

/// As [`name_of`], for a constraint that takes its name by position too.
fn name_at(args: &Args, index: usize, place: Place) -> (schema::constraint::ConstraintName, bool) {
    constraint_name(args.get(index, "name").map(|arg| &arg.value), place)
}

fn columns_of<H: Host>(interp: &mut Interp<'_, H>, scope: &Scope, call: &Call) -> Result<Vec<Name>, Unknown> {
    if let Some(unknown) = &call.args.open {
        return Err((**unknown).clone());
    }
    let given: Vec<Value> = call.args.positional().map(|arg| arg.value.clone()).collect();
    given.iter().map(|value| column(interp, scope, value, call.place)).collect()
}

/// The names of a list of columns: strings, column objects.
pub fn columns<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    value: &Value,
    place: Place,
) -> Result<Vec<Name>, Unknown> {
    match value {
        // A string is one column where a list is asked for.
        Value::Str(text) => Ok(vec![fact::name(text)]),
        Value::Object(_) | Value::Tuple(_) | Value::List(_) | Value::Set(_) => {
            let items = match interp.iterate(value, place) {
                Ok(Ok(items)) => items,
                Ok(Err(unknown)) => return Err(unknown),
                Err(_) => return Err(why(value, "the columns", place)),
            };
            items.iter().map(|item| column(interp, scope, item, place)).collect()
        }
        _ => match column_name(interp, scope, value) {
            Some(name) => Ok(vec![name]),
            None => Err(why(value, "the columns", place)),
        },
    }
}

fn column<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    value: &Value,
    place: Place,
) -> Result<Name, Unknown> {
    if let Some(text) = plain_text(value) {
        return Ok(fact::name(&text));
    }
    if let Some(Value::Str(text)) = interp.enum_member_value(value) {
        return Ok(fact::name(&text));
    }
    column_name(interp, scope, value).ok_or_else(|| why(value, "a column", place))
}

/// The keywords of a unique constraint: `deferrable`, `initially`, dialect options.
pub fn unique_options(args: &Args, unique: &mut Unique) -> Result<(), Unknown> {
    let mut params = Params::new(args, unique.place);
    unique.deferrable = params.maybe_flag("deferrable");
    unique.initially = params.text(KEYWORD, "initially").map(|text| text.to_uppercase().into());
    for (keyword, arg) in args.keywords().filter(|(keyword, _)| is_dialect_option(keyword)) {
        match option_text(&arg.value) {
            Some(text) => unique.options.push((keyword, text.into())),
            None => params.blame(&arg.value, &keyword),
        }
    }
    params.trouble.map_or(Ok(()), Err)
}

fn foreign_key_constraint<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    call: &Call,
) -> Result<ForeignKey, Unknown> {
    let place = call.place;
    let unknown = || crate::args::unreadable("the foreign key", place);
    let (options, trouble) = foreign_key::options(&call.args, place);
    if let Some(unknown) = trouble {
        return Err(unknown);
    }
    let local = call.args.get(0, "columns").ok_or_else(unknown)?.value.clone();
    let remote = call.args.get(1, "refcolumns").ok_or_else(unknown)?.value.clone();
    let local = columns(interp, scope, &local, place)?;
    let remote = match interp.iterate(&remote, place) {
        Ok(Ok(items)) => items,
        Ok(Err(unknown)) => return Err(unknown),
        Err(_) => return Err(unknown()),
    };
    let mut table: Option<TableName> = None;
    let mut referred = Vec::with_capacity(remote.len());
    for (at, value) in remote.iter().enumerate() {
        let reference = foreign_key::reference(interp, scope, value, place)?;
        table.get_or_insert(reference.table);
        referred.push(reference.column.or(local.get(at).copied()).ok_or_else(unknown)?);
    }
    let mut key = ForeignKey::new(local, table.ok_or_else(unknown)?, referred, place);
    (key.name, key.name_is_final) = name_at(&call.args, 2, place);
    options.apply(&mut key);
    Ok(key)
}

/// `CheckConstraint(sqltext, name=...)`
pub fn check<H: Host>(interp: &mut Interp<'_, H>, scope: &Scope, args: &Args, place: Place) -> Check {
    let sql = match args.get(0, "sqltext") {
        Some(arg) => check_sql(interp, scope, &arg.value.clone(), arg.place),
        None => Fact::Unknown(crate::args::unreadable("the CHECK", place)),
    };
    let mut check = Check::new(sql, place);
    (check.name, check.name_is_final) = name_at(args, 1, place);
    check.not_valid = args.keyword("postgresql_not_valid").is_some_and(|arg| arg.value == Value::Bool(true));
    check
}

/// The condition of a CHECK: a string, `text(...)`, or an expression.
pub fn check_sql<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    value: &Value,
    place: Place,
) -> Fact<Arc<str>> {
    match condition_sql(interp, scope, value).and_then(whole) {
        Some(sql) => Fact::Known(sql),
        None => Fact::Unknown(why(value, "the condition of the CHECK", place)),
    }
}

/// `ExcludeConstraint((column, "operator"), ..., using=, where=)`
pub fn exclude<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    args: &Args,
    place: Place,
) -> Result<Exclude, Unknown> {
    let mut params = Params::new(args, place);
    let mut elements = Vec::new();
    for arg in args.positional() {
        match arg.value.as_items() {
            Some([element, operator]) => {
                let (element, operator) = (element.clone(), operator.clone());
                let text = match &element {
                    Value::Str(column) => Some(identifier(column).into()),
                    other => expr_sql(interp, scope, other).and_then(whole),
                };
                match (text, operator.as_str()) {
                    (Some(text), Some(operator)) => elements.push((text, operator.into())),
                    _ => params.blame(&element, "an element of the constraint"),
                }
            }
            _ => params.blame(&arg.value, "an element of the constraint"),
        }
    }
    let condition = match params.arg(KEYWORD, "where").cloned() {
        Some(arg) => match condition_sql(interp, scope, &arg.value).and_then(whole) {
            Some(sql) => Some(sql),
            None => {
                params.blame(&arg.value, "where");
                None
            }
        },
        None => None,
    };
    let using = params.text(KEYWORD, "using");
    match params.trouble {
        Some(unknown) => Err(unknown),
        None => Ok(Exclude { name: name_of(args, place).0, elements, using, condition, place }),
    }
}
