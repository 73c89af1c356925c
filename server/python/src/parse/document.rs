//! A buffer that is open in an editor.

use super::{lower, parse_tree, source};
use crate::ast::{Item, ItemTree, Module};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use tree_sitter::{InputEdit, Point, Tree};

/// A text that is edited, with its syntax. After any edits the module is the one that [`super::parse`] makes of the text.
pub struct Document {
    text: Arc<str>,
    module: Arc<Module>,
    tree: Option<Tree>,
    /// The tree may serve the next parse. Recovery from errors depends on the edits that led there, so a tree with an
    /// error must not; nor may the tree of a text that had to be normalised.
    is_reusable: bool,
}

/// The items of the text before an edit, for those that it did not touch.
pub(super) struct Reuse<'a> {
    items: &'a [Item],
    /// The bytes that the edit put in.
    edited: Range<usize>,
    /// Length of the text after the edit, less that before.
    grown: i64,
}

impl Document {
    pub fn new(text: impl Into<Arc<str>>) -> Document {
        let text = text.into();
        let source = source::normalise(&text);
        let tree = parse_tree(&source, None);
        let module = tree.as_ref().map(|tree| lower(&text, &source, tree, None)).unwrap_or_default();
        let is_reusable = matches!(source, Cow::Borrowed(_))
            && tree.as_ref().is_some_and(|tree| !tree.root_node().has_error());
        drop(source);
        Document { text, module: Arc::new(module), tree, is_reusable }
    }

    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    pub fn module(&self) -> &Arc<Module> {
        &self.module
    }

    /// tree-sitter's tree of the text.
    pub fn tree(&self) -> Option<&Tree> {
        self.tree.as_ref()
    }

    /// Replaces the bytes of `range` by `new_text`. A range that is not in the text, or cuts a character, is widened or
    /// clipped to one that is and does not.
    pub fn edit(&mut self, range: Range<usize>, new_text: &str) {
        let start = floor(&self.text, range.start);
        let end = ceil(&self.text, range.end).max(start);
        let before = self.text.get(..start).unwrap_or_default();
        let after = self.text.get(end..).unwrap_or_default();
        let text = [before, new_text, after].concat();
        *self = match self.reparse(&text, start, end, start + new_text.len()) {
            Some((tree, module)) => {
                Document { text: text.into(), module: Arc::new(module), tree: Some(tree), is_reusable: true }
            }
            None => Document::new(text),
        };
    }

    /// The syntax of `text`, made from that of the text before the edit; `None` if that cannot be.
    fn reparse(&self, text: &str, start: usize, old_end: usize, new_end: usize) -> Option<(Tree, Module)> {
        if !self.is_reusable || !self.module.errors.is_empty() {
            return None;
        }
        let source = source::normalise(text);
        if matches!(source, Cow::Owned(_)) {
            return None;
        }
        let mut old = self.tree.clone()?;
        old.edit(&InputEdit {
            start_byte: start,
            old_end_byte: old_end,
            new_end_byte: new_end,
            start_position: point(text, start),
            old_end_position: point(&self.text, old_end),
            new_end_position: point(text, new_end),
        });
        let tree = parse_tree(text, Some(&old)).filter(|tree| !tree.root_node().has_error())?;
        let reuse = Reuse {
            items: &self.module.items,
            edited: start..new_end,
            grown: text.len() as i64 - self.text.len() as i64,
        };
        let module = lower(text, &source, &tree, Some(reuse));
        Some((tree, module))
    }
}

impl Reuse<'_> {
    /// The item that was lowered from what is now at `range`, if the edit did not touch it.
    pub(super) fn find(&self, range: Range<usize>) -> Option<&Arc<ItemTree>> {
        let shift = if range.end < self.edited.start {
            0
        } else if range.start > self.edited.end {
            self.grown
        } else {
            return None;
        };
        let start = u32::try_from(range.start as i64 - shift).ok()?;
        let index = self.items.binary_search_by_key(&start, |item| item.start).ok()?;
        let tree = &self.items.get(index)?.tree;
        let span = tree.span(tree.root?.into())?;
        (span.end as usize == range.len()).then_some(tree)
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

fn point(text: &str, at: usize) -> Point {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let row = memchr::memchr_iter(b'\n', before).count();
    let line = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    Point { row, column: at - line }
}
