//! Statements in a row: the module and the blocks of compound statements, with their indentation.

use super::kind::Kind;
use super::lower::Lower;
use crate::ast::{Block, Item, Stmt};

impl Lower<'_> {
    /// The statements under the cursor.
    pub(super) fn block(&mut self) -> Block {
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

    /// The top-level statements; the cursor is on the root of the tree.
    pub(super) fn items(&mut self) -> Vec<Item> {
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
            let (start, tree) = this.item();
            items.push(Item { start, tree });
        });
        items
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
            let (start, tree) = self.error_item(start, end);
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

    fn report_empty_block(&mut self) {
        let end = self.node().start_byte();
        let before = self.text.get(..end).unwrap_or_default();
        let colon = before.rfind(':').unwrap_or(end);
        self.error(colon, (colon + 1).min(self.text.len()), "an indented block must follow");
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
            | Kind::IfStatement
            | Kind::ForStatement
            | Kind::WhileStatement
            | Kind::TryStatement
            | Kind::WithStatement
            | Kind::FunctionDefinition
            | Kind::ClassDefinition
            | Kind::DecoratedDefinition
            | Kind::MatchStatement
    )
}
