//! The interpreter: a useful subset of Python over our own syntax tree.

mod access;
mod builtins;
mod call;
mod class;
mod collections;
mod exceptions;
mod expr;
mod fork;
mod format;
mod heap;
mod import;
mod objects;
mod operators;
mod stdlib;
mod stmt;
mod strings;
#[cfg(test)]
mod tests;

use crate::ast::ItemTree;
use crate::host::{Eval, Host, Raise};
use crate::modules::{SourceModule, Sources, Trace};
use crate::value::{Args, Value};
use fact::{FileId, Name, NodeId, Place, Reason, Unknown};
use fork::Pending;
use heap::{Heap, ObjectId};
use rustc_hash::FxHashMap;
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
        Budget { steps: 2_000_000, depth: 100, forks: 12 }
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
    trace: Trace,
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
    Body { frame: Frame, target: Option<crate::ast::ExprId>, body: crate::ast::Block, ran: bool },
}

impl<'s, H: Host> Interp<'s, H> {
    pub fn new(host: H, sources: &'s dyn Sources, budget: Budget) -> Interp<'s, H> {
        Interp {
            host,
            sources,
            heap: Heap::default(),
            modules: FxHashMap::default(),
            pending: Vec::new(),
            budget,
            depth: 0,
            forks: 0,
            tries: 0,
            yields: Vec::new(),
            handling: Vec::new(),
            calls: Vec::new(),
            trace: Trace::default(),
        }
    }

    /// Runs all of a module's statements in order.
    ///
    /// An exception that nothing catches ends it; names bound before stay bound.
    pub fn run_module(&mut self, source: &Arc<SourceModule>) -> Eval<()> {
        let scope = self.module_scope(source);
        if let Some(heap::Object::Scope(heap::Scope { module: Some(module), .. })) = self.heap.get_mut(scope) {
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
        let stop = self.pending.drain(mark..).find_map(|exit| match exit.flow {
            Flow::Raise(raise @ Raise::Stop(_)) => Some(raise),
            _ => None,
        });
        match (settled, stop) {
            (_, Some(stop)) => Err(stop),
            (Ok(value), None) => Ok(value),
            (Err(Flow::Raise(raise)), None) => Err(raise),
            (Err(_), None) => Ok(Value::None),
        }
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

    /// Whether an exception raised here could be caught by the code itself.
    pub fn in_try(&self) -> bool {
        self.tries > 0
    }

    /// The calls of project functions that are running, outermost first: where they were made.
    pub fn call_sites(&self) -> &[Place] {
        &self.calls
    }

    pub(crate) fn step(&mut self) -> Eval<()> {
        match self.budget.steps.checked_sub(1) {
            Some(left) => {
                self.budget.steps = left;
                Ok(())
            }
            None => Err(Raise::Stop(self.out_of_budget())),
        }
    }

    fn out_of_budget(&self) -> Unknown {
        Unknown { reason: Reason::Budget, place: self.calls.last().copied() }
    }

    fn enter_fork(&mut self) -> bool {
        if self.forks >= self.budget.forks {
            return false;
        }
        self.forks += 1;
        true
    }
}

pub(crate) fn unknown(reason: Reason, place: Place) -> Value {
    Value::unknown(Unknown::new(reason, place))
}
