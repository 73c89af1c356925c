//! Python text -> [`Module`], through tree-sitter.

mod args;
mod block;
mod compound;
mod escape;
mod expr;
mod kind;
mod lower;
mod message;
mod mix;
mod number;
mod pattern;
mod source;
mod stmt;
mod string;

#[cfg(test)]
mod tests;

use crate::ast::Module;
use kind::GRAMMAR;
use lower::Lower;
use std::cell::RefCell;
use tree_sitter::{Parser, Tree};

/// Reads a Python file. Text that does not parse becomes error nodes and [`Module::errors`]; the rest is still read.
pub fn parse(text: &str) -> Module {
    let source = source::normalise(text);
    match parse_tree(&source, None) {
        Some(tree) => lower(text, &source, &tree),
        None => Module::default(),
    }
}

thread_local! {
    static PARSER: RefCell<Option<Parser>> = const { RefCell::new(None) };
}

/// The raw tree of `source`; `None` never happens short of a grammar that does not fit the library.
pub(crate) fn parse_tree(source: &str, old: Option<&Tree>) -> Option<Tree> {
    PARSER.with_borrow_mut(|slot| {
        if slot.is_none() {
            let mut parser = Parser::new();
            parser.set_language(&GRAMMAR.language).ok()?;
            *slot = Some(parser);
        }
        slot.as_mut()?.parse(source, old)
    })
}

/// Lowers the tree of `source`, the normalised form of `text`.
fn lower(text: &str, source: &str, tree: &Tree) -> Module {
    let mut lower = Lower::new(text, tree);
    let items = lower.items();
    let mut errors = lower.errors;
    source::check(source, tree, &mut errors);
    errors.sort_by_key(|error| (error.span.start, error.span.end));
    errors.dedup();
    Module { items, errors }
}
