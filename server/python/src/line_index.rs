//! Bytes of a file <-> lines and columns, without the text.

/// Where the lines of a file start and which characters are not one byte long.
///
/// A line ends at `\n`, `\r\n` or a lone `\r`, as editors and Python see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineIndex {
    /// Offsets of the first byte of each line; the first is 0.
    starts: Box<[u32]>,
    /// The lines that end in `\r\n`, in order.
    double_ends: Box<[u32]>,
    /// The runs of characters outside ASCII, in order.
    wide: Box<[Wide]>,
    len: u32,
}

/// Characters of equal length that follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wide {
    start: u32,
    count: u32,
    /// Bytes of one character: 2, 3 or 4.
    bytes: u32,
}

/// A position; both numbers count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LineColumn {
    pub line: u32,
    /// In the units that were asked for.
    pub column: u32,
}

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Bytes of UTF-8.
    Utf8,
    /// Code units of UTF-16: what a language client counts unless it agrees to something else.
    Utf16,
    /// Characters, for people.
    Characters,
}

impl LineIndex {
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut double_ends = Vec::new();
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            let is_first_half = bytes.get(at) == Some(&b'\r') && bytes.get(at + 1) == Some(&b'\n');
            if is_first_half {
                double_ends.push(starts.len() as u32 - 1);
            } else {
                starts.push(at as u32 + 1);
            }
        }
        LineIndex {
            starts: starts.into(),
            double_ends: double_ends.into(),
            wide: wide(text),
            len: text.len() as u32,
        }
    }

    /// How many lines there are; text that ends in a line end has an empty line after it.
    pub fn lines(&self) -> u32 {
        self.starts.len().max(1) as u32
    }

    /// The position of a byte. Beyond the end is the end; inside a character or a line end is its start.
    pub fn position(&self, offset: u32, unit: Unit) -> LineColumn {
        let offset = offset.min(self.len);
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1) as u32;
        let start = self.start(line);
        let offset = offset.min(self.end(line));
        let mut column = offset - start;
        for wide in self.wide_after(start) {
            if wide.start >= offset {
                break;
            }
            let inside = offset - wide.start;
            let whole = (inside / wide.bytes).min(wide.count);
            column -= whole * (wide.bytes - wide.units(unit));
            if whole < wide.count {
                column -= inside % wide.bytes;
            }
        }
        LineColumn { line, column }
    }

    /// The byte at a position. A column beyond the last of its line is the end of the line, before the line end; a line
    /// beyond the last is the end of the text.
    pub fn offset(&self, position: LineColumn, unit: Unit) -> u32 {
        if position.line >= self.lines() {
            return self.len;
        }
        let start = self.start(position.line);
        let end = self.end(position.line);
        let mut offset = start;
        let mut left = position.column;
        for wide in self.wide_after(start) {
            let plain = wide.start.saturating_sub(offset);
            if wide.start >= end || plain >= left {
                break;
            }
            left -= plain;
            let units = wide.units(unit);
            let whole = (left / units).min(wide.count);
            offset = wide.start + whole * wide.bytes;
            left -= whole * units;
            if whole < wide.count {
                // The rest, if any, lies inside a character.
                return offset;
            }
        }
        offset.saturating_add(left).min(end)
    }

    /// The bytes of a line without its line end; `None` beyond the last line.
    pub fn line(&self, line: u32) -> Option<std::ops::Range<u32>> {
        (line < self.lines()).then(|| self.start(line)..self.end(line))
    }

    fn start(&self, line: u32) -> u32 {
        self.starts.get(line as usize).copied().unwrap_or(0)
    }

    /// Where the line end of a line begins.
    fn end(&self, line: u32) -> u32 {
        let Some(next) = self.starts.get(line as usize + 1) else { return self.len };
        next - if self.double_ends.binary_search(&line).is_ok() { 2 } else { 1 }
    }

    /// The runs from the line that starts at `start` on; a run does not reach over a line end.
    fn wide_after(&self, start: u32) -> impl Iterator<Item = &Wide> {
        let first = self.wide.partition_point(|wide| wide.start < start);
        self.wide.iter().skip(first)
    }
}

impl Wide {
    /// The length of one character.
    fn units(&self, unit: Unit) -> u32 {
        match unit {
            Unit::Utf8 => self.bytes,
            Unit::Utf16 if self.bytes == 4 => 2,
            Unit::Utf16 | Unit::Characters => 1,
        }
    }
}

