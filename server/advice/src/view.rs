//! What a rule gets to see: one unit, and the way to what surrounds it.

use crate::locate::locate;
use crate::lookup::{At, Lookup};
use crate::rows::Standing;
use crate::walk::{Visit, walk};
use alembic::config::ConfigError;
use alembic::env::EnvFacts;
use alembic::evaluate::{Direction, Ended, Evaluation};
use alembic::graph::{Graph, Rev};
use alembic::history::{Down, Point};
use fact::{Fact, FileId, Name, Place, Reason, Unknown};
use project::{Environment, Revision, Store};
use python::ast::{Span, Stmt};
use rustc_hash::FxHashSet;
use schema::apply::Context;
use schema::dialect::canonical;
use schema::{Kind, Schema, Table, TableName};
use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;

/// The environment that a unit belongs to. What is asked of it beyond this is noted, see [`Reads`].
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    environment: &'a Environment,
}

/// What the findings of a revision rest on besides the revision itself: they hold only as long as this does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    /// How revisions hang together.
    pub graph: bool,
    /// What env.py says.
    pub env: bool,
    /// What became of these tables in the whole history.
    pub tables: FxHashSet<TableName>,
    /// What these revisions do.
    pub revisions: FxHashSet<Rev>,
    /// The whole history.
    pub history: bool,
}

impl Reads {
    /// Whether other revisions were looked at.
    pub fn consult(&self) -> bool {
        self.history || !self.tables.is_empty() || !self.revisions.is_empty()
    }
}

impl<'a> Scene<'a> {
    pub fn new(environment: &'a Environment) -> Scene<'a> {
        Scene { environment }
    }

    pub fn store(&self) -> &'a Store {
        self.environment.roots.store()
    }

    /// The dialects of the environment that are known.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> + 'a {
        self.environment.dialects.iter().flatten().map(|dialect| dialect.kind)
    }

    pub fn file_name(&self, file: FileId) -> String {
        let path = self.store().path(file);
        path.and_then(|path| path.file_name().map(str::to_owned)).unwrap_or_default()
    }
}

/// A configuration that cannot be used, and the line that says why.
pub(crate) struct ConfigurationView<'a> {
    pub error: &'a ConfigError,
    pub file: FileId,
    pub span: Span,
}

/// One revision file, and what it says about itself.
pub(crate) struct FileView<'a> {
    pub revision: &'a Arc<Revision>,
}

/// The revision graph.
pub(crate) struct GraphView<'a> {
    pub scene: Scene<'a>,
}

impl<'a> GraphView<'a> {
    pub fn environment(&self) -> &'a Environment {
        self.scene.environment
    }
}

/// One revision on one dialect, with everything that it does.
pub(crate) struct RevisionView<'a> {
    pub scene: Scene<'a>,
    pub context: &'a Context,
    pub point: &'a Point,
    pub revision: &'a Arc<Revision>,
    pub upgrade: Vec<Visit<'a>>,
    pub down: &'a Down,
    pub downgrade: Vec<Visit<'a>>,
    lookup: &'a Lookup<'a>,
    reads: RefCell<Reads>,
}

/// One operation of a revision.
pub(crate) struct OperationView<'a> {
    pub at: &'a RevisionView<'a>,
    pub direction: Direction,
    /// In the list of its direction.
    pub index: usize,
    pub visit: &'a Visit<'a>,
}

