//! Tokens, one ahead, and the lines that they stand on.

/// The kinds of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// The end of a logical line. It stands after the last token or comment.
    Newline,
    /// The end of the text.
    End,
    Name,
    Integer,
    Float,
    /// The letters before a quote; what follows is read by whoever wants the string.
    String,
    And,
    As,
    Assert,
    Async,
    Await,
    Break,
    Class,
    Continue,
    Def,
    Del,
    Elif,
    Else,
    Except,
    False,
    Finally,
    For,
    From,
    Global,
    If,
    Import,
    In,
    Is,
    Lambda,
    None,
    Nonlocal,
    Not,
    Or,
    Pass,
    Raise,
    Return,
    True,
    Try,
    While,
    With,
    Yield,
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Comma,
    Colon,
    ColonEq,
    Semicolon,
    Dot,
    Ellipsis,
    Arrow,
    Bang,
    Eq,
    EqEq,
    NotEq,
    Less,
    LessEq,
    Greater,
    GreaterEq,
    Plus,
    Minus,
    Star,
    StarStar,
    Slash,
    SlashSlash,
    Percent,
    At,
    Amp,
    Pipe,
    Caret,
    Tilde,
    LShift,
    RShift,
    PlusEq,
    MinusEq,
    StarEq,
    StarStarEq,
    SlashEq,
    SlashSlashEq,
    PercentEq,
    AtEq,
    AmpEq,
    PipeEq,
    CaretEq,
    LShiftEq,
    RShiftEq,
}

/// A comment on a line of its own.
#[derive(Debug, Clone, Copy)]
struct Comment {
    indent: u32,
    end: usize,
}

/// Where reading stands: at `token`, which takes the bytes `start..end`.
pub struct Tokens<'t> {
    pub text: &'t str,
    pub token: Token,
    pub start: usize,
    pub end: usize,
    /// Where the token before this one ends.
    pub last_end: usize,
    /// Indentation of the line that was gone to last.
    pub indent: u32,
    /// How deep in the braces of f-strings this is. Nothing in them may run over lines.
    pub in_format: u32,
    bytes: &'t [u8],
    /// Where the next token is looked for.
    at: usize,
    /// Brackets that are open.
    brackets: u32,
    /// Those before the line that was gone to last, and how many of them belong to blocks that ended.
    comments: Vec<Comment>,
    taken: usize,
}

impl<'t> Tokens<'t> {
    pub fn new(text: &'t str) -> Tokens<'t> {
        Tokens {
            text,
            token: Token::Newline,
            start: 0,
            end: 0,
            last_end: 0,
            indent: 0,
            in_format: 0,
            bytes: text.as_bytes(),
            at: 0,
            brackets: 0,
            comments: Vec::new(),
            taken: 0,
        }
    }

    /// The text of the token.
    pub fn slice(&self) -> &'t str {
        self.text.get(self.start..self.end).unwrap_or_default()
    }

    /// What follows the token on its line, without the blanks before it.
    pub fn rest(&self) -> &'t [u8] {
        let rest = self.bytes.get(self.end..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        rest.get(blanks..).unwrap_or_default()
    }

    /// Goes to the next token of the logical line.
    pub fn advance(&mut self) -> Option<()> {
        self.last_end = self.end;
        self.token = self.lex()?;
        Some(())
    }

    /// Goes on from `at` as if a token had ended there.
    pub fn resume(&mut self, at: usize) -> Option<()> {
        self.at = at;
        self.end = at;
        self.advance()
    }

    /// Goes to the first token after `at`, the start of a line outside of everything.
    pub fn restart(&mut self, at: usize) -> Option<()> {
        (self.at, self.end) = (at, at);
        (self.brackets, self.in_format) = (0, 0);
        self.next_line()
    }

    /// Opens a bracket that is no token.
    pub fn open(&mut self) {
        self.brackets += 1;
    }

    /// Goes from the end of a line, or from the start of the text, to the first token of the next line with code.
    pub fn next_line(&mut self) -> Option<()> {
        self.comments.clear();
        self.taken = 0;
        if self.byte(0) == Some(b'\n') {
            self.at += 1;
        }
        loop {
            let indent = self.indentation();
            match self.byte(0) {
                None => {
                    (self.token, self.indent) = (Token::End, 0);
                    (self.start, self.end) = (self.at, self.at);
                    return Some(());
                }
                Some(b'\n') => self.at += 1,
                Some(b'\r') if self.byte(1) == Some(b'\n') => self.at += 2,
                Some(b'#') => {
                    let end = self.comment();
                    self.comments.push(Comment { indent, end });
                    self.at = (end + 1).min(self.bytes.len());
                }
                Some(b'\\' | b'\r' | b'\x0c') => return None,
                Some(_) => {
                    self.indent = indent;
                    self.end = self.at;
                    return self.advance();
                }
            }
        }
    }

