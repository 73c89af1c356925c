//! Everything that can happen to the analysis.

use super::data::{ClientFacts, Edit};
use super::view::View;
use camino::Utf8PathBuf;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Events are applied in the order in which they were sent.
#[derive(Debug)]
pub enum Event {
    Started(Arc<ClientFacts>),
    Opened {
        path: Utf8PathBuf,
        uri: String,
        version: i32,
        text: String,
    },
    Edited {
        path: Utf8PathBuf,
        version: i32,
        edits: Vec<Edit>,
    },
    Saved(Utf8PathBuf),
    Closed(Utf8PathBuf),
    /// The client saw changes on disk.
    FilesChanged(Vec<FileChange>),
    FoldersChanged {
        added: Vec<Utf8PathBuf>,
        removed: Vec<Utf8PathBuf>,
    },
    /// The answer is the state after all events before this one.
    Barrier {
        /// The disk is looked at again first.
        refresh: bool,
        reply: oneshot::Sender<Arc<View>>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    pub path: Utf8PathBuf,
    /// It came or went; else its text changed.
    pub listed: bool,
}
