//! The words of one directive.

use super::{Clause, ClauseKind, DirectiveError, OnDelete, Phase, RuleName};
use crate::ast::Span;

/// What a directive starts with.
pub const WORD: &str = "foreshot";

/// The text of a directive after `foreshot`, and how far after the `#` it starts.
#[derive(Debug, Clone, Copy)]
pub struct Body<'t> {
    text: &'t str,
    offset: usize,
    has_colon: bool,
}

#[derive(Debug, Default)]
pub struct Read {
    pub span: Span,
    pub clauses: Vec<Clause>,
    pub reason: Option<String>,
    pub errors: Vec<DirectiveError>,
}

/// The directive in `comment`, which may follow what the comment says to other tools: where its `#` is, and its body.
pub fn find(comment: &str) -> Option<(usize, Body<'_>)> {
    comment.match_indices('#').find_map(|(at, _)| {
        let after = comment.get(at + 1..)?;
        let rest = after.trim_start_matches([' ', '\t']).strip_prefix(WORD)?;
        let (text, has_colon) = match rest.strip_prefix(':') {
            Some(text) => (text, true),
            // Other words may start alike, and prose may speak of Foreshot.
            None if rest.trim_start().starts_with("ignore[") => (rest, false),
            None => return None,
        };
        let offset = comment.len() - text.len() - at;
        Some((at, Body { text, offset, has_colon }))
    })
}

/// Reads `body`; the `#` of the directive is at byte `start` of the file.
pub fn read(body: Body<'_>, start: usize) -> Read {
    let end = start + body.offset + body.text.len();
    let mut reader = Reader { text: body.text, at: 0, base: start + body.offset, read: Read::default() };
    reader.read.span = span(start, end);
    if !body.has_colon {
        let message = "a colon is missing: write `# foreshot: ignore[rule] -- reason`";
        reader
            .read
            .errors
            .push(DirectiveError { span: span(start, reader.base), message: message.to_owned() });
    }
    reader.clauses();
    reader.check_whole();
    reader.read
}

fn span(start: usize, end: usize) -> Span {
    Span { start: start as u32, end: end as u32 }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// Where the text starts in the file.
    base: usize,
    read: Read,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        span(self.base + start, self.base + end)
    }

    fn error(&mut self, start: usize, end: usize, message: impl Into<String>) {
        let span = self.span(start, end);
        self.read.errors.push(DirectiveError { span, message: message.into() });
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn clauses(&mut self) {
        loop {
            self.skip_blanks();
            let rest = self.rest();
            if let Some(reason) = rest.strip_prefix("--") {
                let reason = reason.trim();
                self.read.reason = (!reason.is_empty()).then(|| reason.to_owned());
                return;
            }
            // A `#` starts what the comment says to someone else.
            if rest.is_empty() || rest.starts_with('#') {
                return;
            }
            let start = self.at;
            let ignore = rest.strip_prefix("ignore").filter(|after| after.trim_start().starts_with('['));
            let kind = match ignore {
                Some(after) => {
                    self.at += rest.len() - after.trim_start().len() + 1;
                    self.ignore(start)
                }
                None => self.word(),
            };
            if let Some(kind) = kind {
                self.add(start, kind);
            }
        }
    }

    fn add(&mut self, start: usize, kind: ClauseKind) {
        let span = self.span(start, self.at);
        let same = std::mem::discriminant(&kind);
        let repeated = self.read.clauses.iter().any(|clause| std::mem::discriminant(&clause.kind) == same);
        if repeated && !matches!(kind, ClauseKind::Ignore(_)) {
            self.error(start, self.at, "this is said twice");
            return;
        }
        self.read.clauses.push(Clause { span, kind });
    }

    /// The names up to the closing bracket.
    fn ignore(&mut self, start: usize) -> Option<ClauseKind> {
        let Some(len) = self.rest().find(']') else {
            self.at = self.text.len();
            self.error(start, self.at, "`]` is missing: write `ignore[rule] -- reason`");
            return None;
        };
        let inside = self.rest().get(..len).unwrap_or_default();
        let from = self.at;
        self.at += len + 1;
        let mut rules = Vec::new();
        let mut offset = from;
        for part in inside.split(',') {
            let name = part.trim();
            let name_start = offset + part.len() - part.trim_start().len();
            let name_end = name_start + name.len();
            offset += part.len() + 1;
            if name.is_empty() {
                self.error(
                    name_start.min(from + len),
                    name_end.max(from + len),
                    "the name of a rule is missing",
                );
            } else if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                rules.push(RuleName { span: self.span(name_start, name_end), name: name.to_owned() });
            } else {
                self.error(name_start, name_end, format!("`{name}` is not the name of a rule"));
            }
        }
        (!rules.is_empty()).then_some(ClauseKind::Ignore(rules))
    }

    /// `key` or `key=value`.
    fn word(&mut self) -> Option<ClauseKind> {
        let start = self.at;
        let rest = self.rest();
        let len = rest.find([' ', '\t']).unwrap_or(rest.len());
        let word = rest.get(..len).unwrap_or_default();
        self.at += len;
        let (key, value) = match word.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (word, None),
        };
        match (key, value) {
            ("unique", None) => return Some(ClauseKind::Unique),
            ("not-persisted", None) => return Some(ClauseKind::NotPersisted),
            ("unique" | "not-persisted", Some(_)) => {
                self.error(start, self.at, format!("`{key}` takes no value"));
                return None;
            }
            ("ignore", _) => {
                self.error(start, self.at, "name the rules: `ignore[rule] -- reason`");
                return None;
            }
            _ => {}
        }
        let Some((_, example)) = KEYS.iter().find(|(known, _)| *known == key) else {
            let message = match nearest(key) {
                Some(known) => format!("`{key}` is not known here; did you mean `{known}`?"),
                None => format!("`{key}` is not known here"),
            };
            self.error(start, start + key.len(), message);
            return None;
        };
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            self.error(start, self.at, format!("`{key}` needs a value: write `{example}`"));
            return None;
        };
        let kind = valued(key, value);
        if kind.is_none() {
            let value_start = self.at - value.len();
            self.error(value_start, self.at, format!("`{value}` is no value for `{key}`: write `{example}`"));
        }
        kind
    }

    /// What the clauses need of each other.
    fn check_whole(&mut self) {
        let has = |test: fn(&ClauseKind) -> bool| self.read.clauses.iter().find(|clause| test(&clause.kind));
        let action = has(|kind| matches!(kind, ClauseKind::OnDelete(_)));
        let references = has(|kind| matches!(kind, ClauseKind::References { .. }));
        if let (Some(action), None) = (action, references) {
            let message = "`ondelete` belongs to a reference: write `references=users.id` too".to_owned();
            let error = DirectiveError { span: action.span, message };
            self.read.errors.push(error);
        }
        if self.read.clauses.is_empty() && self.read.errors.is_empty() {
            let Span { end, .. } = self.read.span;
            let span = Span { start: end - 1, end };
            let message =
                "nothing is said here: write `ignore[rule] -- reason`, `table=name`, ...".to_owned();
            self.read.errors.push(DirectiveError { span, message });
        }
    }
}

