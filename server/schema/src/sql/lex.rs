//! Bytes of SQL -> tokens, in the lexical rules of one dialect. Never fails: what is not closed ends with the text.

use super::HOLE;
use crate::Kind as Dialect;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name or keyword without quotes.
    Word,
    /// A name in quotes, backticks or brackets.
    Quoted,
    /// A string, with its prefix (`E'..'`, `N'..'`) or dollar tag.
    Text,
    Number,
    /// A bind parameter or variable: `:a`, `%(a)s`, `%s`, `?`, `$1`, `@a`.
    Param,
    /// One character, or two that belong together (`::`, `||`, `:=`).
    Symbol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
}

/// Where dialects disagree about what a token is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lexis {
    /// Backslashes escape in plain strings.
    pub backslashes: bool,
    /// `[name]`.
    pub brackets: bool,
    /// `"text"`.
    pub double_quoted_text: bool,
    pub hash_comments: bool,
    pub dollar_quotes: bool,
    pub nested_comments: bool,
    /// `#name` is a temporary table.
    pub hash_names: bool,
}

impl Lexis {
    pub fn of(dialect: Option<Dialect>) -> Lexis {
        match dialect {
            None => Lexis { dollar_quotes: true, nested_comments: true, ..Lexis::default() },
            Some(Dialect::Postgresql) => {
                Lexis { dollar_quotes: true, nested_comments: true, ..Lexis::default() }
            }
            Some(Dialect::Mysql | Dialect::Mariadb) => {
                Lexis { backslashes: true, double_quoted_text: true, hash_comments: true, ..Lexis::default() }
            }
            Some(Dialect::Sqlite) => Lexis { brackets: true, ..Lexis::default() },
            Some(Dialect::Mssql) => {
                Lexis { brackets: true, nested_comments: true, hash_names: true, ..Lexis::default() }
            }
        }
    }
}

/// The tokens of `text`, in order, comments and blanks left out.
pub(super) fn lex(text: &str, lexis: Lexis) -> Vec<Token> {
    let mut lexer = Lexer { text, bytes: text.as_bytes(), at: 0, lexis };
    let mut tokens = Vec::with_capacity(text.len() / 6);
    while let Some(token) = lexer.next_token() {
        tokens.push(token);
    }
    tokens
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    lexis: Lexis,
}

const PAIRS: [&[u8; 2]; 12] =
    [b"::", b"||", b":=", b"->", b"<=", b">=", b"<>", b"!=", b"=>", b"@>", b"<@", b"#>"];

