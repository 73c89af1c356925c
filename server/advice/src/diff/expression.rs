//! Index expressions as the model has them and as PostgreSQL gives them back.

/// The text that two spellings of one expression share: without case, quotes, casts, spaces, outer parentheses and the
/// modifiers that PostgreSQL leaves out.
pub(super) fn normal(expression: &str, table: &str) -> String {
    let mut text = expression.to_lowercase().replace(['"', '\''], "");
    text = text.replace(&format!("{}.", table.to_lowercase()), "");
    text = without_casts(&text);
    text = without_parentheses(&text).to_owned();
    text = without_default_modifier(&text);
    text = without_parentheses(&text).to_owned();
    text = without_cast_function(&text);
    text.retain(|c| c != ' ');
    text
}

/// An expression with an operator class in it: what PostgreSQL gives back lacks the class.
pub(super) fn names_operator_class(expression: &str) -> bool {
    expression.trim().ends_with("_ops") && expression.contains([' ', ')'])
}

/// `x::character varying` is `x`.
fn without_casts(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("::") {
        out.push_str(before);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let end = after.find(|c: char| !is_word(c) && c != ' ').unwrap_or(after.len());
        let (ty, tail) = after.split_at_checked(end).unwrap_or((after, ""));
        // The type ends with its last word; spaces behind it are not its own.
        let own = ty.trim_end().len();
        if own == 0 {
            out.push_str("::");
            rest = after;
            continue;
        }
        out.push_str(ty.get(own..).unwrap_or_default());
        rest = if own == ty.len() { without_size(tail) } else { tail };
    }
    out.push_str(rest);
    out
}

/// Behind `::numeric`: without `(10,2)`; behind `::integer`: without `[]`.
fn without_size(text: &str) -> &str {
    let is_size =
        |size: &str| !size.is_empty() && size.chars().all(|c| c.is_ascii_digit() || c == ',' || c == ' ');
    let sized = text.strip_prefix('(').and_then(|text| text.split_once(')'));
    let text = sized.filter(|(size, _)| is_size(size)).map_or(text, |(_, rest)| rest);
    text.strip_prefix("[]").unwrap_or(text)
}

fn without_parentheses(text: &str) -> &str {
    let mut text = text;
    while let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        text = inner;
    }
    text
}

/// ASC is the default, NULLS LAST that of ascending and NULLS FIRST that of descending order.
fn without_default_modifier(text: &str) -> String {
    let cut = |text: &str, word: &str| text.strip_suffix(word).map(|text| text.trim_end().to_owned());
    let (mut text, nulls_first) = match (cut(text, " nulls first"), cut(text, " nulls last")) {
        (Some(rest), _) => (rest, Some(true)),
        (None, Some(rest)) => (rest, Some(false)),
        (None, None) => (text.to_owned(), None),
    };
    let descends = text.ends_with(" desc");
    if let Some(rest) = cut(&text, " asc") {
        text = rest;
    }
    match nulls_first {
        Some(first) if first != descends => text + if first { " nulls first" } else { " nulls last" },
        _ => text,
    }
}

/// `cast(x as integer)` is `x`, also inside.
fn without_cast_function(text: &str) -> String {
    let opening = |text: &str| {
        let rest = text.strip_prefix("cast")?.trim_start().strip_prefix('(')?;
        Some(text.len() - rest.len())
    };
    if opening(text).is_none() {
        return text.to_owned();
    }
    let closing = |text: &str| {
        let ty = text.strip_prefix("as")?.strip_prefix(char::is_whitespace)?;
        let (name, rest) = ty.split_once([')', '('])?;
        if name.trim().is_empty() {
            return None;
        }
        // A type with a size has parentheses of its own.
        let rest = match ty.as_bytes().get(name.len()) {
            Some(b'(') => rest.split_once(')')?.1.split_once(')')?.1,
            _ => rest,
        };
        Some(text.len() - rest.len())
    };
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let starts_word = !before.is_alphanumeric() && before != '_';
        let skipped = if starts_word { opening(rest).or_else(|| closing(rest)) } else { None };
        match skipped {
            Some(length) => {
                rest = rest.get(length..).unwrap_or_default();
                before = ' ';
            }
            None => {
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
                before = c;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(model: &str, database: &str, same: bool) {
        let (model, database) = (normal(model, "T a"), normal(database, "T a"));
        assert_eq!(model == database, same, "{model:?} {database:?}");
    }

    #[test]
    fn one_expression_has_many_spellings() {
        check("lower(x)", "lower(x::text)", true);
        check("lower(\"XCol\")", "lower((\"XCol\")::text)", false);
        check("x || '42'", "(q::text || '42'::text)", false);
        check("q || '42'", "(q::text || '42'::text)", true);
        check("ff + 1", "(ff + 1::double precision)", true);
        check("CAST(y AS INTEGER)", "(y::integer)", true);
        check("CAST(x AS INTEGER)", "(y::integer)", false);
        check("CAST(jb ->> 'foo' AS INTEGER)", "((jb ->> 'foo'::text)::integer)", true);
        check("CAST(jb ->> 'bar' AS INTEGER)", "((jb ->> 'foo'::text)::integer)", false);
        check("CAST(x AS NUMERIC(10, 2))", "(x::numeric(10,2))", true);
        check("CAST(x AS NUMERIC(10, 2)) + 1", "((x::numeric(10,2)) + 1)", false);
        check("lower(x::text[])", "lower(x)", true);
        check("y ASC", "y", true);
        check("lower(y) ASC NULLS LAST", "lower(y)", true);
        check("y asc nulls first", "y NULLS FIRST", true);
        check("y NULLS LAST", "y", true);
        check("y DESC NULLS FIRST", "y DESC", true);
        check("y DESC NULLS LAST", "y DESC", false);
        check("y NULLS FIRST", "y", false);
        check("t a.y", "y", true);
        check("z + 42", "(z + 42)", true);
        check("a::", "a", false);
        check("", "()", true);
    }

    #[test]
    fn operator_classes() {
        assert!(names_operator_class("lower(x) text_pattern_ops"));
        assert!(names_operator_class("x gin_trgm_ops "));
        assert!(!names_operator_class("my_ops"));
        assert!(!names_operator_class("lower(x)"));
    }
}
