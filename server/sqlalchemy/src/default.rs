//! What the server fills in: `server_default=`, Computed, Identity, Sequence.

use crate::args::{KEYWORD, Params, plain_text, why};
use crate::path::{Canonical, call_of, called, method_call};
use crate::scope::Scope;
use crate::sql::{expr_sql, sql_text};
use fact::{Fact, Name, Place};
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Value};
use schema::{Computed, Identity, ServerDefault, TableName};
use std::sync::Arc;

/// What `server_default=` may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filled {
    Default(Fact<Option<ServerDefault>>),
    Computed(Computed),
    Identity(Identity),
}

/// Reads `server_default=`. `None` is "no default"; what SQLAlchemy would refuse is unknown.
pub fn server_default<H: Host>(interp: &mut Interp<'_, H>, value: &Value, place: Place) -> Filled {
    if let Some((Canonical::Sqlalchemy(name), call)) = called(value) {
        match name.as_str() {
            "Computed" => {
                return match computed(interp, &Scope::default(), &call.args, call.place) {
                    Fact::Known(computed) => Filled::Computed(computed),
                    Fact::Unknown(unknown) => Filled::Default(Fact::Unknown(unknown)),
                };
            }
            "Identity" => {
                return match identity(&call.args, call.place) {
                    Fact::Known(identity) => Filled::Identity(identity),
                    Fact::Unknown(unknown) => Filled::Default(Fact::Unknown(unknown)),
                };
            }
            "FetchedValue" => return Filled::Default(Fact::Known(None)),
            _ => {}
        }
    }
    if crate::path::core_name(value).is_some_and(|name| name == "FetchedValue") {
        return Filled::Default(Fact::Known(None));
    }
    Filled::Default(plain(interp, value, place))
}

fn plain<H: Host>(interp: &mut Interp<'_, H>, value: &Value, place: Place) -> Fact<Option<ServerDefault>> {
    let unknown = |value: &Value| Fact::Unknown(why(value, "the server default", place));
    let known = |default: ServerDefault| Fact::Known(Some(default));
    match value {
        Value::None => return Fact::Known(None),
        Value::Str(text) => return known(ServerDefault::Literal(text.clone())),
        Value::Object(_) => {
            // A member of an enumeration that is a string is the string.
            return match interp.enum_member_value(value) {
                Some(Value::Str(text)) => known(ServerDefault::Literal(text)),
                _ => Fact::Unknown(interp.why_unknown(value, place)),
            };
        }
        Value::Symbol(_) => {}
        other => return unknown(other),
    }
    if let Some(text) = plain_text(value) {
        return known(ServerDefault::Literal(text));
    }
    if let Some(inner) = call_of(value, "DefaultClause").and_then(|call| call.args.get(0, "arg")) {
        return plain(interp, &inner.value.clone(), place);
    }
    match called(value) {
        Some((Canonical::Func(name), call))
            if name == "now" && call.args.list.is_empty() && call.args.open.is_none() =>
        {
            return known(ServerDefault::Now);
        }
        Some((Canonical::Func(name), call)) if name == "next_value" => {
            let sequence = call.args.list.first().and_then(|arg| sequence_name(interp, &arg.value));
            return sequence.map_or_else(|| unknown(value), |name| known(ServerDefault::Sequence(name)));
        }
        Some((Canonical::Sqlalchemy(name), call)) if call.args.list.is_empty() => match name.as_str() {
            "true" => return known(ServerDefault::True),
            "false" => return known(ServerDefault::False),
            _ => {}
        },
        _ => {}
    }
    if let Some((of, name, _)) = method_call(value)
        && name == "next_value"
    {
        let sequence = sequence_name(interp, &of.clone());
        return sequence.map_or_else(|| unknown(value), |name| known(ServerDefault::Sequence(name)));
    }
    let sql = sql_text(value).or_else(|| expr_sql(interp, &Scope::default(), value));
    match sql {
        Some(sql) if !sql.holes => known(ServerDefault::Sql(sql.text)),
        _ => unknown(value),
    }
}

/// `Computed(sqltext, persisted=)`
pub fn computed<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    args: &Args,
    place: Place,
) -> Fact<Computed> {
    let mut params = Params::new(args, place);
    let persisted = match args.get(1, "persisted") {
        Some(arg) if !arg.value.is_none() => Some(params.flag(1, "persisted", false)),
        _ => None,
    };
    let sql = params.arg(0, "sqltext").and_then(|arg| crate::sql::condition_sql(interp, scope, &arg.value));
    match sql.and_then(crate::sql::whole) {
        Some(sql) => params.finish(Computed { sql, persisted }),
        None => {
            let value = args.get(0, "sqltext").map_or(Value::None, |arg| arg.value.clone());
            Fact::Unknown(why(&value, "the computed expression", place))
        }
    }
}

/// `Identity(always=, start=, increment=, ...)`
pub fn identity(args: &Args, place: Place) -> Fact<Identity> {
    let mut params = Params::new(args, place);
    // `always` moved from the first place to a keyword; a number in front is `start`.
    let first_is_number = args.positional().next().is_some_and(|arg| matches!(arg.value, Value::Int(_)));
    let identity = match first_is_number {
        true => Identity {
            start: params.int(0, "start"),
            increment: params.int(1, "increment"),
            ..Identity::default()
        },
        false => Identity {
            always: params.flag(0, "always", false),
            start: params.int(KEYWORD, "start"),
            increment: params.int(KEYWORD, "increment"),
            ..Identity::default()
        },
    };
    let identity = Identity {
        on_null: params.flag(KEYWORD, "on_null", false),
        min_value: params.int(KEYWORD, "minvalue"),
        max_value: params.int(KEYWORD, "maxvalue"),
        no_min_value: params.flag(KEYWORD, "nominvalue", false),
        no_max_value: params.flag(KEYWORD, "nomaxvalue", false),
        cycle: params.maybe_flag("cycle"),
        cache: params.int(KEYWORD, "cache"),
        order: params.maybe_flag("order"),
        ..identity
    };
    params.finish(identity)
}

/// The name of a `Sequence("name", schema=)`, or of a name that stands for one.
pub fn sequence_name<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<TableName> {
    if let Value::Str(text) = value {
        return Some(TableName::plain(text));
    }
    let call = call_of(value, "Sequence")?;
    let name = plain_text(&call.args.get(0, "name")?.value)?;
    let schema: Option<Name> = match call.args.keyword("schema").filter(|arg| !arg.value.is_none()) {
        Some(arg) => Some(fact::name(&plain_text(&arg.value)?)),
        None => match call.args.keyword("metadata").filter(|arg| !arg.value.is_none()) {
            Some(arg) => crate::metadata::metadata(interp, &arg.value)
                .and_then(|m| m.schema.known().copied().flatten()),
            None => None,
        },
    };
    Some(TableName { schema, name: fact::name(&name) })
}

/// The text of a comment.
pub(crate) fn comment(params: &mut Params<'_>) -> Option<Arc<str>> {
    params.text(KEYWORD, "comment")
}