impl Lexer<'_> {
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn next_token(&mut self) -> Option<Token> {
        self.skip_blanks();
        let start = self.at;
        let first = *self.bytes.get(start)?;
        let kind = match first {
            b'\'' => self.string(self.lexis.backslashes),
            b'"' if self.lexis.double_quoted_text => self.quoted(b'"', TokenKind::Text),
            b'"' => self.quoted(b'"', TokenKind::Quoted),
            b'`' => self.quoted(b'`', TokenKind::Quoted),
            b'[' if self.lexis.brackets => self.quoted(b']', TokenKind::Quoted),
            b'$' => self.dollar(),
            b'?' => self.symbol_as(1, TokenKind::Param),
            b'@' if self.bytes.get(start + 1).is_some_and(|b| is_name_byte(*b) || *b == b'@') => {
                self.at += 1;
                while self.byte(0) == b'@' {
                    self.at += 1;
                }
                self.name_bytes();
                TokenKind::Param
            }
            b':' if is_name_start(self.byte(1)) && !self.follows_name() => {
                self.at += 1;
                self.name_bytes();
                TokenKind::Param
            }
            b'%' => self.percent(),
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(1).is_ascii_digit() && !self.follows_name() => self.number(),
            b'#' if self.lexis.hash_names => {
                while self.byte(0) == b'#' {
                    self.at += 1;
                }
                self.name_bytes();
                TokenKind::Word
            }
            _ if is_name_start(first) => self.word(),
            _ if PAIRS.iter().any(|pair| self.bytes[start..].starts_with(*pair)) => {
                self.symbol_as(2, TokenKind::Symbol)
            }
            _ => self.symbol_as(1, TokenKind::Symbol),
        };
        Some(Token { kind, start, end: self.at })
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.bytes[self.at.min(self.bytes.len())..];
            match rest {
                [b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c, ..] => self.at += 1,
                [b'-', b'-', ..] => self.line_comment(),
                [b'#', ..] if self.lexis.hash_comments => self.line_comment(),
                [b'/', b'*', ..] => self.block_comment(),
                // U+00A0 and U+FEFF come with text copied from web pages and files with a byte order mark.
                [0xc2, 0xa0, ..] => self.at += 2,
                [0xef, 0xbb, 0xbf, ..] => self.at += 3,
                _ => return,
            }
        }
    }

    fn line_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
    }

    fn block_comment(&mut self) {
        let mut depth = 1;
        self.at += 2;
        while depth > 0 && self.at < self.bytes.len() {
            match (self.byte(0), self.byte(1)) {
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                }
                (b'/', b'*') if self.lexis.nested_comments => {
                    depth += 1;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.bytes.len());
    }

    fn string(&mut self, backslashes: bool) -> TokenKind {
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' if backslashes => self.at += 2,
                b'\'' if self.byte(1) == b'\'' => self.at += 2,
                b'\'' => {
                    self.at += 1;
                    return TokenKind::Text;
                }
                _ => self.at += 1,
            }
        }
        // A backslash at the very end may have led past it.
        self.at = self.bytes.len();
        TokenKind::Text
    }

    /// A name in quotes, or MySQL's string in double quotes; the closing character doubled stands for itself.
    fn quoted(&mut self, close: u8, kind: TokenKind) -> TokenKind {
        let escapes = kind == TokenKind::Text && self.lexis.backslashes;
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            let doubled = *byte == close && self.byte(1) == close;
            if doubled || (*byte == b'\\' && escapes) {
                self.at += 2;
            } else {
                self.at += 1;
                if *byte == close {
                    return kind;
                }
            }
        }
        self.at = self.bytes.len();
        kind
    }

    fn dollar(&mut self) -> TokenKind {
        if self.byte(1).is_ascii_digit() {
            self.at += 1;
            self.name_bytes();
            return TokenKind::Param;
        }
        let tag = self.bytes[self.at + 1..].iter().position(|b| *b == b'$' || !is_name_byte(*b));
        let Some(tag) = tag.filter(|n| self.byte(1 + n) == b'$' && self.lexis.dollar_quotes) else {
            return self.symbol_as(1, TokenKind::Symbol);
        };
        let delimiter = &self.text[self.at..self.at + tag + 2];
        let body = self.at + delimiter.len();
        self.at = match self.text[body..].find(delimiter) {
            Some(length) => body + length + delimiter.len(),
            None => self.bytes.len(),
        };
        TokenKind::Text
    }

    /// `%s` and `%(name)s` are bind parameters, any other `%` is an operator.
    fn percent(&mut self) -> TokenKind {
        let rest = &self.bytes[self.at..];
        let length = match rest {
            [b'%', b's', after @ ..] if !after.first().is_some_and(|b| is_name_byte(*b)) => Some(2),
            [b'%', b'(', inside @ ..] => inside
                .iter()
                .position(|b| !is_name_byte(*b))
                .filter(|n| inside[*n] == b')' && inside.get(n + 1) == Some(&b's'))
                .map(|n| n + 4),
            _ => None,
        };
        match length {
            Some(length) => self.symbol_as(length, TokenKind::Param),
            None => self.symbol_as(1, TokenKind::Symbol),
        }
    }

    fn number(&mut self) -> TokenKind {
        let start = self.at;
        while self.byte(0).is_ascii_digit() || self.byte(0) == b'.' {
            self.at += 1;
        }
        if matches!(self.byte(0), b'e' | b'E') {
            let sign = usize::from(matches!(self.byte(1), b'+' | b'-'));
            if self.byte(1 + sign).is_ascii_digit() {
                self.at += 1 + sign;
                while self.byte(0).is_ascii_digit() {
                    self.at += 1;
                }
            }
        }
        if self.at < self.bytes.len() && is_name_byte(self.byte(0)) {
            self.name_bytes();
            let hexadecimal = self.bytes[start..].starts_with(b"0x");
            return if hexadecimal { TokenKind::Number } else { TokenKind::Word };
        }
        TokenKind::Number
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        self.name_bytes();
        if self.byte(0) == b'\'' && self.at - start == 1 {
            match self.bytes[start] {
                b'e' | b'E' => return self.string(true),
                b'n' | b'N' | b'b' | b'B' | b'x' | b'X' => return self.string(self.lexis.backslashes),
                _ => {}
            }
        }
        TokenKind::Word
    }

    fn name_bytes(&mut self) {
        while self.at < self.bytes.len() && is_name_byte(self.byte(0)) {
            self.at += 1;
        }
    }

    /// Is the token that starts here stuck to a name, a closing bracket or another colon?
    fn follows_name(&self) -> bool {
        self.at
            .checked_sub(1)
            .and_then(|before| self.bytes.get(before))
            .is_some_and(|b| is_name_byte(*b) || matches!(b, b':' | b')' | b']' | b'"' | b'`'))
    }

    fn symbol_as(&mut self, length: usize, kind: TokenKind) -> TokenKind {
        self.at = (self.at + length).min(self.bytes.len());
        kind
    }
}

