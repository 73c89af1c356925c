//! The surroundings that a migration meets: `op`, the connection, the inspector.
//!
//! Directives become [`Step`]s in a log. Questions (which dialect, which tables) are answered from the schema replayed so
//! far; a host without surroundings stops at the first question, so that what asks none is evaluated once for all.

mod batch;
mod bind;
mod compilers;
mod directive;
mod handle;
mod inspect;
mod log;
mod metadata;
mod names;
mod operations;
mod question;
mod reflect;
mod rows;
mod sql;

use crate::options::ContextOptions;
use crate::state::State;
use fact::files::Files;
use fact::{Name, Place, Reason, Unknown};
use handle::{Handles, Kind};
use log::Log;
use python::eval::Interp;
use python::host::{Eval, Exception, Host, Raise};
use python::value::{Args, Call, Symbol, Value};
use question::Asked;
use rustc_hash::FxHashMap;
use schema::apply::Context;
use schema::{Dialect, Operation, Step, TableName, Touched, Written};
use std::sync::Arc;

pub(crate) use metadata::tables_of;
pub use question::{Dependence, text_hash, touched_tables};

/// What a revision's code runs in: the state of the database before it, and what operations mean there.
#[derive(Debug, Clone)]
pub struct Surroundings {
    pub before: State,
    pub context: Arc<Context>,
    pub options: ContextOptions,
}

/// What an evaluation may look at beside the code.
#[derive(Debug, Clone, Copy)]
pub enum Given<'a> {
    Nothing,
    /// What kind of database it is, but not what is in it.
    Dialect(Option<Dialect>),
    All(&'a Surroundings),
}

/// The host of one evaluation of `upgrade()` or `downgrade()`.
pub struct MigrationHost<'a> {
    given: Given<'a>,
    files: &'a dyn Files,
    state: HostState,
    asked: Asked,
    handles: Handles,
    answers: rows::Answers,
    /// What could not be read, in the order met; counted for the user.
    unknowns: Vec<Unknown>,
    /// How many operations each table has had, in all courses.
    changes: FxHashMap<TableName, usize>,
}

/// What a fork puts back.
#[derive(Clone, Default)]
pub struct HostState {
    log: Log,
    /// `batch_alter_table` blocks that are open, innermost last.
    blocks: Vec<batch::Block>,
    /// Depth of `autocommit_block()`.
    autocommit: u32,
    /// `Table(...)` calls so far: what the metadata that they name holds.
    tables: Vec<Value>,
    /// Metadata that were filled from the database.
    reflected: Vec<Value>,
    /// What each inspector has answered: it asks the database once, whatever happens to the schema afterwards.
    answers: imbl::HashMap<(u32, inspect::Question), Value>,
    /// How many rows were taken from each answer of the catalogue.
    taken: imbl::HashMap<u32, usize>,
}

impl<'a> MigrationHost<'a> {
    /// The evaluation stops at the first question that what is given does not answer.
    pub fn new(files: &'a dyn Files, given: Given<'a>) -> MigrationHost<'a> {
        MigrationHost {
            given,
            files,
            state: HostState::default(),
            asked: Asked::default(),
            handles: Handles::default(),
            answers: rows::Answers::default(),
            unknowns: Vec::new(),
            changes: FxHashMap::default(),
        }
    }

    /// What happened, and what it depended on.
    pub fn finish(self) -> (Vec<Step>, Dependence, Vec<Unknown>) {
        let steps = self.state.log.into_steps();
        let dependence = self.asked.dependence(&steps);
        (steps, dependence, self.unknowns)
    }

    /// Steps that an evaluation that stopped halfway leaves, with the stop itself as an opaque step.
    pub fn stop(&mut self, because: Unknown) {
        while let Some(block) = self.state.blocks.pop() {
            block.close(&mut self.state);
        }
        let place = because.place.unwrap_or(Place::whole_file(fact::FileId(0)));
        self.opaque(Touched::Anything, because, place, None);
    }

    /// What it costs to keep an operation, in steps. A table that is changed again and again is kept each time, and has
    /// grown meanwhile.
    fn cost(&mut self, operation: &Operation) -> usize {
        let table = match operation {
            Operation::Data(_) | Operation::Nothing { .. } => return 0,
            Operation::AddColumn { table, .. }
            | Operation::AlterColumn { table, .. }
            | Operation::AddConstraint { table, .. }
            | Operation::CreateIndex { table, .. } => *table,
            _ => return KEPT,
        };
        let changes = self.changes.entry(table).or_default();
        *changes += 1;
        KEPT + *changes
    }

    fn push(&mut self, step: Step) {
        self.state.log.push(step);
    }

    /// Notes that something may have happened that cannot be told.
    fn opaque(&mut self, touches: Touched, because: Unknown, place: Place, call_site: Option<Place>) {
        self.unknowns.push(because.clone());
        let autocommit = self.state.autocommit > 0;
        let operation = Operation::Opaque { touches, because };
        self.push(Step { operation, place, call_site, written: Written::Op, autocommit });
    }
}

