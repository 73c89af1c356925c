//! The walk from tree-sitter's tree into the arenas of one item.

use super::arena::Arena;
use super::kind::{Field, GRAMMAR, Grammar, Kind};
use super::message;
use super::mix::hash_of;
use super::names;
use crate::ast::{Expr, ExprId, ItemTree, Span, Stmt, StmtId, SyntaxError};
use fact::Name;
use std::sync::Arc;
use tree_sitter::{Node, Tree, TreeCursor};

/// Expressions and blocks inside one another. CPython stops at 200 brackets and 100 blocks.
const MAX_DEPTH: u32 = 200;

/// Where lowering stands: a cursor on a node of the tree, and the arenas of the current item.
///
/// Methods that lower a node expect the cursor on it and leave it there.
pub struct Lower<'t> {
    pub(super) text: &'t str,
    pub(super) cursor: TreeCursor<'t>,
    pub(super) errors: Vec<SyntaxError>,
    /// The function being lowered has a `yield`.
    pub(super) yields: bool,
    /// Kinds of the left-nested expressions whose first operand is being lowered.
    pub(super) spine: Vec<Kind>,
    pub(super) misread: Misread,
    /// Start of the compound statement whose first block comes next.
    pub(super) head_start: Option<usize>,
    /// Some statement runs over a line end that should have ended it.
    pub(super) runs_over_lines: bool,
    arena: Arena,
    grammar: &'static Grammar,
    depth: u32,
    pub(super) has_errors: bool,
}

/// Places where the grammar groups tokens in another way than Python does.
#[derive(Debug, Default)]
pub(super) struct Misread {
    /// `type(x).attr = value` comes as a type alias: its left side starts at the parenthesis.
    pub(super) type_call: TypeCall,
    /// `with a if b else c as d` comes with `c as d` in one: where the `as` clause may end, and its target.
    pub(super) as_end: Option<usize>,
    pub(super) as_target: Option<ExprId>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypeCall {
    #[default]
    No,
    Possible,
    Found,
}

/// An item for text that is no statement.
pub(super) fn error_item(start: usize, end: usize) -> (u32, Arc<ItemTree>) {
    let mut tree = ItemTree {
        stmts: vec![Stmt::Error],
        stmt_spans: vec![Span { start: 0, end: end.saturating_sub(start) as u32 }],
        root: Some(StmtId(0)),
        ..ItemTree::default()
    };
    tree.hash = hash_of(&tree);
    (start as u32, Arc::new(tree))
}

impl<'t> Lower<'t> {
    pub fn new(text: &'t str, tree: &'t Tree) -> Lower<'t> {
        let root = tree.root_node();
        Lower {
            text,
            cursor: root.walk(),
            errors: Vec::new(),
            yields: false,
            spine: Vec::new(),
            misread: Misread::default(),
            head_start: None,
            runs_over_lines: false,
            arena: Arena::default(),
            grammar: &GRAMMAR,
            depth: 0,
            has_errors: root.has_error(),
        }
    }

    /// Lowers the statement under the cursor into a tree of its own.
    pub(super) fn item(&mut self) -> (u32, Arc<ItemTree>) {
        self.arena.start(self.cursor.node().start_byte());
        let root = self.stmt();
        self.arena.finish(root)
    }

