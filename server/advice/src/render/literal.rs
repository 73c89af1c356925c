//! Constants, names and calls.

use super::Style;
use schema::{Kind, Term};

pub(super) use crate::fix::literal::quoted;

/// A term with the names that the file knows: `sqlalchemy.VARCHAR` is `sa.VARCHAR`.
pub(super) fn term(value: &Term, style: &Style) -> String {
    let all = |items: &[Term]| items.iter().map(|item| term(item, style)).collect::<Vec<_>>().join(", ");
    match value {
        Term::None => "None".to_owned(),
        Term::Bool(value) => flag(*value),
        Term::Int(value) => value.to_string(),
        Term::Text(text) => style.string(text),
        Term::List(items) => format!("[{}]", all(items)),
        Term::Tuple(items) if items.len() == 1 => format!("({},)", all(items)),
        Term::Tuple(items) => format!("({})", all(items)),
        Term::Path(path) => named(path, style),
        Term::Member { of, name } => format!("{}.{name}", term(of, style)),
        Term::Call { callee, args, keywords } => {
            let mut list: Vec<String> = args.iter().map(|arg| term(arg, style)).collect();
            list.extend(keywords.iter().map(|(name, value)| format!("{name}={}", term(value, style))));
            format!("{}({})", term(callee, style), list.join(", "))
        }
    }
}

fn named(path: &str, style: &Style) -> String {
    let Some(rest) = path.strip_prefix("sqlalchemy.") else { return path.to_owned() };
    let dialect = rest.strip_prefix("dialects.").and_then(|rest| rest.split_once('.'));
    if let Some((module, name)) = dialect
        && let Ok(kind) = module.parse::<Kind>()
    {
        return format!("{}.{name}", style.dialect(kind));
    }
    format!("{}.{rest}", style.sa)
}

pub(super) fn flag(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}

/// The text of an option as a literal: what is a constant, list, tuple or dictionary stands for itself, the rest is a
/// string.
pub(super) fn option(text: &str, style: &Style) -> String {
    let closed = [('[', ']'), ('(', ')'), ('{', '}')]
        .iter()
        .any(|(open, close)| text.starts_with(*open) && text.ends_with(*close));
    let is_number = text.parse::<i64>().is_ok_and(|int| int.to_string() == text);
    match closed || is_number || matches!(text, "True" | "False" | "None") {
        true => text.to_owned(),
        false => style.string(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_literals() {
        for (text, expected) in [
            ("InnoDB", "'InnoDB'"),
            ("True", "True"),
            ("10", "10"),
            ("007", "'007'"),
            ("['a', 'b']", "['a', 'b']"),
            ("{'a': 10}", "{'a': 10}"),
            ("it's", "\"it's\""),
        ] {
            assert_eq!(option(text, &Style::default()), expected);
        }
    }
}
