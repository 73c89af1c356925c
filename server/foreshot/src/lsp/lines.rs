//! Bytes of any file into lines and columns.

use super::documents::Documents;
use camino::{Utf8Path, Utf8PathBuf};
use dashmap::DashMap;
use python::line_index::{LineColumn, LineIndex, Unit};
use rustc_hash::FxBuildHasher;
use std::ops::Range;
use std::sync::Arc;

/// Line indexes of closed files, each with the text that it is of.
#[derive(Debug, Default)]
pub struct Lines {
    closed: DashMap<Utf8PathBuf, (Arc<str>, Arc<LineIndex>), FxBuildHasher>,
}

impl Lines {
    /// The lines and columns of bytes of the file at `path`; `text` gives its text if it is not open.
    pub fn range(
        &self,
        documents: &Documents,
        path: &Utf8Path,
        span: &Range<u32>,
        unit: Unit,
        text: impl FnOnce() -> Option<Arc<str>>,
    ) -> Range<LineColumn> {
        if let Some(document) = documents.get(path) {
            return document.position(span.start, unit)..document.position(span.end, unit);
        }
        match text() {
            Some(text) => {
                let index = self.index(path, &text);
                index.position(span.start, unit)..index.position(span.end, unit)
            }
            None => LineColumn::default()..LineColumn::default(),
        }
    }

    fn index(&self, path: &Utf8Path, text: &Arc<str>) -> Arc<LineIndex> {
        if let Some(known) = self.closed.get(path)
            && Arc::ptr_eq(&known.0, text)
        {
            return known.1.clone();
        }
        let index = Arc::new(LineIndex::new(text));
        self.closed.insert(path.to_owned(), (text.clone(), index.clone()));
        index
    }
}

#[cfg(test)]
mod tests {
    use super::super::documents::Document;
    use super::*;

    #[track_caller]
    fn check_range(open: Option<&str>, closed: Option<&str>, span: Range<u32>, expect: [u32; 4]) {
        let path = Utf8Path::new("/a.py");
        let document = open.map(|text| (path.to_owned(), Arc::new(Document::new(String::new(), 1, text))));
        let documents: Documents = document.into_iter().collect();
        let lines = Lines::default();
        let text: Option<Arc<str>> = closed.map(Arc::from);
        // The second answer comes from what was kept.
        for _ in 0..2 {
            let range = lines.range(&documents, path, &span, Unit::Utf16, || text.clone());
            let told = [range.start.line, range.start.column, range.end.line, range.end.column];
            assert_eq!(told, expect);
        }
    }

    #[test]
    fn ranges() {
        check_range(Some("a\nb😀c"), Some("other"), 7..8, [1, 3, 1, 4]);
        check_range(None, Some("a\nb😀c"), 7..8, [1, 3, 1, 4]);
        check_range(None, Some("a"), 0..99, [0, 0, 0, 1]);
        check_range(None, None, 3..4, [0, 0, 0, 0]);
    }

    #[test]
    fn a_new_text_has_new_lines() {
        let (lines, documents, path) = (Lines::default(), Documents::default(), Utf8Path::new("/a.py"));
        for (text, line) in [("ab\ncd", 1), ("ab cd", 0), ("\n\n\ncd", 3)] {
            let range = lines.range(&documents, path, &(3..4), Unit::Utf8, || Some(text.into()));
            assert_eq!(range.start.line, line);
        }
    }
}