type Cx<'a, 's> = Interp<'s, MigrationHost<'a>>;

/// What it costs to keep an operation, in steps: the schema after it, and what it fails with, is kept too.
const KEPT: usize = 40;

/// Records one step, or raises if the code itself watches for its failure.
fn record(cx: &mut Cx<'_, '_>, mut operation: Operation, place: Place, written: Written) -> Eval<()> {
    let cost = cx.host.cost(&operation);
    if cost > 0 {
        cx.spend(cost)?;
    }
    if written != Written::Sql {
        compilers::apply(cx, &mut operation, place)?;
    }
    let step = Step {
        operation,
        place,
        call_site: cx.call_sites().get(1).copied(),
        written,
        autocommit: cx.host.state.autocommit > 0,
    };
    if let Some(unknown) = unknown_of(&step.operation) {
        cx.host.unknowns.push(unknown.clone());
    }
    watch(cx, &step)?;
    cx.host.push(step);
    Ok(())
}

/// Raises what a step that fails raises, if the code itself is prepared for it.
fn watch(cx: &mut Cx<'_, '_>, step: &Step) -> Eval<()> {
    if !cx.in_try() || matches!(step.operation, Operation::Opaque { .. } | Operation::Nothing { .. }) {
        return Ok(());
    }
    let surroundings = cx.host.need_surroundings(step.place)?;
    let mut now = cx.host.now(surroundings);
    let outcome = schema::apply::apply(&mut now.schema, step, &surroundings.context);
    if outcome.failures.is_empty() {
        return Ok(());
    }
    let batch = matches!(step.operation, Operation::Batch { .. });
    let class = match surroundings.context.kind() {
        // A block that rebuilds the table looks for its parts in Python.
        Some(schema::Kind::Sqlite) if batch => Value::Builtin(fact::name("ValueError")),
        Some(schema::Kind::Postgresql | schema::Kind::Mssql) => {
            Value::path("sqlalchemy.exc.ProgrammingError")
        }
        _ => Value::path("sqlalchemy.exc.OperationalError"),
    };
    Err(Raise::Exception(Exception { class, args: Vec::new(), place: step.place }))
}

fn unknown_of(operation: &Operation) -> Option<&Unknown> {
    match operation {
        Operation::Opaque { because, .. } => Some(because),
        Operation::DropConstraint { name, .. } => name.unknown(),
        Operation::DropIndex { name, .. } => name.unknown(),
        Operation::AddColumn { column, .. } => column.ty.unknown().or(column.nullable.unknown()),
        _ => None,
    }
}

impl<'a> Host for MigrationHost<'a> {
    type State = HostState;

    fn save(&self) -> HostState {
        self.state.clone()
    }

    fn restore(&mut self, state: HostState) {
        self.state = state;
    }

