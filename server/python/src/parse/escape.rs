//! What is between the quotes, as Python reads it: escapes, line ends, doubled braces.

use std::borrow::Cow;

/// The value of some literal text.
#[derive(Debug, PartialEq, Eq)]
pub enum Decoded<'t> {
    Text(Cow<'t, str>),
    /// A value that cannot be written as text here: a lone surrogate, or a character given by its Unicode name.
    Opaque,
}

/// An escape that Python rejects, in bytes of the literal text.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    pub start: usize,
    pub end: usize,
    pub message: &'static str,
}

/// The text that `source` stands for; `format` says that braces are doubled in it.
pub fn decode(source: &str, raw: bool, format: bool) -> Result<Decoded<'_>, Problem> {
    let plain = |byte: u8| match byte {
        b'\\' => raw,
        b'\r' => false,
        b'{' | b'}' => !format,
        _ => true,
    };
    if source.bytes().all(plain) {
        return Ok(Decoded::Text(Cow::Borrowed(source)));
    }
    let mut text = String::with_capacity(source.len());
    let mut opaque = false;
    let mut rest = source;
    while let Some(at) = rest.bytes().position(|byte| !plain(byte)) {
        let (before, special) = rest.split_at(at);
        text.push_str(before);
        let mut chars = special.chars();
        let first = chars.next().unwrap_or_default();
        rest = match first {
            '\r' => {
                text.push('\n');
                special.strip_prefix("\r\n").unwrap_or(chars.as_str())
            }
            '\\' => {
                let offset = source.len() - special.len();
                let escape = read_escape(special, false).map_err(|message| Problem {
                    start: offset,
                    end: offset + special.char_indices().nth(2).map_or(special.len(), |(index, _)| index),
                    message,
                })?;
                match escape.value {
                    Value::Char(code) => match char::from_u32(code) {
                        Some(c) => text.push(c),
                        None => opaque = true,
                    },
                    Value::Named => opaque = true,
                    Value::Nothing => {}
                    Value::Verbatim => text.push('\\'),
                }
                special.get(escape.len..).unwrap_or_default()
            }
            brace => {
                text.push(brace);
                // The other half of `{{`.
                chars.as_str().strip_prefix(brace).unwrap_or(chars.as_str())
            }
        };
    }
    text.push_str(rest);
    Ok(if opaque { Decoded::Opaque } else { Decoded::Text(Cow::Owned(text)) })
}

/// The bytes that the content of a bytes literal stands for.
pub fn decode_bytes(source: &str, raw: bool) -> Result<Vec<u8>, Problem> {
    if let Some((start, c)) = source.char_indices().find(|(_, c)| !c.is_ascii()) {
        return Err(Problem {
            start,
            end: start + c.len_utf8(),
            message: "bytes can only hold ASCII characters; write the others as escapes",
        });
    }
    let mut bytes = Vec::with_capacity(source.len());
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let mut len = 1;
        match rest.as_bytes() {
            [b'\r', b'\n', ..] => {
                bytes.push(b'\n');
                len = 2;
            }
            [b'\r', ..] => bytes.push(b'\n'),
            [b'\\', ..] if !raw => {
                let escape =
                    read_escape(rest, true).map_err(|message| Problem { start: at, end: at + 2, message })?;
                len = escape.len;
                match escape.value {
                    Value::Char(code) => bytes.push(code as u8),
                    Value::Verbatim => bytes.push(b'\\'),
                    Value::Named | Value::Nothing => {}
                }
            }
            [byte, ..] => bytes.push(*byte),
            [] => {}
        }
        at += len;
    }
    Ok(bytes)
}

/// A line break that no backslash hides: it ends a literal in single quotes.
pub fn has_bare_newline(source: &str) -> bool {
    let bytes = source.as_bytes();
    if !bytes.iter().any(|b| matches!(b, b'\n' | b'\r')) {
        return false;
    }
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if bytes.get(at + 1..at + 3) == Some(b"\r\n") => at += 3,
            b'\\' => at += 2,
            b'\n' | b'\r' => return true,
            _ => at += 1,
        }
    }
    false
}

enum Value {
    Char(u32),
    /// `\N{...}`
    Named,
    /// A hidden line break.
    Nothing,
    /// No escape: the backslash stands for itself.
    Verbatim,
}

struct Escape {
    value: Value,
    len: usize,
}

