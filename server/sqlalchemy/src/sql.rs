//! SQL text: `text("...")`, strings with holes, and expressions written out as simple SQL.

use crate::args::with_holes;
use crate::path::{Canonical, call_of, called, canonical, method_call};
use crate::scope::Scope;
use fact::Name;
use python::ast::{BinaryOp, CompareOp, UnaryOp};
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Symbol, Value};
use std::sync::Arc;

/// The text of a statement or expression; [`schema::sql::HOLE`] stands in for a part that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SqlText {
    pub text: Arc<str>,
    pub holes: bool,
}

impl SqlText {
    fn plain(text: &str) -> SqlText {
        SqlText { text: text.into(), holes: false }
    }
}

/// The text of a string, `text(...)`, `literal_column(...)`, `DDL(...)`, with or without `bindparams(...)`.
pub fn sql_text(value: &Value) -> Option<SqlText> {
    match value {
        Value::Str(text) => Some(SqlText { text: text.clone(), holes: false }),
        Value::Partial(parts) => Some(SqlText { text: with_holes(parts).into(), holes: true }),
        _ => {
            if let Some((of, name, _)) = method_call(value) {
                let keeps = matches!(
                    name.as_str(),
                    "bindparams"
                        | "columns"
                        | "execution_options"
                        | "execute_if"
                        | "params"
                        | "self_group"
                        | "label"
                );
                return if keeps { sql_text(of) } else { None };
            }
            let (Canonical::Sqlalchemy(name), call) = called(value)? else { return None };
            let argument = |key: &str| call.args.get(0, key).map(|arg| &arg.value);
            match name.as_str() {
                "text" | "TextClause" => sql_text(argument("text")?).map(unescape),
                "literal_column" => sql_text(argument("text")?),
                "DDL" => sql_text(argument("statement")?).map(percent),
                "DefaultClause" => sql_text(argument("arg")?),
                _ => None,
            }
        }
    }
}

/// `\:` in `text()` is a colon that is no bind.
fn unescape(sql: SqlText) -> SqlText {
    match sql.text.contains("\\:") {
        true => SqlText { text: sql.text.replace("\\:", ":").into(), holes: sql.holes },
        false => sql,
    }
}

/// DDL() is a template: `%%` is a percent sign.
fn percent(sql: SqlText) -> SqlText {
    match sql.text.contains("%%") {
        true => SqlText { text: sql.text.replace("%%", "%").into(), holes: sql.holes },
        false => sql,
    }
}

/// An expression as generic SQL text; `None` where some part of it has no simple spelling.
///
/// Strings are literals. Columns are written by their name alone.
pub fn expr_sql<H: Host>(interp: &mut Interp<'_, H>, scope: &Scope, value: &Value) -> Option<SqlText> {
    let mut writer = Writer { interp, scope, holes: false, depth: 0 };
    let text = writer.operand(value)?;
    Some(SqlText { text: text.into(), holes: writer.holes })
}

/// A condition or the body of a CHECK: like [`expr_sql`], but a string is SQL as it stands.
pub fn condition_sql<H: Host>(interp: &mut Interp<'_, H>, scope: &Scope, value: &Value) -> Option<SqlText> {
    sql_text(value).or_else(|| expr_sql(interp, scope, value))
}

/// The name of a column: `table.c.x`, `column("x")`, `Model.x`, or a `Column` that knows its name.
pub fn column_name<H: Host>(interp: &mut Interp<'_, H>, scope: &Scope, value: &Value) -> Option<Name> {
    if let Some((_, name)) = scope.get(value) {
        return Some(name);
    }
    if let Value::Str(text) = value {
        return Some(fact::name(text));
    }
    match value.as_symbol()? {
        Symbol::Attribute { of, name, .. } => {
            if is_columns(of) || is_table(of) {
                return Some(*name);
            }
            // An attribute of a mapped class that no statement of its body binds, or an alias of the class.
            match of {
                Value::Object(_) => crate::declarative::attribute_column(interp, of, *name).or(Some(*name)),
                _ if method_call(of).is_some_and(|(_, name, _)| name == "alias") => Some(*name),
                _ => None,
            }
        }
        Symbol::Item { of, index } if is_columns(of) => index.as_str().map(fact::name),
        Symbol::Call(call) => match canonical(&call.callee) {
            Some(Canonical::Sqlalchemy(name))
                if matches!(name.as_str(), "Column" | "mapped_column" | "column") =>
            {
                let first = call.args.get(0, "name").or_else(|| call.args.get(0, "text"))?;
                crate::args::plain_text(&first.value).map(|text| fact::name(&text))
            }
            Some(_) => None,
            None => {
                let (of, name, call) = method_call(value)?;
                match name.as_str() {
                    // `column.copy()`, `column.label("x")`, `table.c.get("x")`
                    "copy" | "_copy" | "label" => column_name(interp, scope, &of.clone()),
                    "get" if is_columns(of) => call.args.list.first()?.value.as_str().map(fact::name),
                    _ => None,
                }
            }
        },
        _ => None,
    }
}

