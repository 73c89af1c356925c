//! Simple statements.

use super::token::Token;
use super::{Part, Reader};
use crate::ast::{BinaryOp, Expr, Exprs, Stmt, StmtId};

impl Reader<'_> {
    /// A simple statement; what ends it is still to come.
    pub(super) fn simple(&mut self) -> Option<StmtId> {
        let start = self.tokens.start;
        let stmt = match self.token() {
            Token::Import => self.import()?,
            Token::From => self.import_from()?,
            Token::Return => self.return_()?,
            Token::Raise => self.raise()?,
            Token::Assert => self.assert()?,
            Token::Del => self.delete()?,
            Token::Global => Stmt::Global(self.names()?),
            Token::Nonlocal => Stmt::Nonlocal(self.names()?),
            Token::Pass => self.word(Stmt::Pass)?,
            Token::Break => self.word(Stmt::Break)?,
            Token::Continue => self.word(Stmt::Continue)?,
            Token::Name if !self.is_plain_start() => return None,
            _ => self.expression_statement()?,
        };
        if !matches!(self.token(), Token::Newline | Token::Semicolon) {
            return None;
        }
        Some(self.arena.add_stmt(stmt, start, self.tokens.last_end))
    }

    /// Steps over the semicolon after a simple statement. `false`: the line ends.
    pub(super) fn more_on_line(&mut self) -> Option<bool> {
        Some(self.eat(Token::Semicolon)? && self.token() != Token::Newline)
    }

    /// Whether the name at the start of a statement is sure to be no keyword: those of Python 2, and those that are
    /// keywords in some places only.
    fn is_plain_start(&self) -> bool {
        let rest = self.tokens.rest();
        match self.tokens.slice() {
            "print" | "exec" => matches!(rest, [b'(' | b'.', ..]),
            "match" | "type" => matches!(rest, [b'.' | b',', ..] | [b'=', ..] | [b':', ..]),
            _ => true,
        }
    }

    fn word(&mut self, stmt: Stmt) -> Option<Stmt> {
        self.advance()?;
        Some(stmt)
    }

    fn ends_statement(&self) -> bool {
        matches!(self.token(), Token::Newline | Token::Semicolon)
    }

    fn expression_statement(&mut self) -> Option<Stmt> {
        let first = self.value()?;
        match self.token() {
            Token::Newline | Token::Semicolon => Some(Stmt::Expr(first.id)),
            Token::Eq => self.assignment(first),
            Token::Colon => self.annotated(first),
            token => {
                let op = augmented_op(token).filter(|_| self.is_single_target(first))?;
                self.advance()?;
                let value = self.value()?;
                self.ends_statement().then_some(Stmt::AugAssign { target: first.id, op, value: value.id })
            }
        }
    }

    /// What may stand on the right of an assignment.
    fn value(&mut self) -> Option<Part> {
        if self.token() == Token::Yield { self.yield_() } else { self.expressions() }
    }

    fn assignment(&mut self, first: Part) -> Option<Stmt> {
        let mark = self.exprs.len();
        let mut last = first;
        while self.eat(Token::Eq)? {
            if !self.is_target(last) {
                return None;
            }
            self.exprs.push(last.id);
            last = self.value()?;
        }
        let targets = self.exprs_since(mark);
        self.ends_statement().then_some(Stmt::Assign { targets, value: last.id })
    }

    fn annotated(&mut self, target: Part) -> Option<Stmt> {
        if !self.is_single_target(target) {
            return None;
        }
        self.advance()?;
        let annotation = self.annotation()?.id;
        let value = if self.eat(Token::Eq)? { Some(self.value()?.id) } else { None };
        self.ends_statement().then_some(Stmt::AnnAssign { target: target.id, annotation, value })
    }

    fn return_(&mut self) -> Option<Stmt> {
        self.advance()?;
        let value = if self.ends_statement() { None } else { Some(self.expressions()?.id) };
        Some(Stmt::Return(value))
    }

    fn raise(&mut self) -> Option<Stmt> {
        self.advance()?;
        let exception = if self.ends_statement() { None } else { Some(self.expression()?.id) };
        let cause =
            if exception.is_some() && self.eat(Token::From)? { Some(self.expression()?.id) } else { None };
        Some(Stmt::Raise { exception, cause })
    }

    fn assert(&mut self) -> Option<Stmt> {
        self.advance()?;
        let test = self.expression()?.id;
        let message = if self.eat(Token::Comma)? { Some(self.expression()?.id) } else { None };
        Some(Stmt::Assert { test, message })
    }

    fn delete(&mut self) -> Option<Stmt> {
        self.advance()?;
        let target = self.expressions()?;
        if !self.is_deletable(target.id) {
            return None;
        }
        let targets: Exprs = match self.get(target) {
            Some(Expr::Tuple(elements)) => elements.clone(),
            _ => Box::new([target.id]),
        };
        Some(Stmt::Delete(targets))
    }

    fn names(&mut self) -> Option<Box<[fact::Name]>> {
        self.advance()?;
        let mut names = vec![self.plain_name()?];
        while self.eat(Token::Comma)? {
            names.push(self.plain_name()?);
        }
        Some(names.into())
    }
}

fn augmented_op(token: Token) -> Option<BinaryOp> {
    Some(match token {
        Token::PlusEq => BinaryOp::Add,
        Token::MinusEq => BinaryOp::Sub,
        Token::StarEq => BinaryOp::Mul,
        Token::AtEq => BinaryOp::MatMul,
        Token::SlashEq => BinaryOp::Div,
        Token::SlashSlashEq => BinaryOp::FloorDiv,
        Token::PercentEq => BinaryOp::Mod,
        Token::StarStarEq => BinaryOp::Pow,
        Token::LShiftEq => BinaryOp::LShift,
        Token::RShiftEq => BinaryOp::RShift,
        Token::AmpEq => BinaryOp::BitAnd,
        Token::PipeEq => BinaryOp::BitOr,
        Token::CaretEq => BinaryOp::BitXor,
        _ => return None,
    })
}
