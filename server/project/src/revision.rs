//! One revision file: what it says about itself, and what it does.

use crate::dialects::Named;
use crate::roots::{Roots, revision_module};
use crate::store::Parsed;
use alembic::evaluate::{Code, Direction, Ended, Evaluation, evaluate};
use alembic::host::{Dependence, Surroundings};
use alembic::revision_file::RevisionFile;
use fact::{Place, Reason, Unknown};
use python::modules::{SourceModule, Trace};
use schema::{Operation, Step, Touched, Written};
use std::sync::{Arc, OnceLock};

/// A revision file and what it says about itself.
#[derive(Debug)]
pub struct Revision {
    pub facts: Arc<RevisionFile>,
    pub parsed: Arc<Parsed>,
    pub module: Arc<SourceModule>,
    /// What `facts` rest on beside the file itself.
    trace: Option<Trace>,
    named: OnceLock<Named>,
}

impl Revision {
    /// Reads the facts of a file; modules of `roots` tell what its own literals do not.
    pub fn read(parsed: Arc<Parsed>, roots: &Roots) -> Revision {
        let module = revision_module(&parsed);
        let mut trace = None;
        let facts = match &parsed.text {
            Err(error) => RevisionFile::unreadable(&parsed.path, parsed.file, error.clone()),
            Ok(_) => {
                let mut facts = RevisionFile::read(&parsed.path, parsed.file, &parsed.module);
                if !parsed.is_broken() && facts.is_incomplete() {
                    trace = Some(facts.complete(&module, roots));
                }
                facts
            }
        };
        Revision { facts: Arc::new(facts), parsed, module, trace, named: OnceLock::new() }
    }

    pub(crate) fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// The databases that the file names.
    pub(crate) fn named(&self) -> &Named {
        self.named.get_or_init(|| Named::by(&self.parsed))
    }

    /// Whether reading `parsed` afresh would tell the same.
    pub fn holds(&self, parsed: &Arc<Parsed>, roots: &Roots) -> bool {
        Arc::ptr_eq(&self.parsed, parsed) && self.trace.as_ref().is_none_or(|trace| trace.holds(roots))
    }

    /// As [`evaluate`]; a file that Python could not run may do anything.
    pub fn evaluate(
        &self,
        direction: Direction,
        code: Code<'_>,
        surroundings: Option<&Surroundings>,
    ) -> Option<Evaluation> {
        match self.parsed.is_broken() {
            true => Some(self.opaque()),
            false => evaluate(&self.module, direction, code, surroundings),
        }
    }

    fn opaque(&self) -> Evaluation {
        let id = self.facts.revision.known().map(|id| id.name.as_str());
        let name = id.or(self.parsed.path.file_name()).unwrap_or_default();
        let place = Place::whole_file(self.parsed.file);
        let because = Unknown::new(Reason::UnreadableRevision(name.into()), place);
        let step = Step {
            operation: Operation::Opaque { touches: Touched::Anything, because: because.clone() },
            place,
            call_site: None,
            written: Written::Op,
            autocommit: false,
        };
        Evaluation {
            steps: Arc::from([step]),
            ended: Ended::Stopped(because.clone()),
            unknowns: vec![because],
            trace: Trace::default(),
            dependence: Dependence::Nothing,
        }
    }
}
