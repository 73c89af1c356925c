//! What to say about text that the grammar could not place.

use super::kind::{GRAMMAR, Kind};
use crate::ast::{Span, SyntaxError};
use tree_sitter::Node;

/// The most telling place inside an error node and the words for it.
pub fn of_error_node(text: &str, node: Node<'_>) -> SyntaxError {
    if let Some((bracket, start)) = unclosed_bracket(node) {
        return error(start, start + 1, format!("`{bracket}` is never closed"));
    }
    let (start, end) = first_line(text, node.start_byte(), node.end_byte());
    let source = text.get(start..end).unwrap_or_default().trim_end();
    let end = start + source.len();
    let message = match source.chars().next() {
        None => "something is missing here".to_owned(),
        Some('"' | '\'') => "the string is never closed".to_owned(),
        Some(bracket @ (')' | ']' | '}')) => format!("`{bracket}` closes nothing"),
        Some(_) if source.chars().count() <= 30 => format!("`{source}` is not expected here"),
        Some(_) => "this is not valid Python".to_owned(),
    };
    error(start, end, message)
}

/// A token that the grammar had to make up.
pub fn of_missing_node(text: &str, node: Node<'_>) -> SyntaxError {
    let what = match node.kind() {
        "identifier" => "a name or expression is missing".to_owned(),
        "_newline" => "the statement should end here".to_owned(),
        "_indent" => "an indented block is missing".to_owned(),
        "_dedent" => "the indented block should end here".to_owned(),
        "string_end" => "the string is never closed".to_owned(),
        token if node.is_named() => format!("{} is missing", token.replace('_', " ")),
        token => format!("`{token}` is missing"),
    };
    // A made-up token is empty; the character before it can be underlined.
    let end = node.start_byte();
    let before = text.get(..end).unwrap_or_default().trim_end();
    let start = before.char_indices().next_back().map_or(0, |(index, _)| index);
    error(start, before.len().max(start), what)
}

fn error(start: usize, end: usize, message: String) -> SyntaxError {
    SyntaxError { span: Span { start: start as u32, end: end as u32 }, message }
}

/// The last opening bracket among the children of an error node that no later child closes.
fn unclosed_bracket(node: Node<'_>) -> Option<(char, usize)> {
    let mut open = Vec::new();
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        let start = child.start_byte();
        match GRAMMAR.kind(child.kind_id()) {
            Kind::LeftParen => open.push(('(', start)),
            Kind::LeftBracket => open.push(('[', start)),
            Kind::LeftBrace => open.push(('{', start)),
            Kind::RightParen | Kind::RightBracket | Kind::RightBrace => {
                open.pop()?;
            }
            _ => {}
        }
    }
    open.pop()
}

fn first_line(text: &str, start: usize, end: usize) -> (usize, usize) {
    let source = text.get(start..end).unwrap_or_default();
    let skipped = source.len() - source.trim_start().len();
    let start = start + skipped;
    let line = source.trim_start().lines().next().unwrap_or_default();
    (start, start + line.len())
}
