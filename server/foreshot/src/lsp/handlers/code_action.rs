//! textDocument/codeAction

use super::super::view::View;
use camino::{Utf8Path, Utf8PathBuf};
use python::line_index::LineColumn;
use std::ops::Range;
use std::sync::atomic::AtomicBool;

/// One correction that the user can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub title: String,
    /// The diagnostic that it takes away, by code and range.
    pub code: String,
    pub range: Range<LineColumn>,
    pub preferred: bool,
    pub files: Vec<FileEdits>,
}

/// Edits of one version of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdits {
    pub path: Utf8PathBuf,
    /// As the client wrote it, if the document is open.
    pub uri: Option<String>,
    pub version: Option<i32>,
    pub edits: Vec<NewText>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewText {
    pub range: Range<LineColumn>,
    pub text: String,
}

/// The corrections of what is said about `range`. Making them can take a while: `cancelled` ends it early.
pub fn code_action(
    _view: &View,
    _path: &Utf8Path,
    _range: &Range<LineColumn>,
    _cancelled: &AtomicBool,
) -> Vec<Action> {
    Vec::new()
}