/// Reads the escape at the start of `source`, which is a backslash.
fn read_escape(source: &str, bytes: bool) -> Result<Escape, &'static str> {
    let simple = |c: char| Ok(Escape { value: Value::Char(c as u32), len: 2 });
    match source.chars().nth(1) {
        Some('\n') => Ok(Escape { value: Value::Nothing, len: 2 }),
        Some('\r') => {
            Ok(Escape { value: Value::Nothing, len: if source.starts_with("\\\r\n") { 3 } else { 2 } })
        }
        Some(c @ ('\\' | '\'' | '"')) => simple(c),
        Some('a') => simple('\x07'),
        Some('b') => simple('\x08'),
        Some('f') => simple('\x0c'),
        Some('n') => simple('\n'),
        Some('r') => simple('\r'),
        Some('t') => simple('\t'),
        Some('v') => simple('\x0b'),
        Some('0'..='7') => {
            let digits = source.bytes().skip(1).take(3).take_while(|b| matches!(b, b'0'..=b'7'));
            let (code, len) =
                digits.fold((0, 1), |(code, len), digit| (code * 8 + u32::from(digit - b'0'), len + 1));
            Ok(Escape { value: Value::Char(code), len })
        }
        Some('x') => hex(source, 2).ok_or("`\\x` needs two hexadecimal digits"),
        Some('u') if !bytes => hex(source, 4).ok_or("`\\u` needs four hexadecimal digits"),
        Some('U') if !bytes => match hex(source, 8) {
            Some(Escape { value: Value::Char(0x11_0000..), .. }) => Err("`\\U` is beyond the last character"),
            Some(escape) => Ok(escape),
            None => Err("`\\U` needs eight hexadecimal digits"),
        },
        Some('N') if !bytes => {
            let name = source.get(2..).and_then(|rest| rest.strip_prefix('{'));
            match name.and_then(|name| name.find('}')) {
                Some(len) if len > 0 => Ok(Escape { value: Value::Named, len: len + 4 }),
                _ => Err("`\\N` needs the name of a character in braces"),
            }
        }
        _ => Ok(Escape { value: Value::Verbatim, len: 1 }),
    }
}

fn hex(source: &str, digits: usize) -> Option<Escape> {
    let text = source.get(2..2 + digits)?;
    if !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let code = u32::from_str_radix(text, 16).ok()?;
    Some(Escape { value: Value::Char(code), len: 2 + digits })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(source: &str, expected: &str) {
        match decode(source, false, false) {
            Ok(Decoded::Text(text)) => assert_eq!(text, expected, "{source}"),
            other => panic!("{source}: {other:?}"),
        }
    }

    #[test]
    fn escapes_in_text() {
        for (source, expected) in [
            ("", ""),
            ("plain", "plain"),
            (r"a\nb\tc", "a\nb\tc"),
            (r"\\ \' \x22", "\\ ' \""),
            (r"\a\b\f\r\v", "\x07\x08\x0c\r\x0b"),
            (r"\x41\u0042\U00000043", "ABC"),
            (r"\0\12\1011\8", "\0\nA1\\8"),
            (r"\777", "\u{1ff}"),
            (r"\d \% \é", r"\d \% \é"),
            ("a\\\nb", "ab"),
            ("a\\\r\nb", "ab"),
            ("a\\\rb", "ab"),
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("{{x}}", "{{x}}"),
            ("é\\u00e9", "éé"),
        ] {
            check_text(source, expected);
        }
    }

    #[test]
    fn raw_text_keeps_its_backslashes() {
        for (source, expected) in [(r"\n\x\N", r"\n\x\N"), ("a\\\r\nb", "a\\\nb")] {
            assert_eq!(decode(source, true, false), Ok(Decoded::Text(expected.into())));
        }
    }

    #[test]
    fn doubled_braces_of_a_format_literal_are_one() {
        for (source, expected) in [("{{", "{"), ("a{{b}}c", "a{b}c"), ("{{}}", "{}"), ("{{{{", "{{")] {
            assert_eq!(decode(source, false, true), Ok(Decoded::Text(expected.into())));
        }
    }

    #[test]
    fn what_cannot_be_written_as_text_is_opaque() {
        for source in [r"\ud800", r"a\N{EM DASH}b", r"\U0000dfff"] {
            assert_eq!(decode(source, false, false), Ok(Decoded::Opaque), "{source}");
        }
    }

    fn check_problem(source: &str, start: usize, end: usize) {
        let problem = decode(source, false, false).expect_err(source);
        assert_eq!((problem.start, problem.end), (start, end), "{source}: {}", problem.message);
    }

    #[test]
    fn malformed_escapes() {
        check_problem(r"ab\x4", 2, 4);
        check_problem(r"\xzz", 0, 2);
        check_problem(r"\x", 0, 2);
        check_problem(r"\u123", 0, 2);
        check_problem(r"\u+123", 0, 2);
        check_problem(r"\U00110000", 0, 2);
        check_problem(r"\U1234", 0, 2);
        check_problem(r"\N", 0, 2);
        check_problem(r"\N{}", 0, 2);
        check_problem(r"\N{DASH", 0, 2);
    }

    fn check_bytes(source: &str, raw: bool, expected: &[u8]) {
        assert_eq!(decode_bytes(source, raw).expect(source), expected, "{source}");
    }

    #[test]
    fn bytes() {
        check_bytes("abc", false, b"abc");
        check_bytes(r"\x00\xff\n", false, b"\x00\xff\n");
        check_bytes(r"\377\400", false, b"\xff\x00");
        check_bytes(r"\u0041\N{X}", false, br"\u0041\N{X}");
        check_bytes("a\r\nb", false, b"a\nb");
        check_bytes(r"\x", true, br"\x");
        assert!(decode_bytes("é", false).is_err());
        assert!(decode_bytes(r"\x1", false).is_err());
    }

    #[test]
    fn bare_newlines() {
        for (source, expected) in [
            ("a", false),
            ("a\nb", true),
            ("a\\\nb", false),
            ("a\\\r\nb", false),
            ("a\\\\\nb", true),
            ("\r", true),
        ] {
            assert_eq!(has_bare_newline(source), expected, "{source:?}");
        }
    }
}
