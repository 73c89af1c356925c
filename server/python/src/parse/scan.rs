//! A light walk over the text of code, for what the grammar does not say about lines.

/// Steps over code token by token; a string is one token, and so is a comment.
pub struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
    /// Brackets that are open.
    pub depth: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// A line end outside strings that no backslash hides.
    LineEnd,
    Code,
    Comment,
    /// A quote whose string does not end on its line.
    OpenString,
    /// Three quotes whose string does not end at all.
    OpenText,
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Scanner<'t> {
        Scanner { bytes: text.as_bytes(), at: 0, depth: 0 }
    }

    /// Where the token that was handed out last ends.
    pub fn position(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn string(&mut self, quote: u8) -> Token {
        let triple = self.rest().iter().take(3).filter(|b| **b == quote).count() == 3;
        self.at += if triple { 3 } else { 1 };
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' if self.rest().starts_with(b"\\\r\n") => self.at += 3,
                b'\\' => self.at += 2,
                b'\n' if !triple => return Token::OpenString,
                byte if *byte == quote && !triple => {
                    self.at += 1;
                    return Token::Code;
                }
                byte if *byte == quote && self.rest().starts_with(&[quote; 3]) => {
                    self.at += 3;
                    return Token::Code;
                }
                _ => self.at += 1,
            }
        }
        if triple { Token::OpenText } else { Token::OpenString }
    }
}

impl Iterator for Scanner<'_> {
    type Item = (usize, Token);

    fn next(&mut self) -> Option<(usize, Token)> {
        loop {
            let start = self.at;
            match *self.bytes.get(start)? {
                b' ' | b'\t' | b'\r' | b'\x0c' => self.at += 1,
                b'\\' if self.rest().starts_with(b"\\\r\n") => self.at += 3,
                b'\\' if self.rest().starts_with(b"\\\n") => self.at += 2,
                b'#' => {
                    self.at += memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
                    return Some((start, Token::Comment));
                }
                b'\n' => {
                    self.at += 1;
                    return Some((start, Token::LineEnd));
                }
                quote @ (b'"' | b'\'') => return Some((start, self.string(quote))),
                byte => {
                    match byte {
                        b'(' | b'[' | b'{' => self.depth += 1,
                        b')' | b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                        _ => {
                            let word = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_' || **b >= 0x80;
                            let len = self.rest().iter().take_while(word).count();
                            self.at += len.saturating_sub(1);
                        }
                    }
                    self.at += 1;
                    return Some((start, Token::Code));
                }
            }
        }
    }
}

/// The first line end outside brackets that has more code after it.
pub fn inner_line_end(text: &str) -> Option<usize> {
    memchr::memchr(b'\n', text.as_bytes())?;
    let mut scanner = Scanner::new(text);
    let mut line_end = None;
    while let Some((start, token)) = scanner.next() {
        match token {
            Token::LineEnd if scanner.depth == 0 => line_end = line_end.or(Some(start)),
            Token::LineEnd | Token::Comment => {}
            // Newer Python lets the code inside an f-string run over lines.
            Token::OpenString | Token::OpenText => return None,
            Token::Code if line_end.is_some() => return line_end,
            Token::Code => {}
        }
    }
    None
}

/// A part of broken text that is read for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk<'t> {
    Code(&'t str),
    /// From the line where a string opens that never closes, to the end; `quotes` is where on that line it opens.
    OpenText {
        text: &'t str,
        quotes: usize,
    },
}

/// Cuts broken text into top-level statements by the look of its lines, so that an error in one leaves the others alone.
///
/// A bracket that is never closed must not swallow what follows: a line that starts with a keyword of a statement, or
/// like an assignment, starts anew whatever is open.
pub fn chunks(text: &str) -> Vec<Chunk<'_>> {
    let mut chunks = Vec::new();
    let mut from = 0;
    let mut decorated = false;
    let mut open = 0;
    let mut scanner = Scanner::new(text);
    while let Some((start, token)) = scanner.next() {
        match token {
            Token::LineEnd => {}
            Token::OpenText => {
                let before = text.get(..start).unwrap_or_default();
                let line = before.rfind('\n').map_or(0, |at| at + 1).max(from);
                chunks.push(Chunk::Code(text.get(from..line).unwrap_or_default()));
                let rest = text.get(line..).unwrap_or_default();
                chunks.push(Chunk::OpenText { text: rest, quotes: start - line });
                return chunks;
            }
            _ => continue,
        }
        let line = text.get(start + 1..).unwrap_or_default();
        if !(starts_statement(line) || scanner.depth == open && starts_code(line)) {
            continue;
        }
        // What was open before this line stays open, and does not count any more.
        open = scanner.depth;
        if !decorated {
            chunks.push(Chunk::Code(text.get(from..start + 1).unwrap_or_default()));
            from = start + 1;
        }
        decorated = line.starts_with('@');
    }
    chunks.push(Chunk::Code(text.get(from..).unwrap_or_default()));
    chunks
}

/// Where the top-level statement ends that `text` starts with: at the start of the line of the next one. `None`: a string
/// in it does not end.
pub fn first_statement(text: &str) -> Option<usize> {
    let mut decorated = text.starts_with('@');
    let mut scanner = Scanner::new(text);
    while let Some((start, token)) = scanner.next() {
        match token {
            Token::LineEnd if scanner.depth == 0 => {}
            Token::OpenString | Token::OpenText => return None,
            _ => continue,
        }
        let line = text.get(start + 1..).unwrap_or_default();
        if !starts_code(line) {
            continue;
        }
        if !decorated {
            return Some(start + 1);
        }
        decorated = line.starts_with('@');
    }
    Some(text.len())
}

