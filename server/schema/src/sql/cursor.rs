//! A position among the tokens of one statement, and the small words of SQL that every reader needs.

use super::lex::{Token, TokenKind, has_hole};
use crate::{Kind, TableName};
use fact::{Fact, Name, Place, Reason, Unknown};
use std::sync::Arc;

/// What all statements of one text share.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    /// Decides about names and types; the tokens may have been cut by the rules of another one.
    pub dialect: Option<Kind>,
    pub place: Place,
    /// How many blocks and quoted programs lie around this text.
    pub depth: usize,
}

/// The statement is not one that this reader understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

pub(super) type Read<T> = Result<T, Unreadable>;

#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub source: Source<'a>,
    pub at: usize,
    pub end: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(source: Source<'a>, at: usize, end: usize) -> Cursor<'a> {
        Cursor { source, at, end: end.min(source.tokens.len()) }
    }

    pub fn done(&self) -> bool {
        self.at >= self.end
    }

    pub fn finished(&self) -> Read<()> {
        if self.done() { Ok(()) } else { Err(Unreadable) }
    }

    pub fn peek(&self, ahead: usize) -> Option<Token> {
        let at = self.at + ahead;
        if at < self.end { self.source.tokens.get(at).copied() } else { None }
    }

    pub fn text_of(&self, token: Token) -> &'a str {
        self.source.text.get(token.start..token.end).unwrap_or("")
    }

    fn peek_as(&self, ahead: usize, kind: TokenKind) -> &'a str {
        self.peek(ahead).filter(|t| t.kind == kind).map_or("", |t| self.text_of(t))
    }

    /// The word `ahead` tokens from here, `""` if there is none.
    pub fn word(&self, ahead: usize) -> &'a str {
        self.peek_as(ahead, TokenKind::Word)
    }

    pub fn symbol(&self, ahead: usize) -> &'a str {
        self.peek_as(ahead, TokenKind::Symbol)
    }

    pub fn is(&self, word: &str) -> bool {
        self.is_at(0, word)
    }

    pub fn is_at(&self, ahead: usize, word: &str) -> bool {
        self.word(ahead).eq_ignore_ascii_case(word)
    }

    pub fn is_any(&self, words: &[&str]) -> bool {
        let here = self.word(0);
        !here.is_empty() && words.iter().any(|w| here.eq_ignore_ascii_case(w))
    }

    /// Do the next tokens read like `words`, which are separated by blanks?
    pub fn looking_at(&self, words: &str) -> bool {
        words.split(' ').enumerate().all(|(ahead, word)| self.is_at(ahead, word))
    }

    /// Steps over `words`, if all of them come next.
    pub fn eat(&mut self, words: &str) -> bool {
        let found = self.looking_at(words);
        if found {
            self.at += words.split(' ').count();
        }
        found
    }

    pub fn eat_any(&mut self, words: &[&str]) -> bool {
        let found = self.is_any(words);
        if found {
            self.at += 1;
        }
        found
    }

    pub fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.symbol(0) == symbol;
        if found {
            self.at += 1;
        }
        found
    }

    pub fn expect(&mut self, words: &str) -> Read<()> {
        if self.eat(words) { Ok(()) } else { Err(Unreadable) }
    }

    pub fn expect_symbol(&mut self, symbol: &str) -> Read<()> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(Unreadable) }
    }

    /// `IF EXISTS`.
    pub fn if_exists(&mut self) -> bool {
        self.eat("IF EXISTS")
    }

    /// `IF NOT EXISTS`.
    pub fn if_not_exists(&mut self) -> bool {
        self.eat("IF NOT EXISTS")
    }

    /// `CASCADE`, `CASCADE CONSTRAINTS` or `RESTRICT`.
    pub fn cascade(&mut self) -> bool {
        let cascade = self.eat("CASCADE");
        if cascade {
            self.eat("CONSTRAINTS");
        } else {
            self.eat("RESTRICT");
        }
        cascade
    }

    /// A name in the spelling that the database keeps; unknown if a part of it is.
    pub fn maybe_name(&mut self) -> Read<Fact<Name>> {
        let token = self.peek(0).ok_or(Unreadable)?;
        let text = self.text_of(token);
        let name = match token.kind {
            TokenKind::Word => self.folded(text),
            TokenKind::Quoted => unquoted(text),
            // MySQL and SQLite take a string where only a name can stand.
            TokenKind::Text if text.starts_with('"') || self.source.dialect == Some(Kind::Sqlite) => {
                self.text_value(token)
            }
            _ => return Err(Unreadable),
        };
        self.at += 1;
        Ok(if has_hole(&name) { Fact::Unknown(self.hole()) } else { Fact::Known(fact::name(&name)) })
    }

    pub fn name(&mut self) -> Read<Name> {
        match self.maybe_name()? {
            Fact::Known(name) => Ok(name),
            Fact::Unknown(_) => Err(Unreadable),
        }
    }

    /// A table's (or another object's) name with its schema; the dialect's default schema is left out.
    pub fn table(&mut self) -> Read<TableName> {
        let mut parts = vec![self.name()?];
        while self.symbol(0) == "." {
            self.at += 1;
            // SQL Server's `database..table`.
            if self.symbol(0) != "." {
                parts.push(self.name()?);
            }
        }
        self.qualified(&parts)
    }

    /// The name of a table out of its parts; a database's name before the schema's says nothing.
    pub fn qualified(&self, parts: &[Name]) -> Read<TableName> {
        let (table, before) = parts.split_last().ok_or(Unreadable)?;
        let schema = before.last().filter(|s| {
            let default = match self.source.dialect {
                Some(Kind::Postgresql) => "public",
                Some(Kind::Sqlite) => "main",
                Some(Kind::Mssql) => "dbo",
                _ => return true,
            };
            !s.eq_ignore_ascii_case(default)
        });
        Ok(TableName { schema: schema.copied(), name: *table })
    }

    /// `(a, b DESC, c(10))`: the plain names among them; an expression is unreadable.
    pub fn names_in_parens(&mut self) -> Read<Vec<Name>> {
        let mut inner = self.parens()?;
        let mut names = Vec::new();
        while !inner.done() {
            let mut item = inner.until_comma();
            names.push(item.name()?);
            if item.symbol(0) == "(" {
                item.parens()?;
            }
            item.eat_any(&["ASC", "DESC"]);
            if item.eat("COLLATE") {
                item.table()?;
            }
            item.eat("WITHOUT OVERLAPS");
            item.finished()?;
        }
        Ok(names)
    }

    /// Unquoted names are lower-cased by PostgreSQL; every other dialect keeps them.
    pub fn folded(&self, word: &str) -> String {
        match self.source.dialect {
            Some(Kind::Postgresql) => word.to_ascii_lowercase(),
            _ => word.to_owned(),
        }
    }

    /// A string's value.
    pub fn string(&mut self) -> Read<Fact<Arc<str>>> {
        let token = self.peek(0).filter(|t| t.kind == TokenKind::Text).ok_or(Unreadable)?;
        self.at += 1;
        let value = self.text_value(token);
        Ok(if has_hole(&value) { Fact::Unknown(self.hole()) } else { Fact::Known(value.into()) })
    }

    /// A string whose value is known whole.
    pub fn known_string(&mut self) -> Read<Arc<str>> {
        match self.string()? {
            Fact::Known(value) => Ok(value),
            Fact::Unknown(_) => Err(Unreadable),
        }
    }

    pub fn text_value(&self, token: Token) -> String {
        let escapes = matches!(self.source.dialect, Some(Kind::Mysql | Kind::Mariadb));
        string_value(self.text_of(token), escapes)
    }

    /// The inside of the parentheses that open here; the cursor goes behind them.
    pub fn parens(&mut self) -> Read<Cursor<'a>> {
        if self.symbol(0) != "(" {
            return Err(Unreadable);
        }
        let mut depth = 0usize;
        for ahead in 0.. {
            match self.peek(ahead).map(|t| (t.kind, self.text_of(t))) {
                None => return Err(Unreadable),
                Some((TokenKind::Symbol, "(")) => depth += 1,
                Some((TokenKind::Symbol, ")")) => {
                    depth -= 1;
                    if depth == 0 {
                        let inner = Cursor { at: self.at + 1, end: self.at + ahead, ..*self };
                        self.at += ahead + 1;
                        return Ok(inner);
                    }
                }
                _ => {}
            }
        }
        Err(Unreadable)
    }

    /// Steps over one token, or over a whole pair of parentheses or brackets.
    pub fn skip(&mut self) {
        match self.symbol(0) {
            // What is not closed has no outside any more.
            "(" => {
                if self.parens().is_err() {
                    self.at = self.end;
                }
            }
            "[" => {
                while !self.done() && self.symbol(0) != "]" {
                    self.at += 1;
                }
                self.at = (self.at + 1).min(self.end);
            }
            _ => self.at = (self.at + 1).min(self.end),
        }
    }

    /// What stands before the next comma that is not in parentheses; the cursor goes behind the comma.
    pub fn until_comma(&mut self) -> Cursor<'a> {
        let start = self.at;
        while !self.done() && self.symbol(0) != "," {
            self.skip();
        }
        let item = Cursor { at: start, end: self.at, ..*self };
        self.at = (self.at + 1).min(self.end);
        item
    }

    /// What stands before the first word for which `stop` holds, or before a comma; the cursor stops there.
    pub fn until(&mut self, stop: impl Fn(&Cursor<'a>) -> bool) -> Cursor<'a> {
        let start = self.at;
        while !self.done() && self.symbol(0) != "," && !(self.at > start && stop(self)) {
            self.skip();
        }
        Cursor { at: start, end: self.at, ..*self }
    }

    /// The rest, the cursor goes to the end.
    pub fn rest(&mut self) -> Cursor<'a> {
        let rest = *self;
        self.at = self.end;
        rest
    }

    /// The bytes of the tokens from here to the end.
    pub fn span(&self) -> (usize, usize) {
        let tokens = self.source.tokens.get(self.at..self.end).unwrap_or(&[]);
        match (tokens.first(), tokens.last()) {
            (Some(first), Some(last)) => (first.start, last.end),
            _ => (0, 0),
        }
    }

    /// The text of the tokens from here to the end, as it is written.
    pub fn source_text(&self) -> &'a str {
        let (start, end) = self.span();
        self.source.text.get(start..end).unwrap_or("")
    }

    /// [`Cursor::source_text`], or unknown if a part of it is.
    pub fn sql(&self) -> Fact<Arc<str>> {
        let text = self.source_text();
        if has_hole(text) { Fact::Unknown(self.hole()) } else { Fact::Known(text.into()) }
    }

    pub fn has_hole(&self) -> bool {
        has_hole(self.source_text())
    }

    /// Why something with an unknown part in it is unknown.
    pub fn hole(&self) -> Unknown {
        self.unreadable("a part of the text is not known")
    }

    pub fn unreadable(&self, what: &str) -> Unknown {
        Unknown::new(Reason::UnreadableSql(what.into()), self.source.place)
    }

    pub fn place(&self) -> Place {
        self.source.place
    }

    pub fn is_dialect(&self, kinds: &[Kind]) -> bool {
        self.source.dialect.is_some_and(|d| kinds.contains(&d))
    }

    pub fn is_mysql(&self) -> bool {
        self.is_dialect(&[Kind::Mysql, Kind::Mariadb])
    }
}