    fn join(left: HostState, right: HostState, because: &Unknown) -> HostState {
        // Blocks are opened and closed inside one course, so both have the same ones.
        let blocks = left
            .blocks
            .into_iter()
            .zip(right.blocks)
            .map(|(left, right)| batch::Block { log: Log::join(left.log, right.log, because), ..left })
            .collect();
        HostState {
            log: Log::join(left.log, right.log, because),
            blocks,
            autocommit: left.autocommit.min(right.autocommit),
            tables: if left.tables.len() >= right.tables.len() { left.tables } else { right.tables },
            answers: left.answers.intersection_with(right.answers, |left, _| left),
            taken: left.taken.union_with(right.taken, usize::max),
            reflected: if left.reflected.len() >= right.reflected.len() {
                left.reflected
            } else {
                right.reflected
            },
        }
    }

    fn call(cx: &mut Interp<'_, Self>, callee: &Value, args: &Args, place: Place) -> Option<Eval> {
        if let Some(result) = sqlalchemy::hooks::call(cx, callee, args, place) {
            return Some(result);
        }
        match callee.as_symbol() {
            Some(Symbol::Path(path)) => call_path(cx, *path, args, place),
            Some(Symbol::Attribute { of, name, .. }) => call_method(cx, of, *name, args, place),
            _ => match callee {
                Value::Handle(handle) => handle::call(cx, *handle, args, place),
                _ => outside(cx, callee, args, place),
            },
        }
    }

    fn call_unknown(cx: &mut Interp<'_, Self>, callee: &Unknown, args: &Args, place: Place) {
        // What a row holds, or what a loop over rows gives, is no code that changes a schema.
        if rests_on_rows(&callee.reason) {
            return;
        }
        // A function that cannot be found may do anything with the connection it is given, or with `op` by itself.
        if hands_over_connection(args) || args.discarded && !cx.importing() {
            let site = cx.call_sites().get(1).copied();
            cx.host.opaque(Touched::Anything, callee.clone(), place, site);
        }
    }

    fn getattr(cx: &mut Interp<'_, Self>, of: &Value, name: Name, place: Place) -> Option<Eval> {
        match of {
            Value::Handle(handle) => handle::getattr(cx, *handle, name, place),
            Value::Symbol(_) if name == "tables" => reflect::tables(cx, of, place)
                .or_else(|| metadata::tables(cx, of, place).map(Ok))
                .or_else(|| sqlalchemy::hooks::getattr(cx, of, name, place)),
            _ => names::getattr(cx, of, name, place)
                .or_else(|| sqlalchemy::hooks::getattr(cx, of, name, place)),
        }
    }

    fn subscript(cx: &mut Interp<'_, Self>, of: &Value, index: &Value, place: Place) -> Option<Eval> {
        match of {
            Value::Handle(handle) => handle::subscript(cx, *handle, index, place),
            _ => None,
        }
    }

    fn iterate(cx: &mut Interp<'_, Self>, of: &Value, place: Place) -> Option<Eval<Vec<Value>>> {
        match of {
            Value::Handle(handle) => handle::iterate(cx, *handle, place),
            _ => sqlalchemy::hooks::iterate(cx, of, place),
        }
    }

    fn truth(cx: &mut Interp<'_, Self>, of: &Value) -> Option<bool> {
        match of {
            Value::Handle(handle) => handle::truth(cx, *handle),
            _ => sqlalchemy::hooks::truth(cx, of),
        }
    }

    fn enter(cx: &mut Interp<'_, Self>, of: &Value, place: Place) -> Option<Eval> {
        match of {
            Value::Handle(handle) => handle::enter(cx, *handle, place),
            _ => None,
        }
    }

    fn exit(cx: &mut Interp<'_, Self>, of: &Value, place: Place) -> Eval<()> {
        match of {
            Value::Handle(handle) => handle::exit(cx, *handle, place),
            _ => Ok(()),
        }
    }

    fn isinstance(cx: &mut Interp<'_, Self>, value: &Value, class: &Value) -> Option<bool> {
        sqlalchemy::hooks::isinstance(cx, value, class)
    }

    fn is_subclass(raised: Name, handler: Name) -> Option<bool> {
        sqlalchemy::hooks::is_subclass(raised, handler)
    }

