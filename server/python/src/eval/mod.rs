//! The interpreter: a useful subset of Python over our own syntax tree.

mod access;
mod attempt;
mod builtins;
mod call;
mod class;
mod closure;
mod compare;
mod comprehension;
mod condition;
mod containers;
mod conversions;
mod effects;
mod enums;
mod exceptions;
mod expr;
mod fork;
mod format;
mod globals;
mod heap;
mod import;
mod instances;
mod items;
mod iterables;
mod join;
mod limits;
mod loops;
mod objects;
mod operators;
mod paths;
mod percent;
mod pydantic;
mod regex;
mod sets;
mod spec;
mod stdlib;
mod stmt;
mod strings;
#[cfg(test)]
mod tests;
mod with;

use crate::ast::ItemTree;
use crate::host::{Eval, Host, Raise};
use crate::modules::{SourceModule, Sources, Trace};
use crate::value::{Args, Value};
use fact::{FileId, Name, NodeId, Place, Reason, Unknown};
use fork::Pending;
use heap::{Heap, ObjectId};
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::sync::Arc;

pub use objects::{Attribute, ClassView, InstanceView};

/// How a statement ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Flow {
    Normal,
    Return(Value),
    Break,
    Continue,
    Raise(Raise),
}

/// How much an evaluation may cost: counts, never time, so that results do not depend on the machine.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Expressions and statements.
    pub steps: u64,
    /// Nested calls.
    pub depth: u32,
    /// Nested undecided tests.
    pub forks: u32,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { steps: 500_000, depth: 100, forks: 12 }
    }
}

/// One evaluation: its heap, the modules that it has touched, and its host.
pub struct Interp<'s, H: Host> {
    pub host: H,
    sources: &'s dyn Sources,
    heap: Heap,
    modules: FxHashMap<FileId, LoadedModule>,
    pending: Vec<Pending<H>>,
    budget: Budget,
    /// Statements of imported modules that run on an allowance of steps.
    allowances: u32,
    /// What is left of the budget's steps.
    steps: Cell<u64>,
    depth: u32,
    forks: u32,
    /// `try` blocks with handlers around the present statement.
    tries: u32,
    /// What `yield` does in the generators that run now.
    yields: Vec<Yield>,
    /// The exceptions that are being handled.
    handling: Vec<Raise>,
    /// Calls that led here, from the outside in.
    calls: Vec<Place>,
    /// The functions that were called, and how much was undecided then.
    active: Vec<call::Activation>,
    /// What the host was asked to do so far, in numbers.
    requests: u64,
    trace: Trace,
    /// What statements of modules did that ran while there was more than one course.
    effects: FxHashMap<(FileId, u32), Arc<effects::Effect>>,
    /// Statements of modules that run right now.
    running: Vec<(FileId, u32)>,
    /// What each `defaultdict` makes for a missing key.
    factories: FxHashMap<ObjectId, Value>,
    /// Functions of modules with a decorator from outside that was called, and what it gave.
    registered: Vec<(Value, Value)>,
    /// Names that are looked for behind star imports right now, with the module that has the star.
    searching: Vec<(FileId, Name)>,
}

#[derive(Clone)]
struct LoadedModule {
    source: Arc<SourceModule>,
    scope: ObjectId,
}

/// Where a statement runs.
#[derive(Clone)]
pub(crate) struct Frame {
    file: FileId,
    item: u32,
    tree: Arc<ItemTree>,
    scope: ObjectId,
    /// The class whose method this is, and the object it was called on.
    owner: Option<(ObjectId, Option<Value>)>,
}

impl Frame {
    pub(crate) fn place(&self, node: impl Into<NodeId>) -> Place {
        Place::new(self.file, self.item, node.into())
    }
}

enum Yield {
    /// A generator that is run to its end: the list that takes its values.
    Collect(ObjectId),
    /// A context manager: the body of the `with` runs at its `yield`.
    Body(with::Managed),
}

