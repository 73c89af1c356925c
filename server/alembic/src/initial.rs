//! The tables that a program makes by itself before its first migration runs.
//!
//! A history that is not self-contained starts from a database that `initial.metadata.create_all(engine)` has filled: a
//! snapshot of the first models, beside those that env.py compares with.

use crate::env::Workspace;
use crate::host::{Given, MigrationHost};
use crate::state::State;
use fact::files::Files;
use fact::{Fact, FileId, Name, Place, Reason, Unknown};
use python::ast::{Expr, ExprId, ItemTree};
use python::eval::{Budget, Interp};
use python::modules::{SourceModule, Trace};
use rustc_hash::FxHashSet;
use schema::apply::Context;
use schema::naming::NamingConvention;
use schema::{Operation, Step, Table, TableName, Written};
use std::sync::Arc;

/// What one `create_all` outside of the migrations makes.
#[derive(Debug, Clone)]
pub struct Initial {
    /// In the order of making.
    pub tables: Vec<Arc<Table>>,
    pub naming: Fact<NamingConvention>,
    /// The call.
    pub place: Place,
}

/// How the tables are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// As they are declared: what does not go through on them speaks against them.
    ExactlyThis,
    /// They may have more, or less.
    AtLeastThis,
}

/// What a search for them came to. It holds while `calls` and `trace` do.
#[derive(Debug, Clone, Default)]
pub struct Search {
    pub found: Vec<Initial>,
    pub calls: Vec<Call>,
    pub trace: Trace,
}

/// `name.attribute.metadata.create_all(engine)` in a module of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    module: FileId,
    path: Vec<Name>,
    place: Place,
}

const NEEDLE: &str = ".create_all(";

/// Every metadata that the project creates whole, but for the one of `target`, the file that env.py's is made in: what
/// that holds is where the history leads.
pub fn search(workspace: &dyn Workspace, files: &dyn Files, target: FileId, calls: Vec<Call>) -> Search {
    let mut search = Search { calls, ..Search::default() };
    let mut seen: FxHashSet<FileId> = FxHashSet::from_iter([target]);
    let modules = workspace.modules_with(NEEDLE);
    for call in &search.calls {
        let Some(module) = modules.iter().find(|module| module.file == call.module) else { continue };
        let host = MigrationHost::new(files, Given::Nothing);
        let mut interp = Interp::new(host, workspace.sources(), Budget::default());
        let found = read(&mut interp, module, call, &mut seen);
        search.trace.merge(interp.trace());
        search.found.extend(found);
    }
    search
}

/// The calls in the program that make all tables of a metadata. `passed` are files that are no part of it.
pub fn calls(workspace: &dyn Workspace, passed: &FxHashSet<FileId>) -> Vec<Call> {
    let modules = workspace.modules_with(NEEDLE);
    modules
        .iter()
        .filter(|module| !passed.contains(&module.file))
        .flat_map(|module| calls_in(module))
        .collect()
}

impl Initial {
    pub fn names(&self) -> impl Iterator<Item = TableName> {
        self.tables.iter().map(|table| table.name)
    }

    /// The database that the first revision finds. Its tables stay open for whoever judges them, since what made them is
    /// not part of the history; the code of a revision finds them as they are.
    pub fn state(&self, context: &Context, holds: Holds) -> State {
        let context = Context { naming: self.naming.clone(), ..context.clone() };
        let mut state = State::default();
        for table in &self.tables {
            let step = Step {
                operation: Operation::CreateTable { table: table.clone(), if_not_exists: true },
                place: table.place,
                call_site: Some(self.place),
                written: Written::Metadata,
                autocommit: false,
            };
            state.apply(&step, &context);
        }
        for table in self.names().filter(|_| holds == Holds::AtLeastThis) {
            if let Some(made) = state.schema.tables.get_mut(&table) {
                Arc::make_mut(made).open = Some(Unknown::new(Reason::ProgramMade, self.place));
            }
        }
        // The program may have run for years before it had migrations.
        State { schema: state.schema, ..State::default() }
    }
}

fn calls_in(module: &SourceModule) -> Vec<Call> {
    let mut calls = Vec::new();
    for (ordinal, item) in module.module.items.iter().enumerate() {
        for (at, expr) in item.tree.exprs.iter().enumerate() {
            let Expr::Call { func, args } = expr else { continue };
            let Expr::Attribute { value, attr } = item.tree.expr(*func) else { continue };
            if attr != "create_all" || args.len() != 1 {
                continue;
            }
            let Some(path) = dotted(&item.tree, *value) else { continue };
            let place = Place::new(module.file, ordinal as u32, ExprId(at as u32).into());
            calls.push(Call { module: module.file, path, place });
        }
    }
    calls
}

fn dotted(tree: &ItemTree, mut id: ExprId) -> Option<Vec<Name>> {
    let mut path = Vec::new();
    loop {
        match tree.expr(id) {
            Expr::Name(name) => {
                path.push(*name);
                path.reverse();
                return Some(path);
            }
            Expr::Attribute { value, attr } => {
                path.push(*attr);
                id = *value;
            }
            _ => return None,
        }
    }
}

/// The tables of a metadata, as the module that makes it declares them.
fn read(
    interp: &mut Interp<'_, MigrationHost<'_>>,
    module: &Arc<SourceModule>,
    call: &Call,
    seen: &mut FxHashSet<FileId>,
) -> Option<Initial> {
    let place = call.place;
    let (first, rest) = call.path.split_first()?;
    let mut value = interp.module_attribute(module, *first)?;
    for attribute in rest {
        value = interp.getattr(&value, *attribute, place).ok()?;
    }
    let found = sqlalchemy::metadata(interp, &value)?;
    let made_in = sqlalchemy::metadata::made_in(interp, &value)?;
    if !seen.insert(made_in) || !interp.load_module(made_in) {
        return None;
    }
    let tables = crate::host::tables_of(interp, found.key);
    // One that is not wholly known would say that it lacks what it has.
    if tables.is_empty() || tables.iter().any(|table| table.open.is_some()) {
        return None;
    }
    Some(Initial { tables: tables.into_iter().map(Arc::new).collect(), naming: found.convention, place })
}
