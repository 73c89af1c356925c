//! What to say about text that the grammar could not place.

use super::kind::{GRAMMAR, Kind};
use crate::ast::{Span, SyntaxError};
use tree_sitter::Node;

/// The most telling place inside an error node and the words for it.
pub fn of_error_node(text: &str, mut node: Node<'_>) -> SyntaxError {
    loop {
        if let Some((bracket, start)) = unmatched_bracket(node) {
            let fault = if is_closing(bracket) { "closes nothing" } else { "is never closed" };
            return error(start, start + 1, format!("`{bracket}` {fault}"));
        }
        let mut cursor = node.walk();
        match node.children(&mut cursor).find(|child| child.is_error()) {
            Some(inner) => node = inner,
            None => return of_text(text, node),
        }
    }
}

fn of_text(text: &str, node: Node<'_>) -> SyntaxError {
    let (start, end) = first_line(text, node.start_byte(), node.end_byte());
    let source = text.get(start..end).unwrap_or_default().trim_ascii_end();
    let end = start + source.len();
    let Some(first) = source.chars().next() else {
        return error(start, end, "something is missing here".to_owned());
    };
    if let Some(last) = unfinished(text, start, end) {
        return error(last, end, TOO_EARLY.to_owned());
    }
    let message = match first {
        '\0' => NULL.to_owned(),
        '"' | '\'' => OPEN_STRING.to_owned(),
        '@' => "a function or class must follow the decorator".to_owned(),
        c if is_invisible(c) => INVISIBLE.to_owned(),
        c if is_closing(c) => format!("`{c}` closes nothing"),
        _ if lacks_colon(source) => "`:` is missing at the end of this line".to_owned(),
        _ if source.chars().count() <= 30 => format!("`{source}` is not expected here"),
        _ => "this is not valid Python".to_owned(),
    };
    error(start, end, message)
}

fn is_closing(c: char) -> bool {
    matches!(c, ')' | ']' | '}')
}

/// Where the last token of `start..end` starts, if it ends its line and asks for more to come.
fn unfinished(text: &str, start: usize, end: usize) -> Option<usize> {
    let rest = text.get(end..)?.trim_start_matches([' ', '\t', '\r', '\x0c']);
    if !(rest.is_empty() || rest.starts_with(['\n', '#'])) {
        return None;
    }
    let source = text.get(start..end)?;
    if source.ends_with(['=', '.', ',', '+', '-', '*', '/', '%', '&', '|', '^', '~', '<', '>', '!']) {
        return Some(end - 1);
    }
    let word = source.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next()?;
    let open = [
        "and", "as", "assert", "await", "class", "def", "del", "elif", "for", "from", "global", "if",
        "import", "in", "is", "lambda", "nonlocal", "not", "or", "while", "with",
    ];
    open.contains(&word).then(|| end - word.len())
}

/// The message for a blank that Python does not take for one.
pub const INVISIBLE: &str = "this invisible character is not allowed here";

/// The message for a line that ends inside a statement.
pub const TOO_EARLY: &str = "the line ends too early";

/// The message for quotes that open and do not close.
pub const OPEN_STRING: &str = "the string is never closed";

/// The message for a null byte.
pub const NULL: &str = "the file holds a null byte";

/// Blanks outside ASCII; the grammar skips some of them between tokens.
pub fn is_invisible(c: char) -> bool {
    !c.is_ascii() && (c.is_whitespace() || matches!(c, '\u{feff}' | '\u{2060}' | '\u{200b}'))
}

/// A token that the grammar had to make up.
pub fn of_missing_node(text: &str, node: Node<'_>) -> SyntaxError {
    let what = match node.kind() {
        "identifier" => "a name or expression is missing".to_owned(),
        "_newline" => "the statement should end here".to_owned(),
        "_indent" => "an indented block is missing".to_owned(),
        "_dedent" => "the indented block should end here".to_owned(),
        "string_end" => OPEN_STRING.to_owned(),
        token if node.is_named() => format!("{} is missing", token.replace('_', " ")),
        token => format!("`{token}` is missing"),
    };
    // A made-up token is empty; the character before it can be underlined.
    let end = node.start_byte();
    let before = text.get(..end).unwrap_or_default().trim_end();
    let start = before.char_indices().next_back().map_or(0, |(index, _)| index);
    error(start, before.len().max(start), what)
}

/// What to say where the grammar made up the end of a line, which is not among the nodes of its tree: between two
/// statements that nothing parts.
pub fn of_missing_line_end(text: &str, mut node: Node<'_>) -> Option<SyntaxError> {
    let mut cursor = node.walk();
    while let Some(inner) = node.children(&mut cursor).find(Node::has_error) {
        node = inner;
    }
    if !matches!(node.kind(), "module" | "block") {
        return None;
    }
    let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
    let second = children.windows(2).find_map(|pair| match pair {
        [left, right] => {
            let between = text.get(left.end_byte()..right.start_byte())?;
            (!between.is_empty() && between.bytes().all(|b| matches!(b, b' ' | b'\t'))).then_some(*right)
        }
        _ => None,
    });
    second.map(|second| of_text(text, second))
}

fn error(start: usize, end: usize, message: String) -> SyntaxError {
    SyntaxError { span: Span { start: start as u32, end: end as u32 }, message }
}

/// The first closing bracket among the children of an error node that no earlier child opens, else the last opening one
/// that no later child closes.
fn unmatched_bracket(node: Node<'_>) -> Option<(char, usize)> {
    let mut open = Vec::new();
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        let start = child.start_byte();
        let closing = match GRAMMAR.kind(child.kind_id()) {
            Kind::LeftParen => {
                open.push(('(', start));
                continue;
            }
            Kind::LeftBracket => {
                open.push(('[', start));
                continue;
            }
            Kind::LeftBrace => {
                open.push(('{', start));
                continue;
            }
            Kind::RightParen => ')',
            Kind::RightBracket => ']',
            Kind::RightBrace => '}',
            _ => continue,
        };
        if open.pop().is_none() {
            return Some((closing, start));
        }
    }
    open.pop()
}

/// The head of a compound statement without its colon.
fn lacks_colon(line: &str) -> bool {
    let word = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let compound = ["class", "def", "elif", "else", "except", "finally", "for", "if", "try", "while", "with"];
    let rest = line.get(word.len()..).unwrap_or_default();
    compound.contains(&word)
        && !line.contains(':')
        && (!rest.trim().is_empty() || word != "def" && word != "class")
}

fn first_line(text: &str, start: usize, end: usize) -> (usize, usize) {
    let source = text.get(start..end).unwrap_or_default();
    let trimmed = source.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
    let start = start + source.len() - trimmed.len();
    let line = trimmed.lines().next().unwrap_or_default();
    (start, start + line.len())
}
