//! What is assigned to.

use super::token::Token;
use super::{Part, Reader};
use crate::ast::{Expr, ExprId};

impl Reader<'_> {
    /// The targets of a loop: up to its `in`.
    pub(super) fn target(&mut self) -> Option<Part> {
        let mark = self.exprs.len();
        let first = self.one_target()?;
        if self.token() != Token::Comma {
            return Some(first);
        }
        self.exprs.push(first.id);
        while self.eat(Token::Comma)? {
            if self.token() == Token::In {
                break;
            }
            let next = self.one_target()?;
            self.exprs.push(next.id);
        }
        let elements = self.exprs_since(mark);
        let end = self.tokens.last_end;
        Some(self.add(Expr::Tuple(elements), first.start, end))
    }

    fn one_target(&mut self) -> Option<Part> {
        let target = self.primary()?;
        self.is_target(target).then_some(target)
    }

    /// Whether the grammar takes `part` for something to assign to.
    pub(super) fn is_target(&self, part: Part) -> bool {
        // Parentheses around a name are a tuple to it.
        let is_bare = self.arena.range_of(part.id) == (part.start, part.end);
        is_bare && self.is_assignable(part.id)
    }

    fn is_assignable(&self, id: ExprId) -> bool {
        match self.arena.get(id) {
            Some(Expr::Name(_) | Expr::Attribute { .. } | Expr::Subscript { .. }) => true,
            Some(Expr::Starred(value)) => matches!(self.arena.get(*value), Some(Expr::Name(_))),
            Some(Expr::Tuple(elements) | Expr::List(elements)) => {
                elements.iter().all(|element| self.is_assignable(*element))
            }
            _ => false,
        }
    }

    /// Whether `id` may stand after `del`.
    pub(super) fn is_deletable(&self, id: ExprId) -> bool {
        match self.arena.get(id) {
            Some(Expr::Name(_) | Expr::Attribute { .. } | Expr::Subscript { .. }) => true,
            Some(Expr::Tuple(elements) | Expr::List(elements)) => {
                elements.iter().all(|element| self.is_deletable(*element))
            }
            _ => false,
        }
    }

    /// Whether `part` is a name, an attribute or an element, in no parentheses.
    pub(super) fn is_single_target(&self, part: Part) -> bool {
        self.is_target(part)
            && matches!(self.get(part), Some(Expr::Name(_) | Expr::Attribute { .. } | Expr::Subscript { .. }))
    }
}
