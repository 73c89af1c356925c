//! String literals and f-strings.

use super::super::escape::{self, Decoded};
use super::super::string::Pieces;
use super::token::Token;
use super::{Part, Reader};
use crate::ast::{Expr, FPart};
use std::borrow::Cow;

/// A literal that is being read.
#[derive(Clone, Copy)]
struct Literal {
    raw: bool,
    bytes: bool,
    format: bool,
    quote: u8,
    /// Bytes of its opening and closing quotes.
    quotes: usize,
}

impl<'t> Reader<'t> {
    /// One literal, or several that stand next to each other.
    pub(super) fn string(&mut self) -> Option<Part> {
        let start = self.tokens.start;
        let mut pieces = Pieces::default();
        while self.token() == Token::String {
            self.string_literal(&mut pieces)?;
        }
        if pieces.is_mixed() {
            return None;
        }
        let end = self.tokens.last_end;
        let expr = if pieces.opaque { Expr::Error } else { pieces.into_expr() };
        Some(self.add(expr, start, end))
    }

    fn string_literal(&mut self, pieces: &mut Pieces<'t>) -> Option<()> {
        let letters = self.tokens.slice().as_bytes();
        let has = |letter: u8| letters.iter().any(|found| found.to_ascii_lowercase() == letter);
        let open = self.tokens.end;
        let quote = self.byte(open)?;
        let is_triple = self.is_run(open, quote);
        let literal = Literal {
            raw: has(b'r'),
            bytes: has(b'b'),
            format: has(b'f'),
            quote,
            quotes: if is_triple { 3 } else { 1 },
        };
        pieces.add_kind(literal.bytes, literal.format);
        let start = open + literal.quotes;
        let end = match literal.format {
            true => self.format_literal(pieces, literal, start)?,
            false => {
                let end = self.end_of(literal, start)?;
                self.content(pieces, literal, start, end)?;
                end
            }
        };
        self.tokens.resume(end + literal.quotes)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.tokens.text.as_bytes().get(at).copied()
    }

    /// Three quotes in a row.
    fn is_run(&self, at: usize, quote: u8) -> bool {
        self.tokens.text.as_bytes().get(at..at + 3) == Some(&[quote; 3])
    }

    /// Where the quotes stand that end a literal without braces.
    fn end_of(&self, literal: Literal, start: usize) -> Option<usize> {
        let mut at = start;
        loop {
            let rest = self.tokens.text.as_bytes().get(at..)?;
            at += match literal.quotes {
                3 => memchr::memchr2(literal.quote, b'\\', rest)?,
                _ => memchr::memchr3(literal.quote, b'\\', b'\n', rest)?,
            };
            match self.byte(at)? {
                b'\\' => at = self.after_backslash(at),
                b'\n' => return None,
                _ if literal.quotes == 1 || self.is_run(at, literal.quote) => return Some(at),
                _ => at += 1,
            }
        }
    }

    /// Where the text goes on after what a backslash hides.
    fn after_backslash(&self, at: usize) -> usize {
        match (self.byte(at + 1), self.byte(at + 2)) {
            (Some(b'\r'), Some(b'\n')) => at + 3,
            (Some(b'\\' | b'\'' | b'"' | b'\n'), _) => at + 2,
            _ => at + 1,
        }
    }

    /// Decodes the text `start..end` of a literal onto the end of `pieces`.
    fn content(&self, pieces: &mut Pieces<'t>, literal: Literal, start: usize, end: usize) -> Option<()> {
        let text: &'t str = self.tokens.text;
        let source = text.get(start..end)?;
        if literal.bytes {
            pieces.push_bytes(&escape::decode_bytes(source, literal.raw).ok()?);
            return Some(());
        }
        match escape::decode(source, literal.raw, literal.format).ok()? {
            Decoded::Text(text) => pieces.push(text),
            Decoded::Opaque => pieces.opaque = true,
        }
        Some(())
    }

    /// The content of an f-string; answers where its closing quotes stand.
    fn format_literal(&mut self, pieces: &mut Pieces<'t>, literal: Literal, start: usize) -> Option<usize> {
        let mut from = start;
        let mut at = start;
        loop {
            match self.byte(at)? {
                // The braces of a name would look like those of a value.
                b'\\' if !literal.raw && self.byte(at + 1) == Some(b'N') => return None,
                b'\\' => at = self.after_backslash(at),
                b'\n' if literal.quotes == 1 => return None,
                brace @ (b'{' | b'}') if self.byte(at + 1) == Some(brace) => at += 2,
                b'{' => {
                    self.content(pieces, literal, from, at)?;
                    at = self.interpolation(pieces, literal, at)?;
                    from = at;
                }
                b'}' => return None,
                byte if byte == literal.quote && (literal.quotes == 1 || self.is_run(at, byte)) => {
                    self.content(pieces, literal, from, at)?;
                    return Some(at);
                }
                _ => at += 1,
            }
        }
    }

    /// `{value!r:spec}` from its brace at `at`; answers where it ends.
    fn interpolation(&mut self, pieces: &mut Pieces<'t>, literal: Literal, at: usize) -> Option<usize> {
        self.tokens.open();
        self.tokens.in_format += 1;
        self.tokens.resume(at + 1)?;
        if self.token() == Token::Lambda {
            return None;
        }
        let value = self.expression()?.id;
        let mut debug_text = None;
        if self.token() == Token::Eq {
            let end = self.tokens.end;
            let blanks = self.tokens.text.len() - end - self.tokens.rest().len();
            debug_text = Some(self.tokens.text.get(at + 1..end + blanks)?);
            self.advance()?;
        }
        let mut conversion = None;
        if self.token() == Token::Bang {
            let letter = self.byte(self.tokens.end).filter(u8::is_ascii_lowercase)?;
            conversion = Some(char::from(letter));
            self.tokens.resume(self.tokens.end + 1)?;
        }
        let mut spec = Box::default();
        let has_spec = self.token() == Token::Colon;
        if has_spec {
            spec = self.deeper(|this| this.format_spec(literal))?;
        }
        if self.token() != Token::RightBrace {
            return None;
        }
        self.tokens.in_format -= 1;
        if let Some(text) = debug_text {
            pieces.push(Cow::Borrowed(text));
            if conversion.is_none() && !has_spec {
                conversion = Some('r');
            }
        }
        pieces.flush();
        pieces.parts.push(FPart::Value { value, conversion, spec, debug: debug_text.is_some() });
        Some(self.tokens.end)
    }

    /// What follows the colon, up to the brace.
    fn format_spec(&mut self, literal: Literal) -> Option<Box<[FPart]>> {
        let mut pieces = Pieces::default();
        let mut from = self.tokens.end;
        let mut at = from;
        loop {
            match self.byte(at)? {
                b'\n' | b'\r' | b'\\' | b'\'' | b'"' => return None,
                b'{' => {
                    self.content(&mut pieces, literal, from, at)?;
                    at = self.interpolation(&mut pieces, literal, at)?;
                    from = at;
                }
                b'}' => {
                    self.content(&mut pieces, literal, from, at)?;
                    self.tokens.resume(at)?;
                    pieces.flush();
                    return Some(pieces.parts.into());
                }
                _ => at += 1,
            }
        }
    }
}
