//! `with`: context managers of the project, generators among them, and those of a host.

use super::fork::Pending;
use super::heap::{Object, ObjectId};
use super::{Flow, Frame, Interp, Yield, access};
use crate::ast::{Stmt, StmtId, WithItem};
use crate::host::{Eval, Exception, Host, Raise};
use crate::value::{Args, MethodKind, Value};
use fact::{Place, Reason, Unknown};

/// The part of a `with` statement behind one of its managers: the managers from `next` on and the body.
#[derive(Clone)]
pub(super) struct Managed {
    frame: Frame,
    stmt: StmtId,
    next: usize,
    /// A list that is not empty once the body has run: it is in the heap so that a fork keeps the courses apart.
    ran: ObjectId,
}

impl<H: Host> Interp<'_, H> {
    pub(super) fn with(&mut self, frame: &Frame, stmt: StmtId, next: usize) -> Eval<Flow> {
        let tree = frame.tree.clone();
        let Stmt::With { items, body, .. } = tree.stmt(stmt) else { return Ok(Flow::Normal) };
        let Some(item) = items.get(next) else { return Ok(self.block(frame, body)) };
        let place = frame.place(item.context);
        let context = self.expr(frame, item.context)?;
        let mark = self.pending.len();
        if let Value::Method(method) = &context
            && let MethodKind::Context(args) = &method.kind
            && let Value::Function(function) = &method.receiver
        {
            let ran = self.heap.add(Object::List(Vec::new()));
            let managed = Managed { frame: frame.clone(), stmt, next: next + 1, ran };
            self.yields.push(Yield::Body(managed));
            let result = self.call_function(function, args.clone(), place);
            self.yields.pop();
            for exit in self.pending.iter_mut().skip(mark) {
                exit.flow = come_out(std::mem::replace(&mut exit.flow, Flow::Normal));
            }
            return match result {
                Ok(_) if self.is_empty_list(ran) => {
                    Err(access::raise("RuntimeError", "the generator did not yield", place))
                }
                Ok(_) => Ok(self.meet(mark, Flow::Normal)),
                Err(raise) => Ok(self.meet(mark, come_out(Flow::Raise(raise)))),
            };
        }
        let flow = match self.enter(frame, item, &context, place) {
            Err(raise) => return Err(raise),
            Ok(()) => match self.deeper(|this| this.with(frame, stmt, next + 1)) {
                Ok(flow) => flow,
                Err(raise) => Flow::Raise(raise),
            },
        };
        self.on_the_way_out(mark, |this, flow| this.leave(&context, flow, place));
        let flow = self.leave(&context, flow, place);
        Ok(self.meet(mark, flow))
    }

    /// Courses whose exception was swallowed go on behind the block.
    fn meet(&mut self, mark: usize, flow: Flow) -> Flow {
        let swallowed = |exit: &Pending<H>| exit.flow == Flow::Normal;
        if !self.pending.iter().skip(mark).any(swallowed) {
            return flow;
        }
        self.settle(mark, flow, |flow| (*flow == Flow::Normal).then_some(Value::None))
            .err()
            .unwrap_or(Flow::Normal)
    }

    fn is_empty_list(&self, id: ObjectId) -> bool {
        matches!(self.heap.get(id), Object::List(items) if items.is_empty())
    }

    /// The body of a `with` at the `yield` of its context manager. An early exit travels through the generator.
    pub(super) fn managed_body(&mut self, managed: &Managed, value: Value) -> Eval {
        if !self.is_empty_list(managed.ran) {
            return Ok(Value::None);
        }
        if let Some(Object::List(items)) = self.heap.get_mut(managed.ran) {
            items.push(Value::None);
        }
        let frame = &managed.frame;
        let target = match frame.tree.stmt(managed.stmt) {
            Stmt::With { items, .. } => {
                items.get(managed.next.saturating_sub(1)).and_then(|item| item.target)
            }
            _ => None,
        };
        let mark = self.pending.len();
        let flow = match target.map_or(Ok(()), |target| self.assign(frame, target, value)) {
            Ok(()) => {
                self.deeper(|this| this.with(frame, managed.stmt, managed.next)).unwrap_or_else(Flow::Raise)
            }
            Err(raise) => Flow::Raise(raise),
        };
        for exit in self.pending.iter_mut().skip(mark) {
            exit.flow = travel(std::mem::replace(&mut exit.flow, Flow::Normal));
        }
        match travel(flow) {
            Flow::Raise(raise) => Err(raise),
            _ => Ok(Value::None),
        }
    }

    fn enter(&mut self, frame: &Frame, item: &WithItem, context: &Value, place: Place) -> Eval<()> {
        self.requests += 1;
        let entered = match context {
            Value::Symbol(_) | Value::Handle(_) => match H::enter(self, context, place) {
                Some(value) => value?,
                None => super::stdlib::enter(context).unwrap_or_else(|| context.clone()),
            },
            Value::Object(_) => match self.getattr(context, fact::name("__enter__"), place)? {
                enter @ Value::Method(_) => self.call(&enter, Args::default(), place)?,
                _ => Value::unknown(self.why_unknown(context, place)),
            },
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Tuple(_) => {
                return Err(access::raise("TypeError", "the value is no context manager", place));
            }
            other => Value::unknown(self.why_unknown(other, place)),
        };
        item.target.map_or(Ok(()), |target| self.assign(frame, target, entered))
    }

    /// Leaves the block of `context` with `flow`; what comes back is how it goes on from there.
    fn leave(&mut self, context: &Value, flow: Flow, place: Place) -> Flow {
        let raised = match &flow {
            Flow::Raise(Raise::Stop(_)) => return flow,
            Flow::Raise(Raise::Exception(exception)) => Some(exception.clone()),
            _ => None,
        };
        match self.swallows(context, raised.as_ref(), place) {
            Err(raise) => Flow::Raise(raise),
            Ok(Ok(true)) if raised.is_some() => Flow::Normal,
            Ok(Err(because)) if raised.is_some() => self.fork_flow(&because, |_| Flow::Normal, |_| flow),
            Ok(_) => flow,
        }
    }

    /// Runs the exit of a context manager; whether it keeps the exception to itself.
    fn swallows(
        &mut self,
        context: &Value,
        raised: Option<&Exception>,
        place: Place,
    ) -> Eval<Result<bool, Unknown>> {
        match context {
            Value::Symbol(_) | Value::Handle(_) => {
                H::exit(self, context, place)?;
                let suppress =
                    context.as_call().filter(|call| call.path().is_some_and(|p| p == "contextlib.suppress"));
                let (Some(call), Some(raised)) = (suppress, raised) else { return Ok(Ok(false)) };
                let mut undecided = false;
                for class in call.args.list.iter().map(|arg| arg.value.clone()) {
                    match self.catches(&class, raised) {
                        Some(true) => return Ok(Ok(true)),
                        Some(false) => {}
                        None => undecided = true,
                    }
                }
                Ok(if undecided { Err(Unknown::new(Reason::UndecidedTest, place)) } else { Ok(false) })
            }
            Value::Object(_) => match self.getattr(context, fact::name("__exit__"), place)? {
                exit @ Value::Method(_) => {
                    let (class, value) = match raised {
                        Some(raised) => (raised.class.clone(), self.exception_value(raised)),
                        None => (Value::None, Value::None),
                    };
                    let answer = self.call(&exit, Args::values([class, value, Value::None], place), place)?;
                    Ok(self.truth(&answer, place))
                }
                _ => Ok(Ok(false)),
            },
            _ => Ok(Ok(false)),
        }
    }
}

/// An exit of a managed body as it goes through the generator that manages it.
fn travel(flow: Flow) -> Flow {
    match flow {
        Flow::Normal | Flow::Raise(Raise::Exception(_) | Raise::Stop(_)) => flow,
        other => Flow::Raise(Raise::Leave(Box::new(other))),
    }
}

/// The same exit behind the `with` that it started from.
fn come_out(flow: Flow) -> Flow {
    match flow {
        Flow::Raise(Raise::Leave(inner)) => *inner,
        other => other,
    }
}
