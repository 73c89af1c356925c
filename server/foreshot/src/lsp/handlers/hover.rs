//! textDocument/hover

use super::super::view::View;
use camino::Utf8Path;
use python::line_index::LineColumn;
use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hovered {
    pub text: String,
    pub range: Range<LineColumn>,
}

pub fn hover(view: &View, path: &Utf8Path, position: LineColumn) -> Option<Hovered> {
    let offset = view.offset(path, position)?;
    let hover = ide::hover(&view.snapshot, path, offset)?;
    Some(Hovered { range: view.range(path, &hover.span), text: hover.markdown })
}
