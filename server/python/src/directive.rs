//! `# foreshot: ...` comments: what the author of the code says to Foreshot.

mod read;

use crate::ast::Span;
use crate::parse::scan::{Scanner, Token};
use crate::parse::source;

/// One comment that addresses Foreshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// From the `#` to the end of the comment, in bytes of the file.
    pub span: Span,
    /// The line of the comment, counted from 0.
    pub line: u32,
    /// Nothing but blanks stands before the comment on its line.
    pub stands_alone: bool,
    /// What can be read, in order.
    pub clauses: Vec<Clause>,
    /// The text after `--`.
    pub reason: Option<String>,
    /// What cannot be read.
    pub errors: Vec<DirectiveError>,
}

/// One word of a directive, and where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    pub span: Span,
    pub kind: ClauseKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClauseKind {
    /// `ignore[rule, other]`; the names are not held against the list of rules here.
    Ignore(Vec<RuleName>),
    /// `table=tasks` or `table=schema.tasks`
    Table(String),
    /// `column=user_id`
    Column(String),
    /// `references=users.id`; the table may have its schema before it.
    References {
        table: String,
        column: String,
    },
    /// `ondelete=restrict`
    OnDelete(OnDelete),
    Unique,
    NotPersisted,
    /// `phase=contract`
    Phase(Phase),
}

/// The name of a rule and where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleName {
    pub span: Span,
    pub name: String,
}

/// What happens to a row whose referenced row is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnDelete {
    Cascade,
    NoAction,
    Restrict,
    SetDefault,
    SetNull,
}

/// The part that a revision has in a change that is rolled out in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    Expand,
    Backfill,
    Contract,
}

/// A word that cannot be read: where, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectiveError {
    pub span: Span,
    pub message: String,
}

/// The directives of a Python file, in order. What looks like one inside a string is none.
pub fn directives(text: &str) -> Vec<Directive> {
    if memchr::memmem::find(text.as_bytes(), read::WORD.as_bytes()).is_none() {
        return Vec::new();
    }
    let source = source::normalise(text);
    let mut found = Vec::new();
    let mut scanner = Scanner::new(&source);
    while let Some((start, token)) = scanner.next() {
        if token == Token::Comment {
            let comment = text.get(start..scanner.position()).unwrap_or_default().trim_end();
            if let Some((at, body)) = read::find(comment) {
                found.push(directive(&source, start + at, body));
            }
        }
    }
    found
}

impl Directive {
    /// The rules that this comment silences.
    pub fn ignored(&self) -> impl Iterator<Item = &RuleName> {
        self.clauses.iter().flat_map(|clause| match &clause.kind {
            ClauseKind::Ignore(rules) => rules.as_slice(),
            _ => &[],
        })
    }
}

/// `body` is the text after the colon, to the end of the comment whose own `#` is at `start`.
fn directive(source: &str, start: usize, body: read::Body<'_>) -> Directive {
    let before = source.get(..start).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() as u32;
    let line_start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |at| at + 1);
    let indent = before.get(line_start..).unwrap_or_default().trim_start_matches('\u{feff}');
    let read = read::read(body, start);
    Directive {
        span: read.span,
        line,
        stands_alone: indent.trim().is_empty(),
        clauses: read.clauses,
        reason: read.reason,
        errors: read.errors,
    }
}

#[cfg(test)]
mod tests;