impl<'a> RevisionView<'a> {
    pub fn new(
        scene: Scene<'a>,
        context: &'a Context,
        point: &'a Point,
        revision: &'a Arc<Revision>,
        down: &'a Down,
        lookup: &'a Lookup<'a>,
    ) -> RevisionView<'a> {
        RevisionView {
            scene,
            context,
            point,
            revision,
            upgrade: walk(&point.applied, context),
            down,
            downgrade: walk(&down.applied, context),
            lookup,
            reads: RefCell::default(),
        }
    }

    pub fn id(&self) -> Name {
        self.scene.environment.graph.id(self.point.rev)
    }

    pub fn kind(&self) -> Option<Kind> {
        self.context.kind()
    }

    pub fn key(&self, table: &TableName) -> TableName {
        canonical(*table, self.kind())
    }

    /// The rest of the history.
    pub fn lookup(&self) -> &'a Lookup<'a> {
        self.read(|reads| (reads.graph, reads.history) = (true, true));
        self.lookup
    }

    /// The rest of the history, for what becomes of one table and its columns and nothing else.
    pub fn lookup_of(&self, table: &TableName) -> &'a Lookup<'a> {
        let key = self.key(table);
        self.read(|reads| {
            reads.graph = true;
            reads.tables.insert(key);
        });
        self.lookup
    }

    /// Another revision of this history.
    pub fn other(&self, rev: Rev) -> Option<(&'a Arc<Point>, &'a Arc<Revision>)> {
        self.read(|reads| {
            reads.graph = true;
            reads.revisions.insert(rev);
        });
        Some((self.lookup.history.point(rev)?, self.scene.environment.revision(rev)?))
    }

    pub fn graph(&self) -> &'a Graph {
        self.read(|reads| reads.graph = true);
        &self.scene.environment.graph
    }

    /// The revision that a file holds.
    pub fn rev_of(&self, file: FileId) -> Option<Rev> {
        self.read(|reads| reads.graph = true);
        self.scene.environment.rev_of(file)
    }

    pub fn env(&self) -> &'a EnvFacts {
        self.read(|reads| reads.env = true);
        self.scene.environment.env()
    }

    fn read(&self, note: impl FnOnce(&mut Reads)) {
        note(&mut self.reads.borrow_mut());
    }

    /// What was asked so far of anything but the revision.
    pub fn into_reads(self) -> Reads {
        self.reads.into_inner()
    }

    pub fn visits(&self, direction: Direction) -> &[Visit<'a>] {
        match direction {
            Direction::Upgrade => &self.upgrade,
            Direction::Downgrade => &self.downgrade,
        }
    }

    pub fn evaluation(&self, direction: Direction) -> &Evaluation {
        match direction {
            Direction::Upgrade => &self.point.upgrade,
            Direction::Downgrade => &self.down.evaluation,
        }
    }

    /// Whether everything that the direction does is told by its steps.
    pub fn is_read(&self, direction: Direction) -> bool {
        self.evaluation(direction).ended == Ended::Normally
    }

    /// The operation fails, and an exception handler around it may have reckoned with that.
    pub fn caught(&self, visit: &Visit<'_>) -> Option<Unknown> {
        let failed = visit.failures.first()?;
        let store = self.scene.store();
        let places = [Some(failed.place), Some(visit.step.place), visit.step.call_site];
        let caught = places.into_iter().flatten().find(|place| is_guarded(store, *place))?;
        Some(Unknown::new(Reason::UndecidedTest, caught))
    }

    /// The name in `def upgrade`, else the whole file.
    pub fn function(&self, direction: Direction) -> Place {
        let facts = &self.revision.facts;
        let place = match direction {
            Direction::Upgrade => &facts.upgrade,
            Direction::Downgrade => &facts.downgrade,
        };
        match place {
            Fact::Known(Some(place)) => *place,
            _ => Place::whole_file(facts.file),
        }
    }

    /// The rows of a table when `visit` meets it.
    pub fn standing(&self, visit: &Visit<'_>, table: &TableName) -> Standing {
        visit.rows.standing(&self.key(table), &self.point.before.schema)
    }
}

impl<'a> Deref for OperationView<'a> {
    type Target = Visit<'a>;

    fn deref(&self) -> &Visit<'a> {
        self.visit
    }
}

impl OperationView<'_> {
    /// The table as the operation meets it.
    pub fn table(&self, name: &TableName) -> Option<&Arc<Table>> {
        table_in(&self.before, name, self.at.kind())
    }

    pub fn standing(&self, table: &TableName) -> Standing {
        self.at.standing(self.visit, table)
    }

    /// For questions to other revisions.
    pub fn here(&self) -> At {
        At { rev: self.at.point.rev, downgrade: self.is_downgrade() }
    }

    pub fn is_downgrade(&self) -> bool {
        self.direction == Direction::Downgrade
    }
}

/// The place is in the body of a `try` that catches something.
fn is_guarded(store: &Store, place: Place) -> bool {
    let Some(at) = locate(store, place) else { return false };
    let Some(within) = at.tree.span(place.node) else { return false };
    at.tree.stmts.iter().any(|stmt| {
        let Stmt::Try { body, handlers, .. } = stmt else { return false };
        let encloses = |span: Span| span.start <= within.start && within.end <= span.end;
        !handlers.is_empty() && body.iter().any(|id| at.tree.span((*id).into()).is_some_and(encloses))
    })
}

pub(crate) fn table_in<'s>(
    schema: &'s Schema,
    name: &TableName,
    kind: Option<Kind>,
) -> Option<&'s Arc<Table>> {
    schema.tables.get(&canonical(*name, kind))
}

/// The message of the related place from which a helper was called.
pub(crate) const CALLED_HERE: &str = "called here";

impl OperationView<'_> {
    /// A draft about this operation at `spot`, with the call site of the helper that it stands in.
    pub fn draft(
        &self,
        spot: impl Into<crate::finding::Spot>,
        subject: crate::finding::Subject,
        message: impl Into<String>,
    ) -> crate::sink::Draft {
        let draft = crate::sink::Draft::new(spot, subject, message);
        match self.step.call_site {
            Some(site) => draft.related(site, CALLED_HERE),
            None => draft,
        }
    }
}
