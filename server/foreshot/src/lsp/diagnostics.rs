//! What there is to say about a snapshot.

use super::data::{Diagnostic, Severity};
use alembic::graph::Problem;
use alembic::revision_file::FaultKind;
use camino::Utf8PathBuf;
use fact::Place;
use project::{Environment, Revision, Snapshot};
use rustc_hash::FxHashMap;

/// Diagnostics by the file that they are about.
pub type Diagnostics = FxHashMap<Utf8PathBuf, Vec<Diagnostic>>;

/// Everything worth saying, by the file that it is about.
pub fn diagnose(snapshot: &Snapshot) -> Diagnostics {
    let mut out = Diagnostics::default();
    let all = snapshot.environments.iter().flat_map(|environment| {
        let faults = environment.revisions.iter().flat_map(|revision| faults(snapshot, revision));
        faults.chain(problems(snapshot, environment))
    });
    for diagnostic in all {
        let of_file = out.entry(diagnostic.path.clone()).or_default();
        // Environments may share their files.
        if !of_file.contains(&diagnostic) {
            of_file.push(diagnostic);
        }
    }
    out
}

fn faults(snapshot: &Snapshot, revision: &Revision) -> Vec<Diagnostic> {
    let of_fault = |fault: &alembic::revision_file::Fault| {
        let span = match &fault.kind {
            FaultKind::Syntax(error) => Some(error.span.start..error.span.end),
            _ => snapshot.span(fault.place),
        };
        Diagnostic {
            path: revision.facts.path.clone(),
            span: span.unwrap_or_default(),
            severity: Severity::Error,
            code: "unreadable-revision".to_owned(),
            message: fault.kind.to_string(),
            related: Vec::new(),
        }
    };
    let hiding = revision.facts.faults.iter().filter(|fault| fault.kind.hides_the_graph());
    hiding.map(of_fault).collect()
}

fn problems(snapshot: &Snapshot, environment: &Environment) -> Vec<Diagnostic> {
    let of_problem = |problem: &Problem| {
        let revision = environment.revision(problem.revision()?)?;
        let message = problem.refusal(&environment.graph)?.to_string();
        let file = &revision.facts;
        let own_id = file.revision.known().map(|id| id.place);
        let (code, place) = match problem {
            Problem::BadCharacters { .. } => ("invalid-revision-id", own_id),
            Problem::MissingParent { missing, .. } => {
                ("unknown-revision", place_of(&file.down_revision, *missing))
            }
            Problem::MissingDependency { missing, .. } => {
                ("unknown-revision", place_of(&file.depends_on, *missing))
            }
            Problem::DuplicateLabel { .. } => ("duplicate-branch-label", file.branch_labels.place),
            _ => ("revision-cycle", file.down_revision.place),
        };
        let place = place.unwrap_or(Place::whole_file(file.file));
        Some(Diagnostic {
            path: file.path.clone(),
            span: snapshot.span(place).unwrap_or_default(),
            severity: Severity::Error,
            code: code.to_owned(),
            message,
            related: Vec::new(),
        })
    };
    environment.graph.problems().iter().filter_map(of_problem).collect()
}

fn place_of(ids: &alembic::revision_file::Ids, wanted: fact::Name) -> Option<Place> {
    let written = ids.ids.known()?.iter().find(|id| id.name == wanted);
    written.map(|id| id.place).or(ids.place)
}
