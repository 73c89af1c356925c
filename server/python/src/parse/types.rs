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
                index = Some(if broken { this.error_expr() } else { this.index(arguments, commas) });
            }
            _ => value = Some(this.identifier()),
        });
        match (value, index) {
            (Some(value), Some(index)) if !broken => self.add_expr(Expr::Subscript { value, index }),
            _ => self.error_expr(),
        }
    }

    /// `a[b] | c | d` comes as `a[b] | (c | d)`; the operands are joined from the left, as Python does.
    pub(super) fn union_type(&mut self) -> ExprId {
        let mut operands = Vec::new();
        let mut right_start = 0;
        let broken = self.each(|this, kind| {
            if kind == Kind::Type {
                right_start = this.node().start_byte();
                operands.push(this.expr());
            }
        });
        let [left, right] = operands.as_slice() else { return self.error_expr() };
        let (left, right) = (*left, *right);
        if broken {
            return self.error_expr();
        }
        let is_bare = self.range_of(right).0 == right_start;
        let unions = if is_bare { self.left_spine(right, BinaryOp::BitOr) } else { Vec::new() };
        let first = match unions.last().and_then(|innermost| self.get(*innermost)) {
            Some(Expr::Binary { left, .. }) => *left,
            _ => right,
        };
        let (start, end) = (self.range_of(left).0, self.range_of(first).1);
        let joined = self.add_expr_at(Expr::Binary { op: BinaryOp::BitOr, left, right: first }, start, end);
        let Some(innermost) = unions.last() else { return joined };
        self.set_left_operand(*innermost, joined);
        for union in &unions {
            self.extend_to(*union, start);
        }
        right
    }

    /// `a: b` in brackets: a slice to Python.
    pub(super) fn constrained_type(&mut self) -> ExprId {
        match self.operands() {
            (operands, false) if operands.len() == 2 => {
                let (lower, upper) = (operands.first().copied(), operands.last().copied());
                self.add_expr(Expr::Slice { lower, upper, step: None })
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