/// Bytes of characters beyond ASCII all count as letters, the [`HOLE`] among them.
fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_name_byte(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

/// Does an unknown piece of text stand in here?
pub(super) fn has_hole(text: &str) -> bool {
    text.contains(HOLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_lex(dialect: Option<Dialect>, text: &str, expected: &str) {
        let tokens = lex(text, Lexis::of(dialect));
        let shown: Vec<String> = tokens
            .iter()
            .map(|t| {
                let kind = match t.kind {
                    TokenKind::Word => 'w',
                    TokenKind::Quoted => 'q',
                    TokenKind::Text => 't',
                    TokenKind::Number => 'n',
                    TokenKind::Param => 'p',
                    TokenKind::Symbol => 's',
                };
                format!("{kind}{}", &text[t.start..t.end])
            })
            .collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn words_numbers_and_symbols() {
        check_lex(None, "SELECT a1,1.5e3+.5", "wSELECT wa1 s, n1.5e3 s+ n.5");
        check_lex(None, "t.c::text", "wt s. wc s:: wtext");
        check_lex(None, "0xFF 2fa 1.", "n0xFF w2fa n1.");
        check_lex(None, "é_ü ß", "wé_ü wß");
        check_lex(None, "a\u{a0}b", "wa\u{a0}b");
        check_lex(None, "\u{feff}a", "wa");
    }

    #[test]
    fn strings_follow_the_dialect() {
        check_lex(None, "'it''s' x", "t'it''s' wx");
        check_lex(Some(Dialect::Mysql), r"'a\'b' x", r"t'a\'b' wx");
        check_lex(Some(Dialect::Postgresql), r"'a\' x", r"t'a\' wx");
        check_lex(Some(Dialect::Postgresql), r"E'a\'b' x", r"tE'a\'b' wx");
        check_lex(Some(Dialect::Mssql), "N'a' x", "tN'a' wx");
        check_lex(Some(Dialect::Mysql), r#""a" x"#, r#"t"a" wx"#);
        check_lex(Some(Dialect::Sqlite), r#""a""b" x"#, r#"q"a""b" wx"#);
        check_lex(Some(Dialect::Postgresql), "$$a;'b$$ x", "t$$a;'b$$ wx");
        check_lex(Some(Dialect::Postgresql), "$f$a $$ b$f$ x", "t$f$a $$ b$f$ wx");
    }

    #[test]
    fn names_in_quotes() {
        check_lex(Some(Dialect::Mssql), "[a b].[c]]d]", "q[a b] s. q[c]]d]");
        check_lex(Some(Dialect::Mysql), "`a``b` c", "q`a``b` wc");
        check_lex(Some(Dialect::Postgresql), "a[1]", "wa s[ n1 s]");
        check_lex(Some(Dialect::Mssql), "#tmp ##t", "w#tmp w##t");
    }

    #[test]
    fn parameters() {
        check_lex(None, ":a %(b)s %s ? $1 @v @@v", "p:a p%(b)s p%s p? p$1 p@v p@@v");
        check_lex(None, "x::int a%size 5 % s", "wx s:: wint wa s% wsize n5 s% ws");
        check_lex(None, "a[1:n]", "wa s[ n1 s: wn s]");
        check_lex(None, "=:a,:b)", "s= p:a s, p:b s)");
    }

    #[test]
    fn comments_are_no_tokens() {
        check_lex(None, "a -- b\nc /* d /* e */ f */ g", "wa wc wg");
        check_lex(Some(Dialect::Mysql), "a # b\nc /* d /* e */ f", "wa wc wf");
        check_lex(Some(Dialect::Postgresql), "a #> b", "wa s#> wb");
    }

    #[test]
    fn what_is_not_closed_ends_with_the_text() {
        check_lex(None, "a 'b", "wa t'b");
        check_lex(Some(Dialect::Mysql), "'é\\", "t'é\\");
        check_lex(None, "$$ é", "t$$ é");
        check_lex(None, "$x", "s$ wx");
        check_lex(None, "/* é", "");
        check_lex(Some(Dialect::Mssql), "[é", "q[é");
        check_lex(None, "%(a", "s% s( wa");
    }
}
