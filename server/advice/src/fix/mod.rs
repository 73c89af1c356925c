//! Corrections: edits of text, made on demand for one finding.

mod desk;
pub(crate) mod downgrade;
pub(crate) mod existing;
pub(crate) mod literal;
pub(crate) mod required;

pub(crate) use desk::Desk;

use crate::finding::Finding;
use crate::options::Options;
use camino::Utf8Path;
use fact::FileId;
use project::Snapshot;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One way to correct a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub applicability: Applicability,
    /// In order of file and position; they do not overlap.
    pub edits: Vec<Edit>,
    /// Hash of the text of each file that the edits apply to, by [`Fix::hash`].
    pub texts: Vec<(FileId, u64)>,
}

/// Bytes of a file and what is to stand there instead. The text has no byte order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub file: FileId,
    pub path: Arc<Utf8Path>,
    pub range: Range<u32>,
    pub new_text: String,
}

/// Who may apply a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// Same schema and data by construction.
    Safe,
    /// It changes what runs, or assumes something.
    Unsafe,
    /// A person supplies a value: the text has a placeholder.
    NeedsInput,
}

/// Makes the fixes of one rule.
pub(crate) type Fixer = fn(&Desk<'_>, &Finding) -> Vec<Fix>;

/// The ways to correct `finding`, which must be one of this version of the workspace. The best one is first.
pub fn fixes(snapshot: &Snapshot, options: &Options, finding: &Finding) -> Vec<Fix> {
    let Some(fixer) = finding.rule.fix else { return Vec::new() };
    let environment = snapshot.environments.iter().find(|known| *known.name() == *finding.environment);
    match environment {
        Some(environment) => fixer(&Desk { environment, options }, finding),
        None => Vec::new(),
    }
}

impl Fix {
    /// The hash that tells one version of a text from another.
    pub fn hash(text: &str) -> u64 {
        alembic::host::text_hash(text)
    }

    /// The text of `file` after the edits; `None` if they do not fit it.
    pub fn apply(&self, file: FileId, text: &str) -> Option<String> {
        apply(self.edits.iter().filter(|edit| edit.file == file), text)
    }
}

/// `text` after `edits`, which are in order and do not overlap; `None` if they do, or do not fit.
pub fn apply<'e>(edits: impl IntoIterator<Item = &'e Edit>, text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.range.start as usize, edit.range.end as usize);
        if end < start {
            return None;
        }
        out.push_str(text.get(at..start)?);
        out.push_str(&edit.new_text);
        text.get(start..end)?;
        at = end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

impl fmt::Display for Applicability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
            Applicability::NeedsInput => "needs-input",
        })
    }
}
