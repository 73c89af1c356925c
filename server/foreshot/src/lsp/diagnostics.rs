//! What there is to say about a snapshot: the findings of `foreshot check`, in bytes.

use super::data::{Diagnostic, Related, Severity};
use advice::{Checker, Finding, Judgement, Options, Spot};
use camino::{Utf8Path, Utf8PathBuf};
use fact::FileId;
use imbl::OrdMap;
use project::{Environment, Snapshot};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use std::sync::Arc;

/// Diagnostics by the file that they are about; versions share what is the same.
pub type Diagnostics = OrdMap<Utf8PathBuf, Arc<[Diagnostic]>>;

/// What the settings say about rules, by the name of the environment.
pub type Judging = FxHashMap<String, Arc<Options>>;

/// Every finding of every environment, and which files they are others for than in the version before.
#[derive(Default)]
pub struct Diagnosed {
    pub diagnostics: Diagnostics,
    judgements: Vec<Arc<Judgement>>,
    /// The files that a problem with a configuration is shown in.
    configurations: Vec<Utf8PathBuf>,
}

impl Diagnosed {
    /// Goes on to `snapshot`, where `problems` are those of the configuration. The paths are those of which something
    /// else is said, or the same elsewhere.
    pub fn update(
        &mut self,
        snapshot: &Snapshot,
        judging: &Judging,
        checker: &Checker,
        problems: Vec<Diagnostic>,
    ) -> FxHashSet<Utf8PathBuf> {
        let judge = |environment: &Arc<Environment>| {
            let options = judging.get(&*environment.name()).cloned().unwrap_or_default();
            checker.judge(environment, &options)
        };
        let judgements: Vec<Arc<Judgement>> = snapshot.environments.iter().map(judge).collect();
        checker.tidy();
        let mut changed: FxHashSet<Utf8PathBuf> = FxHashSet::default();
        let mut files: Vec<FileId> = Vec::new();
        match judgements.len() == self.judgements.len() {
            true => {
                let versions = judgements.iter().zip(&self.judgements);
                files.extend(versions.flat_map(|(now, before)| now.changed_since(before)));
            }
            false => {
                files.extend(judgements.iter().flat_map(|judgement| judgement.files()));
                changed.extend(self.diagnostics.keys().cloned());
            }
        }
        let paths = files.into_iter().filter_map(|file| snapshot.path(file));
        changed.extend(paths.map(|path| path.to_path_buf()));
        changed.extend(self.configurations.drain(..));
        self.configurations.extend(problems.iter().map(|problem| problem.path.clone()));
        changed.extend(self.configurations.iter().cloned());
        self.judgements = judgements;
        for path in &changed {
            let of_file = self.of_file(snapshot, path, &problems);
            match of_file.is_empty() {
                true => self.diagnostics.remove(path),
                false => self.diagnostics.insert(path.clone(), of_file.into()),
            };
        }
        changed
    }

    fn of_file(&self, snapshot: &Snapshot, path: &Utf8Path, problems: &[Diagnostic]) -> Vec<Diagnostic> {
        let mut out: Vec<Diagnostic> = Vec::new();
        let file = snapshot.store.known_id(path);
        let findings =
            file.into_iter().flat_map(|file| self.judgements.iter().flat_map(move |of| of.of_file(file)));
        let found = findings.filter_map(|finding| diagnostic(snapshot, finding));
        for diagnostic in found.chain(problems.iter().filter(|problem| problem.path == path).cloned()) {
            // Environments may share their files.
            if !out.iter().any(|known| known.says_the_same(&diagnostic)) {
                out.push(diagnostic);
            }
        }
        out
    }
}

fn diagnostic(snapshot: &Snapshot, finding: &Arc<Finding>) -> Option<Diagnostic> {
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
        finding: Some(finding.clone()),
    })
}

fn place(snapshot: &Snapshot, spot: &Spot) -> Option<(Utf8PathBuf, Range<u32>)> {
    let (path, span) = spot.bytes(&snapshot.store)?;
    Some((path.to_path_buf(), span))
}
