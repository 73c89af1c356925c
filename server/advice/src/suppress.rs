//! `# foreshot: ignore[rule] -- reason`: findings that the author of the code has answered.

use crate::finding::{Finding, Spot};
use crate::locate::{Located, locate};
use fact::FileId;
use project::Store;
use python::ast::{Span, Stmt};
use python::directive::{Directive, directives};
use python::line_index::{LineIndex, Unit};
use rustc_hash::FxHashMap;
use std::ops::RangeInclusive;

/// The comments of the files that were asked about.
pub(crate) struct Suppressions<'a> {
    store: &'a Store,
    files: FxHashMap<FileId, Option<Comments>>,
}

struct Comments {
    directives: Vec<Directive>,
    lines: LineIndex,
}

/// What the comments say to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Speaks,
    Silenced,
    /// A comment would silence it, and gives no reason.
    NoReason,
}

impl<'a> Suppressions<'a> {
    pub fn new(store: &'a Store) -> Suppressions<'a> {
        Suppressions { store, files: FxHashMap::default() }
    }

    /// A comment where the finding is, or where the operation was asked for, silences it.
    pub fn verdict(&mut self, finding: &Finding) -> Verdict {
        let mut verdict = Verdict::Speaks;
        let asked_for = finding.related.iter().filter(|related| related.message == crate::view::CALLED_HERE);
        for spot in std::iter::once(&finding.spot).chain(asked_for.map(|related| &related.spot)) {
            match self.at(spot, finding.rule.name) {
                Verdict::Silenced => return Verdict::Silenced,
                Verdict::NoReason => verdict = Verdict::NoReason,
                Verdict::Speaks => {}
            }
        }
        verdict
    }

    fn at(&mut self, spot: &Spot, rule: &str) -> Verdict {
        let (store, file) = (self.store, spot.file());
        let comments = self.files.entry(file).or_insert_with(|| read(store, file));
        let Some(comments) = comments else { return Verdict::Speaks };
        let mut matching = comments
            .directives
            .iter()
            .filter(|directive| directive.ignored().any(|ignored| ignored.name == rule))
            .peekable();
        if matching.peek().is_none() {
            return Verdict::Speaks;
        }
        let reach = comments.reach(store, spot);
        let mut verdict = Verdict::Speaks;
        for directive in matching.filter(|directive| comments.reaches(&reach, directive)) {
            match directive.reason {
                Some(_) => return Verdict::Silenced,
                None => verdict = Verdict::NoReason,
            }
        }
        verdict
    }
}

/// Where a comment about a place may stand, in lines from 0.
struct Reach {
    statement: RangeInclusive<u32>,
    /// First lines of the statement and of the functions and classes around it.
    headers: Vec<u32>,
}

fn read(store: &Store, file: FileId) -> Option<Comments> {
    let path = store.path(file)?;
    let parsed = store.parsed(&path);
    let text = parsed.text.as_ref().ok()?;
    let directives = directives(text);
    (!directives.is_empty()).then(|| Comments { directives, lines: LineIndex::new(text) })
}

impl Comments {
    fn line(&self, offset: u32) -> u32 {
        self.lines.position(offset, Unit::Utf8).line
    }

    fn reach(&self, store: &Store, spot: &Spot) -> Reach {
        let at = match spot {
            Spot::Place(place) => locate(store, *place),
            Spot::Bytes(..) => None,
        };
        match at {
            Some(at) => self.reach_of(&at),
            None => {
                let bytes = spot.bytes(store).map(|(_, bytes)| bytes).unwrap_or_default();
                let line = self.line(bytes.start);
                Reach { statement: line..=self.line(bytes.end), headers: vec![line] }
            }
        }
    }

    fn reach_of(&self, at: &Located) -> Reach {
        let lines =
            |span: Span| self.line(span.start)..=self.line(span.end.saturating_sub(1).max(span.start));
        let Some(id) = at.statement() else {
            let span = at.span(at.place.node).unwrap_or_default();
            let statement = lines(span);
            return Reach { headers: vec![*statement.start()], statement };
        };
        let own = at.span(at.place.node).map(lines).unwrap_or(0..=0);
        let whole = at.span(id).map(lines).unwrap_or(own.clone());
        let statement = match at.tree.stmt(id) {
            // Of a block only the head speaks for itself.
            Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::If { .. }
            | Stmt::For { .. }
            | Stmt::While { .. }
            | Stmt::With { .. }
            | Stmt::Try { .. } => (*whole.start()).min(*own.start())..=*own.end(),
            _ => whole.clone(),
        };
        let mut headers = vec![*statement.start(), *whole.start()];
        let within = at.tree.span(at.place.node).unwrap_or_default();
        for (stmt, span) in at.tree.stmts.iter().zip(&at.tree.stmt_spans) {
            let (node, first_decorator) = match stmt {
                Stmt::FunctionDef(function) => (function.name_node, function.decorators.first()),
                Stmt::ClassDef(class) => (class.name_node, class.decorators.first()),
                _ => continue,
            };
            if span.start <= within.start && within.end <= span.end {
                headers.extend(at.span(node).map(|span| self.line(span.start)));
                headers.extend(first_decorator.and_then(|id| at.span(*id)).map(|span| self.line(span.start)));
            }
        }
        Reach { statement, headers }
    }

    /// The comment stands on a line of the statement, or alone above its head.
    fn reaches(&self, reach: &Reach, directive: &Directive) -> bool {
        reach.statement.contains(&directive.line)
            || directive.stands_alone
                && reach.headers.iter().any(|header| self.stands_above(directive.line, *header))
    }

    /// Only other comments to Foreshot may stand between the two.
    fn stands_above(&self, comment: u32, header: u32) -> bool {
        comment < header
            && (comment + 1..header)
                .all(|line| self.directives.iter().any(|other| other.stands_alone && other.line == line))
    }
}