    pub(super) fn node(&self) -> Node<'t> {
        self.cursor.node()
    }

    pub(super) fn kind(&self) -> Kind {
        self.grammar.kind(self.cursor.node().kind_id())
    }

    /// The field that the node under the cursor fills in its parent.
    pub(super) fn field(&self) -> Field {
        self.cursor.field_id().map_or(Field::Other, |id| self.grammar.field(id.get()))
    }

    /// The source text of the node under the cursor.
    pub(super) fn source(&self) -> &'t str {
        self.slice(&self.cursor.node())
    }

    pub(super) fn slice(&self, node: &Node<'t>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    pub(super) fn name(&mut self) -> Name {
        let source = self.source();
        names::intern(source)
    }

    /// Calls `f` on each child that is no comment, with the cursor on it. Answers whether some child is an error.
    pub(super) fn each(&mut self, f: impl FnMut(&mut Self, Kind)) -> bool {
        if !self.cursor.goto_first_child() {
            return false;
        }
        let broken = self.siblings(f);
        self.cursor.goto_parent();
        broken
    }

    /// As [`Lower::each`], for the node under the cursor and those after it.
    fn siblings(&mut self, mut f: impl FnMut(&mut Self, Kind)) -> bool {
        let mut broken = false;
        loop {
            match self.kind() {
                Kind::Comment | Kind::LineContinuation => {}
                Kind::Error => {
                    self.report_error_node();
                    broken = true;
                }
                _ if self.has_errors && self.cursor.node().is_missing() => {
                    self.report_missing_node();
                    broken = true;
                }
                kind => f(self, kind),
            }
            if !self.cursor.goto_next_sibling() {
                return broken;
            }
        }
    }

    /// As [`Lower::each`], for the siblings after the node under the cursor, which ends up on the last one.
    pub(super) fn each_after(&mut self, f: impl FnMut(&mut Self, Kind)) -> bool {
        self.cursor.goto_next_sibling() && self.siblings(f)
    }

    /// Whether the node under the cursor holds text that did not parse.
    pub(super) fn is_broken(&self) -> bool {
        self.has_errors && self.cursor.node().has_error()
    }

    /// Runs `f` one level deeper, or reports that the text is nested too deeply.
    pub(super) fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            let range = self.cursor.node().byte_range();
            self.error(range.start, range.end, "the code is nested too deeply");
            return None;
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        Some(result)
    }

    pub(super) fn add_expr_at(&mut self, expr: Expr, start: usize, end: usize) -> ExprId {
        self.arena.add_expr(expr, start, end)
    }

    /// Adds `expr` with the span of the node under the cursor.
    pub(super) fn add_expr(&mut self, expr: Expr) -> ExprId {
        let node = self.cursor.node();
        self.add_expr_at(expr, node.start_byte(), node.end_byte())
    }

    pub(super) fn error_expr(&mut self) -> ExprId {
        self.add_expr(Expr::Error)
    }

    pub(super) fn add_stmt_at(&mut self, stmt: Stmt, start: usize, end: usize) -> StmtId {
        self.arena.add_stmt(stmt, start, end)
    }

    /// Adds `stmt` with the span of the node under the cursor.
    pub(super) fn add_stmt(&mut self, stmt: Stmt) -> StmtId {
        let node = self.cursor.node();
        self.add_stmt_at(stmt, node.start_byte(), node.end_byte())
    }

    pub(super) fn get(&self, id: ExprId) -> Option<&Expr> {
        self.arena.get(id)
    }

    /// Puts `operand` on the left of the operator `id`.
    pub(super) fn set_left_operand(&mut self, id: ExprId, operand: ExprId) {
        self.arena.set_left_operand(id, operand);
    }

    /// Lets the span of `id` start at `start`.
    pub(super) fn extend_to(&mut self, id: ExprId, start: usize) {
        self.arena.extend_to(id, start);
    }

    /// The span of `id` in bytes of the text.
    pub(super) fn range_of(&self, id: ExprId) -> (usize, usize) {
        self.arena.range_of(id)
    }

    pub(super) fn error(&mut self, start: usize, end: usize, message: impl Into<String>) {
        let span = Span { start: start as u32, end: end as u32 };
        self.errors.push(SyntaxError { span, message: message.into() });
    }

    /// Reports `message` on the node under the cursor.
    pub(super) fn error_here(&mut self, message: impl Into<String>) {
        let node = self.cursor.node();
        self.error(node.start_byte(), node.end_byte(), message);
    }

    pub(super) fn error_at(&mut self, id: ExprId, message: impl Into<String>) {
        let (start, end) = self.range_of(id);
        self.error(start, end, message);
    }

    pub(super) fn report_error_node(&mut self) {
        let error = message::of_error_node(self.text, self.cursor.node());
        self.errors.push(error);
    }

    pub(super) fn report_missing_node(&mut self) {
        let error = message::of_missing_node(self.text, self.cursor.node());
        self.errors.push(error);
    }
}
