//! Foreshot: a language server and command-line tool for Alembic.

mod cache;
mod cli;
mod config;
mod encoding;
mod environment;
mod failure;
mod load;
mod lsp;
mod output;
mod packages;
mod style;
mod workspace;

pub use cli::main;
pub use lsp::{Ended, Scope, serve};