    /// Where a block with this indentation ends that has just been left: after the comments that are in line with it.
    pub fn block_end(&mut self, indent: u32, end: usize) -> usize {
        let mut end = end;
        while let Some(comment) = self.comments.get(self.taken).filter(|comment| comment.indent >= indent) {
            end = comment.end;
            self.taken += 1;
        }
        end
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn indentation(&mut self) -> u32 {
        let mut indent = 0;
        loop {
            match self.byte(0) {
                Some(b' ') => indent += 1,
                Some(b'\t') => indent += 8,
                _ => return indent,
            }
            self.at += 1;
        }
    }

    /// The end of the comment that starts here.
    fn comment(&self) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(self.bytes.len(), |len| self.at + len)
    }

    fn lex(&mut self) -> Option<Token> {
        let mut line_end = self.last_end;
        loop {
            match self.byte(0) {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\r') if self.byte(1) == Some(b'\n') => self.at += 1,
                Some(b'\n') if self.brackets > 0 && self.in_format == 0 => self.at += 1,
                Some(b'#') if self.in_format == 0 => {
                    line_end = self.comment();
                    self.at = line_end;
                }
                Some(b'\\') if self.in_format == 0 => self.continuation()?,
                None | Some(b'\n') => {
                    (self.start, self.end) = (line_end, line_end);
                    return (self.brackets == 0).then_some(Token::Newline);
                }
                Some(byte) => {
                    self.start = self.at;
                    let token = match byte {
                        b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
                        b'0'..=b'9' => self.number(),
                        b'.' if self.byte(1).is_some_and(|byte| byte.is_ascii_digit()) => self.number(),
                        b'"' | b'\'' => Some(Token::String),
                        _ => self.sign(byte),
                    };
                    self.end = self.at;
                    return token;
                }
            }
        }
    }

    /// A backslash that hides the end of its line; code must follow on the next one.
    fn continuation(&mut self) -> Option<()> {
        self.at += match (self.byte(1), self.byte(2)) {
            (Some(b'\n'), _) => 2,
            (Some(b'\r'), Some(b'\n')) => 3,
            _ => return None,
        };
        self.indentation();
        (!matches!(self.byte(0), None | Some(b'\n' | b'\r' | b'#' | b'\\'))).then_some(())
    }

