//! Tokens between operands.

use super::kind::Kind;
use crate::ast::{BinaryOp, CompareOp};

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
