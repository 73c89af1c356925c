//! Bytes of Python files: Python reads them in the encoding that a comment at their top declares.

use encoding_rs::Encoding;
use fact::files::ReadError;
use std::sync::Arc;

/// A text and how it is written.
#[derive(Debug, PartialEq)]
pub struct Source {
    pub text: Arc<str>,
    encoding: Written,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Written {
    Utf8 {
        mark: bool,
    },
    /// Each byte is the character of that number.
    Latin1,
    Other(&'static Encoding),
}

const MARK: &[u8] = b"\xef\xbb\xbf";

impl Source {
    /// Reads the bytes of a Python file as Python does; a byte order mark is left out.
    pub fn decode(bytes: Vec<u8>) -> Result<Source, ReadError> {
        let mark = bytes.starts_with(MARK);
        let encoding = match declared(&bytes) {
            Some(name) if !mark && !bytes.is_ascii() => written(name)?,
            _ => Written::Utf8 { mark },
        };
        let text = match encoding {
            Written::Utf8 { .. } => fact::files::decode(bytes)?,
            Written::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into(),
            Written::Other(encoding) => encoding
                .decode_without_bom_handling_and_without_replacement(&bytes)
                .ok_or_else(|| ReadError::Unreadable(format!("it is not {}", encoding.name()).into()))?
                .into(),
        };
        Ok(Source { text, encoding })
    }

    /// Another text for the same file; `None` if its encoding has no such characters.
    pub fn encode(&self, text: &str) -> Option<Vec<u8>> {
        match self.encoding {
            Written::Utf8 { mark: true } => Some([MARK, text.as_bytes()].concat()),
            Written::Utf8 { mark: false } => Some(text.as_bytes().to_vec()),
            Written::Latin1 => text.chars().map(|character| u8::try_from(character).ok()).collect(),
            Written::Other(encoding) => {
                let (bytes, _, lost) = encoding.encode(text);
                (!lost).then(|| bytes.into_owned())
            }
        }
    }
}

/// What a comment in the first line, or in the second behind a blank or a comment, says about the encoding.
fn declared(bytes: &[u8]) -> Option<&str> {
    let mut lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r'));
    let first = lines.next()?;
    // `\r\n` is one line end.
    let second = lines.find(|line| !line.is_empty()).unwrap_or_default();
    name_in(first).or_else(|| if is_comment(first) { name_in(second) } else { None })
}

fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.is_empty() || line.starts_with(b"#")
}

/// The name behind `coding:` or `coding=`.
fn name_in(line: &[u8]) -> Option<&str> {
    let line = line.trim_ascii_start();
    if !line.starts_with(b"#") {
        return None;
    }
    let said = memchr::memmem::find_iter(line, b"coding").find_map(|at| {
        let rest = line.get(at + b"coding".len()..)?;
        rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"="))
    })?;
    let said = said.trim_ascii_start();
    let end = said.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"-_.".contains(byte)));
    std::str::from_utf8(said.get(..end.unwrap_or(said.len()))?).ok().filter(|name| !name.is_empty())
}

