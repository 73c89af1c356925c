//! Column names inside SQL text: conditions of CHECKs, expressions of indexes.

use crate::Table;
use fact::Name;
use std::ops::Range;

/// The columns of `table` that the text mentions, each once, in order of appearance.
pub(crate) fn mentioned(sql: &str, table: &Table) -> Vec<Name> {
    let mut found = Vec::new();
    for (_, word) in words(sql) {
        let column = table.columns.iter().find(|column| same(&word, &column.name));
        if let Some(column) = column
            && !found.contains(&column.name)
        {
            found.push(column.name);
        }
    }
    found
}

/// Does the text mention this column?
pub(crate) fn mentions(sql: &str, column: Name) -> bool {
    words(sql).any(|(_, word)| same(&word, &column))
}

/// Does the text mention this column without quotes? SQLite takes a quoted name that it does not know for a string.
pub(crate) fn mentions_bare(sql: &str, column: Name) -> bool {
    words(sql).any(|(_, word)| matches!(word, Word::Plain(_)) && same(&word, &column))
}

/// The text with the column under its new name.
pub(crate) fn renamed(sql: &str, from: Name, to: Name) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut done = 0;
    for (range, word) in words(sql) {
        if same(&word, &from) {
            out.push_str(sql.get(done..range.start).unwrap_or_default());
            let quote = sql.get(range.clone()).and_then(|text| text.chars().next());
            match quote.filter(|c| matches!(c, '"' | '`')) {
                Some(quote) => out.extend([String::from(quote), to.to_string(), String::from(quote)]),
                None => out.push_str(&to),
            }
            done = range.end;
        }
    }
    out.push_str(sql.get(done..).unwrap_or_default());
    out
}

#[derive(Debug)]
enum Word<'a> {
    Plain(&'a str),
    Quoted(&'a str),
}

fn same(word: &Word<'_>, column: &str) -> bool {
    match word {
        Word::Plain(text) => text.eq_ignore_ascii_case(column),
        Word::Quoted(text) => *text == column,
    }
}

/// The identifiers of the text with their quotes; strings, casts and function names are passed over.
fn words(sql: &str) -> impl Iterator<Item = (Range<usize>, Word<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = sql.get(at..)?;
            let first = rest.chars().next()?;
            let length = match first {
                '\'' => quoted_length(rest, '\''),
                '"' | '`' | '[' => {
                    let close = if first == '[' { ']' } else { first };
                    let length = quoted_length(rest, close);
                    let start = at;
                    at += length;
                    if first == '['
                        && !rest.get(1..).is_some_and(|inner| inner.starts_with(char::is_alphabetic))
                    {
                        continue;
                    }
                    let inner = rest.get(1..length.saturating_sub(1)).unwrap_or_default();
                    return Some((start..at, Word::Quoted(inner)));
                }
                ':' if rest.starts_with("::") => {
                    let tail = rest.get(2..).unwrap_or_default();
                    2 + tail.find(|c: char| !is_word(c) && c != ' ').unwrap_or(tail.len())
                }
                c if c.is_ascii_digit() => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
                c if is_word(c) => {
                    let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                    let start = at;
                    at += length;
                    if rest.get(length..).is_some_and(|tail| tail.trim_start().starts_with('('))
                        && !is_operator(rest.get(..length).unwrap_or_default())
                    {
                        continue;
                    }
                    return Some((start..at, Word::Plain(rest.get(..length).unwrap_or_default())));
                }
                c => c.len_utf8(),
            };
            at += length;
        }
    })
}

/// A column before one of these would not be a function name: `age IN (1, 2)` has the word before the parenthesis.
fn is_operator(word: &str) -> bool {
    ["in", "and", "or", "not", "like", "any", "all", "between"].iter().any(|op| word.eq_ignore_ascii_case(op))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The length of a quoted text with its quotes; a doubled closing quote stands for itself.
fn quoted_length(text: &str, close: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == close {
            if chars.peek().is_some_and(|(_, next)| *next == close) {
                chars.next();
            } else {
                return at + c.len_utf8();
            }
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, TableName};
    use fact::{Fact, FileId, Place, name};
    use std::sync::Arc;

    #[track_caller]
    fn check_mentioned(sql: &str, expected: &[&str]) {
        let place = Place::whole_file(FileId(0));
        let mut table = Table::new(TableName::plain("t"), place);
        for column in ["age", "name", "length", "Mixed"] {
            let column = Column::new(name(column), Fact::Known(crate::Type::Integer), place);
            table.columns.push(Arc::new(column));
        }
        let found: Vec<String> = mentioned(sql, &table).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{sql}");
    }

    #[test]
    fn columns_are_found_and_strings_are_not() {
        check_mentioned("age > 5 AND AGE < 9", &["age"]);
        check_mentioned("length(name) > 5", &["name"]);
        check_mentioned("length > 5", &["length"]);
        check_mentioned("name IN ('age', 'it''s length')", &["name"]);
        check_mentioned("\"Mixed\" = 1 OR t.age = 2", &["Mixed", "age"]);
        check_mentioned("\"Age\" = 1", &[]);
        check_mentioned("`age` > 1 and [name] = ''", &["age", "name"]);
        check_mentioned("age::name = 'x'", &["age"]);
        check_mentioned("(ARRAY[age])", &["age"]);
        check_mentioned("'unclosed age", &[]);
        check_mentioned("1e5 > 2", &[]);
    }

    #[track_caller]
    fn check_renamed(sql: &str, expected: &str) {
        assert_eq!(renamed(sql, name("age"), name("years")), expected);
    }

    #[test]
    fn a_renamed_column_changes_nothing_else() {
        check_renamed("age > 5 AND 'age' <> \"age\"", "years > 5 AND 'age' <> \"years\"");
        check_renamed("page > 5", "page > 5");
        check_renamed("age(age)", "age(years)");
        check_renamed("", "");
    }
}
