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
        if pieces.is_mixed() {
            self.error_here("bytes and text cannot be joined");
            return self.error_expr();
        }
        if pieces.broken || pieces.opaque {
            return self.error_expr();
        }
        self.add_expr(pieces.into_expr())
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
        pieces.add_kind(prefix.bytes, prefix.format);
        let end = source.len().saturating_sub(prefix.quotes);
        if prefix.format {
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
                Ok(bytes) => pieces.push_bytes(&bytes),
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
    /// Another literal is added: of bytes or text, an f-string or not.
    pub(super) fn add_kind(&mut self, bytes: bool, format: bool) {
        self.has_bytes |= bytes;
        self.has_text |= !bytes;
        self.has_format |= format;
    }

    /// Bytes and text, which cannot be joined.
    pub(super) fn is_mixed(&self) -> bool {
        self.has_bytes && self.has_text
    }

    pub(super) fn into_expr(mut self) -> Expr {
        if self.has_bytes {
            Expr::Bytes(self.bytes.into())
        } else if self.has_format {
            self.flush();
            Expr::FString(self.parts.into())
        } else {
            Expr::Str(self.text.as_ref().into())
        }
    }

    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

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
