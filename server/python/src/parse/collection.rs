//! Displays and comprehensions.

use super::kind::{Field, Kind};
use super::lower::Lower;
use super::operator::is_punctuation;
use crate::ast::{CompClause, CompKind, Expr, ExprId, Exprs};

impl Lower<'_> {
    pub(super) fn collection(&mut self, make: fn(Exprs) -> Expr) -> ExprId {
        let (mut elements, broken) = self.operands();
        if broken {
            elements.push(self.error_expr());
        }
        self.add_expr(make(elements.into()))
    }

    pub(super) fn tuple(&mut self) -> ExprId {
        let mut elements = Vec::new();
        let mut commas = 0;
        let broken = self.each(|this, kind| match kind {
            Kind::Comma => commas += 1,
            kind if is_punctuation(kind) => {}
            _ => elements.push(this.expr()),
        });
        if broken {
            elements.push(self.error_expr());
        }
        match elements.as_slice() {
            [only] if commas == 0 => self.in_parentheses(*only),
            _ => self.add_expr(Expr::Tuple(elements.into())),
        }
    }

    pub(super) fn dictionary(&mut self) -> ExprId {
        let mut pairs = Vec::new();
        let broken = self.each(|this, kind| match kind {
            Kind::Pair => {
                let (key, value) = this.pair();
                pairs.push((Some(key), value));
            }
            Kind::DictionarySplat => {
                let value = this.inner();
                pairs.push((None, value));
            }
            _ => {}
        });
        if broken {
            pairs.push((None, self.error_expr()));
        }
        self.add_expr(Expr::Dict(pairs.into()))
    }

    fn pair(&mut self) -> (ExprId, ExprId) {
        match self.operands() {
            (operands, false) if operands.len() == 2 => (operands[0], operands[1]),
            _ => (self.error_expr(), self.error_expr()),
        }
    }

    pub(super) fn comprehension(&mut self, kind: CompKind) -> ExprId {
        let mut key = None;
        let mut element = None;
        let mut clauses = Vec::new();
        let broken = self.each(|this, child| match child {
            Kind::ForInClause => {
                if let Some(clause) = this.for_clause() {
                    clauses.push(clause);
                }
            }
            Kind::IfClause => {
                let test = this.inner();
                clauses.push(CompClause::If(test));
            }
            Kind::Pair => {
                let (name, value) = this.pair();
                key = Some(name);
                element = Some(value);
            }
            child if is_punctuation(child) => {}
            _ => element = Some(this.expr()),
        });
        match element {
            Some(element) if !broken && !clauses.is_empty() => {
                if matches!(self.get(element), Some(Expr::Starred(_))) {
                    self.error_at(element, "a comprehension cannot unpack its element");
                }
                self.add_expr(Expr::Comprehension { kind, key, element, clauses: clauses.into() })
            }
            _ => self.error_expr(),
        }
    }

    fn for_clause(&mut self) -> Option<CompClause> {
        let mut target = None;
        let mut iter = None;
        let broken = self.each(|this, kind| match this.field() {
            Field::Left => target = Some(this.expr()),
            Field::Right if kind != Kind::Comma => {
                if iter.is_some() {
                    this.error_here("a tuple to loop over needs parentheses here");
                }
                iter = Some(this.expr());
            }
            _ => {}
        });
        let target = target?;
        let iter = match iter {
            Some(iter) if !broken => iter,
            _ => self.error_expr(),
        };
        Some(CompClause::For { target, iter })
    }
}