fn written(name: &str) -> Result<Written, ReadError> {
    let lower = name.to_ascii_lowercase().replace('_', "-");
    let is = |names: &[&str]| names.iter().any(|known| lower == *known);
    if lower.starts_with("utf-8") || is(&["utf8", "u8", "utf", "cp65001"]) {
        return Ok(Written::Utf8 { mark: false });
    }
    if is(&["latin-1", "latin1", "latin", "l1", "iso-8859-1", "iso8859-1", "iso-latin-1", "8859", "cp819"]) {
        return Ok(Written::Latin1);
    }
    if is(&["ascii", "us-ascii", "646"]) {
        return Err(ReadError::Unreadable("it declares to be ASCII and is not".into()));
    }
    let known = |label: &str| Encoding::for_label_no_replacement(label.as_bytes());
    let found = known(&lower).or_else(|| known(name)).or_else(|| known(&lower.replace('-', "")));
    // Python takes no source in UTF-16.
    let found = found.filter(|encoding| encoding.is_ascii_compatible());
    found.map(Written::Other).ok_or_else(|| ReadError::Foreign(format!("its encoding is {name}").into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(bytes: &[u8], expect: Result<&str, ReadError>) {
        let source = Source::decode(bytes.to_vec());
        assert_eq!(source.as_ref().map(|source| &*source.text), expect.as_ref().copied());
        if let Ok(source) = source {
            assert_eq!(source.encode(&source.text).as_deref(), Some(bytes), "it is written as it was");
        }
    }

    #[test]
    fn the_comment_decides() {
        let e = b"# -*- coding: latin-1 -*-\nx = '\xe9\x80'\n";
        check_text(e, Ok("# -*- coding: latin-1 -*-\nx = 'é\u{80}'\n"));
        check_text(b"# coding=cp1252\n'\x80'", Ok("# coding=cp1252\n'€'"));
        check_text(b"#!/usr/bin/python\r\n# vim: set fileencoding=koi8-r :\r\n'\xd1'", {
            Ok("#!/usr/bin/python\r\n# vim: set fileencoding=koi8-r :\r\n'я'")
        });
        check_text(b"\n# coding: iso-8859-15\n'\xa4'", Ok("\n# coding: iso-8859-15\n'€'"));
        check_text(b"# coding: shift_jis\n'\x82\xa0'", Ok("# coding: shift_jis\n'あ'"));
        // It is read as it says, even where it looks like UTF-8.
        check_text("# coding: latin1\n'é'".as_bytes(), Ok("# coding: latin1\n'Ã©'"));
    }

    #[test]
    fn without_a_comment_it_is_utf_8() {
        check_text("'é'".as_bytes(), Ok("'é'"));
        check_text(b"'\xe9'", Err(ReadError::NotUtf8(1)));
        check_text(b"x = 1\n# coding: latin-1\n'\xe9'", Err(ReadError::NotUtf8(25)));
        check_text(b"\n\n\n# coding: utf-8\n", Ok("\n\n\n# coding: utf-8\n"));
        check_text(b"# coding: utf-8\n\xe9", Err(ReadError::NotUtf8(16)));
        check_text(b"# encoding is a word\n\xe9", Err(ReadError::NotUtf8(21)));
        check_text(b"", Ok(""));
        let marked = Source::decode(b"\xef\xbb\xbf# coding: latin-1\n\xc3\xa9".to_vec()).unwrap();
        assert_eq!(&*marked.text, "# coding: latin-1\né");
        assert_eq!(marked.encode("x").as_deref(), Some(&b"\xef\xbb\xbfx"[..]));
    }

    #[test]
    fn what_is_not_read() {
        let foreign = |name: &str| Err(ReadError::Foreign(format!("its encoding is {name}").into()));
        check_text(b"# coding: cp437\n\x80", foreign("cp437"));
        check_text(b"# coding: utf-16\n\x80", foreign("utf-16"));
        check_text(b"# coding: cp437\nx", Ok("# coding: cp437\nx"));
        let not = |why: &str| Err(ReadError::Unreadable(why.into()));
        check_text(b"# coding: ascii\n\x80", not("it declares to be ASCII and is not"));
        check_text(b"# coding: euc-jp\n\xff", not("it is not EUC-JP"));
    }

    #[test]
    fn what_an_encoding_does_not_have_is_not_written() {
        for declared in ["latin-1", "cp1252", "koi8-r"] {
            let source = Source::decode(format!("# coding: {declared}\n").into_bytes()).unwrap();
            assert!(source.encode("x").is_some());
            let bytes = [format!("# coding: {declared}\n").as_bytes(), b"\xe4"].concat();
            assert_eq!(Source::decode(bytes).unwrap().encode("あ"), None, "{declared}");
        }
    }
}
