//! SQL that is put together at run time: `'ALTER TABLE t DROP ' || x`, `format(...)`, `CONCAT(...)`, variables.

use super::HOLE;
use super::cursor::Cursor;
use super::lex::TokenKind;
use rustc_hash::FxHashMap;

/// The text that an expression makes; a [`HOLE`] stands for each part that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dynamic {
    Text(String),
    /// `IF(test, a, b)`.
    Either(Box<Dynamic>, Box<Dynamic>),
}

/// Longer texts, and more courses than these, are not known any more: a variable that is added to itself would soon be
/// larger than any memory.
const LONGEST: usize = 1 << 18;
const MOST_COURSES: usize = 64;

impl Dynamic {
    /// The value, or a [`HOLE`] where it has grown out of all proportion.
    fn bounded(self) -> Dynamic {
        let fits = match &self {
            Dynamic::Text(text) => text.len() <= LONGEST,
            Dynamic::Either(..) => self.courses() <= MOST_COURSES,
        };
        if fits { self } else { Dynamic::Text(HOLE.to_string()) }
    }

    fn courses(&self) -> usize {
        match self {
            Dynamic::Text(_) => 1,
            Dynamic::Either(yes, no) => yes.courses() + no.courses(),
        }
    }
}

/// Adds to a text, until it is too long to be looked at.
fn push(text: &mut String, more: &str) {
    if text.len() <= LONGEST {
        text.push_str(more);
    }
}

/// Values of variables, by lower-case name.
pub(super) type Variables = FxHashMap<String, Dynamic>;

/// Reads the whole of `cursor` as one expression.
pub(super) fn evaluate(cursor: &Cursor<'_>, variables: &Variables) -> Dynamic {
    let mut cursor = *cursor;
    let mut inner = cursor;
    if let Ok(inside) = inner.parens()
        && inner.done()
        && inside.end > inside.at
        && cursor.source.depth < super::DEEPEST
    {
        let mut inside = inside;
        inside.source.depth += 1;
        return evaluate(&inside, variables);
    }
    let conditional = cursor.is("IF") && cursor.symbol(1) == "(";
    if conditional {
        cursor.at += 1;
        if let Ok(mut args) = cursor.parens() {
            args.source.depth += 1;
            args.until_comma();
            let (yes, no) = (args.until_comma(), args.until_comma());
            if cursor.done() && cursor.source.depth < super::DEEPEST {
                let (yes, no) = (evaluate(&yes, variables), evaluate(&no, variables));
                return Dynamic::Either(Box::new(yes), Box::new(no)).bounded();
            }
        }
        return Dynamic::Text(HOLE.to_string());
    }
    if let Some(variable) = single(&cursor)
        && let Some(known) = variables.get(&variable)
    {
        return known.clone();
    }
    let mut text = String::new();
    while !cursor.done() {
        if matches!(cursor.symbol(0), "||" | "+") {
            cursor.at += 1;
            continue;
        }
        part(&mut cursor, variables, &mut text);
    }
    Dynamic::Text(text).bounded()
}

fn single(cursor: &Cursor<'_>) -> Option<String> {
    let token = cursor.peek(0).filter(|t| matches!(t.kind, TokenKind::Word | TokenKind::Param))?;
    cursor.peek(1).is_none().then(|| cursor.text_of(token).to_ascii_lowercase())
}

/// One operand of a concatenation.
fn part(cursor: &mut Cursor<'_>, variables: &Variables, text: &mut String) {
    let start = *cursor;
    let end = operand_end(cursor);
    let operand = Cursor { end, ..start };
    cursor.at = end.max(start.at + 1);
    match operand.peek(0) {
        Some(token)
            if token.kind == TokenKind::Text && (operand.peek(1).is_none() || operand.symbol(1) == "::") =>
        {
            push(text, &operand.text_value(token));
        }
        Some(_) if operand.is_any(&["format", "concat", "quote_ident", "quote_literal", "quotename"]) => {
            call(&operand, variables, text);
        }
        _ => match single(&operand).and_then(|name| variables.get(&name)) {
            Some(Dynamic::Text(known)) => push(text, known),
            _ => text.push(HOLE),
        },
    }
}

/// The operand goes to the next operator of concatenation.
fn operand_end(cursor: &Cursor<'_>) -> usize {
    let mut ahead = *cursor;
    while !ahead.done() && !matches!(ahead.symbol(0), "||" | "+") {
        ahead.skip();
    }
    ahead.at
}

