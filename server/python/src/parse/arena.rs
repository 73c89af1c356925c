//! The arenas of the item that is being read.

use super::mix::hash_of;
use crate::ast::{Expr, ExprId, ItemTree, Span, Stmt, StmtId};
use std::sync::Arc;

/// Nodes of the present item; positions are bytes of the text.
#[derive(Default)]
pub struct Arena {
    tree: ItemTree,
    /// Start of the item in the text.
    base: usize,
}

impl Arena {
    /// The next item starts at `base`. What is left of one that was given up is forgotten.
    pub fn start(&mut self, base: usize) {
        self.base = base;
        self.tree.exprs.clear();
        self.tree.expr_spans.clear();
        self.tree.stmts.clear();
        self.tree.stmt_spans.clear();
    }

    /// Takes the nodes of the present item out as a tree.
    pub fn finish(&mut self, root: StmtId) -> (u32, Arc<ItemTree>) {
        // The arenas are copied to their exact size; the grown ones serve the next item.
        let grown = &mut self.tree;
        let mut tree = ItemTree {
            exprs: Vec::with_capacity(grown.exprs.len()),
            expr_spans: grown.expr_spans.as_slice().to_vec(),
            stmts: Vec::with_capacity(grown.stmts.len()),
            stmt_spans: grown.stmt_spans.as_slice().to_vec(),
            root: Some(root),
            hash: 0,
        };
        tree.exprs.append(&mut grown.exprs);
        tree.stmts.append(&mut grown.stmts);
        tree.hash = hash_of(&tree);
        (self.base as u32, Arc::new(tree))
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { start: start.saturating_sub(self.base) as u32, end: end.saturating_sub(self.base) as u32 }
    }

    pub fn add_expr(&mut self, expr: Expr, start: usize, end: usize) -> ExprId {
        let id = ExprId(self.tree.exprs.len() as u32);
        let span = self.span(start, end);
        self.tree.exprs.push(expr);
        self.tree.expr_spans.push(span);
        id
    }

    pub fn add_stmt(&mut self, stmt: Stmt, start: usize, end: usize) -> StmtId {
        let id = StmtId(self.tree.stmts.len() as u32);
        let span = self.span(start, end);
        self.tree.stmts.push(stmt);
        self.tree.stmt_spans.push(span);
        id
    }

    pub fn get(&self, id: ExprId) -> Option<&Expr> {
        self.tree.exprs.get(id.0 as usize)
    }

    /// Puts `operand` on the left of the operator `id`.
    pub fn set_left_operand(&mut self, id: ExprId, operand: ExprId) {
        if let Some(Expr::Binary { left, .. }) = self.tree.exprs.get_mut(id.0 as usize) {
            *left = operand;
        }
    }

    /// Lets the span of `id` start at `start`.
    pub fn extend_to(&mut self, id: ExprId, start: usize) {
        let start = start.saturating_sub(self.base) as u32;
        if let Some(span) = self.tree.expr_spans.get_mut(id.0 as usize) {
            span.start = start;
        }
    }

    /// The span of `id` in bytes of the text.
    pub fn range_of(&self, id: ExprId) -> (usize, usize) {
        let span = self.tree.expr_spans.get(id.0 as usize).copied().unwrap_or_default();
        (self.base + span.start as usize, self.base + span.end as usize)
    }
}
