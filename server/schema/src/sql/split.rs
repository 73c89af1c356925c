//! Tokens of a text -> its statements.

use super::lex::{Token, TokenKind};
use std::ops::Range;

/// The statements of `text`, as ranges of its tokens, without the semicolons between them.
///
/// `batches` is SQL Server's way: `GO` on a line of its own ends a batch, and a statement needs no semicolon.
pub(super) fn split(text: &str, tokens: &[Token], batches: bool) -> Vec<Range<usize>> {
    let mut splitter =
        Splitter { text, tokens, batches, only_first: false, start: 0, statements: Vec::new() };
    splitter.run();
    splitter.statements
}

/// How many of `tokens` the first statement takes.
pub(super) fn first(text: &str, tokens: &[Token], batches: bool) -> usize {
    let mut splitter = Splitter { text, tokens, batches, only_first: true, start: 0, statements: Vec::new() };
    splitter.run();
    splitter.statements.first().map_or(tokens.len(), |range| range.end)
}

struct Splitter<'a> {
    text: &'a str,
    tokens: &'a [Token],
    batches: bool,
    only_first: bool,
    start: usize,
    statements: Vec<Range<usize>>,
}

/// What a statement may hold besides plain clauses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    /// Semicolons end it.
    Plain,
    /// `BEGIN ... END` inside keeps its semicolons.
    Routine,
    /// It starts with a block: `BEGIN ... END`, `IF ... END`.
    Block,
}

