//! Alembic as text describes it: configuration, revision files, the graph of revisions.

pub mod config;
pub mod discover;
pub mod file_name;
pub mod graph;
pub mod layout;
pub mod revision_file;
pub mod script;
