//! Arguments of calls and parameters of functions.

use super::super::names;
use super::token::Token;
use super::{Part, Reader};
use crate::ast::{Arg, ArgKind, CompKind, Param, ParamKind};

impl Reader<'_> {
    /// The arguments in parentheses; `is_call`: not the bases of a class.
    pub(super) fn arguments(&mut self, is_call: bool) -> Option<Box<[Arg]>> {
        let start = self.tokens.start;
        self.advance()?;
        self.deeper(|this| {
            let mark = this.args.len();
            this.read_arguments(start, mark, is_call)?;
            let args = this.args.get(mark..)?.into();
            this.args.truncate(mark);
            Some(args)
        })
    }

    fn read_arguments(&mut self, start: usize, mark: usize, is_call: bool) -> Option<()> {
        let mut unpacked = false;
        let mut keywords = false;
        while !self.eat(Token::RightParen)? {
            let (kind, value) = match self.token() {
                Token::Star if !unpacked => {
                    self.advance()?;
                    let value = self.expression()?;
                    if !self.is_plain_splat(value) {
                        return None;
                    }
                    (ArgKind::Star, value)
                }
                Token::StarStar => {
                    self.advance()?;
                    unpacked = true;
                    (ArgKind::DoubleStar, self.expression()?)
                }
                Token::Name if self.is_keyword_argument() => {
                    keywords = true;
                    let kind = ArgKind::Keyword(names::intern(self.tokens.slice()));
                    if self.args.get(mark..)?.iter().any(|earlier| earlier.kind == kind) {
                        return None;
                    }
                    self.advance()?;
                    self.expect(Token::Eq)?;
                    (kind, self.expression()?)
                }
                _ if keywords || unpacked => return None,
                _ => (ArgKind::Positional, self.named()?),
            };
            if self.token() == Token::For {
                return self.generator(start, mark, kind, value, is_call);
            }
            self.args.push(Arg { kind, value: value.id });
            if self.token() != Token::RightParen {
                self.expect(Token::Comma)?;
            }
        }
        Some(())
    }

    /// `f(x for x in y)`: the parentheses are those of the generator.
    fn generator(
        &mut self,
        start: usize,
        mark: usize,
        kind: ArgKind,
        value: Part,
        is_call: bool,
    ) -> Option<()> {
        if !is_call || self.args.len() > mark || kind != ArgKind::Positional {
            return None;
        }
        let value = self.comprehension(CompKind::Generator, start, None, value, Token::RightParen)?;
        self.args.push(Arg { kind, value: value.id });
        Some(())
    }

    fn is_keyword_argument(&self) -> bool {
        matches!(self.tokens.rest(), [b'=', next, ..] if *next != b'=')
    }

    /// The parameters of a function or lambda, and the token that ends them.
    pub(super) fn parameters(&mut self, close: Token) -> Option<Box<[Param]>> {
        let mut params: Vec<Param> = Vec::new();
        let mut plain = ParamKind::Normal;
        let mut after_default = false;
        while !self.eat(close)? {
            if params.last().is_some_and(|last| last.kind == ParamKind::DoubleStar) {
                return None;
            }
            match self.token() {
                Token::Slash if plain == ParamKind::Normal && !params.is_empty() => {
                    self.advance()?;
                    for param in &mut params {
                        param.kind = ParamKind::PositionalOnly;
                    }
                }
                Token::Star if plain == ParamKind::Normal && self.tokens.rest().first() == Some(&b',') => {
                    self.advance()?;
                    plain = ParamKind::KeywordOnly;
                }
                _ => {
                    let param = self.parameter(plain, close)?;
                    match param.kind {
                        ParamKind::Star if plain == ParamKind::KeywordOnly => return None,
                        ParamKind::Star => plain = ParamKind::KeywordOnly,
                        ParamKind::Normal if param.default.is_some() => after_default = true,
                        ParamKind::Normal if after_default => return None,
                        _ => {}
                    }
                    if params.iter().any(|earlier| earlier.name == param.name) {
                        return None;
                    }
                    params.push(param);
                }
            }
            if self.token() != close {
                self.expect(Token::Comma)?;
            }
        }
        Some(params.into())
    }

    fn parameter(&mut self, plain: ParamKind, close: Token) -> Option<Param> {
        let kind = match self.token() {
            Token::Star => ParamKind::Star,
            Token::StarStar => ParamKind::DoubleStar,
            _ => plain,
        };
        if kind != plain {
            self.advance()?;
        }
        if self.token() != Token::Name {
            return None;
        }
        let name = names::intern(self.tokens.slice());
        self.advance()?;
        let mut param = Param { name, kind, annotation: None, default: None };
        // A lambda has no annotations: its colon ends the parameters.
        if close != Token::Colon && self.eat(Token::Colon)? {
            param.annotation = Some(self.annotation()?.id);
        }
        if kind == plain && self.eat(Token::Eq)? {
            param.default = Some(self.expression()?.id);
        }
        Some(param)
    }

    /// An expression that stands for a type.
    pub(super) fn annotation(&mut self) -> Option<Part> {
        let outer = std::mem::replace(&mut self.is_type, true);
        let part = self.expression();
        self.is_type = outer;
        part
    }
}