impl Splitter<'_> {
    fn run(&mut self) {
        let mut body = Body::Plain;
        let mut blocks = 0usize;
        let mut parens = 0usize;
        for at in 0..self.tokens.len() {
            if self.only_first && !self.statements.is_empty() {
                return;
            }
            if at == self.start {
                body = self.body(at);
                (blocks, parens) = (0, 0);
            }
            match self.symbol(at) {
                "(" => parens += 1,
                ")" => parens = parens.saturating_sub(1),
                ";" if blocks == 0 => {
                    self.close(at, at + 1);
                    continue;
                }
                _ => {}
            }
            if self.batches && self.is(at, "GO") && self.first_on_line(at) {
                self.close(at, at + 1);
                continue;
            }
            if body != Body::Plain && parens == 0 {
                if self.opens_block(at) {
                    blocks += 1;
                } else if self.closes_block(at) {
                    blocks = blocks.saturating_sub(1);
                    if blocks == 0 && body == Body::Block && !self.goes_on(at + 1) {
                        self.close(at + 1, at + 1);
                    }
                }
            } else if self.batches && body == Body::Plain && parens == 0 && self.starts_anew(at) {
                self.close(at, at);
                body = self.body(at);
            }
        }
        self.close(self.tokens.len(), self.tokens.len());
    }

    fn close(&mut self, end: usize, next: usize) {
        if self.start < end {
            self.statements.push(self.start..end);
        }
        self.start = next;
    }

    fn symbol(&self, at: usize) -> &str {
        self.tokens.get(at).filter(|t| t.kind == TokenKind::Symbol).map_or("", |t| &self.text[t.start..t.end])
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).filter(|t| t.kind == TokenKind::Word).map_or("", |t| &self.text[t.start..t.end])
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.word(at).eq_ignore_ascii_case(word)
    }

    fn any(&self, at: usize, words: &[&str]) -> bool {
        let word = self.word(at);
        words.iter().any(|w| word.eq_ignore_ascii_case(w))
    }

    fn body(&self, at: usize) -> Body {
        const ROUTINES: [&str; 6] = ["TRIGGER", "FUNCTION", "PROCEDURE", "PROC", "EVENT", "PACKAGE"];
        const OTHERS: [&str; 8] = ["TABLE", "INDEX", "VIEW", "TYPE", "SEQUENCE", "SCHEMA", "ROLE", "USER"];
        if self.is(at, "CREATE") || (self.batches && self.is(at, "ALTER")) {
            // The noun may follow a DEFINER or a few other words.
            let noun = (at + 1..at + 12)
                .take_while(|i| !matches!(self.symbol(*i), "(" | ";"))
                .find(|i| self.any(*i, &ROUTINES) || self.any(*i, &OTHERS));
            return match noun {
                Some(noun) if self.any(noun, &ROUTINES) => Body::Routine,
                _ => Body::Plain,
            };
        }
        let block = self.begins_block(at)
            || (self.is(at, "IF") && self.symbol(at + 1) != ";")
            || self.is(at, "WHILE")
            || (self.is(at, "DECLARE") && !self.batches);
        if block { Body::Block } else { Body::Plain }
    }

    /// `BEGIN` of a block, not of a transaction.
    fn begins_block(&self, at: usize) -> bool {
        const TRANSACTION: [&str; 12] = [
            "TRAN",
            "TRANSACTION",
            "WORK",
            "ISOLATION",
            "READ",
            "NOT",
            "DEFERRABLE",
            "DEFERRED",
            "IMMEDIATE",
            "EXCLUSIVE",
            "CONCURRENT",
            "GO",
        ];
        self.is(at, "BEGIN")
            && at + 1 < self.tokens.len()
            && self.symbol(at + 1) != ";"
            && !self.any(at + 1, &TRANSACTION)
    }

    fn opens_block(&self, at: usize) -> bool {
        let after_end = at > 0 && self.is(at - 1, "END");
        self.begins_block(at) || (self.is(at, "CASE") && !after_end) || self.opens_if(at)
    }

    /// `IF ... THEN ... END IF` without a BEGIN around it.
    fn opens_if(&self, at: usize) -> bool {
        at == self.start
            && self.is(at, "IF")
            && !self.batches
            && (at..self.tokens.len()).take_while(|i| self.symbol(*i) != ";").any(|i| self.is(i, "THEN"))
    }

    fn closes_block(&self, at: usize) -> bool {
        if !self.is(at, "END") {
            return false;
        }
        // `END IF` closes what `opens_if` opened, and nothing elsewhere; `END CASE` closes a CASE.
        let closes_if = self.is(at + 1, "IF") && self.is(self.start, "IF") && !self.batches;
        closes_if || !self.any(at + 1, &["IF", "LOOP", "WHILE", "REPEAT", "FOR"])
    }

    /// Does a block that has just ended go on (`ELSE`, a label, `END IF`)?
    fn goes_on(&self, next: usize) -> bool {
        self.any(next, &["ELSE", "IF", "CASE", "TRY", "CATCH"])
            || (self.is(next, "BEGIN") && self.is(next + 1, "CATCH"))
            || matches!(self.symbol(next), ";")
    }

    fn first_on_line(&self, at: usize) -> bool {
        let (Some(token), Some(before)) =
            (self.tokens.get(at), at.checked_sub(1).and_then(|b| self.tokens.get(b)))
        else {
            return true;
        };
        self.text[before.end..token.start].contains('\n')
    }

    /// Does a new statement start here, without a semicolon before it?
    fn starts_anew(&self, at: usize) -> bool {
        const NEVER_CONTINUE: [&str; 10] =
            ["ALTER", "CREATE", "DROP", "DECLARE", "EXEC", "EXECUTE", "TRUNCATE", "PRINT", "USE", "IF"];
        const MAY_CONTINUE: [&str; 6] = ["INSERT", "UPDATE", "DELETE", "SET", "SELECT", "WITH"];
        const END_THEMSELVES: [&str; 11] = [
            "ALTER", "DROP", "DECLARE", "EXEC", "EXECUTE", "TRUNCATE", "PRINT", "USE", "SET", "UPDATE",
            "DELETE",
        ];
        let head = self.start;
        if at == head || !self.first_on_line(at) {
            return false;
        }
        let defines = self.is(head, "CREATE")
            && self.any(
                head + 1,
                &["TABLE", "INDEX", "UNIQUE", "TYPE", "SEQUENCE", "CLUSTERED", "NONCLUSTERED"],
            );
        if self.any(at, &NEVER_CONTINUE) {
            let part_of_alter =
                self.is(head, "ALTER") && self.any(at + 1, &["COLUMN", "CONSTRAINT", "PERIOD"]);
            let run_for_rows = self.is(head, "INSERT") && self.any(at, &["EXEC", "EXECUTE"]);
            let ends = defines || self.any(head, &END_THEMSELVES) || self.any(head, &["SELECT", "INSERT"]);
            return ends && !part_of_alter && !run_for_rows;
        }
        if !self.any(at, &MAY_CONTINUE) {
            return false;
        }
        match self.word(at).to_ascii_uppercase().as_str() {
            "SELECT" | "WITH" => {
                self.any(head, &["DECLARE", "EXEC", "EXECUTE", "SET", "PRINT", "USE", "DROP"])
            }
            "SET" => self.any(head, &["DECLARE", "EXEC", "EXECUTE", "SET", "PRINT", "USE", "DROP", "DELETE"]),
            _ => {
                let action = self.any(at - 1, &["ON", "THEN", "FOR", "AFTER", "OF"]);
                (defines || self.any(head, &END_THEMSELVES) || self.is(head, "INSERT")) && !action
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lex::{Lexis, lex};
    use super::*;
    use crate::Kind;

    #[track_caller]
    fn check_split(dialect: Kind, text: &str, expected: &[&str]) {
        let tokens = lex(text, Lexis::of(Some(dialect)));
        let statements: Vec<&str> = split(text, &tokens, dialect == Kind::Mssql)
            .into_iter()
            .map(|r| &text[tokens[r.start].start..tokens[r.end - 1].end])
            .collect();
        assert_eq!(statements, expected);
    }

    #[test]
    fn semicolons_end_statements() {
        check_split(Kind::Postgresql, "", &[]);
        check_split(Kind::Postgresql, " ; ;-- a;b\n", &[]);
        check_split(Kind::Postgresql, "A 1; B ';' ; C", &["A 1", "B ';'", "C"]);
        check_split(Kind::Postgresql, "DO $$ BEGIN A; B; END $$; C", &["DO $$ BEGIN A; B; END $$", "C"]);
        check_split(Kind::Postgresql, "BEGIN; A; COMMIT", &["BEGIN", "A", "COMMIT"]);
        check_split(Kind::Sqlite, "BEGIN IMMEDIATE; A", &["BEGIN IMMEDIATE", "A"]);
    }

    #[test]
    fn routines_keep_their_semicolons() {
        check_split(
            Kind::Sqlite,
            "CREATE TRIGGER a AFTER INSERT ON t BEGIN UPDATE t SET x = CASE WHEN 1 THEN 2 END; DELETE FROM u; END; B",
            &[
                "CREATE TRIGGER a AFTER INSERT ON t BEGIN UPDATE t SET x = CASE WHEN 1 THEN 2 END; DELETE FROM u; END",
                "B",
            ],
        );
        check_split(
            Kind::Mysql,
            "CREATE PROCEDURE p() BEGIN IF EXISTS (SELECT 1) THEN A; ELSE B; END IF; \
             WHILE x DO C; END WHILE; END; CALL p(); DROP PROCEDURE p",
            &[
                "CREATE PROCEDURE p() BEGIN IF EXISTS (SELECT 1) THEN A; ELSE B; END IF; \
                 WHILE x DO C; END WHILE; END",
                "CALL p()",
                "DROP PROCEDURE p",
            ],
        );
        check_split(
            Kind::Postgresql,
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END; B",
            &["CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END", "B"],
        );
        check_split(
            Kind::Postgresql,
            "CREATE TABLE trigger (begin int); B",
            &["CREATE TABLE trigger (begin int)", "B"],
        );
    }

    #[test]
    fn sql_server_needs_no_semicolon() {
        check_split(Kind::Mssql, "A\nGO\nB\ngo", &["A", "B"]);
        check_split(
            Kind::Mssql,
            "ALTER TABLE t\nALTER COLUMN x INT\nALTER TABLE u ADD y INT\nEXEC sp_rename 'a', 'b'",
            &["ALTER TABLE t\nALTER COLUMN x INT", "ALTER TABLE u ADD y INT", "EXEC sp_rename 'a', 'b'"],
        );
        check_split(
            Kind::Mssql,
            "UPDATE t\nSET x = 1\nDELETE FROM u\nINSERT INTO v\nSELECT 1",
            &["UPDATE t\nSET x = 1", "DELETE FROM u", "INSERT INTO v\nSELECT 1"],
        );
        check_split(
            Kind::Mssql,
            "declare @n varchar(256)\nselect @n = name from sys.x\nexec('a' + @n)",
            &["declare @n varchar(256)", "select @n = name from sys.x", "exec('a' + @n)"],
        );
        check_split(
            Kind::Mssql,
            "IF EXISTS (SELECT 1) BEGIN A; B END\nC",
            &["IF EXISTS (SELECT 1) BEGIN A; B END", "C"],
        );
    }
}
