//! How answers are written.

pub mod json;
pub mod schema;
pub mod text;

use advice::{Finding, Fix, Options, Severity, Withheld};
use camino::Utf8Path;
use project::Snapshot;

/// What `check` found, to be written in one format or the other.
pub struct Found<'a> {
    pub snapshot: &'a Snapshot,
    pub options: &'a Options,
    /// The directory that paths are shown from.
    pub base: &'a Utf8Path,
    pub findings: Vec<Finding>,
    pub withheld: Vec<Withheld>,
    pub suppressed: usize,
}

impl Found<'_> {
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    pub fn revisions(&self) -> usize {
        self.snapshot.environments.iter().map(|environment| environment.graph.len()).sum()
    }

    pub fn files(&self) -> usize {
        self.snapshot.environments.iter().map(|environment| environment.revisions.len()).sum()
    }

    pub fn fixes(&self, finding: &Finding) -> Vec<Fix> {
        advice::fixes(self.snapshot, self.options, finding)
    }
}