    fn read_file(cx: &mut Interp<'_, Self>, path: &str) -> Option<Value> {
        let text = cx.host.files.read(path.into()).ok();
        let hash = text.as_deref().map(text_hash);
        cx.trace_mut().files.insert(path.into(), hash);
        text.map(Value::Str)
    }
}

/// Whether a value is unknown because of what the database holds or how often something runs, not for want of its code.
fn rests_on_rows(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::Rows
            | Reason::UnknownLoop
            | Reason::UndecidedTest
            | Reason::Environment(_)
            | Reason::Raised(_)
    )
}

/// A function or class outside the project.
fn call_path<'a>(cx: &mut Cx<'a, '_>, path: Name, args: &Args, place: Place) -> Option<Eval> {
    if let Some(directive) = path.strip_prefix("alembic.op.") {
        return directive::op(cx, fact::name(directive), args, place);
    }
    if let Some(value) = names::call(cx, path, args, place) {
        return Some(value);
    }
    if path.ends_with(".Table") && path.starts_with("sqlalchemy.") {
        if let Some(reflected) = reflect::table(cx, args, place) {
            return Some(reflected);
        }
        let call = Call { callee: Value::path(&path), args: args.clone(), place };
        let table = Value::Symbol(Arc::new(Symbol::Call(call)));
        cx.host.state.tables.push(table.clone());
        return Some(Ok(table));
    }
    outside(cx, &Value::path(&path), args, place)
}

/// A method of something outside the project.
fn call_method<'a>(cx: &mut Cx<'a, '_>, of: &Value, name: Name, args: &Args, place: Place) -> Option<Eval> {
    if let Value::Handle(handle) = of {
        return handle::method(cx, *handle, name, args, place);
    }
    if names::is_operations(of) {
        return directive::op(cx, name, args, place);
    }
    if let Some(result) = metadata::method(cx, of, name, args, place) {
        return Some(result);
    }
    if name.ends_with("Session") || name == "sessionmaker" || name == "scoped_session" {
        // `db.Session(bind=bind)`: whoever makes it, a session on the connection is the connection.
        let kind = if name.ends_with("Session") { Kind::Bind } else { Kind::SessionMaker };
        if hands_over_connection(args) {
            return Some(Ok(handle::handle(cx, kind)));
        }
    }
    hand_over(cx, of.as_symbol().and_then(Symbol::root), args, place)
}

/// A function from outside the project.
fn outside<'a>(cx: &mut Cx<'a, '_>, callee: &Value, args: &Args, place: Place) -> Option<Eval> {
    let path = callee.as_symbol().and_then(Symbol::root);
    if let Some(answer) = hand_over(cx, path, args, place) {
        return Some(answer);
    }
    let path = path?;
    // Called for its own sake and not known to be harmless: it may use `op` by itself.
    if args.discarded && !cx.importing() && !names::is_harmless(&path) {
        let because = Unknown::new(Reason::OutsideProject(path.as_str().into()), place);
        let site = cx.call_sites().get(1).copied();
        cx.host.opaque(Touched::Anything, because, place, site);
    }
    None
}

/// Code from outside that gets the connection, or `op` itself, can do anything with it.
fn hand_over<'a>(cx: &mut Cx<'a, '_>, path: Option<Name>, args: &Args, place: Place) -> Option<Eval> {
    if !hands_over_connection(args) || path.is_some_and(|path| names::keeps_schema(&path)) {
        return None;
    }
    let told = path.map_or("a call", |path| path.as_str());
    let because = Unknown::new(Reason::OutsideProject(told.into()), place);
    let site = cx.call_sites().get(1).copied();
    cx.host.opaque(Touched::Anything, because.clone(), place, site);
    Some(Ok(Value::unknown(because)))
}

fn hands_over_connection(args: &Args) -> bool {
    args.list.iter().any(|arg| match &arg.value {
        Value::Handle(handle) => matches!(Kind::of(*handle), Some(Kind::Bind | Kind::Batch | Kind::Context)),
        other => names::is_operations(other),
    })
}
