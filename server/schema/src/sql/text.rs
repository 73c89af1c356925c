//! The text that the database receives: SQLAlchemy's `text()` writes a colon that is no bind parameter as `\:`.

use std::borrow::Cow;

/// The unescaped text, and how its bytes lie in the text as it was written.
pub(super) struct Received<'a> {
    pub text: Cow<'a, str>,
    /// For each backslash taken out: where in `text` it stood.
    removed: Vec<usize>,
}

impl<'a> Received<'a> {
    pub fn new(written: &'a str) -> Received<'a> {
        if !written.contains("\\:") {
            return Received { text: Cow::Borrowed(written), removed: Vec::new() };
        }
        let mut text = String::with_capacity(written.len());
        let mut removed = Vec::new();
        let mut rest = written;
        while let Some(found) = rest.find("\\:") {
            text.push_str(&rest[..found]);
            removed.push(text.len());
            text.push(':');
            rest = &rest[found + 2..];
        }
        text.push_str(rest);
        Received { text: Cow::Owned(text), removed }
    }

    /// Where a byte of `text` stands in the text as it was written.
    pub fn written(&self, byte: usize) -> usize {
        byte + self.removed.partition_point(|at| *at < byte)
    }
}

/// `text` on one line, at most `limit` characters of it.
pub(super) fn in_short(text: &str, limit: usize) -> String {
    let mut short = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        if length > 0 {
            short.push(' ');
            length += 1;
        }
        for character in word.chars() {
            if length >= limit {
                short.push('…');
                return short;
            }
            short.push(character);
            length += 1;
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_received(written: &str, text: &str, positions: &[(usize, usize)]) {
        let received = Received::new(written);
        assert_eq!(received.text, text);
        for (byte, expected) in positions {
            assert_eq!(received.written(*byte), *expected, "byte {byte} of {text:?}");
        }
    }

    #[test]
    fn colons_lose_their_backslash_and_bytes_keep_their_place() {
        check_received("SELECT 1", "SELECT 1", &[(0, 0), (8, 8)]);
        check_received(r"a\:\:b", "a::b", &[(0, 0), (1, 1), (2, 3), (3, 5), (4, 6)]);
        check_received(r"'\:' é\:x", "': é:x".replacen("':", "':'", 1).as_str(), &[(0, 0), (1, 1), (2, 3)]);
        check_received(r"\:", ":", &[(0, 0), (1, 2)]);
    }

    #[test]
    fn in_short_collapses_blanks_and_cuts() {
        assert_eq!(in_short("  a \n  b ", 10), "a b");
        assert_eq!(in_short("abcdef", 3), "abc…");
        assert_eq!(in_short("", 3), "");
    }
}
