//! What an evaluation may cost. Everything is counted in steps, so that results do not depend on the machine: a step is
//! an expression or statement, and big values cost more of them.

use super::heap::Object;
use super::{Interp, unknown};
use crate::host::{Eval, Host, Raise};
use crate::value::{Args, Function, MethodKind, Part, Symbol, Value};
use fact::{Place, Reason, Unknown};

/// Values that hold more than this, or hold it deeper, are not looked into any more.
const MAX_NODES: usize = 100_000;
const MAX_DEPTH: usize = 200;

/// Bytes of one text.
pub(super) const MAX_TEXT: usize = 4 << 20;

/// The stack that must be left for one level of nesting, and how much is added when it is not.
const RED_ZONE: usize = 256 * 1024;
const SEGMENT: usize = 4 << 20;

impl<H: Host> Interp<'_, H> {
    pub(crate) fn step(&mut self) -> Eval<()> {
        match self.steps.get().checked_sub(1) {
            Some(left) => {
                self.steps.set(left);
                Ok(())
            }
            None => Err(Raise::Stop(self.out_of_budget())),
        }
    }

    /// Takes steps off for work that is more than one step; the next step stops when there are none left.
    pub(crate) fn charge(&self, steps: usize) {
        self.steps.set(self.steps.get().saturating_sub(steps as u64));
    }

    /// What the host keeps of a call costs steps as well, so that a loop cannot fill the memory.
    pub fn spend(&mut self, steps: usize) -> Eval<()> {
        self.charge(steps);
        self.step()
    }

    pub(super) fn out_of_budget(&self) -> Unknown {
        Unknown { reason: Reason::Budget, place: self.calls.last().copied() }
    }

    pub(super) fn enter_fork(&mut self) -> bool {
        if self.forks >= self.budget.forks {
            return false;
        }
        self.forks += 1;
        true
    }

    pub(super) fn leave_fork(&mut self) {
        self.forks -= 1;
    }

    /// One level deeper into nested code, on a stack that is large enough.
    pub(super) fn deeper<R>(&mut self, run: impl FnOnce(&mut Self) -> R) -> R {
        stacker::maybe_grow(RED_ZONE, SEGMENT, || run(self))
    }

    /// How much reading a value may cost whoever gets it.
    pub(super) fn size_hint(&self, value: &Value) -> usize {
        match value {
            Value::Str(text) => text.len() / 8,
            Value::Bytes(bytes) => bytes.len() / 8,
            Value::Tuple(items) | Value::List(items) | Value::Set(items) => items.len(),
            Value::Dict(entries) => entries.len(),
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(items) | Object::Iterator { items, .. } => items.len(),
                Object::Dict(dict) | Object::Set(dict) => dict.len(),
                _ => 0,
            },
            _ => 0,
        }
    }

    /// A value that was put together, unless it has grown out of all proportion.
    pub(super) fn sized(&self, value: Value, place: Place) -> Value {
        let mut nodes = 0;
        let fits = measure(&value, 0, &mut nodes);
        self.charge(nodes / 16);
        if fits { value } else { unknown(Reason::Budget, place) }
    }

    /// The same for text.
    pub(super) fn sized_text(&self, value: Value, place: Place) -> Value {
        let bytes = match &value {
            Value::Str(text) => text.len(),
            Value::Partial(parts) => parts.iter().map(part_len).sum(),
            _ => 0,
        };
        self.charge(bytes / 256);
        if bytes > MAX_TEXT { unknown(Reason::Budget, place) } else { value }
    }
}

pub(super) fn part_len(part: &Part) -> usize {
    match part {
        Part::Text(text) => text.len(),
        Part::Unknown(_) => 16,
    }
}

fn measure(value: &Value, depth: usize, nodes: &mut usize) -> bool {
    *nodes += 1;
    if depth > MAX_DEPTH || *nodes > MAX_NODES {
        return false;
    }
    let mut all = |values: &[Value]| values.iter().all(|value| measure(value, depth + 1, nodes));
    match value {
        Value::Tuple(items) | Value::List(items) | Value::Set(items) => all(items),
        Value::Dict(entries) => entries
            .iter()
            .all(|(key, value)| measure(key, depth + 1, nodes) && measure(value, depth + 1, nodes)),
        Value::Function(function) => measure_function(function, depth, nodes),
        Value::Method(method) => {
            measure(&method.receiver, depth + 1, nodes)
                && match &method.kind {
                    MethodKind::Function(function) => measure_function(function, depth, nodes),
                    MethodKind::Partial(args) | MethodKind::Context(args) => measure_args(args, depth, nodes),
                    MethodKind::Native(_) | MethodKind::Super(_) => true,
                }
        }
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Path(_) => true,
            Symbol::Attribute { of, .. } => measure(of, depth + 1, nodes),
            Symbol::Call(call) => {
                measure(&call.callee, depth + 1, nodes) && measure_args(&call.args, depth, nodes)
            }
            Symbol::Item { of: left, index: right }
            | Symbol::Binary { left, right, .. }
            | Symbol::Compare { left, right, .. } => {
                measure(left, depth + 1, nodes) && measure(right, depth + 1, nodes)
            }
            Symbol::Unary { operand, .. } => measure(operand, depth + 1, nodes),
        },
        _ => true,
    }
}

fn measure_function(function: &Function, depth: usize, nodes: &mut usize) -> bool {
    let defaults = function.defaults.iter().flatten();
    defaults.chain(&function.decorators).all(|value| measure(value, depth + 1, nodes))
}

fn measure_args(args: &Args, depth: usize, nodes: &mut usize) -> bool {
    args.list.iter().all(|arg| measure(&arg.value, depth + 1, nodes))
}
