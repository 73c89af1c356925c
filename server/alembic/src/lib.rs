//! Alembic as text describes it: configuration, revision files, the graph of revisions.

pub mod graph;
