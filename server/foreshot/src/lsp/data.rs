//! What the server tells and is told, in plain data.

use advice::Finding;
use camino::Utf8PathBuf;
use python::line_index::{LineColumn, Unit};
use std::ops::Range;
use std::sync::Arc;

/// What the client said about itself when it started the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFacts {
    pub folders: Vec<Utf8PathBuf>,
    pub unit: Unit,
    /// Lists of edits that name the version they are for.
    pub document_changes: bool,
    /// Code actions as objects; without it only commands are understood.
    pub literal_actions: bool,
    pub nested_symbols: bool,
    pub markdown_hover: bool,
    pub related_information: bool,
    pub progress: bool,
    /// It can be asked to report changes of files.
    pub watches_files: bool,
    pub process: Option<u32>,
}

/// An edit of a document as the client describes it; no range: the whole text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub range: Option<Range<LineColumn>>,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    Info,
}

/// Something to say about bytes of a file.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    pub path: Utf8PathBuf,
    pub span: Range<u32>,
    pub severity: Severity,
    pub code: String,
    pub message: String,
    pub related: Vec<Related>,
    /// What fixes are made for.
    pub finding: Option<Arc<Finding>>,
}

impl Diagnostic {
    /// Whether the two would be shown alike.
    pub fn says_the_same(&self, other: &Diagnostic) -> bool {
        let told = |of: &Diagnostic| (of.path.clone(), of.span.clone(), of.severity);
        told(self) == told(other) && self.code == other.code && self.message == other.message
    }
}

/// Another place that a diagnostic speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    pub path: Utf8PathBuf,
    pub span: Range<u32>,
    pub message: String,
}

/// A diagnostic in lines and columns, as the client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub range: Range<LineColumn>,
    pub severity: Severity,
    pub code: String,
    pub message: String,
    pub related: Vec<RelatedMark>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelatedMark {
    pub path: Utf8PathBuf,
    /// As the client wrote it, if the document is open.
    pub uri: Option<String>,
    pub range: Range<LineColumn>,
    pub message: String,
}

/// What the server sends of its own accord, in this order.
#[derive(Debug)]
pub enum Output {
    Publish {
        path: Utf8PathBuf,
        /// As the client wrote it, if the document is open.
        uri: Option<String>,
        version: Option<i32>,
        marks: Vec<Mark>,
    },
    Message {
        severity: Severity,
        text: String,
    },
    /// Work has begun that may be long; the receiver ends with it.
    Working {
        title: &'static str,
        done: tokio::sync::oneshot::Receiver<()>,
    },
}
