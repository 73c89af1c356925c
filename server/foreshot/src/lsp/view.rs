//! What a request sees: one version of the analysis, the documents that it is of, and what was found.

use super::diagnostics::{Diagnostics, Judging};
use super::documents::{Document, Documents};
use super::lines::Lines;
use camino::Utf8Path;
use fact::files::Files;
use project::Snapshot;
use python::line_index::{LineColumn, Unit};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

pub struct View {
    pub snapshot: Snapshot,
    pub files: Arc<dyn Files>,
    pub documents: Arc<Documents>,
    /// By the file that they are shown in.
    pub diagnostics: Diagnostics,
    pub judging: Arc<Judging>,
    pub lines: Arc<Lines>,
    pub unit: Unit,
}

impl View {
    /// The byte at a position of a file; `None` if the file has no text.
    pub fn offset(&self, path: &Utf8Path, position: LineColumn) -> Option<u32> {
        if let Some(document) = self.documents.get(path) {
            return Some(document.offset(position, self.unit));
        }
        let text = self.text(path)?;
        Some(python::line_index::LineIndex::new(&text).offset(position, self.unit))
    }

    /// Lines and columns of bytes of a file.
    pub fn range(&self, path: &Utf8Path, span: &Range<u32>) -> Range<LineColumn> {
        self.lines.range(&self.documents, path, span, self.unit, || self.text(path))
    }

    /// The document at `path`, if it is open.
    pub fn document(&self, path: &Utf8Path) -> Option<&Arc<Document>> {
        self.documents.get(path)
    }

    /// The text of a file as the analysis has it.
    pub fn text(&self, path: &Utf8Path) -> Option<Arc<str>> {
        let known = self.snapshot.parsed(self.snapshot.store.id(path));
        match known {
            Some(parsed) => parsed.text.clone().ok(),
            None => self.files.read(path).ok(),
        }
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("documents", &self.documents.len()).finish_non_exhaustive()
    }
}