/// The value of a string token.
pub(super) fn string_value(text: &str, escapes: bool) -> String {
    if let Some(dollar) = text.strip_prefix('$') {
        let (tag, body) = text.split_at(dollar.find('$').map_or(1, |n| n + 2));
        return body.strip_suffix(tag).unwrap_or(body).to_owned();
    }
    let escapes = escapes || text.starts_with(['e', 'E']);
    let text = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let Some(quote) = text.chars().next() else { return String::new() };
    let inner = text.strip_prefix(quote).unwrap_or(text);
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    let mut value = String::with_capacity(inner.len());
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        if character == quote && characters.peek() == Some(&quote) {
            characters.next();
        }
        match character {
            '\\' if escapes => match characters.next() {
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some('r') => value.push('\r'),
                Some('0') => value.push('\0'),
                Some(other) => value.push(other),
                None => {}
            },
            other => value.push(other),
        }
    }
    value
}

/// A name out of its quotes.
fn unquoted(text: &str) -> String {
    let mut characters = text.chars();
    let close = match characters.next() {
        Some('[') => ']',
        Some(quote) => quote,
        None => return String::new(),
    };
    let inner = characters.as_str();
    let inner = inner.strip_suffix(close).unwrap_or(inner);
    let mut doubled = String::with_capacity(2);
    doubled.push(close);
    doubled.push(close);
    inner.replace(&doubled, doubled.get(..close.len_utf8()).unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::super::lex::{Lexis, lex};
    use super::*;
    use fact::{FileId, NodeId};

    fn with_cursor<T>(dialect: Option<Kind>, text: &str, check: impl FnOnce(Cursor<'_>) -> T) -> T {
        let tokens = lex(text, Lexis::of(dialect));
        let place = Place::new(FileId(0), 0, NodeId(0));
        check(Cursor::new(Source { text, tokens: &tokens, dialect, place, depth: 0 }, 0, tokens.len()))
    }

    #[track_caller]
    fn check_table(dialect: Kind, text: &str, expected: Option<(Option<&str>, &str)>) {
        let read = with_cursor(Some(dialect), text, |mut c| c.table());
        assert_eq!(read.ok(), expected.map(|(schema, name)| TableName::new(schema, name)), "{text}");
    }

    #[track_caller]
    fn check_string(dialect: Kind, text: &str, expected: &str) {
        let read = with_cursor(Some(dialect), text, |mut c| c.known_string());
        assert_eq!(read.as_deref(), Ok(expected), "{text}");
    }

    #[test]
    fn names_fold_as_the_dialect_does() {
        check_table(Kind::Postgresql, "Users", Some((None, "users")));
        check_table(Kind::Postgresql, "\"Users\"", Some((None, "Users")));
        check_table(Kind::Postgresql, "PUBLIC.t", Some((None, "t")));
        check_table(Kind::Postgresql, "\"a\"\"b\".t", Some((Some("a\"b"), "t")));
        check_table(Kind::Mysql, "`My`.T", Some((Some("My"), "T")));
        check_table(Kind::Mysql, "public.t", Some((Some("public"), "t")));
        check_table(Kind::Mssql, "[dbo].[T x]", Some((None, "T x")));
        check_table(Kind::Mssql, "db..t", Some((Some("db"), "t")));
        check_table(Kind::Mssql, "db.dbo.t", Some((None, "t")));
        check_table(Kind::Sqlite, "main.t", Some((None, "t")));
        check_table(Kind::Sqlite, "'t'", Some((None, "t")));
        check_table(Kind::Postgresql, "'t'", None);
        check_table(Kind::Postgresql, "t_\u{fffc}", None);
        check_table(Kind::Postgresql, "", None);
    }

    #[test]
    fn strings_lose_their_quotes() {
        check_string(Kind::Postgresql, "'it''s'", "it's");
        check_string(Kind::Postgresql, r"'a\n'", r"a\n");
        check_string(Kind::Postgresql, r"E'a\n\'b'", "a\n'b");
        check_string(Kind::Mysql, r#""a\"b""#, "a\"b");
        check_string(Kind::Mssql, "N'a'", "a");
        check_string(Kind::Postgresql, "$x$a'b$x$", "a'b");
        check_string(Kind::Postgresql, "$$ open", " open");
        check_string(Kind::Postgresql, "'open", "open");
        check_string(Kind::Postgresql, "'", "");
    }

    #[test]
    fn parentheses_nest() {
        with_cursor(None, "(a, (b), c) d", |mut c| {
            assert_eq!(c.parens().map(|i| i.source_text()), Ok("a, (b), c"));
            assert!(c.is("d"));
        });
        with_cursor(None, "(a", |mut c| assert!(c.parens().is_err()));
        with_cursor(None, "a(1, 2), b", |mut c| {
            assert_eq!(c.until_comma().source_text(), "a(1, 2)");
            assert_eq!(c.until_comma().source_text(), "b");
            assert!(c.done());
        });
    }

    #[test]
    fn lists_of_names() {
        let names = |text| with_cursor(Some(Kind::Mysql), text, |mut c| c.names_in_parens());
        assert_eq!(
            names("(a, `b` DESC, c(10))"),
            Ok(vec![fact::name("a"), fact::name("b"), fact::name("c")])
        );
        assert!(names("(lower(a) + 1)").is_err());
        assert!(names("a").is_err());
    }
}
