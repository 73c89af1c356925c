//! textDocument/documentSymbol

use super::super::view::View;
use camino::Utf8Path;
use ide::{Symbol, SymbolKind};
use python::line_index::LineColumn;
use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    pub name: String,
    pub detail: Option<String>,
    pub kind: SymbolKind,
    pub range: Range<LineColumn>,
    pub selection: Range<LineColumn>,
    pub children: Vec<Outline>,
}

pub fn document_symbol(view: &View, path: &Utf8Path) -> Vec<Outline> {
    let symbols = ide::symbols(&view.snapshot, path);
    symbols.into_iter().map(|symbol| outline(view, path, symbol)).collect()
}

fn outline(view: &View, path: &Utf8Path, symbol: Symbol) -> Outline {
    Outline {
        range: view.range(path, &symbol.span),
        selection: view.range(path, &symbol.selection),
        name: symbol.name,
        detail: symbol.detail,
        kind: symbol.kind,
        children: symbol.children.into_iter().map(|child| outline(view, path, child)).collect(),
    }
}
