//! The blocks of compound statements, with their indentation.

use super::Reader;
use super::token::Token;
use crate::ast::Block;

impl Reader<'_> {
    /// `:` and the block after it, and where it ends. Comments in line with the block are a part of it.
    pub(super) fn block(&mut self) -> Option<(Block, usize)> {
        self.expect(Token::Colon)?;
        let mark = self.stmts.len();
        let end = match self.token() {
            Token::Newline => self.deeper(|this| this.indented())?,
            _ => self.line()?,
        };
        let block = self.stmts.get(mark..)?.into();
        self.stmts.truncate(mark);
        Some((block, end))
    }

    fn indented(&mut self) -> Option<usize> {
        self.tokens.next_line()?;
        let indent = self.tokens.indent;
        if indent <= self.block_indent || self.token() == Token::End {
            return None;
        }
        let outer = std::mem::replace(&mut self.block_indent, indent);
        let mut end;
        loop {
            end = match self.is_compound() {
                true => {
                    let (stmt, end) = self.compound()?;
                    self.stmts.push(stmt);
                    end
                }
                false => self.line()?,
            };
            if self.tokens.indent != indent || self.token() == Token::End {
                break;
            }
        }
        if self.tokens.indent > indent {
            return None;
        }
        self.block_indent = outer;
        Some(self.tokens.block_end(indent, end))
    }

    /// Simple statements on one line, and the way to the next line. Answers where the last token or comment ends.
    fn line(&mut self) -> Option<usize> {
        loop {
            let stmt = self.simple()?;
            self.stmts.push(stmt);
            if !self.more_on_line()? {
                break;
            }
        }
        let end = self.tokens.end;
        self.tokens.next_line()?;
        Some(end)
    }

    /// Whether `token` stands at the start of a line that goes on with the statement before it.
    pub(super) fn continues_with(&self, token: Token) -> bool {
        self.token() == token && self.tokens.indent == self.block_indent
    }
}
