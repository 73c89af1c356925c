//! What there is to say about a snapshot: the findings of `foreshot check`, in bytes.

use super::data::{Diagnostic, Related, Severity};
use advice::{Checker, Finding, Options, Spot};
use camino::Utf8PathBuf;
use project::Snapshot;
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// Diagnostics by the file that they are about.
pub type Diagnostics = FxHashMap<Utf8PathBuf, Vec<Diagnostic>>;

/// What the settings say about rules, by the name of the environment.
pub type Judging = FxHashMap<String, Arc<Options>>;

/// Every finding of every environment.
pub fn diagnose(snapshot: &Snapshot, judging: &Judging, checker: &Checker) -> Diagnostics {
    let mut out = Diagnostics::default();
    for environment in &snapshot.environments {
        let options = judging.get(&*environment.name()).cloned().unwrap_or_default();
        for finding in checker.check(environment, &options).findings {
            let Some(diagnostic) = diagnostic(snapshot, finding) else { continue };
            let of_file = out.entry(diagnostic.path.clone()).or_default();
            // Environments may share their files.
            if !of_file.iter().any(|known| known.says_the_same(&diagnostic)) {
                of_file.push(diagnostic);
            }
        }
    }
    checker.tidy();
    out
}

fn diagnostic(snapshot: &Snapshot, finding: Finding) -> Option<Diagnostic> {
    let (path, span) = place(snapshot, &finding.spot)?;
    let help = finding.help.as_ref().map(|help| Related {
        path: path.clone(),
        span: span.clone(),
        message: help.clone(),
    });
    let related = finding.related.iter().filter_map(|related| {
        let (path, span) = place(snapshot, &related.spot)?;
        Some(Related { path, span, message: related.message.clone() })
    });
    Some(Diagnostic {
        severity: match finding.severity {
            advice::Severity::Error => Severity::Error,
            advice::Severity::Warning => Severity::Warning,
            advice::Severity::Info => Severity::Info,
        },
        code: finding.rule.name.to_owned(),
        message: finding.message.clone(),
        related: help.into_iter().chain(related).collect(),
        path,
        span,
        finding: Some(Arc::new(finding)),
    })
}

fn place(snapshot: &Snapshot, spot: &Spot) -> Option<(Utf8PathBuf, Range<u32>)> {
    let (path, span) = spot.bytes(&snapshot.store)?;
    Some((path.to_path_buf(), span))
}
