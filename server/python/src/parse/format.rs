//! What is between the braces of an f-string.

use super::kind::Kind;
use super::lower::Lower;
use super::string::{Pieces, Prefix};
use crate::ast::{ExprId, FPart};
use std::borrow::Cow;

impl Lower<'_> {
    /// The parts of `{value!r:spec}` in an f-string; the cursor is on the braces and what is between them.
    pub(super) fn interpolation(&mut self, pieces: &mut Pieces<'_>, raw: bool) {
        let mut value = None;
        let mut conversion = None;
        let mut spec: Vec<FPart> = Vec::new();
        let mut has_spec = false;
        let mut start = self.node().start_byte();
        let mut debug_text = None;
        let broken = self.each(|this, kind| match kind {
            Kind::LeftBrace => start = this.node().end_byte(),
            Kind::RightBrace => {}
            Kind::Eq => {
                let end = this.node().end_byte();
                let rest = this.text.get(end..).unwrap_or_default();
                let blank = rest.len() - rest.trim_start().len();
                debug_text = this.text.get(start..end + blank);
            }
            Kind::TypeConversion => conversion = this.source().chars().nth(1),
            Kind::FormatSpecifier => {
                has_spec = true;
                spec = this.deeper(|this| this.format_spec(raw)).unwrap_or_default();
            }
            Kind::NamedExpression => {
                has_spec = true;
                (value, spec) = this.unread_walrus(raw);
            }
            _ => value = Some(this.expr()),
        });
        let debug = debug_text.is_some();
        if let Some(text) = debug_text {
            pieces.push(Cow::Owned(text.replace("\r\n", "\n")));
            if conversion.is_none() && !has_spec {
                conversion = Some('r');
            }
        }
        let value = match value {
            Some(value) if !broken => value,
            _ => self.error_expr(),
        };
        pieces.flush();
        pieces.parts.push(FPart::Value { value, conversion, spec: spec.into(), debug });
    }

    /// `{value:=5}` has no walrus in it: the specifier is `=5`. The cursor is on what the grammar took for one.
    fn unread_walrus(&mut self, raw: bool) -> (Option<ExprId>, Vec<FPart>) {
        let node = self.node();
        let mut value = None;
        if self.cursor.goto_first_child() {
            value = Some(self.expr());
            self.cursor.goto_parent();
        }
        let colon = self.slice(&node).find(':').map_or(node.end_byte(), |at| node.start_byte() + at);
        let end = node.next_sibling().map_or(node.end_byte(), |brace| brace.start_byte());
        let mut pieces = Pieces::default();
        if self.text.get(colon..end).is_some_and(|text| text.contains(['{', '\\'])) {
            return (value, vec![self.error_part()]);
        }
        self.content(&mut pieces, Prefix::of_spec(raw), colon + 1, end);
        (value, self.spec_parts(pieces))
    }

    fn error_part(&mut self) -> FPart {
        FPart::Value { value: self.error_expr(), conversion: None, spec: Box::default(), debug: false }
    }

    fn spec_parts(&mut self, mut pieces: Pieces<'_>) -> Vec<FPart> {
        pieces.flush();
        if pieces.broken || pieces.opaque {
            return vec![self.error_part()];
        }
        pieces.parts
    }

    /// The parts of a format specifier; the cursor is on its colon and what follows.
    pub(super) fn format_spec(&mut self, raw: bool) -> Vec<FPart> {
        let node = self.node();
        let mut pieces = Pieces::default();
        let prefix = Prefix::of_spec(raw);
        let mut from = node.start_byte() + 1;
        self.each(|this, kind| {
            if !matches!(kind, Kind::FormatExpression | Kind::Interpolation) {
                return;
            }
            let child = this.node();
            this.content(&mut pieces, prefix, from, child.start_byte());
            from = child.end_byte();
            this.interpolation(&mut pieces, raw);
        });
        self.content(&mut pieces, prefix, from, node.end_byte());
        self.spec_parts(pieces)
    }
}
