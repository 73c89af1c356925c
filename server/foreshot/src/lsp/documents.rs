//! Documents that are open in the client.

use super::data::Edit;
use camino::Utf8PathBuf;
use python::line_index::{LineColumn, LineIndex, Unit};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// The open documents by path; cheap to hand out to readers.
pub type Documents = FxHashMap<Utf8PathBuf, Arc<Document>>;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// One version of an open document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// As the client writes it: there is more than one way to write a path.
    pub uri: String,
    pub version: i32,
    /// As the client has it, a byte order mark included.
    own: Arc<str>,
    /// What the analysis reads.
    text: Arc<str>,
    lines: LineIndex,
}

impl Document {
    pub fn new(uri: String, version: i32, text: &str) -> Document {
        let own: Arc<str> = text.into();
        let text = match own.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) => rest.into(),
            None => own.clone(),
        };
        let lines = LineIndex::new(&own);
        Document { uri, version, own, text, lines }
    }

    /// The text without a byte order mark.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The document after `edits`, each of which applies to what the one before it left. What lies outside the text is
    /// clipped to it.
    pub fn edited(&self, version: i32, edits: &[Edit], unit: Unit) -> Document {
        let mut document = self.clone();
        for edit in edits {
            let text = match &edit.range {
                None => edit.text.clone(),
                Some(range) => document.replaced(range, &edit.text, unit),
            };
            document = Document::new(document.uri, version, &text);
        }
        document.version = version;
        document
    }

    /// The position of a byte of [`Document::text`].
    pub fn position(&self, offset: u32, unit: Unit) -> LineColumn {
        self.lines.position(offset.saturating_add(self.skipped()), unit)
    }

    /// The byte of [`Document::text`] at a position.
    pub fn offset(&self, position: LineColumn, unit: Unit) -> u32 {
        self.lines.offset(position, unit).saturating_sub(self.skipped())
    }

    fn replaced(&self, range: &Range<LineColumn>, new: &str, unit: Unit) -> String {
        let start = self.lines.offset(range.start, unit) as usize;
        let end = (self.lines.offset(range.end, unit) as usize).max(start);
        let before = self.own.get(..start).unwrap_or_default();
        let after = self.own.get(end..).unwrap_or_default();
        [before, new, after].concat()
    }

    fn skipped(&self) -> u32 {
        (self.own.len() - self.text.len()) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> LineColumn {
        LineColumn { line, column }
    }

    #[track_caller]
    fn check_edit(text: &str, range: [u32; 4], new: &str, unit: Unit, expect: &str) {
        let [line, column, end_line, end_column] = range;
        let edit = Edit { range: Some(at(line, column)..at(end_line, end_column)), text: new.to_owned() };
        let document = Document::new("file:///a".to_owned(), 1, text).edited(2, &[edit], unit);
        assert_eq!((&*document.own, document.version), (expect, 2));
    }

    #[test]
    fn edits() {
        check_edit("abc\ndef", [0, 1, 0, 2], "X", Unit::Utf16, "aXc\ndef");
        check_edit("abc\ndef", [0, 3, 1, 0], "", Unit::Utf16, "abcdef");
        check_edit("abc\r\ndef", [0, 3, 1, 0], "-", Unit::Utf8, "abc-def");
        check_edit("", [0, 0, 0, 0], "new\n", Unit::Utf16, "new\n");
    }

    #[test]
    fn columns_count_what_was_agreed() {
        check_edit("a😀b", [0, 3, 0, 4], "X", Unit::Utf16, "a😀X");
        check_edit("a😀b", [0, 5, 0, 6], "X", Unit::Utf8, "a😀X");
        check_edit("é😀€", [0, 1, 0, 3], "", Unit::Utf16, "é€");
        check_edit("é😀€", [0, 2, 0, 6], "", Unit::Utf8, "é€");
    }

    #[test]
    fn edits_outside_the_text_are_clipped() {
        check_edit("abc\n", [9, 0, 12, 4], "X", Unit::Utf16, "abc\nX");
        check_edit("abc\ndef", [0, 2, 0, 99], "X", Unit::Utf16, "abX\ndef");
        check_edit("abc", [0, 2, 0, 1], "X", Unit::Utf16, "abXc");
        check_edit("abc", [u32::MAX, u32::MAX, u32::MAX, u32::MAX], "X", Unit::Utf8, "abcX");
        // Between the halves of a character.
        check_edit("a😀b", [0, 2, 0, 2], "X", Unit::Utf16, "aX😀b");
    }

    #[test]
    fn edits_follow_one_another() {
        let document = Document::new("file:///a".to_owned(), 1, "abc");
        let whole = Edit { range: None, text: "xyz\n".to_owned() };
        let insert = Edit { range: Some(at(1, 0)..at(1, 0)), text: "end".to_owned() };
        let edited = document.edited(7, &[whole, insert], Unit::Utf16);
        assert_eq!((&**edited.text(), edited.version), ("xyz\nend", 7));
        let untouched = document.edited(8, &[], Unit::Utf16);
        assert_eq!((&**untouched.text(), untouched.version), ("abc", 8));
    }

    #[test]
    fn a_byte_order_mark_is_the_clients_own() {
        let document = Document::new("file:///a".to_owned(), 1, "\u{feff}abc\ndef");
        assert_eq!(&**document.text(), "abc\ndef");
        for (offset, position) in [(0, at(0, 1)), (2, at(0, 3)), (4, at(1, 0)), (6, at(1, 2))] {
            assert_eq!(document.position(offset, Unit::Utf16), position);
            assert_eq!(document.offset(position, Unit::Utf16), offset);
        }
        assert_eq!(document.offset(at(0, 0), Unit::Utf16), 0);
    }
}
