//! Operands: names, literals, displays and comprehensions, with the attributes, calls and subscripts after them.

use super::super::{names, number};
use super::token::Token;
use super::{Part, Reader};
use crate::ast::{CompClause, CompKind, Expr, ExprId, Exprs};

impl Reader<'_> {
    /// An operand and what follows it: `a.b(c)[d]`.
    pub(super) fn primary(&mut self) -> Option<Part> {
        let mut value = self.atom()?;
        loop {
            value = match self.token() {
                Token::Dot => {
                    self.advance()?;
                    let attr = names::intern(self.name_text()?);
                    self.advance()?;
                    let end = self.tokens.last_end;
                    self.add(Expr::Attribute { value: value.id, attr }, value.start, end)
                }
                Token::LeftParen => {
                    let args = self.arguments(true)?;
                    let end = self.tokens.last_end;
                    self.add(Expr::Call { func: value.id, args }, value.start, end)
                }
                Token::LeftBracket => {
                    let index = self.index()?;
                    let end = self.tokens.last_end;
                    self.add(Expr::Subscript { value: value.id, index }, value.start, end)
                }
                _ => return Some(value),
            };
        }
    }

    fn name_text(&self) -> Option<&str> {
        (self.token() == Token::Name).then(|| self.tokens.slice())
    }

    pub(super) fn name(&mut self) -> Option<Part> {
        let name = names::intern(self.name_text()?);
        self.literal(Expr::Name(name))
    }

    /// Makes an expression of the token and steps over it.
    fn literal(&mut self, expr: Expr) -> Option<Part> {
        let (start, end) = (self.tokens.start, self.tokens.end);
        self.advance()?;
        Some(self.add(expr, start, end))
    }

    fn atom(&mut self) -> Option<Part> {
        match self.token() {
            Token::Name => self.name(),
            Token::String => self.string(),
            Token::Integer => self.literal(number::integer(self.tokens.slice()).ok()?),
            Token::Float => self.literal(number::float(self.tokens.slice()).ok()?),
            Token::None => self.literal(Expr::None),
            Token::True => self.literal(Expr::True),
            Token::False => self.literal(Expr::False),
            Token::Ellipsis => self.literal(Expr::Ellipsis),
            Token::LeftParen => self.deeper(|this| this.parenthesized()),
            Token::LeftBracket => self.deeper(|this| this.list()),
            Token::LeftBrace => self.deeper(|this| this.braces()),
            _ => None,
        }
    }

    fn parenthesized(&mut self) -> Option<Part> {
        let start = self.tokens.start;
        self.advance()?;
        if self.eat(Token::RightParen)? {
            let end = self.tokens.last_end;
            return Some(self.add(Expr::Tuple(Exprs::default()), start, end));
        }
        if self.token() == Token::Yield {
            let value = self.yield_()?;
            self.expect(Token::RightParen)?;
            return Some(self.in_parentheses(value.id, start));
        }
        let mark = self.exprs.len();
        let first = self.element()?;
        match self.token() {
            Token::For => self.comprehension(CompKind::Generator, start, None, first, Token::RightParen),
            Token::Comma => {
                self.exprs.push(first.id);
                self.elements(Token::RightParen)?;
                let elements = self.exprs_since(mark);
                let end = self.tokens.last_end;
                Some(self.add(Expr::Tuple(elements), start, end))
            }
            _ => {
                self.expect(Token::RightParen)?;
                (!self.is_starred(first.id)).then(|| self.in_parentheses(first.id, start))
            }
        }
    }

    fn in_parentheses(&self, id: ExprId, start: usize) -> Part {
        Part { id, start, end: self.tokens.last_end, operator: None }
    }

    fn list(&mut self) -> Option<Part> {
        let start = self.tokens.start;
        self.advance()?;
        let mark = self.exprs.len();
        if !self.eat(Token::RightBracket)? {
            let first = self.element()?;
            if self.token() == Token::For {
                return self.comprehension(CompKind::List, start, None, first, Token::RightBracket);
            }
            self.exprs.push(first.id);
            self.elements(Token::RightBracket)?;
        }
        let elements = self.exprs_since(mark);
        let end = self.tokens.last_end;
        Some(self.add(Expr::List(elements), start, end))
    }

    /// A dictionary or a set.
    fn braces(&mut self) -> Option<Part> {
        let start = self.tokens.start;
        self.advance()?;
        let mut pairs = Vec::new();
        if matches!(self.token(), Token::RightBrace | Token::StarStar) {
            return self.dictionary(start, pairs);
        }
        let first = self.element()?;
        if self.token() == Token::Colon {
            if self.is_starred(first.id) {
                return None;
            }
            self.advance()?;
            let value = self.expression()?;
            if self.token() == Token::For {
                return self.comprehension(CompKind::Dict, start, Some(first.id), value, Token::RightBrace);
            }
            pairs.push((Some(first.id), value.id));
            if self.token() != Token::RightBrace {
                self.expect(Token::Comma)?;
            }
            return self.dictionary(start, pairs);
        }
        if self.token() == Token::For {
            return self.comprehension(CompKind::Set, start, None, first, Token::RightBrace);
        }
        let mark = self.exprs.len();
        self.exprs.push(first.id);
        self.elements(Token::RightBrace)?;
        let elements = self.exprs_since(mark);
        let end = self.tokens.last_end;
        Some(self.add(Expr::Set(elements), start, end))
    }

    /// The pairs that are left of a dictionary.
    fn dictionary(&mut self, start: usize, mut pairs: Vec<(Option<ExprId>, ExprId)>) -> Option<Part> {
        while !self.eat(Token::RightBrace)? {
            if self.eat(Token::StarStar)? {
                pairs.push((None, self.expression()?.id));
            } else {
                let key = self.expression()?;
                self.expect(Token::Colon)?;
                pairs.push((Some(key.id), self.expression()?.id));
            }
            if self.token() != Token::RightBrace {
                self.expect(Token::Comma)?;
            }
        }
        let end = self.tokens.last_end;
        Some(self.add(Expr::Dict(pairs.into()), start, end))
    }

    /// An element of a display.
    fn element(&mut self) -> Option<Part> {
        if self.token() != Token::Star {
            return self.named();
        }
        let start = self.tokens.start;
        self.advance()?;
        let value = self.operation()?;
        if !self.is_plain_splat(value) {
            return None;
        }
        Some(self.add(Expr::Starred(value.id), start, value.end))
    }

    /// Whether what follows a star is sure to be read as one: the grammar may let the star take the start of it only.
    pub(super) fn is_plain_splat(&self, value: Part) -> bool {
        let in_parentheses = self.arena.range_of(value.id).0 != value.start;
        in_parentheses
            || match self.get(value) {
                Some(Expr::Call { func, .. }) => matches!(self.arena.get(*func), Some(Expr::Name(_))),
                Some(Expr::Name(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Comprehension { .. }) => true,
                _ => false,
            }
    }

    /// The elements after the first one, and the bracket that closes them.
    fn elements(&mut self, close: Token) -> Option<()> {
        while !self.eat(close)? {
            self.expect(Token::Comma)?;
            if self.token() != close {
                let element = self.element()?;
                self.exprs.push(element.id);
            }
        }
        Some(())
    }

    /// `element for ...`, from the bracket at `start` to the one that closes it.
    pub(super) fn comprehension(
        &mut self,
        kind: CompKind,
        start: usize,
        key: Option<ExprId>,
        element: Part,
        close: Token,
    ) -> Option<Part> {
        if self.is_starred(element.id) {
            return None;
        }
        let mut clauses = Vec::with_capacity(1);
        while self.eat(Token::For)? {
            let target = self.target()?;
            self.expect(Token::In)?;
            let iter = self.disjunction()?;
            clauses.push(CompClause::For { target: target.id, iter: iter.id });
            while self.eat(Token::If)? {
                let test = self.disjunction()?;
                clauses.push(CompClause::If(test.id));
            }
        }
        self.expect(close)?;
        let end = self.tokens.last_end;
        let expr = Expr::Comprehension { kind, key, element: element.id, clauses: clauses.into() };
        Some(self.add(expr, start, end))
    }

    /// What stands in the brackets of a subscript: a tuple if there is a comma.
    fn index(&mut self) -> Option<ExprId> {
        self.advance()?;
        let index = self.deeper(|this| {
            let mark = this.exprs.len();
            let mut commas = false;
            loop {
                let index = this.slice_or_expression()?;
                this.exprs.push(index.id);
                if this.eat(Token::RightBracket)? {
                    break;
                }
                this.expect(Token::Comma)?;
                commas = true;
                if this.eat(Token::RightBracket)? {
                    break;
                }
            }
            let indices = this.exprs_since(mark);
            let (first, last) = (*indices.first()?, *indices.last()?);
            if !commas {
                return Some(first);
            }
            let (start, end) = (this.arena.range_of(first).0, this.arena.range_of(last).1);
            Some(this.add(Expr::Tuple(indices), start, end).id)
        })?;
        // To the grammar, a generic type ends at its bracket: it expects no attribute, call or operator but `|`.
        let ends = matches!(
            self.token(),
            Token::Newline
                | Token::End
                | Token::Semicolon
                | Token::Comma
                | Token::Colon
                | Token::Eq
                | Token::Pipe
                | Token::RightParen
                | Token::RightBracket
                | Token::RightBrace
        );
        (!self.is_type || ends).then_some(index)
    }

    fn slice_or_expression(&mut self) -> Option<Part> {
        let start = self.tokens.start;
        let mut lower = None;
        if self.token() != Token::Colon {
            let value = self.expression()?;
            if self.token() != Token::Colon {
                return Some(value);
            }
            lower = Some(value.id);
        }
        // The grammar knows no slice inside a type.
        if self.is_type {
            return None;
        }
        let mut parts = [None; 2];
        for part in &mut parts {
            if !self.eat(Token::Colon)? {
                break;
            }
            if !matches!(self.token(), Token::Colon | Token::Comma | Token::RightBracket) {
                *part = Some(self.expression()?.id);
            }
        }
        let [upper, step] = parts;
        let end = self.tokens.last_end;
        Some(self.add(Expr::Slice { lower, upper, step }, start, end))
    }
}
