//! Tokens between operands.

use super::kind::Kind;
use super::lower::Lower;
use crate::ast::{BinaryOp, CompareOp, Expr, ExprId};

impl Lower<'_> {
    /// `left & right`. To the grammar `^` binds closer than `&`, to Python it is the other way round; an operand is bare if
    /// it stands in no parentheses.
    pub(super) fn bitwise_and(&mut self, left: (ExprId, bool), right: (ExprId, bool)) -> ExprId {
        let xors = if right.1 { self.left_spine(right.0, BinaryOp::BitXor) } else { Vec::new() };
        let Some(innermost) = xors.last().copied() else { return self.and_after_xor(left, right.0) };
        let Some(Expr::Binary { left: first, .. }) = self.get(innermost) else { return right.0 };
        let joined = self.and_after_xor(left, *first);
        self.set_left_operand(innermost, joined);
        let start = self.range_of(left.0).0;
        for xor in &xors {
            self.extend_to(*xor, start);
        }
        right.0
    }

    /// `a ^ b & right` out of `a ^ b` and `right`.
    fn and_after_xor(&mut self, (left, is_left_bare): (ExprId, bool), right: ExprId) -> ExprId {
        let (start, end) = (self.range_of(left).0, self.range_of(right).1);
        let op = BinaryOp::BitAnd;
        match self.get(left) {
            Some(Expr::Binary { op: BinaryOp::BitXor, left: outer, right: inner }) if is_left_bare => {
                let (outer, inner) = (*outer, *inner);
                let inner_start = self.range_of(inner).0;
                let right = self.add_expr_at(Expr::Binary { op, left: inner, right }, inner_start, end);
                self.add_expr_at(Expr::Binary { op: BinaryOp::BitXor, left: outer, right }, start, end)
            }
            _ => self.add_expr_at(Expr::Binary { op, left, right }, start, end),
        }
    }

    /// `id` and those on its left that are `op` too and in no parentheses, from the outermost in; `id` is bare.
    pub(super) fn left_spine(&self, id: ExprId, op: BinaryOp) -> Vec<ExprId> {
        let start = self.range_of(id).0;
        let mut spine = Vec::new();
        let mut next = id;
        while let Some(Expr::Binary { op: found, left, .. }) = self.get(next) {
            // A parenthesis would stand before what is in it.
            if *found != op || self.range_of(next).0 != start {
                break;
            }
            spine.push(next);
            next = *left;
        }
        spine
    }
}

/// Tokens that separate operands; keywords among them are [`Kind::Other`].
pub(super) fn is_punctuation(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Other
            | Kind::Comma
            | Kind::LeftParen
            | Kind::RightParen
            | Kind::LeftBracket
            | Kind::RightBracket
            | Kind::LeftBrace
            | Kind::RightBrace
            | Kind::Colon
            | Kind::Star
            | Kind::StarStar
            | Kind::Pipe
            | Kind::Eq
            | Kind::In
            | Kind::RShift
            | Kind::Async
            | Kind::At
    )
}

/// The operator of `a op b` and `a op= b`.
pub(super) fn binary_op(kind: Kind) -> Option<BinaryOp> {
    Some(match kind {
        Kind::Plus | Kind::PlusEq => BinaryOp::Add,
        Kind::Minus | Kind::MinusEq => BinaryOp::Sub,
        Kind::Star | Kind::StarEq => BinaryOp::Mul,
        Kind::At | Kind::AtEq => BinaryOp::MatMul,
        Kind::Slash | Kind::SlashEq => BinaryOp::Div,
        Kind::SlashSlash | Kind::SlashSlashEq => BinaryOp::FloorDiv,
        Kind::Percent | Kind::PercentEq => BinaryOp::Mod,
        Kind::StarStar | Kind::StarStarEq => BinaryOp::Pow,
        Kind::LShift | Kind::LShiftEq => BinaryOp::LShift,
        Kind::RShift | Kind::RShiftEq => BinaryOp::RShift,
        Kind::Amp | Kind::AmpEq => BinaryOp::BitAnd,
        Kind::Pipe | Kind::PipeEq => BinaryOp::BitOr,
        Kind::Caret | Kind::CaretEq => BinaryOp::BitXor,
        _ => return None,
    })
}

pub(super) fn compare_op(kind: Kind) -> Option<CompareOp> {
    Some(match kind {
        Kind::EqEq => CompareOp::Eq,
        Kind::Bang | Kind::LessGreater => CompareOp::NotEq,
        Kind::Less => CompareOp::Lt,
        Kind::LessEq => CompareOp::LtE,
        Kind::Greater => CompareOp::Gt,
        Kind::GreaterEq => CompareOp::GtE,
        Kind::Is => CompareOp::Is,
        Kind::IsNot => CompareOp::IsNot,
        Kind::In => CompareOp::In,
        Kind::NotIn => CompareOp::NotIn,
        _ => return None,
    })
}