/// `table.c` or `table.columns`
pub(crate) fn is_columns(value: &Value) -> bool {
    matches!(value.as_symbol(), Some(Symbol::Attribute { name, .. }) if matches!(name.as_str(), "c" | "columns"))
}

fn is_table(value: &Value) -> bool {
    call_of(value, "Table").or_else(|| call_of(value, "table")).is_some()
}

struct Writer<'a, 's, H: Host> {
    interp: &'a mut Interp<'s, H>,
    scope: &'a Scope,
    holes: bool,
    depth: u32,
}

/// Expressions nested deeper than this are not written out.
const MAX_DEPTH: u32 = 64;

/// Functions that the standard writes without parentheses.
const ANSI: &[&str] = &[
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "user",
];

impl<H: Host> Writer<'_, '_, H> {
    fn operand(&mut self, value: &Value) -> Option<String> {
        self.depth += 1;
        let text = if self.depth > MAX_DEPTH { None } else { self.write(value) };
        self.depth -= 1;
        text
    }

    fn write(&mut self, value: &Value) -> Option<String> {
        if let Some((_, name)) = self.scope.get(value) {
            return Some(identifier(&name));
        }
        match value {
            Value::None => Some("NULL".to_owned()),
            Value::Bool(true) => Some("true".to_owned()),
            Value::Bool(false) => Some("false".to_owned()),
            Value::Int(int) => Some(int.to_string()),
            Value::Float(float) => Some(float.to_string()),
            Value::Str(text) => Some(literal(text)),
            Value::Partial(_) | Value::Unknown(_) => None,
            Value::Tuple(items) | Value::List(items) => Some(format!("({})", self.list(items)?)),
            Value::Object(_) => {
                let member = self.interp.enum_member_value(value)?;
                self.operand(&member)
            }
            Value::Symbol(symbol) => self.symbol(value, symbol),
            _ => None,
        }
    }

    fn list(&mut self, items: &[Value]) -> Option<String> {
        let items: Option<Vec<String>> = items.iter().map(|item| self.operand(item)).collect();
        Some(items?.join(", "))
    }

    fn symbol(&mut self, value: &Value, symbol: &Symbol) -> Option<String> {
        match symbol {
            Symbol::Compare { op, left, right } => {
                let op = match (op, right) {
                    (CompareOp::Eq | CompareOp::Is, Value::None) => "IS",
                    (CompareOp::NotEq | CompareOp::IsNot, Value::None) => "IS NOT",
                    (CompareOp::Eq, _) => "=",
                    (CompareOp::NotEq, _) => "!=",
                    (CompareOp::Lt, _) => "<",
                    (CompareOp::LtE, _) => "<=",
                    (CompareOp::Gt, _) => ">",
                    (CompareOp::GtE, _) => ">=",
                    _ => return None,
                };
                Some(format!("{} {op} {}", self.nested(left)?, self.nested(right)?))
            }
            Symbol::Binary { op, left, right } => {
                let op = match op {
                    BinaryOp::Add if is_text(left) || is_text(right) => "||",
                    BinaryOp::Add => "+",
                    BinaryOp::Sub => "-",
                    BinaryOp::Mul => "*",
                    BinaryOp::Div => "/",
                    BinaryOp::Mod => "%",
                    BinaryOp::BitAnd => "AND",
                    BinaryOp::BitOr => "OR",
                    _ => return None,
                };
                Some(format!("{} {op} {}", self.nested(left)?, self.nested(right)?))
            }
            Symbol::Unary { op, operand } => {
                let inner = self.nested(operand)?;
                match op {
                    UnaryOp::Invert | UnaryOp::Not => Some(format!("NOT {inner}")),
                    UnaryOp::Minus => Some(format!("-{inner}")),
                    UnaryOp::Plus => Some(inner),
                }
            }
            Symbol::Path(_) => match canonical(value)? {
                Canonical::Sqlalchemy(name) => constant(&name),
                // A function class that was not called: `server_default=func.now` means nothing, `functions.now` does.
                _ => None,
            },
            Symbol::Item { of, index } if !is_columns(of) => {
                // JSON access: `col["key"]`.
                let of = self.nested(of)?;
                Some(format!("{of} -> {}", self.operand(index)?))
            }
            Symbol::Attribute { .. } | Symbol::Item { .. } => {
                column_name(self.interp, self.scope, value).map(|name| identifier(&name))
            }
            Symbol::Call(call) => {
                if let Some(text) = sql_text(value) {
                    self.holes |= text.holes;
                    return Some(text.text.to_string());
                }
                match canonical(&call.callee) {
                    Some(Canonical::Func(name)) => self.function(&name, &call.args),
                    Some(Canonical::Sqlalchemy(name)) => self.construct(value, &name, &call.args),
                    Some(Canonical::Dialect(_, name)) => self.construct(value, &name, &call.args),
                    Some(_) => None,
                    None => self.method(value),
                }
            }
        }
    }