fn wide(text: &str) -> Box<[Wide]> {
    if text.is_ascii() {
        return Box::default();
    }
    let mut runs: Vec<Wide> = Vec::new();
    for (start, c) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
        let (start, bytes) = (start as u32, c.len_utf8() as u32);
        match runs.last_mut() {
            Some(run) if run.bytes == bytes && run.start + run.count * bytes == start => run.count += 1,
            _ => runs.push(Wide { start, count: 1, bytes }),
        }
    }
    runs.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const UNITS: [Unit; 3] = [Unit::Utf8, Unit::Utf16, Unit::Characters];

    /// The columns of a byte in UTF-8, UTF-16 and characters, and back.
    #[track_caller]
    fn check_position(text: &str, offset: u32, line: u32, columns: [u32; 3]) {
        let index = LineIndex::new(text);
        for (unit, column) in UNITS.into_iter().zip(columns) {
            let position = LineColumn { line, column };
            assert_eq!(index.position(offset, unit), position, "{text:?} {offset} {unit:?}");
            assert_eq!(index.offset(position, unit), offset, "{text:?} {position:?} {unit:?}");
        }
    }

    #[test]
    fn positions() {
        check_position("", 0, 0, [0; 3]);
        check_position("abc", 2, 0, [2; 3]);
        check_position("abc", 3, 0, [3; 3]);
        check_position("a\nbc\n", 2, 1, [0; 3]);
        check_position("a\nbc\n", 4, 1, [2; 3]);
        check_position("a\nbc\n", 5, 2, [0; 3]);
        check_position("a\r\nbc", 1, 0, [1; 3]);
        check_position("a\r\nbc", 4, 1, [1; 3]);
        check_position("a\rb\r\rc", 3, 1, [1; 3]);
        check_position("a\rb\r\rc", 5, 3, [0; 3]);
        check_position("\r\n\r\n", 2, 1, [0; 3]);
    }

    #[test]
    fn wide_characters() {
        check_position("é = 1", 2, 0, [2, 1, 1]);
        check_position("é = 1", 6, 0, [6, 5, 5]);
        check_position("a€b", 4, 0, [4, 2, 2]);
        check_position("a😀b", 5, 0, [5, 3, 2]);
        check_position("😀😀é€x", 13, 0, [13, 6, 4]);
        check_position("é\n😀 é\nx", 8, 1, [5, 3, 2]);
        check_position("é\n😀 é\nx", 11, 2, [0, 0, 0]);
        check_position("\u{feff}a", 3, 0, [3, 1, 1]);
    }

    #[test]
    fn what_lies_outside_is_clipped() {
        let index = LineIndex::new("ab\r\né😀\ncd");
        for unit in UNITS {
            assert_eq!(index.position(999, unit), LineColumn { line: 2, column: 2 });
            // Between the halves of a line end.
            assert_eq!(index.position(3, unit), LineColumn { line: 0, column: 2 });
            assert_eq!(index.offset(LineColumn { line: 0, column: 50 }, unit), 2);
            assert_eq!(index.offset(LineColumn { line: 1, column: 50 }, unit), 10);
            assert_eq!(index.offset(LineColumn { line: 2, column: u32::MAX }, unit), 13);
            assert_eq!(index.offset(LineColumn { line: 9, column: 0 }, unit), 13);
        }
        // Inside a character.
        assert_eq!(index.position(5, Unit::Utf8), LineColumn { line: 1, column: 0 });
        assert_eq!(index.position(8, Unit::Utf16), LineColumn { line: 1, column: 1 });
        assert_eq!(index.offset(LineColumn { line: 1, column: 2 }, Unit::Utf16), 6);
        assert_eq!(index.offset(LineColumn { line: 1, column: 3 }, Unit::Utf8), 6);
    }

    #[test]
    fn lines() {
        let index = LineIndex::new("ab\r\n\nc\r");
        assert_eq!(index.lines(), 4);
        let all: Vec<_> = (0..5).map(|line| index.line(line)).collect();
        assert_eq!(all, [Some(0..2), Some(4..4), Some(5..6), Some(7..7), None]);
        let empty = LineIndex::default();
        assert_eq!(empty.position(5, Unit::Utf8), LineColumn::default());
        assert_eq!(empty.offset(LineColumn { line: 1, column: 1 }, Unit::Utf8), 0);
    }

    proptest! {
        #[test]
        fn columns_count_their_units(text in "[aé€😀\r\n]{0,40}") {
            let index = LineIndex::new(&text);
            let (mut line, mut columns, mut previous) = (0, [0; 3], ' ');
            for (offset, c) in text.char_indices() {
                if previous == '\n' || (previous == '\r' && c != '\n') {
                    (line, columns) = (line + 1, [0; 3]);
                }
                if !(previous == '\r' && c == '\n') {
                    for (unit, column) in UNITS.into_iter().zip(columns) {
                        let position = LineColumn { line, column };
                        prop_assert_eq!(index.position(offset as u32, unit), position);
                        prop_assert_eq!(index.offset(position, unit), offset as u32);
                    }
                }
                columns[0] += c.len_utf8() as u32;
                columns[1] += c.len_utf16() as u32;
                columns[2] += 1;
                previous = c;
            }
        }
    }
}
