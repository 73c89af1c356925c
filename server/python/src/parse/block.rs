//! Statements in a row: the module and the blocks of compound statements, with their indentation.

use super::compound::is_compound;
use super::document::Reuse;
use super::kind::{GRAMMAR, Kind};
use super::lower::{Lower, error_item};
use super::message::TOO_EARLY;
use super::scan;
use crate::ast::{Block, Item, Stmt};
use tree_sitter::Node;

impl Lower<'_> {
    /// The statements under the cursor.
    pub(super) fn block(&mut self) -> Block {
        self.head_runs_over_line();
        let mut statements = Vec::new();
        let mut indent = None;
        self.each_statement(|this, kind| {
            if kind == Kind::Error {
                this.report_error_node();
                statements.push(this.add_stmt(Stmt::Error));
                return;
            }
            this.check_indent(&mut indent);
            statements.push(this.stmt());
        });
        if statements.is_empty() {
            self.report_empty_block();
        }
        statements.into()
    }

    /// The top-level statements; the cursor is on the root of the tree. Those that `reuse` knows are not lowered again.
    pub(super) fn items(&mut self, reuse: Option<&Reuse<'_>>) -> Vec<Item> {
        let mut items = Vec::new();
        if self.kind() == Kind::Error {
            self.recover(&mut items);
            return items;
        }
        let mut indent = Some(0);
        self.each_statement(|this, kind| {
            if kind == Kind::Error {
                this.recover(&mut items);
                return;
            }
            this.check_indent(&mut indent);
            let range = this.node().byte_range();
            let known = reuse.and_then(|reuse| reuse.find(range.clone()));
            let (start, tree) = match known {
                Some(tree) => (range.start as u32, tree.clone()),
                None => this.item(),
            };
            items.push(Item { start, tree });
        });
        items
    }

    /// Whether the statement under the cursor runs over a line end that should have ended it: between tokens the grammar
    /// takes a line end for a blank. Reported where it is so.
    pub(super) fn runs_over_line(&mut self) -> bool {
        let node = self.node();
        self.code_runs_over_line(node.start_byte(), node.end_byte(), |_| Some(node))
    }

    /// As [`Lower::runs_over_line`], for the head before the block under the cursor.
    fn head_runs_over_line(&mut self) {
        if let Some(start) = self.head_start.take() {
            if self.head_is_broken() {
                return;
            }
            let end = self.node().start_byte();
            self.code_runs_over_line(start, end, |this| this.node().parent());
        }
    }

    fn code_runs_over_line<'t>(
        &mut self,
        start: usize,
        end: usize,
        root: impl FnOnce(&Self) -> Option<Node<'t>>,
    ) -> bool
    where
        Self: 't,
    {
        let code = self.text.get(start..end).unwrap_or_default();
        let Some(at) = scan::inner_line_end(code) else { return false };
        let line_end = start + at;
        if root(self).is_none_or(|root| is_bracketed(root, line_end)) {
            return false;
        }
        let line = self.text.get(..line_end).unwrap_or_default().trim_end();
        let last = line.char_indices().next_back().map_or(0, |(index, _)| index);
        self.error(last, line.len(), TOO_EARLY);
        self.runs_over_lines = true;
        true
    }

    fn each_statement(&mut self, mut f: impl FnMut(&mut Self, Kind)) {
        if !self.cursor.goto_first_child() {
            return;
        }
        loop {
            match self.kind() {
                Kind::Comment | Kind::LineContinuation | Kind::Other => {
                    if self.is_broken() && self.node().is_missing() {
                        self.report_missing_node();
                    }
                }
                kind => f(self, kind),
            }
            if !self.cursor.goto_next_sibling() {
                break;
            }
        }
        self.cursor.goto_parent();
    }

    /// Whole statements at the start of a line inside an error node at the top level are still read; what is between
    /// them becomes statements that mean nothing.
    fn recover(&mut self, items: &mut Vec<Item>) {
        self.report_error_node();
        let node = self.node();
        let mut from = node.start_byte();
        if self.cursor.goto_first_child() {
            loop {
                let child = self.node();
                if is_statement(self.kind()) && self.indent_at(child.start_byte()) == Some(0) {
                    self.recover_gap(items, from, child.start_byte());
                    let (start, tree) = self.item();
                    items.push(Item { start, tree });
                    from = child.end_byte();
                }
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
            self.cursor.goto_parent();
        }
        self.recover_gap(items, from, node.end_byte());
    }

    fn recover_gap(&mut self, items: &mut Vec<Item>, from: usize, to: usize) {
        let gap = self.text.get(from..to).unwrap_or_default();
        let trimmed = gap.trim_start();
        let start = from + gap.len() - trimmed.len();
        let end = start + trimmed.trim_end().len();
        if start < end {
            let (start, tree) = error_item(start, end);
            items.push(Item { start, tree });
        }
    }

    /// The grammar takes a statement at any depth that closes no block; Python wants the depth of the first one.
    fn check_indent(&mut self, expected: &mut Option<u32>) {
        let start = self.node().start_byte();
        let Some(found) = self.indent_at(start) else { return };
        let expected = *expected.get_or_insert(found);
        if found == expected || self.follows_continuation(start) {
            return;
        }
        let line = self.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |index| index + 1);
        let message = if found > expected {
            "this line is indented too far"
        } else {
            "this line does not line up with any block around it"
        };
        self.error(line, start, message);
    }

    /// The indentation of the line, if nothing but blanks stands before `start` on it.
    fn indent_at(&self, start: usize) -> Option<u32> {
        let before = self.text.as_bytes().get(..start)?;
        let blanks = before.iter().rev().take_while(|b| matches!(b, b' ' | b'\t' | b'\x0c')).count();
        let (rest, blanks) = before.split_at(start - blanks);
        match rest {
            [] | [.., b'\n' | b'\r'] | b"\xef\xbb\xbf" => {}
            _ => return None,
        }
        Some(blanks.iter().fold(0, |width, blank| match blank {
            b'\t' => (width / 8 + 1) * 8,
            b'\x0c' => 0,
            _ => width + 1,
        }))
    }

    fn follows_continuation(&self, start: usize) -> bool {
        let before = self.text.get(..start).unwrap_or_default().trim_end_matches([' ', '\t', '\x0c']);
        let line = before.strip_suffix('\n').unwrap_or(before);
        line.strip_suffix('\r').unwrap_or(line).ends_with('\\')
    }

    fn head_is_broken(&self) -> bool {
        self.has_errors && self.node().parent().is_some_and(|parent| parent.has_error())
    }

    fn report_empty_block(&mut self) {
        // Where the head did not parse, that was said.
        if self.head_is_broken() {
            return;
        }
        let end = self.node().start_byte();
        let before = self.text.get(..end).unwrap_or_default();
        let colon = before.rfind(':').unwrap_or(end);
        self.error(colon, (colon + 1).min(self.text.len()), "an indented block must follow");
    }
}

/// Whether a bracket or string inside `root` is open at `at`.
fn is_bracketed(root: Node<'_>, at: usize) -> bool {
    let mut node = root;
    loop {
        let mut cursor = node.walk();
        let mut inner = None;
        let mut depth = 0;
        for child in node.children(&mut cursor).take_while(|child| child.start_byte() <= at) {
            match GRAMMAR.kind(child.kind_id()) {
                Kind::LeftParen | Kind::LeftBracket | Kind::LeftBrace => depth += 1,
                Kind::RightParen | Kind::RightBracket | Kind::RightBrace => depth -= 1,
                Kind::StringContent if child.end_byte() > at => return true,
                _ if child.end_byte() > at => inner = Some(child),
                _ => {}
            }
        }
        match inner {
            _ if depth > 0 => return true,
            Some(inner) => node = inner,
            None => return false,
        }
    }
}

fn is_statement(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ExpressionStatement
            | Kind::ImportStatement
            | Kind::ImportFromStatement
            | Kind::FutureImportStatement
            | Kind::AssertStatement
            | Kind::DeleteStatement
            | Kind::GlobalStatement
            | Kind::TypeAliasStatement
            | Kind::PassStatement
    ) || is_compound(kind)
}
