//! Annotations, where the grammar has nodes of its own for what are expressions to Python.

use super::kind::Kind;
use super::lower::Lower;
use super::operator::is_punctuation;
use crate::ast::{BinaryOp, Expr, ExprId};

impl Lower<'_> {
    pub(super) fn generic_type(&mut self) -> ExprId {
        let mut value = None;
        let mut index = None;
        let broken = self.each(|this, kind| match kind {
            Kind::TypeParameter => {
                let mut commas = 0;
                let mut arguments = Vec::new();
                let broken = this.each(|this, kind| match kind {
                    Kind::Comma => commas += 1,
                    kind if is_punctuation(kind) => {}
                    _ => arguments.push(this.expr()),
                });
                index = Some(match arguments.as_slice() {
                    [only] if commas == 0 && !broken => *only,
                    [first, .., last] | [first @ last] if !broken => {
                        let (start, end) = (this.range_of(*first).0, this.range_of(*last).1);
                        this.add_expr_at(Expr::Tuple(arguments.into()), start, end)
                    }
                    _ => this.error_expr(),
                });
            }
            _ => value = Some(this.identifier()),
        });
        match (value, index) {
            (Some(value), Some(index)) if !broken => self.add_expr(Expr::Subscript { value, index }),
            _ => self.error_expr(),
        }
    }

    pub(super) fn union_type(&mut self) -> ExprId {
        match self.operands() {
            (operands, false) if operands.len() == 2 => {
                self.add_expr(Expr::Binary { op: BinaryOp::BitOr, left: operands[0], right: operands[1] })
            }
            _ => self.error_expr(),
        }
    }

    pub(super) fn member_type(&mut self) -> ExprId {
        let mut value = None;
        let mut attr = None;
        let broken = self.each(|this, kind| match kind {
            Kind::Type => value = Some(this.expr()),
            Kind::Identifier => attr = Some(this.name()),
            _ => {}
        });
        match (value, attr) {
            (Some(value), Some(attr)) if !broken => self.add_expr(Expr::Attribute { value, attr }),
            _ => self.error_expr(),
        }
    }
}