    /// An operand, in parentheses when it is an operator itself.
    fn nested(&mut self, value: &Value) -> Option<String> {
        let text = self.operand(value)?;
        let joined = match value.as_symbol() {
            Some(Symbol::Binary { .. } | Symbol::Compare { .. }) => true,
            Some(Symbol::Call(_)) => call_of(value, "and_")
                .or_else(|| call_of(value, "or_"))
                .is_some_and(|call| call.args.list.len() > 1),
            _ => false,
        };
        Some(if joined { format!("({text})") } else { text })
    }

    fn function(&mut self, name: &str, args: &Args) -> Option<String> {
        if args.open.is_some() {
            return None;
        }
        if args.list.is_empty() && ANSI.contains(&name.to_lowercase().as_str()) {
            return Some(name.to_uppercase());
        }
        let mut items = Vec::new();
        for arg in args.positional() {
            // `func.count(distinct(x))` and text as an argument are written as they are.
            items.push(self.operand(&arg.value)?);
        }
        Some(format!("{name}({})", items.join(", ")))
    }

    fn construct(&mut self, value: &Value, name: &str, args: &Args) -> Option<String> {
        if args.open.is_some() {
            return None;
        }
        let positional: Vec<Value> = args.positional().map(|arg| arg.value.clone()).collect();
        let first = positional.first();
        match name {
            "and_" | "or_" => {
                let word = if name == "and_" { " AND " } else { " OR " };
                let items: Option<Vec<String>> = match positional.len() {
                    1 => positional.iter().map(|item| self.operand(item)).collect(),
                    _ => positional.iter().map(|item| self.junction(item, name)).collect(),
                };
                Some(items?.join(word)).filter(|text| !text.is_empty())
            }
            "not_" => Some(format!("NOT {}", self.nested(first?)?)),
            "true" | "false" | "null" => constant(name),
            "literal" | "inline_literal" => self.operand(first?),
            "bindparam" => match args.get(1, "value") {
                Some(arg) if !arg.value.is_none() => self.operand(&arg.value.clone()),
                _ => Some(format!(":{}", first?.as_str()?)),
            },
            "cast" | "type_coerce" | "try_cast" => {
                let inner = self.operand(first?)?;
                if name == "type_coerce" {
                    return Some(inner);
                }
                let ty = crate::types::read_type(self.interp, positional.get(1)?, call_place(value)?);
                Some(format!("CAST({inner} AS {})", type_text(ty.known()?)?))
            }
            "desc" => Some(format!("{} DESC", self.word(first?)?)),
            "asc" => Some(format!("{} ASC", self.word(first?)?)),
            "nullsfirst" | "nulls_first" => Some(format!("{} NULLS FIRST", self.word(first?)?)),
            "nullslast" | "nulls_last" => Some(format!("{} NULLS LAST", self.word(first?)?)),
            "distinct" => Some(format!("DISTINCT {}", self.nested(first?)?)),
            "collate" => Some(format!("{} COLLATE \"{}\"", self.word(first?)?, positional.get(1)?.as_str()?)),
            "label" => self.operand(positional.get(1)?),
            "array" => {
                let items = first?.as_items()?.to_vec();
                Some(format!("ARRAY[{}]", self.list(&items)?))
            }
            "tuple_" => Some(format!("({})", self.list(&positional)?)),
            "Column" | "mapped_column" | "column" => {
                column_name(self.interp, self.scope, value).map(|name| identifier(&name))
            }
            _ => None,
        }
    }

    /// An operand of AND or OR.
    fn junction(&mut self, value: &Value, name: &str) -> Option<String> {
        let text = self.operand(value)?;
        let other = if name == "and_" { "or_" } else { "and_" };
        let mixed = call_of(value, other).is_some_and(|call| call.args.list.len() > 1)
            || matches!(
                value.as_symbol(),
                Some(Symbol::Binary { op: BinaryOp::BitAnd | BinaryOp::BitOr, .. })
            );
        Some(if mixed { format!("({text})") } else { text })
    }

