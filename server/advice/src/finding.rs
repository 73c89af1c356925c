//! What a rule says, and where.

use crate::rule::{Rule, Severity};
use camino::Utf8Path;
use fact::{FileId, Name, Place};
use project::Store;
use python::ast::Span;
use schema::{Dialect, TableName};
use std::ops::Range;
use std::sync::Arc;

/// One thing to say about one place.
#[derive(Debug, Clone)]
pub struct Finding {
    pub rule: &'static Rule,
    pub severity: Severity,
    pub message: String,
    /// What to do instead, when there is more to say than a fix does.
    pub help: Option<String>,
    pub spot: Spot,
    pub revision: Option<Name>,
    /// The dialects on which it holds, in the order of the configuration; empty where no dialect matters.
    pub dialects: Vec<Dialect>,
    pub related: Vec<Related>,
    /// What it is about: decides which findings say the same, and what a fix changes.
    pub subject: Subject,
    /// The name of the environment.
    pub environment: Arc<str>,
}

/// Another place that the finding speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    pub spot: Spot,
    pub message: String,
}

/// Where a finding is: a node of the syntax, or bytes where there is none.
#[derive(Debug, Clone, Copy)]
pub enum Spot {
    Place(Place),
    Bytes(FileId, Span),
}

/// The object that a finding is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Subject {
    pub table: Option<TableName>,
    /// A column, constraint, index, or revision.
    pub name: Option<Name>,
    /// What a fix needs to know and the message alone does not tell: the name that was meant, say.
    pub meant: Option<Name>,
    /// In `downgrade()`.
    pub downgrade: bool,
}

impl Subject {
    pub fn table(table: TableName) -> Subject {
        Subject { table: Some(table), ..Subject::default() }
    }

    pub fn column(table: TableName, name: Name) -> Subject {
        Subject { table: Some(table), name: Some(name), ..Subject::default() }
    }

    pub fn name(name: Name) -> Subject {
        Subject { name: Some(name), ..Subject::default() }
    }
}

impl Spot {
    pub fn file(&self) -> FileId {
        match self {
            Spot::Place(place) => place.file,
            Spot::Bytes(file, _) => *file,
        }
    }

    /// The position itself, comparable.
    pub fn key(&self) -> (FileId, u32, u32, u32) {
        match self {
            Spot::Place(place) => (place.file, place.item, place.node.0, 0),
            Spot::Bytes(file, span) => (*file, span.start, span.end, 1),
        }
    }

    /// Path and bytes in the current text; the empty range at its start for a whole file.
    pub fn bytes(&self, store: &Store) -> Option<(Arc<Utf8Path>, Range<u32>)> {
        let path = store.path(self.file())?;
        let span = match self {
            Spot::Bytes(_, span) => *span,
            Spot::Place(place) if place.is_whole_file() => Span::default(),
            Spot::Place(place) => {
                let parsed = store.parsed(&path);
                parsed.module.span(place.item, place.node).unwrap_or_default()
            }
        };
        Some((path, span.start..span.end))
    }
}

impl PartialEq for Spot {
    fn eq(&self, other: &Spot) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Spot {}

impl From<Place> for Spot {
    fn from(place: Place) -> Spot {
        Spot::Place(place)
    }
}
