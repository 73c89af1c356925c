//! Compound statements.

use super::super::names;
use super::Reader;
use super::token::Token;
use crate::ast::{Block, ClassDef, Exprs, FunctionDef, Handler, Stmt, StmtId, WithItem};

impl Reader<'_> {
    pub(super) fn is_compound(&self) -> bool {
        matches!(
            self.token(),
            Token::If
                | Token::For
                | Token::While
                | Token::Try
                | Token::With
                | Token::Def
                | Token::Class
                | Token::At
                | Token::Async
        )
    }

    /// A compound statement and where it ends.
    pub(super) fn compound(&mut self) -> Option<(StmtId, usize)> {
        let start = self.tokens.start;
        let is_async = self.eat(Token::Async)?;
        let (stmt, end) = match self.token() {
            Token::For => self.for_(is_async)?,
            Token::With => self.with(is_async)?,
            Token::Def => self.function(Exprs::default(), is_async)?,
            _ if is_async => return None,
            Token::If => self.if_()?,
            Token::While => self.while_()?,
            Token::Try => self.try_()?,
            Token::Class => self.class(Exprs::default())?,
            Token::At => self.decorated()?,
            _ => return None,
        };
        Some((self.arena.add_stmt(stmt, start, end), end))
    }

    fn if_(&mut self) -> Option<(Stmt, usize)> {
        let mut branches = Vec::new();
        let mut end;
        loop {
            let start = self.tokens.start;
            self.advance()?;
            let test = self.named()?.id;
            let body;
            (body, end) = self.block()?;
            branches.push((start, test, body));
            if !self.continues_with(Token::Elif) {
                break;
            }
        }
        let mut or_else = self.clause(Token::Else, &mut end)?.unwrap_or_default();
        // An `elif` is an `if` in the `else`: built from the last one backwards.
        while branches.len() > 1 {
            let (start, test, body) = branches.pop()?;
            let nested = self.arena.add_stmt(Stmt::If { test, body, or_else }, start, end);
            or_else = Box::new([nested]);
        }
        let (_, test, body) = branches.pop()?;
        Some((Stmt::If { test, body, or_else }, end))
    }

    /// The block of an `else` or `finally`, if there is one.
    fn clause(&mut self, word: Token, end: &mut usize) -> Option<Option<Block>> {
        if !self.continues_with(word) {
            return Some(None);
        }
        self.advance()?;
        let (block, block_end) = self.block()?;
        *end = block_end;
        Some(Some(block))
    }

    fn for_(&mut self, is_async: bool) -> Option<(Stmt, usize)> {
        self.advance()?;
        let target = self.target()?.id;
        self.expect(Token::In)?;
        let iter = self.expressions()?.id;
        let (body, mut end) = self.block()?;
        let or_else = self.clause(Token::Else, &mut end)?.unwrap_or_default();
        Some((Stmt::For { target, iter, body, or_else, is_async }, end))
    }

    fn while_(&mut self) -> Option<(Stmt, usize)> {
        self.advance()?;
        let test = self.named()?.id;
        let (body, mut end) = self.block()?;
        let or_else = self.clause(Token::Else, &mut end)?.unwrap_or_default();
        Some((Stmt::While { test, body, or_else }, end))
    }

    fn try_(&mut self) -> Option<(Stmt, usize)> {
        self.advance()?;
        let (body, mut end) = self.block()?;
        let mut handlers = Vec::new();
        while self.continues_with(Token::Except) {
            let (handler, handler_end) = self.handler()?;
            handlers.push(handler);
            end = handler_end;
        }
        let or_else = self.clause(Token::Else, &mut end)?;
        let finally = self.clause(Token::Finally, &mut end)?;
        if handlers.is_empty() && (finally.is_none() || or_else.is_some()) {
            return None;
        }
        let (or_else, finally) = (or_else.unwrap_or_default(), finally.unwrap_or_default());
        Some((Stmt::Try { body, handlers: handlers.into(), or_else, finally }, end))
    }

    fn handler(&mut self) -> Option<(Handler, usize)> {
        self.advance()?;
        let mut exception = None;
        let mut name = None;
        if self.token() != Token::Colon {
            exception = Some(self.disjunction()?.id);
            if self.eat(Token::As)? {
                let text = self.tokens.slice();
                self.name()?;
                name = Some(names::intern(text));
            }
        }
        let (body, end) = self.block()?;
        Some((Handler { exception, name, body }, end))
    }

    fn with(&mut self, is_async: bool) -> Option<(Stmt, usize)> {
        self.advance()?;
        let in_parentheses = self.eat(Token::LeftParen)?;
        let mut items = Vec::with_capacity(1);
        loop {
            let context = self.disjunction()?.id;
            let target = if self.eat(Token::As)? { Some(self.primary()?.id) } else { None };
            // Without an `as`, the parentheses may be those of an operand.
            if in_parentheses && items.is_empty() && target.is_none() {
                return None;
            }
            items.push(WithItem { context, target });
            let comma = self.eat(Token::Comma)?;
            if in_parentheses && self.eat(Token::RightParen)? {
                break;
            }
            if !comma {
                if in_parentheses {
                    return None;
                }
                break;
            }
        }
        let (body, end) = self.block()?;
        Some((Stmt::With { items: items.into(), body, is_async }, end))
    }

    fn decorated(&mut self) -> Option<(Stmt, usize)> {
        let mark = self.exprs.len();
        while self.eat(Token::At)? {
            let decorator = self.expression()?;
            self.exprs.push(decorator.id);
            if self.token() != Token::Newline {
                return None;
            }
            self.tokens.next_line()?;
            if self.tokens.indent != self.block_indent {
                return None;
            }
        }
        let decorators = self.exprs_since(mark);
        let is_async = self.eat(Token::Async)?;
        match self.token() {
            Token::Def => self.function(decorators, is_async),
            Token::Class if !is_async => self.class(decorators),
            _ => None,
        }
    }

    fn function(&mut self, decorators: Exprs, is_async: bool) -> Option<(Stmt, usize)> {
        self.advance()?;
        let outer = std::mem::replace(&mut self.yields, false);
        let name = names::intern(self.tokens.slice());
        let name_node = self.name()?.id;
        self.expect(Token::LeftParen)?;
        let params = self.parameters(Token::RightParen)?;
        let returns = if self.eat(Token::Arrow)? { Some(self.annotation()?.id) } else { None };
        let (body, end) = self.block()?;
        let is_generator = std::mem::replace(&mut self.yields, outer);
        let def = FunctionDef { name, name_node, params, returns, decorators, body, is_async, is_generator };
        Some((Stmt::FunctionDef(Box::new(def)), end))
    }

    fn class(&mut self, decorators: Exprs) -> Option<(Stmt, usize)> {
        self.advance()?;
        let outer = std::mem::replace(&mut self.yields, false);
        let name = names::intern(self.tokens.slice());
        let name_node = self.name()?.id;
        let args = if self.token() == Token::LeftParen { self.arguments(false)? } else { Box::default() };
        let (body, end) = self.block()?;
        self.yields = outer;
        Some((Stmt::ClassDef(Box::new(ClassDef { name, name_node, args, decorators, body })), end))
    }
}
