//! Python text -> arenas in one pass, without a tree in between: several times as fast as through tree-sitter.
//!
//! This reads what is plainly Python. A statement that the grammar or its lowering treats in a way of its own (`match`,
//! `type` aliases, ...) is left to the grammar, by itself; a text with an error is, as a whole. **What is read here is read
//! exactly as the long way does**, node by node and span by span; the tests hold it to that. So `None` costs time only.

mod atom;
mod binary;
mod block;
mod call;
mod compound;
mod expr;
mod import;
mod stmt;
mod string;
mod target;
mod token;

use super::arena::Arena;
use super::{lower, parse_tree, scan, source};
use crate::ast::{Arg, BinaryOp, Expr, ExprId, Exprs, Item, Module, StmtId};
use std::borrow::Cow;
use token::{Token, Tokens};

/// Expressions and blocks inside one another; the long way takes more of them than this, however it counts.
const MAX_DEPTH: u32 = 40;

/// Reads a Python file; `None`: it takes the long way.
pub fn read(text: &str) -> Option<Module> {
    let is_plain = u32::try_from(text.len()).is_ok()
        && matches!(source::normalise(text), Cow::Borrowed(_))
        && memchr::memchr(0, text.as_bytes()).is_none();
    if !is_plain {
        return None;
    }
    let mut reader = Reader {
        tokens: Tokens::new(text),
        arena: Arena::default(),
        exprs: Vec::new(),
        args: Vec::new(),
        stmts: Vec::new(),
        block_indent: 0,
        depth: 0,
        yields: false,
        is_type: false,
    };
    let items = reader.module()?;
    Some(Module { items, errors: Vec::new() })
}

struct Reader<'t> {
    tokens: Tokens<'t>,
    arena: Arena,
    /// Lists that are being read; each takes what it has put on the end off again.
    exprs: Vec<ExprId>,
    args: Vec<Arg>,
    stmts: Vec<StmtId>,
    /// Indentation of the statements that are being read.
    block_indent: u32,
    depth: u32,
    /// The function being read has a `yield`.
    yields: bool,
    /// An annotation is being read.
    is_type: bool,
}

/// An expression as it stands in the text, with the parentheses around it.
#[derive(Debug, Clone, Copy)]
struct Part {
    id: ExprId,
    start: usize,
    end: usize,
    /// What joins its operands, if it is in no parentheses.
    operator: Option<BinaryOp>,
}

impl Reader<'_> {
    fn module(&mut self) -> Option<Vec<Item>> {
        let mut items = Vec::new();
        self.tokens.next_line()?;
        while self.tokens.token != Token::End {
            if self.tokens.indent != 0 {
                return None;
            }
            let (start, known) = (self.tokens.start, items.len());
            if self.items(&mut items).is_none() {
                items.truncate(known);
                self.leave(&mut items, start)?;
            }
        }
        Some(items)
    }

    /// A compound statement, or the simple ones of a line.
    fn items(&mut self, items: &mut Vec<Item>) -> Option<()> {
        if self.is_compound() {
            self.arena.start(self.tokens.start);
            let (root, _) = self.compound()?;
            self.finish(items, root);
            return Some(());
        }
        loop {
            self.arena.start(self.tokens.start);
            let root = self.simple()?;
            self.finish(items, root);
            if !self.more_on_line()? {
                break;
            }
        }
        self.tokens.next_line()
    }

    /// Leaves the statement at `start` to the grammar, with what follows it up to the next one.
    fn leave(&mut self, items: &mut Vec<Item>, start: usize) -> Option<()> {
        let rest = self.tokens.text.get(start..)?;
        let text = rest.get(..scan::first_statement(rest)?)?;
        let tree = parse_tree(text, None)?;
        let left = lower(text, text, &tree, None);
        if !left.errors.is_empty() {
            return None;
        }
        items.extend(left.items.into_iter().map(|item| Item { start: item.start + start as u32, ..item }));
        self.exprs.clear();
        self.args.clear();
        self.stmts.clear();
        (self.block_indent, self.depth, self.yields, self.is_type) = (0, 0, false, false);
        self.tokens.restart(start + text.len())
    }

    fn finish(&mut self, items: &mut Vec<Item>, root: StmtId) {
        let (start, tree) = self.arena.finish(root);
        items.push(Item { start, tree });
    }

    /// The token that is looked at.
    fn token(&self) -> Token {
        self.tokens.token
    }

    fn advance(&mut self) -> Option<()> {
        self.tokens.advance()
    }

    /// Steps over the next token if it is `token`.
    fn eat(&mut self, token: Token) -> Option<bool> {
        let found = self.tokens.token == token;
        if found {
            self.tokens.advance()?;
        }
        Some(found)
    }

    fn expect(&mut self, token: Token) -> Option<()> {
        self.eat(token)?.then_some(())
    }

    /// Runs `read` one level deeper.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn add(&mut self, expr: Expr, start: usize, end: usize) -> Part {
        Part { id: self.arena.add_expr(expr, start, end), start, end, operator: None }
    }

    /// What was put on the list of expressions since it was `mark` long.
    fn exprs_since(&mut self, mark: usize) -> Exprs {
        let exprs = self.exprs.get(mark..).unwrap_or_default().into();
        self.exprs.truncate(mark);
        exprs
    }

    fn get(&self, part: Part) -> Option<&Expr> {
        self.arena.get(part.id)
    }

    fn is_starred(&self, id: ExprId) -> bool {
        matches!(self.arena.get(id), Some(Expr::Starred(_)))
    }
}