/// The text with blanks for the line ends and comments inside brackets.
pub fn join_lines(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut scanner = Scanner::new(text);
    while let Some((start, token)) = scanner.next() {
        if scanner.depth > 0 && matches!(token, Token::LineEnd | Token::Comment) {
            joined.push_str(text.get(joined.len()..start).unwrap_or_default());
            joined.extend(std::iter::repeat_n(' ', scanner.position() - start));
        }
    }
    joined.push_str(text.get(joined.len()..).unwrap_or_default());
    joined
}

const STARTS: &[&str] = &[
    "@", "async", "class", "def", "for", "from", "if", "import", "raise", "return", "try", "type", "while",
    "with",
];
const CONTINUES: &[&str] =
    &["and", "as", "case", "elif", "else", "except", "finally", "in", "is", "not", "or"];

fn word(line: &str) -> &str {
    let end = line.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(line.len());
    line.get(..end).unwrap_or_default()
}

fn starts_statement(line: &str) -> bool {
    let word = word(line);
    if line.starts_with('@') || STARTS.contains(&word) {
        return true;
    }
    let rest = line.get(word.len()..).unwrap_or_default().trim_start_matches(' ');
    !word.is_empty() && rest.starts_with('=') && !rest.starts_with("==")
}

/// Code at the start of the line that may be a statement of its own.
fn starts_code(line: &str) -> bool {
    let word = word(line);
    match line.chars().next() {
        None | Some(' ' | '\t' | '\r' | '\n' | '\x0c' | '#' | ')' | ']' | '}') => false,
        _ => !CONTINUES.contains(&word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_inner(text: &str, expected: Option<usize>) {
        assert_eq!(inner_line_end(text), expected, "{text}");
    }

    #[test]
    fn line_ends_inside_a_statement() {
        for text in [
            "a",
            "a\n",
            "a  # b\n\n# c\n",
            "f(\na,\nb)",
            "a = [\n1\n]",
            "a = '''\n'''",
            "a = '\\\n'",
            "a + \\\n b",
            "a + \\\r\n b",
            "f('(', \n1)",
            "f(\"'\" \n1)",
            "f'{\nx\n}'",
            "{\n# )\n1: 2}",
            "a['\"']",
            "r'\\' + '''\n'''",
        ] {
            check_inner(text, None);
        }
        check_inner("a =\nb", Some(3));
        check_inner("a =  # c\n\nb", Some(8));
        check_inner("a.\r\nb", Some(3));
        check_inner("f(a\n) +\nb", Some(7));
        check_inner("'''\n''' +\n1", Some(9));
    }

    #[test]
    fn lines_in_brackets_are_joined() {
        let text = "f(a,  # é )\n  '(', [\r\n])\nx = '''\n'''\n# c\n";
        let joined = join_lines(text);
        assert_eq!(joined, "f(a,           '(', [\r ])\nx = '''\n'''\n# c\n");
        assert_eq!(joined.len(), text.len());
    }

    #[track_caller]
    fn check_chunks(expected: &[&str]) {
        let text = expected.concat();
        let found: Vec<&str> = chunks(&text)
            .into_iter()
            .map(|chunk| match chunk {
                Chunk::Code(text) | Chunk::OpenText { text, .. } => text,
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_first_statement_ends_before_the_next() {
        let check = |statement: &str, rest: &str| {
            assert_eq!(first_statement(&[statement, rest].concat()), Some(statement.len()), "{statement}");
        };
        check("a\n", "b\nc\n");
        check("f(\na\n)\n\n# c\n", "b");
        check("@a\n@b(\nc)\n# c\ndef f():\n  x = '''\ny\n'''\n  # c\n\n", "z");
        check("if a: b\nelif c:\n  d\nelse: e\n", "f");
        check("a", "");
        assert_eq!(first_statement("a = 'b\nc"), None);
    }

    #[test]
    fn an_open_text_takes_the_rest() {
        let text = "def f():\n  a\n  b = r\"\"\"c\ndef g(): pass\n";
        let (code, open) = text.split_at(13);
        assert_eq!(chunks(text), [Chunk::Code(code), Chunk::OpenText { text: open, quotes: 7 }]);
        let open = "'\'\'\nx = 1";
        assert_eq!(chunks(open), [Chunk::Code(""), Chunk::OpenText { text: open, quotes: 0 }]);
    }

    #[test]
    fn broken_text_is_cut_at_statements() {
        check_chunks(&["a = 1\n", "b\n", "c"]);
        check_chunks(&["f(\n\n", "def g():\n    pass\n\n", "x = 1\n"]);
        check_chunks(&[
            "x = {\n 'a': 1,\n\n",
            "class A:\n    y = (\n\n    z = 1\n\n",
            "@d\n@e(\n)\ndef f(): pass\n",
        ]);
        check_chunks(&[
            "if a:\n    b\nelif c:\n    d\nelse:\n    e\n",
            "try:\n    f\nexcept E:\n    g\nfinally:\n  h\n",
        ]);
        check_chunks(&["x = '''\ndef f():\n'''\n", "y"]);
        check_chunks(&["f(\n# c\n)\n", "g()\n"]);
        check_chunks(&["f(\n", "x = [\n1,\n]\n", "g()\n"]);
        check_chunks(&["# c\n\n", "'''doc'''\n\n# d\n", "'a'\n"]);
        check_chunks(&["x = 'open\n", "y = 1\n"]);
        check_chunks(&["match a:\n  case 1: b\n", "f(a,\nb)\n"]);
    }
}
