//! Expressions, from the loosest binding to the tightest.

use super::token::Token;
use super::{Part, Reader};
use crate::ast::{CompareOp, Expr, UnaryOp};

impl Reader<'_> {
    /// An expression, or `name := value`.
    pub(super) fn named(&mut self) -> Option<Part> {
        if self.token() != Token::Name || !self.tokens.rest().starts_with(b":=") {
            return self.expression();
        }
        let target = self.name()?;
        self.expect(Token::ColonEq)?;
        let value = self.deeper(|this| this.disjunction())?;
        // To the grammar, the walrus is the first operand of a conditional expression.
        if self.token() == Token::If {
            return None;
        }
        Some(self.add(Expr::Walrus { target: target.id, value: value.id }, target.start, value.end))
    }

    pub(super) fn expression(&mut self) -> Option<Part> {
        self.deeper(|this| {
            if this.token() == Token::Lambda {
                return this.lambda();
            }
            let then = this.disjunction()?;
            if !this.eat(Token::If)? {
                return Some(then);
            }
            let test = this.disjunction()?;
            this.expect(Token::Else)?;
            let or_else = this.expression()?;
            let expr = Expr::Conditional { test: test.id, then: then.id, or_else: or_else.id };
            Some(this.add(expr, then.start, or_else.end))
        })
    }

    fn lambda(&mut self) -> Option<Part> {
        let start = self.tokens.start;
        self.advance()?;
        let yields = self.yields;
        let params = self.parameters(Token::Colon)?;
        let body = self.expression()?;
        self.yields = yields;
        Some(self.add(Expr::Lambda { params, body: body.id }, start, body.end))
    }

    pub(super) fn disjunction(&mut self) -> Option<Part> {
        let mut left = self.conjunction()?;
        while self.eat(Token::Or)? {
            let right = self.conjunction()?;
            let expr = Expr::Bool { or: true, left: left.id, right: right.id };
            left = self.add(expr, left.start, right.end);
        }
        Some(left)
    }

    fn conjunction(&mut self) -> Option<Part> {
        let mut left = self.negation()?;
        while self.eat(Token::And)? {
            let right = self.negation()?;
            let expr = Expr::Bool { or: false, left: left.id, right: right.id };
            left = self.add(expr, left.start, right.end);
        }
        Some(left)
    }

    fn negation(&mut self) -> Option<Part> {
        if self.token() != Token::Not {
            return self.comparison();
        }
        let start = self.tokens.start;
        self.advance()?;
        let operand = self.deeper(|this| this.negation())?;
        Some(self.add(Expr::Unary { op: UnaryOp::Not, operand: operand.id }, start, operand.end))
    }

    fn comparison(&mut self) -> Option<Part> {
        let left = self.operation()?;
        let Some(mut op) = self.compare_op()? else { return Some(left) };
        let mut rest = Vec::with_capacity(1);
        loop {
            let operand = self.operation()?;
            rest.push((op, operand.id));
            match self.compare_op()? {
                Some(next) => op = next,
                None => {
                    let expr = Expr::Compare { left: left.id, rest: rest.into() };
                    return Some(self.add(expr, left.start, operand.end));
                }
            }
        }
    }

    /// Steps over the operator of a comparison, if there is one.
    fn compare_op(&mut self) -> Option<Option<CompareOp>> {
        let op = match self.token() {
            Token::EqEq => CompareOp::Eq,
            Token::NotEq => CompareOp::NotEq,
            Token::Less => CompareOp::Lt,
            Token::LessEq => CompareOp::LtE,
            Token::Greater => CompareOp::Gt,
            Token::GreaterEq => CompareOp::GtE,
            Token::In => CompareOp::In,
            Token::Is => {
                self.advance()?;
                let not = self.eat(Token::Not)?;
                return Some(Some(if not { CompareOp::IsNot } else { CompareOp::Is }));
            }
            Token::Not => {
                self.advance()?;
                self.expect(Token::In)?;
                return Some(Some(CompareOp::NotIn));
            }
            _ => return Some(None),
        };
        self.advance()?;
        Some(Some(op))
    }

    /// `yield`, with what it hands out.
    pub(super) fn yield_(&mut self) -> Option<Part> {
        let (start, end) = (self.tokens.start, self.tokens.end);
        self.advance()?;
        self.yields = true;
        if self.eat(Token::From)? {
            let value = self.expression()?;
            return Some(self.add(Expr::YieldFrom(value.id), start, value.end));
        }
        match self.token() {
            Token::Newline | Token::Semicolon | Token::RightParen | Token::Eq => {
                Some(self.add(Expr::Yield(None), start, end))
            }
            _ => {
                let value = self.expressions()?;
                Some(self.add(Expr::Yield(Some(value.id)), start, value.end))
            }
        }
    }

    /// One expression, or several that make a tuple without parentheses. None of them stands alone with a star.
    pub(super) fn expressions(&mut self) -> Option<Part> {
        let mark = self.exprs.len();
        let first = self.starred()?;
        if self.token() != Token::Comma {
            return (!self.is_starred(first.id)).then_some(first);
        }
        self.exprs.push(first.id);
        while self.eat(Token::Comma)? {
            if self.ends_list() {
                break;
            }
            let next = self.starred()?;
            self.exprs.push(next.id);
        }
        let elements = self.exprs_since(mark);
        Some(self.add(Expr::Tuple(elements), first.start, self.tokens.last_end))
    }

    fn ends_list(&self) -> bool {
        matches!(
            self.token(),
            Token::Newline
                | Token::Semicolon
                | Token::Eq
                | Token::Colon
                | Token::RightParen
                | Token::RightBrace
        )
    }

    /// An expression that may have a star before it.
    fn starred(&mut self) -> Option<Part> {
        if self.token() != Token::Star {
            return self.expression();
        }
        let start = self.tokens.start;
        self.advance()?;
        // What else may follow the star, the grammar takes apart in ways of its own.
        let value = self.name()?;
        if !matches!(self.token(), Token::Comma | Token::Newline | Token::Eq | Token::RightParen) {
            return None;
        }
        Some(self.add(Expr::Starred(value.id), start, value.end))
    }
}
