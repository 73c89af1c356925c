//! Reading arguments: a value that is not what it should be makes the fact unknown, never something else.

use crate::path::{Canonical, canonical};
use fact::{Fact, Name, Place, Reason, Unknown, name};
use python::value::{Arg, Args, Part, Value};
use schema::constraint::ConstraintName;
use std::sync::Arc;

/// Reads the arguments of one call and remembers the first one that could not be read.
pub(crate) struct Params<'a> {
    pub args: &'a Args,
    pub trouble: Option<Unknown>,
    place: Place,
}

/// The position of an argument that can only be given by name.
pub(crate) const KEYWORD: usize = usize::MAX;

impl<'a> Params<'a> {
    pub fn new(args: &'a Args, place: Place) -> Params<'a> {
        Params { args, trouble: args.open.as_deref().cloned(), place }
    }

    /// Says that nothing but this argument shows in the result: when it is given, others may stay hidden.
    pub fn rests_on(&mut self, index: usize, name: &str) {
        if self.args.open.is_some() && self.arg(index, name).is_some() {
            self.trouble = None;
        }
    }

    /// The argument, when it was given and is not None.
    pub fn arg(&self, index: usize, name: &str) -> Option<&'a Arg> {
        let found = match index {
            KEYWORD => self.args.keyword(name),
            _ => self.args.get(index, name),
        };
        found.filter(|arg| !arg.value.is_none())
    }

    pub fn blame(&mut self, value: &Value, what: &str) {
        let unknown = why(value, what, self.place);
        self.trouble.get_or_insert(unknown);
    }

    pub fn int(&mut self, index: usize, name: &str) -> Option<i64> {
        let arg = self.arg(index, name)?;
        let int = arg.value.as_int().or_else(|| arg.value.as_str()?.trim().parse().ok());
        if int.is_none() {
            self.blame(&arg.value, name);
        }
        int
    }

    pub fn size(&mut self, index: usize, name: &str) -> Option<u32> {
        u32::try_from(self.int(index, name)?).ok()
    }

    pub fn flag(&mut self, index: usize, name: &str, default: bool) -> bool {
        let Some(arg) = self.arg(index, name) else { return default };
        match arg.value.as_int() {
            Some(int) => int != 0,
            None => {
                self.blame(&arg.value, name);
                default
            }
        }
    }

    /// A flag that may be given or not.
    pub fn maybe_flag(&mut self, name: &str) -> Option<bool> {
        self.arg(KEYWORD, name)?;
        Some(self.flag(KEYWORD, name, false))
    }

    pub fn text(&mut self, index: usize, name: &str) -> Option<Arc<str>> {
        let arg = self.arg(index, name)?;
        let text = plain_text(&arg.value);
        if text.is_none() {
            self.blame(&arg.value, name);
        }
        text
    }

    pub fn name(&mut self, index: usize, key: &str) -> Option<Name> {
        self.text(index, key).map(|text| name(&text))
    }

    /// `value` unless an argument could not be read.
    pub fn finish<T>(self, value: T) -> Fact<T> {
        match self.trouble {
            None => Fact::Known(value),
            Some(unknown) => Fact::Unknown(unknown),
        }
    }
}

/// Why `value` is of no use as `what`.
pub(crate) fn why(value: &Value, what: &str, place: Place) -> Unknown {
    match value.as_unknown() {
        Some(unknown) => (**unknown).clone(),
        None => match value.as_symbol().and_then(|symbol| symbol.root()) {
            Some(path) => Unknown::new(Reason::OutsideProject(path.as_str().into()), place),
            None => unreadable(what, place),
        },
    }
}

pub(crate) fn unreadable(what: &str, place: Place) -> Unknown {
    Unknown::new(Reason::UnreadableArgument(what.into()), place)
}

/// A string, or `quoted_name("x", True)` and the like.
pub(crate) fn plain_text(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Str(text) => Some(text.clone()),
        _ => {
            let call = value.as_call()?;
            let wrapper = match canonical(&call.callee) {
                Some(Canonical::Sqlalchemy(name)) => {
                    matches!(name.as_str(), "quoted_name" | "conv" | "_truncated_label")
                }
                _ => is_f(&call.callee),
            };
            wrapper.then(|| call.args.positional().next()).flatten().and_then(|arg| plain_text(&arg.value))
        }
    }
}

/// The name that a constraint or index is given, and whether a convention leaves it alone (`op.f("x")`, `conv("x")`).
pub fn constraint_name(value: Option<&Value>, place: Place) -> (ConstraintName, bool) {
    let Some(value) = value.filter(|value| !value.is_none()) else { return (Fact::Known(None), false) };
    let (inner, is_final) = match value.as_call() {
        Some(call) if is_final_name(&call.callee) => {
            (call.args.positional().next().map(|arg| &arg.value), true)
        }
        _ => (Some(value), false),
    };
    match inner {
        None | Some(Value::None) => (Fact::Known(None), false),
        Some(inner) => match plain_text(inner) {
            Some(text) => (Fact::Known(Some(name(&text))), is_final),
            None => (Fact::Unknown(why(inner, "the name", place)), is_final),
        },
    }
}

fn is_final_name(callee: &Value) -> bool {
    match canonical(callee) {
        Some(Canonical::Sqlalchemy(name)) => name == "conv",
        Some(_) => false,
        None => is_f(callee),
    }
}

/// `op.f`, `batch_op.f`: whatever object Alembic's operations are reached by.
fn is_f(callee: &Value) -> bool {
    match callee.as_symbol() {
        Some(python::value::Symbol::Attribute { name, .. }) => name == "f",
        Some(python::value::Symbol::Path(path)) => path.starts_with("alembic.") && path.ends_with(".f"),
        _ => false,
    }
}

/// The text of a value, for options that are kept as they were written.
pub fn option_text(value: &Value) -> Option<String> {
    let all = |items: &[Value], open: &str, close: &str| {
        let items: Option<Vec<String>> = items.iter().map(option_item).collect();
        Some(format!("{open}{}{close}", items?.join(", ")))
    };
    match value {
        Value::Str(text) => Some(text.to_string()),
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Int(int) => Some(int.to_string()),
        Value::Float(float) => Some(float.to_string()),
        Value::Tuple(items) if items.len() == 1 => all(items, "(", ",)"),
        Value::Tuple(items) => all(items, "(", ")"),
        Value::List(items) => all(items, "[", "]"),
        Value::Set(items) => all(items, "{", "}"),
        Value::Dict(entries) => {
            let entries: Option<Vec<String>> = entries
                .iter()
                .map(|(key, value)| Some(format!("{}: {}", option_item(key)?, option_item(value)?)))
                .collect();
            Some(format!("{{{}}}", entries?.join(", ")))
        }
        other => crate::sql::sql_text(other).map(|sql| sql.text.to_string()),
    }
}

fn option_item(value: &Value) -> Option<String> {
    match value {
        Value::Str(text) => Some(format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))),
        Value::None => Some("None".to_owned()),
        // A column among the items of an option is its name.
        other => match crate::path::call_of(other, "Column").and_then(|call| call.args.get(0, "name")) {
            Some(name) => option_item(&name.value),
            None => option_text(other),
        },
    }
}

/// Text with the SQL reader's stand-in for every hole.
pub(crate) fn with_holes(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(part) => text.push_str(part),
            Part::Unknown(_) => text.push(schema::sql::HOLE),
        }
    }
    text
}
