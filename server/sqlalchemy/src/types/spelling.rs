//! How a type is written, where its meaning does not say so.

use crate::path::{Canonical, canonical, method_call};
use fact::Fact;
use python::value::{Args, Value};
use schema::{Spelling, Term, Type};

/// The spelling of a type; none for the generic types, whose meaning says all.
pub fn spelling(value: &Value, ty: &Fact<Type>) -> Spelling {
    let (Some(ty), false) = (ty.known(), says_all(value)) else { return Spelling::default() };
    term(value, 0).map_or_else(Spelling::default, |term| Spelling::new(ty.clone(), term))
}

/// Types that are written in one way only.
const GENERIC: &[&str] = &[
    "BigInteger",
    "Date",
    "DateTime",
    "Double",
    "Float",
    "Integer",
    "Interval",
    "JSON",
    "LargeBinary",
    "NullType",
    "Numeric",
    "SmallInteger",
    "String",
    "Text",
    "Time",
    "Unicode",
    "UnicodeText",
    "Uuid",
];

fn says_all(value: &Value) -> bool {
    let class = value.as_call().map_or(value, |call| &call.callee);
    matches!(canonical(class), Some(Canonical::Sqlalchemy(name)) if GENERIC.contains(&name.as_str()))
}

/// Deeper than this is no type that anybody wrote.
const MAX_DEPTH: u32 = 8;

/// The value as a term; `None` if a part of it is not a constant, a name of SQLAlchemy or a call of one.
fn term(value: &Value, depth: u32) -> Option<Term> {
    if depth > MAX_DEPTH {
        return None;
    }
    let list =
        |items: &[Value]| -> Option<Vec<Term>> { items.iter().map(|item| term(item, depth + 1)).collect() };
    Some(match value {
        Value::None => Term::None,
        Value::Bool(flag) => Term::Bool(*flag),
        Value::Int(int) => Term::Int(*int),
        Value::Str(text) => Term::Text(text.clone()),
        Value::List(items) => Term::List(list(items)?),
        Value::Tuple(items) => Term::Tuple(list(items)?),
        Value::Symbol(_) => return symbol(value, depth),
        _ => return None,
    })
}

fn symbol(value: &Value, depth: u32) -> Option<Term> {
    if let Some((of, name, call)) = method_call(value) {
        if name != "with_variant" {
            return None;
        }
        let member = Term::Member { of: Box::new(instance(of, depth)?), name };
        return called(member, &call.args, depth);
    }
    match value.as_call() {
        Some(call) => called(path(&call.callee)?, &call.args, depth),
        None => called(path(value)?, &Args::default(), depth),
    }
}

/// A class stands for its instance.
fn instance(value: &Value, depth: u32) -> Option<Term> {
    matches!(value, Value::Symbol(_)).then(|| term(value, depth + 1)).flatten()
}

fn called(callee: Term, args: &Args, depth: u32) -> Option<Term> {
    if args.open.is_some() {
        return None;
    }
    let mut positional = Vec::new();
    let mut keywords = Vec::new();
    for arg in &args.list {
        let value = term(&arg.value, depth + 1)?;
        match arg.name {
            None => positional.push(value),
            Some(name) => keywords.push((name, value)),
        }
    }
    Some(Term::Call { callee: Box::new(callee), args: positional, keywords })
}

/// The path under which everybody finds the name.
fn path(value: &Value) -> Option<Term> {
    let path = match canonical(value)? {
        Canonical::Sqlalchemy(name) => format!("sqlalchemy.{name}"),
        Canonical::Dialect(kind, name) => format!("sqlalchemy.dialects.{}.{name}", kind.name()),
        _ => return None,
    };
    Some(Term::Path(path.into()))
}
