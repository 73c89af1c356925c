//! Arithmetic and what binds like it.

use super::token::Token;
use super::{Part, Reader};
use crate::ast::{BinaryOp, Expr, ExprId, UnaryOp};

/// Binds tighter than any of [`binary_op`].
const TIGHTEST: u8 = 7;

fn binary_op(token: Token) -> Option<(BinaryOp, u8)> {
    Some(match token {
        Token::Pipe => (BinaryOp::BitOr, 1),
        Token::Caret => (BinaryOp::BitXor, 2),
        Token::Amp => (BinaryOp::BitAnd, 3),
        Token::LShift => (BinaryOp::LShift, 4),
        Token::RShift => (BinaryOp::RShift, 4),
        Token::Plus => (BinaryOp::Add, 5),
        Token::Minus => (BinaryOp::Sub, 5),
        Token::Star => (BinaryOp::Mul, 6),
        Token::Slash => (BinaryOp::Div, 6),
        Token::SlashSlash => (BinaryOp::FloorDiv, 6),
        Token::Percent => (BinaryOp::Mod, 6),
        Token::At => (BinaryOp::MatMul, 6),
        _ => return None,
    })
}

impl Reader<'_> {
    pub(super) fn operation(&mut self) -> Option<Part> {
        self.operation_above(0)
    }

    /// Operands joined by what binds at least as tight as `least`.
    fn operation_above(&mut self, least: u8) -> Option<Part> {
        let mut left = self.unary()?;
        while let Some((op, tightness)) = binary_op(self.token()).filter(|(_, tightness)| *tightness >= least)
        {
            self.advance()?;
            let right =
                if tightness + 1 < TIGHTEST { self.operation_above(tightness + 1)? } else { self.unary()? };
            left = self.join(op, left, right)?;
        }
        Some(left)
    }

    fn join(&mut self, op: BinaryOp, left: Part, right: Part) -> Option<Part> {
        let has = |part: Part, op| part.operator == Some(op);
        // To the grammar, `^` binds closer than `&`.
        if op == BinaryOp::BitXor && (has(left, BinaryOp::BitAnd) || has(right, BinaryOp::BitAnd)) {
            return None;
        }
        if op == BinaryOp::BitOr && self.is_type && !self.is_plain_union(left, right) {
            return None;
        }
        let (start, end) = match op {
            BinaryOp::BitAnd => (self.arena.range_of(left.id).0, self.arena.range_of(right.id).1),
            _ => (left.start, right.end),
        };
        let id = self.arena.add_expr(Expr::Binary { op, left: left.id, right: right.id }, start, end);
        Some(Part { id, start: left.start, end: right.end, operator: Some(op) })
    }

    /// Whether the grammar is sure to take a union of types for what it is to Python. It takes one of more than two apart
    /// in another order where one of them is generic, and passes over parentheses.
    fn is_plain_union(&self, left: Part, right: Part) -> bool {
        let is_bare = |part: Part| self.arena.range_of(part.id) == (part.start, part.end);
        if !is_bare(left) || !is_bare(right) {
            return false;
        }
        if left.operator != Some(BinaryOp::BitOr) {
            return true;
        }
        let mut next = left.id;
        while let Some(Expr::Binary { left, right, .. }) = self.arena.get(next) {
            if !self.is_plain_type(*right) {
                return false;
            }
            next = *left;
        }
        self.is_plain_type(next) && self.is_plain_type(right.id)
    }

    fn is_plain_type(&self, id: ExprId) -> bool {
        matches!(self.arena.get(id), Some(Expr::Name(_) | Expr::None | Expr::Str(_) | Expr::Attribute { .. }))
    }

    fn unary(&mut self) -> Option<Part> {
        let op = match self.token() {
            Token::Minus => UnaryOp::Minus,
            Token::Plus => UnaryOp::Plus,
            Token::Tilde => UnaryOp::Invert,
            _ => return self.power(),
        };
        let start = self.tokens.start;
        self.advance()?;
        let operand = self.deeper(|this| this.unary())?;
        Some(self.add(Expr::Unary { op, operand: operand.id }, start, operand.end))
    }

    fn power(&mut self) -> Option<Part> {
        let is_await = self.token() == Token::Await;
        let left = if is_await { self.await_()? } else { self.primary()? };
        // The grammar lets `await` take the power.
        if self.token() != Token::StarStar || is_await {
            return (self.token() != Token::StarStar).then_some(left);
        }
        self.advance()?;
        let right = self.deeper(|this| this.unary())?;
        self.join(BinaryOp::Pow, left, right)
    }

    fn await_(&mut self) -> Option<Part> {
        let start = self.tokens.start;
        self.advance()?;
        let value = self.primary()?;
        Some(self.add(Expr::Await(value.id), start, value.end))
    }
}