    fn word(&mut self) -> Option<Token> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        while self.byte(0).is_some_and(is_word) {
            self.at += 1;
        }
        let word = self.bytes.get(self.start..self.at)?;
        match self.byte(0) {
            Some(b'"' | b'\'') if word.len() <= 2 => is_prefix(word).then_some(Token::String),
            Some(0x80..) => None,
            _ => Some(keyword(word)),
        }
    }

    fn number(&mut self) -> Option<Token> {
        let is_radix = self.byte(0) == Some(b'0')
            && matches!(self.byte(1), Some(b'x' | b'X' | b'o' | b'O' | b'b' | b'B'));
        let mut token = Token::Integer;
        if is_radix {
            self.at += 2;
            let first = self.at;
            while self.byte(0).is_some_and(|byte| byte.is_ascii_hexdigit() || byte == b'_') {
                self.at += 1;
            }
            // Digits that the radix does not have would start another token.
            let digits = self.bytes.get(first..self.at).unwrap_or_default();
            let fits = |byte: &u8| match self.bytes.get(first - 1) {
                Some(b'b' | b'B') => matches!(byte, b'0' | b'1' | b'_'),
                Some(b'o' | b'O') => matches!(byte, b'0'..=b'7' | b'_'),
                _ => true,
            };
            if digits.is_empty() || !digits.iter().all(fits) {
                return None;
            }
        } else {
            self.digits();
            if self.byte(0) == Some(b'.') {
                token = Token::Float;
                self.at += 1;
                self.digits();
            }
            if matches!(self.byte(0), Some(b'e' | b'E')) {
                token = Token::Float;
                self.at += if matches!(self.byte(1), Some(b'+' | b'-')) { 2 } else { 1 };
                if !self.byte(0).is_some_and(|byte| byte.is_ascii_digit()) {
                    return None;
                }
                self.digits();
            }
            if matches!(self.byte(0), Some(b'j' | b'J')) {
                self.at += 1;
            }
        }
        let runs_on = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        (!self.byte(0).is_some_and(runs_on)).then_some(token)
    }

    fn digits(&mut self) {
        while self.byte(0).is_some_and(|byte| byte.is_ascii_digit() || byte == b'_') {
            self.at += 1;
        }
    }

    fn sign(&mut self, byte: u8) -> Option<Token> {
        use Token::*;
        let (len, token) = match (byte, self.byte(1), self.byte(2)) {
            (b'(', ..) => (1, LeftParen),
            (b')', ..) => (1, RightParen),
            (b'[', ..) => (1, LeftBracket),
            (b']', ..) => (1, RightBracket),
            (b'{', ..) => (1, LeftBrace),
            (b'}', ..) => (1, RightBrace),
            (b',', ..) => (1, Comma),
            (b':', Some(b'='), _) => (2, ColonEq),
            (b':', ..) => (1, Colon),
            (b';', ..) => (1, Semicolon),
            (b'.', Some(b'.'), Some(b'.')) => (3, Ellipsis),
            (b'.', ..) => (1, Dot),
            (b'-', Some(b'>'), _) => (2, Arrow),
            (b'!', Some(b'='), _) => (2, NotEq),
            (b'!', ..) => (1, Bang),
            (b'=', Some(b'='), _) => (2, EqEq),
            (b'=', ..) => (1, Eq),
            (b'<', Some(b'<'), Some(b'=')) => (3, LShiftEq),
            (b'<', Some(b'<'), _) => (2, LShift),
            (b'<', Some(b'='), _) => (2, LessEq),
            (b'<', Some(b'>'), _) => return Option::None,
            (b'<', ..) => (1, Less),
            (b'>', Some(b'>'), Some(b'=')) => (3, RShiftEq),
            (b'>', Some(b'>'), _) => (2, RShift),
            (b'>', Some(b'='), _) => (2, GreaterEq),
            (b'>', ..) => (1, Greater),
            (b'*', Some(b'*'), Some(b'=')) => (3, StarStarEq),
            (b'*', Some(b'*'), _) => (2, StarStar),
            (b'*', Some(b'='), _) => (2, StarEq),
            (b'*', ..) => (1, Star),
            (b'/', Some(b'/'), Some(b'=')) => (3, SlashSlashEq),
            (b'/', Some(b'/'), _) => (2, SlashSlash),
            (b'/', Some(b'='), _) => (2, SlashEq),
            (b'/', ..) => (1, Slash),
            (b'+', Some(b'='), _) => (2, PlusEq),
            (b'+', ..) => (1, Plus),
            (b'-', Some(b'='), _) => (2, MinusEq),
            (b'-', ..) => (1, Minus),
            (b'%', Some(b'='), _) => (2, PercentEq),
            (b'%', ..) => (1, Percent),
            (b'@', Some(b'='), _) => (2, AtEq),
            (b'@', ..) => (1, At),
            (b'&', Some(b'='), _) => (2, AmpEq),
            (b'&', ..) => (1, Amp),
            (b'|', Some(b'='), _) => (2, PipeEq),
            (b'|', ..) => (1, Pipe),
            (b'^', Some(b'='), _) => (2, CaretEq),
            (b'^', ..) => (1, Caret),
            (b'~', ..) => (1, Tilde),
            _ => return Option::None,
        };
        match token {
            LeftParen | LeftBracket | LeftBrace => self.brackets += 1,
            RightParen | RightBracket | RightBrace => self.brackets = self.brackets.checked_sub(1)?,
            _ => {}
        }
        self.at += len;
        Some(token)
    }
}

/// The letters that may stand before a quote; those of templates take the long way.
fn is_prefix(letters: &[u8]) -> bool {
    match letters {
        [one] => matches!(one.to_ascii_lowercase(), b'r' | b'u' | b'b' | b'f'),
        [first, second] => matches!(
            (first.to_ascii_lowercase(), second.to_ascii_lowercase()),
            (b'r', b'b' | b'f') | (b'b' | b'f', b'r')
        ),
        _ => false,
    }
}

fn keyword(word: &[u8]) -> Token {
    match word {
        b"and" => Token::And,
        b"as" => Token::As,
        b"assert" => Token::Assert,
        b"async" => Token::Async,
        b"await" => Token::Await,
        b"break" => Token::Break,
        b"class" => Token::Class,
        b"continue" => Token::Continue,
        b"def" => Token::Def,
        b"del" => Token::Del,
        b"elif" => Token::Elif,
        b"else" => Token::Else,
        b"except" => Token::Except,
        b"False" => Token::False,
        b"finally" => Token::Finally,
        b"for" => Token::For,
        b"from" => Token::From,
        b"global" => Token::Global,
        b"if" => Token::If,
        b"import" => Token::Import,
        b"in" => Token::In,
        b"is" => Token::Is,
        b"lambda" => Token::Lambda,
        b"None" => Token::None,
        b"nonlocal" => Token::Nonlocal,
        b"not" => Token::Not,
        b"or" => Token::Or,
        b"pass" => Token::Pass,
        b"raise" => Token::Raise,
        b"return" => Token::Return,
        b"True" => Token::True,
        b"try" => Token::Try,
        b"while" => Token::While,
        b"with" => Token::With,
        b"yield" => Token::Yield,
        _ => Token::Name,
    }
}
