//! Differences between the text as Python sees it and as the grammar's scanner does.

use super::kind::{GRAMMAR, Kind};
use super::message::{INVISIBLE, NULL, is_invisible};
use crate::ast::{Span, SyntaxError};
use std::borrow::Cow;
use tree_sitter::Tree;

/// The text with line ends and indentation that the scanner understands, each byte where it was.
///
/// The scanner knows no lone carriage return as a line end, and counts a tab as eight columns wherever it starts.
pub fn normalise(text: &str) -> Cow<'_, str> {
    let lone_return = has_lone_return(text.as_bytes());
    let mixed_tabs = has_mixed_tabs(text.as_bytes());
    if !lone_return && !mixed_tabs {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    if lone_return {
        for index in 0..bytes.len() {
            if bytes.get(index) == Some(&b'\r') && bytes.get(index + 1) != Some(&b'\n') {
                set(&mut bytes, index, b'\n');
            }
        }
    }
    if mixed_tabs {
        let mut line = 0;
        while line < bytes.len() {
            let indent = bytes.iter().skip(line).take_while(|b| matches!(b, b' ' | b'\t')).count();
            align_tabs(bytes.get_mut(line..line + indent).unwrap_or_default());
            line += bytes.iter().skip(line).position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
        }
    }
    // Only ASCII bytes were replaced, by ASCII bytes.
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn set(bytes: &mut [u8], index: usize, value: u8) {
    if let Some(byte) = bytes.get_mut(index) {
        *byte = value;
    }
}

fn has_lone_return(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

/// A tab that follows a space in the indentation of a line.
fn has_mixed_tabs(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'\t', bytes).any(|at| {
        let before = bytes.get(..at).unwrap_or_default();
        let blanks = before.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let (rest, blanks) = before.split_at(at - blanks);
        blanks.contains(&b' ') && matches!(rest, [] | [.., b'\n' | b'\r'])
    })
}

/// Rewrites an indentation so that every tab is eight columns: the blanks before the last tab become form feeds,
/// which take no room, and as many tabs as there are tab stops.
fn align_tabs(indent: &mut [u8]) {
    let Some(last) = indent.iter().rposition(|b| *b == b'\t') else { return };
    let width = indent.iter().take(last + 1).fold(0, |width, blank| match blank {
        b'\t' => (width / 8 + 1) * 8,
        _ => width + 1,
    });
    let tabs = width / 8;
    for (index, blank) in indent.iter_mut().take(last + 1).enumerate() {
        *blank = if index + tabs > last { b'\t' } else { b'\x0c' };
    }
}

/// Reports characters that Python does not take and the grammar passes over.
pub fn check(source: &str, tree: &Tree, errors: &mut Vec<SyntaxError>) {
    if let Some(at) = memchr::memchr(0, source.as_bytes()) {
        errors.push(error(at, at + 1, NULL));
    }
    if source.is_ascii() {
        return;
    }
    for (at, c) in source.char_indices() {
        if !is_invisible(c) || (c == '\u{feff}' && at == 0) {
            continue;
        }
        let end = at + c.len_utf8();
        let node = tree.root_node().descendant_for_byte_range(at, end);
        let kind = node.map_or(Kind::Other, |node| GRAMMAR.kind(node.kind_id()));
        let between = node.is_none_or(|node| node.child_count() > 0);
        if between
            && !matches!(kind, Kind::String | Kind::StringContent | Kind::Comment | Kind::FormatSpecifier)
        {
            errors.push(error(at, end, INVISIBLE));
        }
    }
}

fn error(start: usize, end: usize, message: &str) -> SyntaxError {
    SyntaxError { span: Span { start: start as u32, end: end as u32 }, message: message.to_owned() }
}
