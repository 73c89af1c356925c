//! Alembic as text describes it: configuration, env.py, revision files, their graph, and the history that they make.

pub mod config;
pub mod discover;
pub mod env;
pub mod evaluate;
pub mod file_name;
pub mod graph;
pub mod history;
pub mod host;
pub mod initial;
pub mod layout;
pub mod options;
pub mod revision_file;
pub mod script;
pub mod snippet;
pub mod state;
