//! The language server: one thread owns the analysis, handlers send it events and read its snapshots.
//!
//! Only [`backend`] and [`convert`] know the types of the protocol library.

mod backend;
mod convert;
mod data;
mod diagnostics;
mod discovery;
mod disk;
mod documents;
mod event;
mod frames;
mod guard;
mod handlers;
mod lines;
mod overlay;
mod parent;
mod publish;
mod transport;
mod view;
mod worker;

pub use discovery::Scope;

use anyhow::{Context, Result};
use tokio::io::{AsyncRead, AsyncWrite};

/// How the conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The client asked for the end before it left.
    Properly,
    /// It went away.
    Abruptly,
}

/// Serves one client, who writes to `input` and reads from `output`, until it leaves.
pub fn serve(
    scope: Scope,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Send + Unpin + 'static,
) -> Result<Ended> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    let ended = runtime.block_on(backend::serve(scope, input, output));
    // Standard input may still be waited for, and never end.
    runtime.shutdown_background();
    ended
}
