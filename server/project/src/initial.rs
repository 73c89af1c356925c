//! Histories that start from tables which the program has made by itself.
//!
//! A table that no revision creates is assumed. Where the program creates all of them from a metadata of their own, and
//! every revision goes through on what that declares, the history starts from there.

use crate::environment::Environment;
use crate::roots::Roots;
use alembic::history::History;
use alembic::initial::{Holds, Initial, Search, calls, search};
use fact::FileId;
use imbl::ordmap::DiffItem;
use rustc_hash::FxHashSet;
use schema::apply::{Context, Failed};
use schema::{Operation, Table, TableName};
use std::sync::Arc;

/// The histories of an environment on every dialect.
pub(crate) type Histories = Vec<(Arc<Context>, Arc<History>)>;

/// What a history starts from, and the histories without it.
#[derive(Clone)]
pub(crate) struct Start {
    pub search: Arc<Search>,
    pub plain: Histories,
}

/// What the program makes before the first revision, if a history leaves a question and something may answer it.
pub(crate) fn find(
    environment: &Environment,
    plain: &Histories,
    before: Option<&Environment>,
) -> Option<Arc<Search>> {
    if !plain.iter().any(|(_, history)| !assumed(history).is_empty()) {
        return None;
    }
    let target = environment.env().target?;
    let workspace = environment.workspace();
    let mut passed: FxHashSet<FileId> =
        environment.revisions.iter().map(|revision| revision.parsed.file).collect();
    let store = environment.roots.store();
    passed.extend(environment.options.layout.env_py.iter().map(|path| store.id(path)));
    let calls = calls(&workspace, &passed);
    let known =
        before.and_then(|before| known(before, &environment.roots)).filter(|known| known.calls == calls);
    Some(known.unwrap_or_else(|| Arc::new(search(&workspace, &*store.files, target, calls))))
}

fn known(before: &Environment, roots: &Roots) -> Option<Arc<Search>> {
    let start = before.start.as_ref()?;
    start.search.trace.holds(roots).then(|| start.search.clone())
}

/// The one that makes every table that the histories lack. `fold` folds them from it.
pub(crate) fn choose(
    search: &Search,
    plain: &Histories,
    fold: impl Fn(&Initial, Holds) -> Histories,
) -> Option<Histories> {
    let lacking: FxHashSet<TableName> = plain.iter().flat_map(|(_, history)| assumed(history)).collect();
    let mut answers = search.found.iter().filter(|initial| {
        let made: FxHashSet<TableName> = initial.names().collect();
        lacking.is_subset(&made)
    });
    // Two that would do are none that is known.
    let (Some(initial), None) = (answers.next(), answers.next()) else { return None };
    let tried = fold(initial, Holds::ExactlyThis);
    let fits = plain.iter().zip(&tried).all(|((_, plain), (_, tried))| goes_through(tried, plain));
    fits.then(|| fold(initial, Holds::AtLeastThis))
}

/// Whether no revision fails in `tried` that did not fail the same way in `plain`.
fn goes_through(tried: &History, plain: &History) -> bool {
    tried.points.iter().zip(&plain.points).all(|(tried, plain)| {
        let known: Vec<&Failed> = plain.applied.iter().flat_map(|applied| &applied.failures).collect();
        tried.applied.iter().flat_map(|applied| &applied.failures).all(|failed| known.contains(&failed))
    })
}

/// The tables that a history uses and no revision creates.
fn assumed(history: &History) -> FxHashSet<TableName> {
    let mut assumed = FxHashSet::default();
    for applied in history.points.iter().flat_map(|point| &point.applied) {
        if matches!(applied.step.operation, Operation::RenameTable { .. }) {
            continue;
        }
        let changes = applied.before.tables.diff(&applied.after.tables);
        let new = changes.filter_map(|item| match item {
            DiffItem::Add(name, table) => Some((name, table)),
            DiffItem::Remove(..) | DiffItem::Update { .. } => None,
        });
        let is_assumed = |table: &Table| table.open.as_ref().is_some_and(|open| open.reason.is_assumed());
        assumed.extend(new.filter(|(_, table)| is_assumed(table)).map(|(name, _)| *name));
    }
    assumed
}