fn call(operand: &Cursor<'_>, variables: &Variables, text: &mut String) {
    let mut operand = *operand;
    let function = operand.word(0).to_ascii_lowercase();
    operand.at += 1;
    let Ok(mut inside) = operand.parens() else { return text.push(HOLE) };
    if operand.source.depth >= super::DEEPEST {
        return text.push(HOLE);
    }
    inside.source.depth += 1;
    let mut args: Vec<String> = Vec::new();
    while !inside.done() {
        if args.iter().map(String::len).sum::<usize>() > LONGEST {
            return text.push(HOLE);
        }
        args.push(match evaluate(&inside.until_comma(), variables) {
            Dynamic::Text(known) => known,
            Dynamic::Either(..) => HOLE.to_string(),
        });
    }
    match (function.as_str(), args.split_first()) {
        ("format", Some((format, args))) => substitute(format, args, text),
        ("quote_literal", Some((value, _))) => push(text, &literal(value)),
        ("concat", Some(_)) => args.iter().for_each(|arg| push(text, arg)),
        (_, Some((value, _))) => push(text, value),
        _ => text.push(HOLE),
    }
}

/// PostgreSQL's `format`: `%s`, `%I`, `%L`, with a position perhaps.
fn substitute(format: &str, args: &[String], text: &mut String) {
    let mut next = 0;
    let mut rest = format.chars().peekable();
    while let Some(character) = rest.next() {
        if character != '%' {
            text.push(character);
            continue;
        }
        let mut position = String::new();
        while let Some(digit) = rest.peek().filter(|c| c.is_ascii_digit() || **c == '$') {
            position.push(*digit);
            rest.next();
        }
        let at = position.trim_end_matches('$').parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        let arg = args.get(at.unwrap_or(next)).map_or_else(|| HOLE.to_string(), String::clone);
        match rest.next() {
            Some('%') => text.push('%'),
            Some('L') => {
                push(text, &literal(&arg));
                next += 1;
            }
            Some('I') => {
                push(text, &identifier(&arg));
                next += 1;
            }
            _ => {
                push(text, &arg);
                next += 1;
            }
        }
    }
}

/// In quotes if it needs them.
fn identifier(value: &str) -> String {
    let plain = value.chars().all(|c| c == HOLE || c == '_' || c.is_ascii_digit() || c.is_ascii_lowercase());
    if plain { value.to_owned() } else { format!("\"{}\"", value.replace('"', "\"\"")) }
}

fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::super::cursor::Source;
    use super::super::lex::{Lexis, lex};
    use super::*;
    use fact::{FileId, NodeId, Place};

    #[track_caller]
    fn check_dynamic(text: &str, expected: &str) {
        let tokens = lex(text, Lexis::of(None));
        let place = Place::new(FileId(0), 0, NodeId(0));
        let source = Source { text, tokens: &tokens, dialect: None, place, depth: 0 };
        let mut variables = Variables::default();
        variables.insert("known".to_owned(), Dynamic::Text("users".to_owned()));
        let shown = match evaluate(&Cursor::new(source, 0, tokens.len()), &variables) {
            Dynamic::Text(text) => text,
            Dynamic::Either(a, b) => format!("{a:?} or {b:?}"),
        };
        assert_eq!(shown.replace(HOLE, "_"), expected, "{text}");
    }

    #[test]
    fn parts_are_joined_and_holes_left() {
        check_dynamic("'a ' || x || ' b'", "a _ b");
        check_dynamic("('a' + 'b')", "ab");
        check_dynamic("'drop ' || known", "drop users");
        check_dynamic("known", "users");
        check_dynamic("f(x)", "_");
        check_dynamic("CONCAT('a', 'b', x)", "ab_");
        check_dynamic("'a' || quote_ident(known) || quote_literal('it''s')", "ausers'it''s'");
        check_dynamic("IF(x = 1, 'a', 'b')", "Text(\"a\") or Text(\"b\")");
        check_dynamic("'a'::text || 'b'", "ab");
    }

    #[test]
    fn format_fills_in() {
        check_dynamic("format('drop %I %s %L %% x', 'a', y, 'c')", "drop a _ 'c' % x");
        check_dynamic("format('%2$I %1$s', 'a', 'b')", "b a");
        check_dynamic("format('%s')", "_");
        check_dynamic("format('drop %I', 'My t')", "drop \"My t\"");
    }

    #[test]
    fn what_grows_too_long_is_not_known() {
        let long = "x".repeat(LONGEST);
        check_dynamic(&format!("'{long}'"), &long);
        check_dynamic(&format!("'{long}' || 'y'"), "_");
        check_dynamic(&format!("'a' || concat('{long}', 'y')"), "_");
        check_dynamic(&format!("format('{}', '{}')", "%1$s".repeat(1000), "x".repeat(1000)), "_");
        let many = format!("concat({})", vec![format!("'{}'", "x".repeat(1000)); 1000].join(", "));
        check_dynamic(&many, "_");
    }

    #[test]
    fn deep_nesting_ends() {
        check_dynamic(&"(".repeat(5000), "_");
        check_dynamic(&format!("{}'a'{}", "(".repeat(500), ")".repeat(500)), "_");
    }
}
