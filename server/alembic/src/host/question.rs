//! What an evaluation asked of its surroundings, and the state it was answered from.

use super::{Given, MigrationHost, Surroundings};
use crate::state::State;
use fact::{Place, Reason, Unknown};
use python::host::{Eval, Raise};
use rustc_hash::FxHashSet;
use schema::{Dialect, Operation, Step, TableName};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// The parts of the surroundings that were looked at.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The kind of the database.
    dialect: bool,
    /// What is in the database.
    state: bool,
    all_tables: bool,
    tables: FxHashSet<TableName>,
    /// The state after the first so many steps, the last of which is this one.
    answered: Option<(usize, Option<Arc<Step>>, State)>,
}

impl Asked {
    pub fn table(&mut self, table: TableName) {
        self.state = true;
        self.tables.insert(table);
    }

    pub fn all_tables(&mut self) {
        self.state = true;
        self.all_tables = true;
    }

    /// Answers rest on the steps before them too, so what those touch counts as asked.
    pub fn dependence(self, steps: &[Step]) -> Dependence {
        match self {
            Asked { state: true, .. } => {}
            Asked { dialect: true, .. } => return Dependence::Dialect,
            _ => return Dependence::Nothing,
        }
        let mut tables = self.tables;
        let mut all = self.all_tables;
        for step in steps {
            touched(step, &mut tables, &mut all);
        }
        let mut tables: Vec<TableName> = tables.into_iter().collect();
        tables.sort();
        if all { Dependence::Everything } else { Dependence::Tables(tables) }
    }
}

/// The tables that the steps name, without those whose rows alone they touch; `None`: they may touch any.
pub fn touched_tables<'s>(steps: impl IntoIterator<Item = &'s Step>) -> Option<FxHashSet<TableName>> {
    let (mut tables, mut all) = (FxHashSet::default(), false);
    for step in steps {
        touched(step, &mut tables, &mut all);
    }
    (!all).then_some(tables)
}

fn touched(step: &Step, tables: &mut FxHashSet<TableName>, all: &mut bool) {
    match &step.operation {
        Operation::CreateTable { table, .. } => {
            tables.insert(table.name);
        }
        Operation::DropTable { table, .. }
        | Operation::AddColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::AddConstraint { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::RenameConstraint { table, .. }
        | Operation::CreateIndex { table, .. }
        | Operation::SetTableComment { table, .. } => {
            tables.insert(*table);
        }
        Operation::RenameTable { from, to } => {
            tables.extend([*from, *to]);
        }
        Operation::Batch { table, steps, .. } => {
            tables.insert(*table);
            steps.iter().for_each(|step| touched(step, tables, all));
        }
        Operation::Either { left, right, .. } => {
            left.iter().chain(right).for_each(|step| touched(step, tables, all));
        }
        Operation::Data(_) | Operation::Nothing { .. } => {}
        _ => *all = true,
    }
}

/// What an evaluation rests on besides the modules it read. While [`Dependence::fingerprint`] is the same, so is what it
/// found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dependence {
    /// It asked nothing: it holds on every dialect, whatever stands before it.
    Nothing,
    /// It asked what kind of database this is, and nothing about what is in it.
    Dialect,
    Tables(Vec<TableName>),
    Everything,
}

impl Dependence {
    pub fn fingerprint(&self, surroundings: &Surroundings) -> u64 {
        let Surroundings { before, context, options } = surroundings;
        let mut hasher = DefaultHasher::new();
        match self {
            Dependence::Nothing => return 0,
            Dependence::Dialect => {
                context.dialect.hash(&mut hasher);
                return hasher.finish();
            }
            Dependence::Tables(tables) => {
                for table in tables {
                    before.schema.tables.get(table).hash(&mut hasher);
                    before.rows.is_empty(table).hash(&mut hasher);
                }
            }
            Dependence::Everything => {
                for (name, table) in &before.schema.tables {
                    name.hash(&mut hasher);
                    table.hash(&mut hasher);
                    before.rows.is_empty(name).hash(&mut hasher);
                }
                for (name, labels) in &before.schema.enums {
                    name.hash(&mut hasher);
                    labels.hash(&mut hasher);
                }
                for other in before.schema.others.keys() {
                    other.hash(&mut hasher);
                }
            }
        }
        before.schema.opaque.is_some().hash(&mut hasher);
        context.dialect.hash(&mut hasher);
        context.naming.hash(&mut hasher);
        format!("{options:?}").hash(&mut hasher);
        hasher.finish()
    }
}

impl<'a> MigrationHost<'a> {
    /// The surroundings, or the end of an evaluation that has none.
    pub(super) fn need_surroundings(&mut self, place: Place) -> Eval<&'a Surroundings> {
        self.asked.state = true;
        match self.given {
            Given::All(surroundings) => Ok(surroundings),
            Given::Nothing | Given::Dialect(_) => Err(no_answer(place)),
        }
    }

    /// The dialect that is replayed, `None` when none is configured; or the end of an evaluation that has none.
    pub(super) fn need_dialect(&mut self, place: Place) -> Eval<Option<Dialect>> {
        self.asked.dialect = true;
        match self.given {
            Given::All(surroundings) => Ok(surroundings.context.dialect),
            Given::Dialect(dialect) => Ok(dialect),
            Given::Nothing => Err(no_answer(place)),
        }
    }

    /// Whether something was asked that could not be answered.
    pub fn is_unanswered(&self) -> bool {
        match self.given {
            Given::All(_) => false,
            Given::Dialect(_) => self.asked.state,
            Given::Nothing => self.asked.state || self.asked.dialect,
        }
    }

    /// The state at this point of the course.
    pub(super) fn now(&mut self, surroundings: &Surroundings) -> State {
        // Courses of a fork share the steps before it, so the last answer is built upon while its steps still stand.
        let steps = self.state.log.steps();
        let (from, mut state) = match self.asked.answered.take() {
            Some((from, last, state)) if stands(steps, from, last.as_ref()) => (from, state),
            _ => (0, surroundings.before.clone()),
        };
        for step in &steps[from..] {
            state.apply(step, &surroundings.context);
        }
        self.asked.answered = Some((steps.len(), steps.last().cloned(), state.clone()));
        state
    }
}

fn no_answer(place: Place) -> Raise {
    Raise::Stop(Unknown::new(Reason::NoDialect, place))
}

fn stands(steps: &[Arc<Step>], len: usize, last: Option<&Arc<Step>>) -> bool {
    match (len.checked_sub(1), last) {
        (None, _) => true,
        (Some(at), Some(last)) => steps.get(at).is_some_and(|step| Arc::ptr_eq(step, last)),
        (Some(_), None) => false,
    }
}

/// The hash by which a trace knows a file's text again.
pub fn text_hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