impl<'s, H: Host> Interp<'s, H> {
    pub fn new(host: H, sources: &'s dyn Sources, budget: Budget) -> Interp<'s, H> {
        Interp {
            host,
            sources,
            heap: Heap::default(),
            modules: FxHashMap::default(),
            pending: Vec::new(),
            allowances: 0,
            steps: Cell::new(budget.steps),
            budget,
            depth: 0,
            forks: 0,
            tries: 0,
            yields: Vec::new(),
            handling: Vec::new(),
            calls: Vec::new(),
            active: Vec::new(),
            requests: 0,
            trace: Trace::default(),
            effects: FxHashMap::default(),
            running: Vec::new(),
            factories: FxHashMap::default(),
            registered: Vec::new(),
            searching: Vec::new(),
        }
    }

    /// Runs all of a module's statements in order.
    ///
    /// An exception that nothing catches ends it; names bound before stay bound.
    pub fn run_module(&mut self, source: &Arc<SourceModule>) -> Eval<()> {
        let scope = self.module_scope(source);
        if let Some(heap::Object::Scope(heap::Scope { module: Some(module), .. })) = self.heap.get_mut(scope)
        {
            module.whole = true;
        }
        for ordinal in 0..source.module.items.len() as u32 {
            self.run_item(source, scope, ordinal)?;
        }
        Ok(())
    }

    /// A name of a module, evaluated when it was not yet. `None`: nothing binds it.
    pub fn module_attribute(&mut self, source: &Arc<SourceModule>, name: Name) -> Option<Value> {
        self.module_name(source, name)
    }

    /// Calls a value and joins the courses that it may take. A course that raises is dropped when another one does not:
    /// what is replayed is a run that went through.
    pub fn call_whole(&mut self, callee: &Value, args: Args, place: Place) -> Eval {
        let mark = self.pending.len();
        let flow = match self.call(callee, args, place) {
            Ok(value) => Flow::Return(value),
            Err(raise) => Flow::Raise(raise),
        };
        let settled = self.settle(mark, flow, |flow| match flow {
            Flow::Normal => Some(Value::None),
            Flow::Return(value) => Some(value.clone()),
            _ => None,
        });
        let stopped = self.stopped_since(mark);
        self.pending.truncate(mark);
        match (settled, stopped) {
            (_, Some(stop)) => Err(stop),
            (Ok(value), None) => Ok(value),
            (Err(Flow::Raise(raise)), None) => Err(raise),
            (Err(_), None) => Ok(Value::None),
        }
    }

    /// Whether one of the courses that wait since `mark` cannot be followed any further.
    fn stopped_since(&self, mark: usize) -> Option<Raise> {
        self.pending.iter().skip(mark).find_map(|exit| match &exit.flow {
            Flow::Raise(raise @ Raise::Stop(_)) => Some(raise.clone()),
            _ => None,
        })
    }

    /// What of the project's modules was looked at so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    pub fn trace_mut(&mut self) -> &mut Trace {
        &mut self.trace
    }

    pub fn into_parts(self) -> (H, Trace) {
        (self.host, self.trace)
    }

    /// Whether a statement at the top level of a module is running: its module is being imported.
    pub fn importing(&self) -> bool {
        !self.running.is_empty()
    }

    /// Whether an exception raised here could be caught by the code itself.
    pub fn in_try(&self) -> bool {
        self.tries > 0
    }

    /// The calls of project functions that are running, outermost first: where they were made.
    pub fn call_sites(&self) -> &[Place] {
        &self.calls
    }

    /// The functions at the top of modules that a decorator from outside was called for, each with the decorator: what
    /// `@compiles(Class, "sqlite")` has registered so far.
    pub fn registered(&self) -> &[(Value, Value)] {
        &self.registered
    }

    #[cfg(test)]
    pub(crate) fn pending_exits(&self) -> usize {
        self.pending.len()
    }
}

pub(crate) fn unknown(reason: Reason, place: Place) -> Value {
    Value::unknown(Unknown::new(reason, place))
}
