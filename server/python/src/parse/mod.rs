//! Python text -> [`Module`]: directly where the text is plainly Python, through tree-sitter where it is not.

mod arena;
mod args;
mod block;
mod collection;
mod compound;
mod direct;
mod document;
mod escape;
mod expr;
mod format;
mod kind;
mod lower;
mod message;
mod mix;
mod names;
mod number;
mod operator;
mod pattern;
pub(crate) mod scan;
pub(crate) mod source;
mod stmt;
mod string;
mod types;

#[cfg(test)]
mod tests;

use crate::ast::{Item, Module, Span, SyntaxError};
pub use direct::read as parse_directly;
pub use document::Document;
use document::Reuse;
use kind::GRAMMAR;
use lower::Lower;
use scan::Chunk;
use std::cell::RefCell;
use tree_sitter::{Parser, Tree};

/// Reads a Python file. Text that does not parse becomes error nodes and [`Module::errors`]; the rest is still read.
pub fn parse(text: &str) -> Module {
    parse_directly(text).unwrap_or_else(|| parse_with_grammar(text))
}

/// Comes to what [`parse`] does, always through tree-sitter: what the direct way is held to.
pub fn parse_with_grammar(text: &str) -> Module {
    let source = source::normalise(text);
    match parse_tree(&source, None) {
        Some(tree) => lower(text, &source, &tree, None),
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
fn lower(text: &str, source: &str, tree: &Tree, reuse: Option<Reuse<'_>>) -> Module {
    let Lowered { mut module, misplaced } = lower_tree(text, tree, reuse);
    if misplaced {
        module = lower_chunks(text, &scan::chunks(source));
    }
    source::check(source, tree, &mut module.errors);
    module.errors.sort_by_key(|error| (error.span.start, error.span.end));
    module.errors.dedup();
    module
}

struct Lowered {
    module: Module,
    /// The grammar made its own sense of some text: where one statement ends and the next begins is not certain.
    misplaced: bool,
}

fn lower_tree(text: &str, tree: &Tree, reuse: Option<Reuse<'_>>) -> Lowered {
    let mut lower = Lower::new(text, tree);
    let items = lower.items(reuse.as_ref());
    let has_error = tree.root_node().has_error();
    let misplaced = has_error || lower.runs_over_lines;
    let mut errors = lower.errors;
    if has_error && errors.is_empty() {
        errors.extend(message::of_missing_line_end(text, tree.root_node()));
    }
    if misplaced {
        // The first error is the one that explains the others.
        errors.sort_by_key(|error| error.span.start);
        errors.truncate(1);
    }
    Lowered { module: Module { items, errors }, misplaced }
}

/// Reads each of `chunks`, which follow one another and make up `text`, for itself.
fn lower_chunks(text: &str, chunks: &[Chunk<'_>]) -> Module {
    let mut module = Module::default();
    let mut start = 0;
    for chunk in chunks {
        let (part, len) = match *chunk {
            Chunk::Code(source) => (lower_chunk(text.get(start..).unwrap_or_default(), source), source.len()),
            Chunk::OpenText { text, quotes } => (Some(lower_open_text(text, quotes)), text.len()),
        };
        let shift = start as u32;
        if let Some(part) = part {
            let items = part.items.into_iter().map(|item| Item { start: item.start + shift, ..item });
            module.items.extend(items);
            module.errors.extend(part.errors.into_iter().map(|error| SyntaxError {
                span: Span { start: error.span.start + shift, end: error.span.end + shift },
                ..error
            }));
        }
        start += len;
    }
    module
}

/// Reads `source`, the normalised form of what `text` starts with.
fn lower_chunk(text: &str, source: &str) -> Option<Module> {
    let text = text.get(..source.len())?;
    let read = |source: &str| parse_tree(source, None).map(|tree| lower_tree(text, &tree, None));
    let Lowered { module, misplaced } = read(source)?;
    if misplaced {
        // The scanner sees the end of a block where a line inside brackets is indented less than the block.
        let joined = scan::join_lines(source);
        if joined != source {
            let joined = read(&joined)?;
            if !joined.misplaced {
                return Some(joined.module);
            }
        }
    }
    Some(module)
}

/// One statement that means nothing, for text with a string that opens at `quotes` and never closes.
fn lower_open_text(text: &str, quotes: usize) -> Module {
    let blanks = text.len() - text.trim_start().len();
    let (start, tree) = lower::error_item(blanks, text.len());
    let span = Span { start: quotes as u32, end: quotes as u32 + 3 };
    Module {
        items: vec![Item { start, tree }],
        errors: vec![SyntaxError { span, message: message::OPEN_STRING.to_owned() }],
    }
}
