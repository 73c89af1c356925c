//! Imports.

use super::super::names;
use super::Reader;
use super::token::Token;
use crate::ast::{Alias, Stmt};
use fact::Name;

impl Reader<'_> {
    /// `import a.b, c as d`
    pub(super) fn import(&mut self) -> Option<Stmt> {
        self.advance()?;
        let mut names = Vec::with_capacity(1);
        loop {
            let name = self.dotted_name()?;
            names.push(self.alias(name)?);
            if !self.eat(Token::Comma)? {
                return Some(Stmt::Import(names.into()));
            }
        }
    }

    /// `from ..a import b, c as d`
    pub(super) fn import_from(&mut self) -> Option<Stmt> {
        self.advance()?;
        let mut level = 0;
        loop {
            level += match self.token() {
                Token::Dot => 1,
                Token::Ellipsis => 3,
                _ => break,
            };
            self.advance()?;
        }
        let module = match self.token() {
            Token::Import if level > 0 => None,
            _ => Some(self.dotted_name()?),
        };
        self.expect(Token::Import)?;
        if self.eat(Token::Star)? {
            return Some(Stmt::ImportFrom { module, level, names: None });
        }
        let in_parentheses = self.eat(Token::LeftParen)?;
        let mut names = Vec::with_capacity(1);
        loop {
            let name = self.plain_name()?;
            names.push(self.alias(name)?);
            let comma = self.eat(Token::Comma)?;
            if in_parentheses && self.eat(Token::RightParen)? {
                break;
            }
            if !comma {
                if in_parentheses {
                    return None;
                }
                break;
            }
        }
        Some(Stmt::ImportFrom { module, level, names: Some(names.into()) })
    }

    fn alias(&mut self, name: Name) -> Option<Alias> {
        let alias = if self.eat(Token::As)? { Some(self.plain_name()?) } else { None };
        Some(Alias { name, alias })
    }

    /// The name that is the token.
    pub(super) fn plain_name(&mut self) -> Option<Name> {
        if self.token() != Token::Name {
            return None;
        }
        let name = names::intern(self.tokens.slice());
        self.advance()?;
        Some(name)
    }

    fn dotted_name(&mut self) -> Option<Name> {
        let start = self.tokens.start;
        let first = self.plain_name()?;
        if self.token() != Token::Dot {
            return Some(first);
        }
        let mut len = first.len();
        while self.eat(Token::Dot)? {
            len += 1 + self.plain_name()?.len();
        }
        // Blanks between the parts are no part of the name.
        let source = self.tokens.text.get(start..self.tokens.last_end)?;
        (source.len() == len).then(|| names::intern(source))
    }
}
