//! `unreadable-revision`

use crate::finding::{Spot, Subject};
use crate::rule::declare_rule;
use crate::sink::{Draft, Sink};
use crate::view::FileView;
use alembic::revision_file::{Fault, FaultKind};
use fact::files::ReadError;

declare_rule! {
    /// ## What it does
    ///
    /// Finds files in a versions folder that Alembic cannot load. Such a file has a syntax error, has no `revision` or no
    /// `down_revision`, or holds something else than strings in them. Helper modules and `conftest.py` in the folder
    /// count: Alembic imports whatever ends in `.py` there.
    ///
    /// ## Why it matters
    ///
    /// Alembic loads every file of the folder before it does anything. One bad file stops `upgrade`, `downgrade`,
    /// `history` and `current` for everybody.
    ///
    /// ## Example
    ///
    /// ```python
    /// # versions/helpers.py
    /// def add_timestamps(table): ...
    /// ```
    ///
    /// ## Safe instead
    ///
    /// Keep helpers in a package beside the versions folder, and let each file of the folder assign `revision` and
    /// `down_revision` at its top level.
    ///
    /// ## Fix
    ///
    /// None: only you know which revision the file was meant to be.
    ///
    /// ## Sources
    ///
    /// Alembic: `ScriptDirectory._load_revisions`, `Script._from_filename`.
    "unreadable-revision", Error, Graph, hides ["*"];
    File(check);
}

fn check(view: &FileView<'_>, sink: &mut Sink<'_>) {
    let facts = &view.revision.facts;
    let fault = match &view.revision.parsed.text {
        Err(error) if !matches!(error, ReadError::Foreign(_)) => Some(Fault {
            kind: FaultKind::Unreadable(error.clone()),
            place: fact::Place::whole_file(facts.file),
        }),
        _ => facts.faults.first().cloned(),
    };
    let Some(fault) = fault else { return };
    let spot = match &fault.kind {
        FaultKind::Unknown { unknown, .. } => {
            sink.withhold(unknown);
            return;
        }
        FaultKind::Syntax(error) => Spot::Bytes(facts.file, error.span),
        _ => Spot::Place(fault.place),
    };
    let folder = facts.path.parent().and_then(|parent| parent.file_name()).unwrap_or("the folder");
    let message = format!(
        "Alembic cannot load this file: {}. Every Alembic command fails until it is fixed or moved out of {folder}.",
        fault.kind
    );
    sink.report(Draft::new(spot, Subject::default(), message));
}

#[cfg(test)]
mod tests {
    use crate::testing::{check_files, check_rule};

    #[test]
    fn files_that_alembic_cannot_load() {
        check_rule("unreadable-revision", "def upgrade(:\n#          ^ unreadable-revision\n    pass\n");
        check_rule(
            "unreadable-revision",
            "revision = 1\n#          ^ unreadable-revision\ndown_revision = None\n",
        );
        check_rule(
            "unreadable-revision",
            "revision = 'r1'\ndown_revision = [1]\n#                ^ unreadable-revision\n",
        );
        check_rule("unreadable-revision", "revision = 'r1'\n# unreadable-revision in the whole file\n");
        check_files(
            "unreadable-revision",
            &[("helpers.py", "def f(): ...\n# unreadable-revision in the whole file\n")],
        );
        check_files("unreadable-revision", &[("conftest.py", "\n# unreadable-revision in the whole file\n")]);
    }

    #[test]
    fn what_alembic_loads() {
        check_rule(
            "unreadable-revision",
            "from typing import Final\nrevision: Final[str] = 'a' 'b'\ndown_revision = None\n",
        );
        check_files("unreadable-revision", &[("abc123.py", "down_revision = None\n")]);
        check_files("unreadable-revision", &[("__init__.py", "def f(:\n"), ("notes.txt", "(((")]);
        check_rule("unreadable-revision", "BASE = None\nrevision = 'r1'\ndown_revision = BASE\n");
    }

    #[test]
    fn unknown_values_are_withheld() {
        check_rule("unreadable-revision", "import os\nrevision = os.environ['R']\ndown_revision = None\n");
    }
}