    /// A column named by a string.
    fn word(&mut self, value: &Value) -> Option<String> {
        match value {
            Value::Str(name) => Some(identifier(name)),
            _ => self.operand(value),
        }
    }

    fn method(&mut self, value: &Value) -> Option<String> {
        // `column.op("->>")("key")` calls the result of a method.
        if let Some((of, op, right)) = custom_operator(value) {
            let (left, right) = (self.nested(of)?, self.operand(&right.clone())?);
            return Some(format!("{left} {op} {right}"));
        }
        let (of, name, call) = method_call(value)?;
        let first = call.args.list.first().map(|arg| arg.value.clone());
        let of = of.clone();
        let word = match name.as_str() {
            "is_" | "isnot" | "is_not" | "is_distinct_from" => {
                let word = match name.as_str() {
                    "is_" => "IS",
                    "is_distinct_from" => "IS DISTINCT FROM",
                    _ => "IS NOT",
                };
                return Some(format!("{} {word} {}", self.nested(&of)?, self.operand(&first?)?));
            }
            "in_" => "IN",
            "notin_" | "not_in" => "NOT IN",
            "like" => "LIKE",
            "ilike" => "ILIKE",
            "notlike" | "not_like" => "NOT LIKE",
            "concat" => "||",
            "desc" => return Some(format!("{} DESC", self.nested(&of)?)),
            "asc" => return Some(format!("{} ASC", self.nested(&of)?)),
            "nullsfirst" | "nulls_first" => return Some(format!("{} NULLS FIRST", self.nested(&of)?)),
            "nullslast" | "nulls_last" => return Some(format!("{} NULLS LAST", self.nested(&of)?)),
            "collate" => return Some(format!("{} COLLATE \"{}\"", self.nested(&of)?, first?.as_str()?)),
            "label" | "self_group" | "scalar_subquery" => return self.operand(&of),
            "between" => {
                let (low, high) = (first?, call.args.list.get(1)?.value.clone());
                return Some(format!(
                    "{} BETWEEN {} AND {}",
                    self.nested(&of)?,
                    self.operand(&low)?,
                    self.operand(&high)?
                ));
            }
            "cast" => {
                let ty = crate::types::read_type(self.interp, &first?, call.place);
                return Some(format!("CAST({} AS {})", self.operand(&of)?, type_text(ty.known()?)?));
            }
            "next_value" => {
                let name = crate::default::sequence_name(self.interp, &of)?;
                return Some(format!("nextval('{name}')"));
            }
            _ => {
                return column_name(self.interp, self.scope, value).map(|name| identifier(&name));
            }
        };
        let right = first?;
        match (word, right.as_items()) {
            ("IN" | "NOT IN", Some(items)) => {
                Some(format!("{} {word} ({})", self.nested(&of)?, self.list(items)?))
            }
            ("IN" | "NOT IN", None) => None,
            _ => Some(format!("{} {word} {}", self.nested(&of)?, self.nested(&right)?)),
        }
    }
}

/// `column.op("->>")("key")`: the column, the operator, the operand.
fn custom_operator(value: &Value) -> Option<(&Value, &str, &Value)> {
    let call = value.as_call()?;
    let (of, name, operator) = method_call(&call.callee)?;
    if !matches!(name.as_str(), "op" | "bool_op") {
        return None;
    }
    Some((of, operator.args.list.first()?.value.as_str()?, &call.args.list.first()?.value))
}

fn call_place(value: &Value) -> Option<fact::Place> {
    Some(value.as_call()?.place)
}

fn is_text(value: &Value) -> bool {
    matches!(value, Value::Str(_))
}

fn constant(name: &str) -> Option<String> {
    matches!(name, "true" | "false")
        .then(|| name.to_owned())
        .or_else(|| (name == "null").then(|| "NULL".to_owned()))
}

/// A name, quoted when it is not a plain lower case word.
pub(crate) fn identifier(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The text of a type where it does not depend on the dialect.
fn type_text(ty: &schema::Type) -> Option<String> {
    let texts: Vec<String> =
        schema::Kind::ALL.iter().filter_map(|kind| kind.rules().ddl_type(ty).known().cloned()).collect();
    texts.into_iter().next()
}

/// Text that is SQL and has no hole.
pub(crate) fn whole(sql: SqlText) -> Option<Arc<str>> {
    (!sql.holes).then_some(sql.text)
}

impl From<&str> for SqlText {
    fn from(text: &str) -> SqlText {
        SqlText::plain(text)
    }
}