/// The keys that take a value, each with an example.
const KEYS: &[(&str, &str)] = &[
    ("column", "column=user_id"),
    ("ondelete", "ondelete=cascade, restrict, set-null, set-default or no-action"),
    ("phase", "phase=expand, backfill or contract"),
    ("references", "references=users.id"),
    ("table", "table=users"),
];

fn valued(key: &str, value: &str) -> Option<ClauseKind> {
    Some(match key {
        "table" => ClauseKind::Table(dotted(value)?.to_owned()),
        "column" => ClauseKind::Column(dotted(value)?.to_owned()),
        "references" => {
            let (table, column) = dotted(value)?.rsplit_once('.')?;
            ClauseKind::References { table: table.to_owned(), column: column.to_owned() }
        }
        "ondelete" => ClauseKind::OnDelete(match value.to_ascii_lowercase().replace('_', "-").as_str() {
            "cascade" => OnDelete::Cascade,
            "no-action" => OnDelete::NoAction,
            "restrict" => OnDelete::Restrict,
            "set-default" => OnDelete::SetDefault,
            "set-null" => OnDelete::SetNull,
            _ => return None,
        }),
        "phase" => ClauseKind::Phase(match value {
            "expand" => Phase::Expand,
            "backfill" => Phase::Backfill,
            "contract" => Phase::Contract,
            _ => return None,
        }),
        _ => return None,
    })
}

/// A name whose parts, between the dots, all say something.
fn dotted(value: &str) -> Option<&str> {
    let fine = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '-');
    value.split('.').all(|part| !part.is_empty() && part.chars().all(fine)).then_some(value)
}

/// The word that `word` is most likely a slip of.
fn nearest(word: &str) -> Option<&'static str> {
    let known = KEYS.iter().map(|(key, _)| *key).chain(["ignore", "not-persisted", "unique"]);
    known
        .map(|key| (distance(word, key), key))
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, key)| key)
}

/// How many letters to put in, take out, or change.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (slot, to) in row.iter_mut().skip(1).zip(&b) {
            let cost = (diagonal + usize::from(from != *to)).min(left + 1).min(*slot + 1);
            diagonal = *slot;
            left = cost;
            *slot = cost;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
