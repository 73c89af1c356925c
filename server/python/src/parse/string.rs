//! String literals and f-strings.

use super::escape::{self, Decoded};
use super::kind::Kind;
use super::lower::Lower;
use crate::ast::{Expr, ExprId, FPart};
use std::borrow::Cow;

/// The letters and quotes before the content of a literal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Prefix {
    raw: bool,
    bytes: bool,
    format: bool,
    template: bool,
    triple: bool,
    /// Bytes of letters and opening quotes.
    len: usize,
    quotes: usize,
}

/// What adjacent literals add up to.
#[derive(Default)]
pub(super) struct Pieces<'t> {
    text: Cow<'t, str>,
    bytes: Vec<u8>,
    pub(super) parts: Vec<FPart>,
    has_bytes: bool,
    has_text: bool,
    has_format: bool,
    /// The value cannot be written as text: a lone surrogate, a character known by name only, a template.
    pub(super) opaque: bool,
    pub(super) broken: bool,
}

impl Prefix {
    /// A specifier as a literal of its own. A line break in it belongs to a triple-quoted literal around it.
    pub(super) fn of_spec(raw: bool) -> Prefix {
        Prefix { raw, format: true, triple: true, ..Prefix::default() }
    }
}

impl<'t> Lower<'t> {
    pub(super) fn string(&mut self, kind: Kind) -> ExprId {
        let mut pieces = Pieces::default();
        if kind == Kind::String {
            self.literal(&mut pieces);
        } else {
            let broken = self.each(|this, _| this.literal(&mut pieces));
            pieces.broken |= broken;
        }
        if pieces.has_bytes && pieces.has_text {
            self.error_here("bytes and text cannot be joined");
            return self.error_expr();
        }
        if pieces.broken || pieces.opaque {
            return self.error_expr();
        }
        let expr = if pieces.has_bytes {
            Expr::Bytes(pieces.bytes.into())
        } else if pieces.has_format {
            pieces.flush();
            Expr::FString(pieces.parts.into())
        } else {
            Expr::Str(pieces.text.as_ref().into())
        };
        self.add_expr(expr)
    }

    fn literal(&mut self, pieces: &mut Pieces<'t>) {
        let node = self.node();
        let source = self.slice(&node);
        let start = node.start_byte();
        let prefix = prefix(source);
        if prefix.quotes == 0 {
            if source.contains('`') {
                self.error_here("backquotes are Python 2; write repr(...)");
            }
            pieces.broken = true;
            return;
        }
        if self.is_broken() && !prefix.format {
            self.each(|_, _| {});
            pieces.broken = true;
            return;
        }
        pieces.opaque |= prefix.template;
        pieces.has_bytes |= prefix.bytes;
        pieces.has_text |= !prefix.bytes;
        let end = source.len().saturating_sub(prefix.quotes);
        if prefix.format {
            pieces.has_format = true;
            self.format_literal(pieces, prefix, start + prefix.len, start + end);
        } else {
            self.content(pieces, prefix, start + prefix.len, start + end);
        }
    }

    fn format_literal(&mut self, pieces: &mut Pieces<'t>, prefix: Prefix, start: usize, end: usize) {
        let mut from = start;
        let broken = self.each(|this, kind| {
            if kind != Kind::Interpolation {
                return;
            }
            let node = this.node();
            this.content(pieces, prefix, from, node.start_byte());
            from = node.end_byte();
            this.interpolation(pieces, prefix.raw);
        });
        if broken {
            pieces.broken = true;
        } else {
            self.content(pieces, prefix, from, end);
        }
    }

    /// Decodes the text `start..end` of a literal onto the end of `pieces`.
    pub(super) fn content(&mut self, pieces: &mut Pieces<'t>, prefix: Prefix, start: usize, end: usize) {
        let source = self.text.get(start..end).unwrap_or_default();
        if source.is_empty() {
            return;
        }
        if !prefix.triple && escape::has_bare_newline(source) {
            self.error(start, end, "the string is not closed on its line");
            pieces.broken = true;
            return;
        }
        if prefix.bytes {
            match escape::decode_bytes(source, prefix.raw) {
                Ok(bytes) => pieces.bytes.extend_from_slice(&bytes),
                Err(problem) => {
                    self.error(start + problem.start, start + problem.end, problem.message);
                    pieces.broken = true;
                }
            }
            return;
        }
        match escape::decode(source, prefix.raw, prefix.format) {
            Ok(Decoded::Text(text)) => pieces.push(text),
            Ok(Decoded::Opaque) => pieces.opaque = true,
            Err(problem) => {
                self.error(start + problem.start, start + problem.end, problem.message);
                pieces.broken = true;
            }
        }
    }
}

impl<'t> Pieces<'t> {
    pub(super) fn push(&mut self, text: Cow<'t, str>) {
        if self.text.is_empty() {
            self.text = text;
        } else {
            self.text.to_mut().push_str(&text);
        }
    }

    /// Moves the text read so far among the parts of an f-string.
    pub(super) fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.parts.push(FPart::Text(text.as_ref().into()));
        }
    }
}

fn prefix(source: &str) -> Prefix {
    let mut prefix = Prefix::default();
    for letter in source.bytes() {
        match letter {
            b'r' | b'R' => prefix.raw = true,
            b'b' | b'B' => prefix.bytes = true,
            b'f' | b'F' => prefix.format = true,
            b't' | b'T' => (prefix.format, prefix.template) = (true, true),
            b'u' | b'U' => {}
            b'\'' | b'"' => {
                let rest = source.as_bytes().get(prefix.len..).unwrap_or_default();
                let run = rest.iter().take(3).take_while(|b| **b == letter).count();
                prefix.triple = run == 3 && rest.len() >= 6;
                prefix.quotes = if prefix.triple { 3 } else { 1 };
                prefix.len += prefix.quotes;
                return prefix;
            }
            _ => return Prefix::default(),
        }
        prefix.len += 1;
    }
    Prefix::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_prefix(source: &str, flags: &str, len: usize, quotes: usize) {
        let found = prefix(source);
        assert_eq!((found.len, found.quotes), (len, quotes), "{source}");
        for (flag, letter) in [
            (found.raw, 'r'),
            (found.bytes, 'b'),
            (found.format, 'f'),
            (found.template, 't'),
            (found.triple, '3'),
        ] {
            assert_eq!(flag, flags.contains(letter), "{source}: {letter}");
        }
    }

    #[test]
    fn prefixes() {
        check_prefix("'a'", "", 1, 1);
        check_prefix("''", "", 1, 1);
        check_prefix("\"\"", "", 1, 1);
        check_prefix("''''''", "3", 3, 3);
        check_prefix("u'a'", "", 2, 1);
        check_prefix("Rb'''a'''", "rb3", 5, 3);
        check_prefix("bR'a'", "rb", 3, 1);
        check_prefix("fr\"a\"", "fr", 3, 1);
        check_prefix("t'a'", "ft", 2, 1);
        check_prefix("`a`", "", 0, 0);
    }
}
