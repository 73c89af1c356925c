//! Bytes of the client into messages, whatever the bytes are.

use memchr::memmem;

/// Takes bytes in and gives messages out; what is no message is told and skipped, up to the next header.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    /// The length of the body that follows, once its header was read.
    expected: Option<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    /// The body of a message, which is text and says what it is about.
    Message(String),
    /// Why bytes were skipped.
    Malformed(&'static str),
}

const LENGTH: &[u8] = b"content-length:";
/// A header has a few dozen bytes; more than this without an end is none.
const LONGEST_HEADER: usize = 8 * 1024;
/// No client sends a text of this size and expects an answer.
const LONGEST_BODY: usize = 256 << 20;

impl Frames {
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next frame; `is_message` tells whether a text is one. `None` until more bytes come.
    pub fn next(&mut self, is_message: impl FnOnce(&str) -> bool) -> Option<Frame> {
        let length = match self.expected {
            Some(length) => length,
            None => match self.header()? {
                Ok(length) => length,
                Err(why) => return Some(Frame::Malformed(why)),
            },
        };
        self.expected = Some(length);
        if self.buffer.len() < length {
            return None;
        }
        self.expected = None;
        let rest = self.buffer.split_off(length);
        let body = std::mem::replace(&mut self.buffer, rest);
        Some(match String::from_utf8(body) {
            Ok(body) if is_message(&body) => Frame::Message(body),
            Ok(body) => self.give_back(body.as_bytes(), "a body that is no message"),
            Err(error) => self.give_back(error.as_bytes(), "a body that is not UTF-8"),
        })
    }

    /// Reads a header and tells the length of its body.
    fn header(&mut self) -> Option<Result<usize, &'static str>> {
        let Some((header, len)) = header_end(&self.buffer) else {
            if self.buffer.len() <= LONGEST_HEADER {
                return None;
            }
            let kept = self.buffer.len() - LENGTH.len();
            self.buffer.drain(..kept);
            return Some(Err("bytes without a header"));
        };
        let header = self.buffer.get(..header).unwrap_or_default().to_ascii_lowercase();
        self.buffer.drain(..len);
        // What stands before the name is left over from a message that was shorter than it said.
        let Some(at) = memmem::rfind(&header, LENGTH) else { return Some(Err("a header without a length")) };
        let value = header.get(at + LENGTH.len()..).unwrap_or_default();
        let value = value.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
        let length = std::str::from_utf8(value).ok().and_then(|value| value.parse::<usize>().ok());
        Some(match length {
            Some(length) if length <= LONGEST_BODY => {
                self.expected = Some(length);
                if at > 0 && header.get(at - 1) != Some(&b'\n') {
                    return Some(Err("bytes between two messages"));
                }
                Ok(length)
            }
            Some(_) => Err("a length that is too long"),
            None => Err("a length that is no number"),
        })
    }

    /// A body that is none may hold the header of the message behind it, or the start of one.
    fn give_back(&mut self, body: &[u8], why: &'static str) -> Frame {
        let lower = body.to_ascii_lowercase();
        let whole = memmem::find(&lower, LENGTH);
        let begun =
            || (1..LENGTH.len()).rev().find(|len| lower.ends_with(LENGTH.get(..*len).unwrap_or(LENGTH)));
        if let Some(at) = whole.or_else(|| Some(body.len() - begun()?)) {
            let mut bytes = body.get(at..).unwrap_or_default().to_vec();
            bytes.append(&mut self.buffer);
            self.buffer = bytes;
        }
        Frame::Malformed(why)
    }
}

/// Where the header ends, and where its blank line does.
fn header_end(bytes: &[u8]) -> Option<(usize, usize)> {
    let strict = memmem::find(bytes, b"\r\n\r\n").map(|at| (at, at + 4));
    let lax = memmem::find(bytes, b"\n\n").map(|at| (at, at + 2));
    match (strict, lax) {
        (Some(strict), Some(lax)) => Some(strict.min(lax)),
        (strict, lax) => strict.or(lax),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn framed(body: &str) -> Vec<u8> {
        format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    fn read(chunks: &[&[u8]]) -> Vec<Frame> {
        let mut frames = Frames::default();
        let mut out = Vec::new();
        for chunk in chunks {
            frames.push(chunk);
            while let Some(frame) = frames.next(|body| body.starts_with('{') && body.ends_with('}')) {
                out.push(frame);
            }
        }
        out
    }

    /// `expect`: the messages; `!` stands for something malformed.
    #[track_caller]
    fn check_frames(bytes: &[u8], expect: &[&str]) {
        let show = |frame: Frame| match frame {
            Frame::Message(body) => body,
            Frame::Malformed(_) => "!".to_owned(),
        };
        let told: Vec<String> = read(&[bytes]).into_iter().map(show).collect();
        assert_eq!(told, expect);
        // However the bytes come, the messages are the same.
        let one_by_one: Vec<&[u8]> = bytes.chunks(1).collect();
        let told: Vec<String> = read(&one_by_one).into_iter().map(show).collect();
        assert_eq!(told, expect, "byte by byte");
    }

    #[test]
    fn messages() {
        check_frames(&framed("{}"), &["{}"]);
        check_frames(&[framed("{1}"), framed("{é}")].concat(), &["{1}", "{é}"]);
        check_frames(b"content-length:2\n\n{}", &["{}"]);
        check_frames(b"Content-Type: x\r\nContent-Length: 2\r\nA: b\r\n\r\n{}", &["{}"]);
        check_frames(b"Content-Length: 5\r\n\r\n{}", &[]);
        check_frames(b"", &[]);
    }

    #[test]
    fn what_is_malformed_is_skipped() {
        let good = framed("{good}");
        for (bad, told) in [
            (&b"Content-Length: 3\r\n\r\n{no"[..], "!"),
            (b"Content-Length: x\r\n\r\n", "!"),
            (b"Content-Length: 99999999999999999999999\r\n\r\n", "!"),
            (b"Content-Length: 99999999999\r\n\r\n", "!"),
            (b"Content-Type: x\r\n\r\n", "!"),
            (b"Content-Length: 2\r\n\r\n\xff\xfe", "!"),
            (b"Content-Length: 0\r\n\r\n", "!"),
            (b"junk", "!"),
            (b"junk\r\n\r\n", "!"),
            // Longer than it says, and shorter.
            (b"Content-Length: 3\r\n\r\n{} }tail", "! !"),
            (b"Content-Length: 9\r\n\r\n{}", "!"),
        ] {
            let mut expect: Vec<&str> = told.split(' ').collect();
            expect.push("{good}");
            check_frames(&[bad, good.as_slice()].concat(), &expect);
        }
    }

    #[test]
    fn endless_junk_is_not_kept() {
        let mut frames = Frames::default();
        for _ in 0..100 {
            frames.push(&[b'x'; 4096]);
            while frames.next(|_| true).is_some() {}
        }
        assert!(frames.buffer.len() <= LONGEST_HEADER);
        frames.push(&framed("{}"));
        assert!(matches!(frames.next(|_| true), Some(Frame::Malformed(_))));
        assert_eq!(frames.next(|_| true), Some(Frame::Message("{}".to_owned())));
    }

    proptest! {
        #[test]
        fn a_good_message_gets_through(junk in proptest::collection::vec(any::<u8>(), 0..200)) {
            // Ends what the junk may have begun.
            let bytes = [junk.as_slice(), b"\r\n\r\n", &framed("{good}")].concat();
            let frames = read(&[&bytes]);
            let good = Frame::Message("{good}".to_owned());
            prop_assert!(frames.contains(&good));
        }
    }
}
