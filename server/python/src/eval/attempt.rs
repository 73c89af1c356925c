//! `try`, `raise`, and what happens on the way out of a block.

use super::fork::Saved;
use super::{Flow, Frame, Interp, access, unknown};
use crate::ast::{Block, ExprId, Handler};
use crate::host::{Eval, Exception, Host, Raise};
use crate::value::{Args, Call, Symbol, Value};
use fact::{Place, Reason, Unknown};
use std::sync::Arc;

impl<H: Host> Interp<'_, H> {
    pub(super) fn try_block(
        &mut self,
        frame: &Frame,
        body: &Block,
        handlers: &[Handler],
        or_else: &Block,
        finally: &Block,
    ) -> Flow {
        let mark = self.pending.len();
        self.tries += u32::from(!handlers.is_empty());
        let flow = self.block(frame, body);
        self.tries -= u32::from(!handlers.is_empty());
        let (raised, others): (Vec<_>, Vec<_>) = self
            .pending
            .split_off(mark)
            .into_iter()
            .partition(|exit| matches!(exit.flow, Flow::Raise(Raise::Exception(_))));
        self.pending.extend(others);
        let mut flow = match flow {
            Flow::Normal => self.block(frame, or_else),
            flow => self.handle(frame, handlers, flow),
        };
        for exit in raised {
            let present = (as_result(flow), self.save());
            self.put_back(exit.state);
            let handled = self.handle(frame, handlers, exit.flow);
            flow = self.merge_flows(present, handled, &exit.because);
        }
        if finally.is_empty() {
            return flow;
        }
        self.on_the_way_out(mark, |this, flow| this.finally(frame, finally, flow));
        self.finally(frame, finally, flow)
    }

    fn merge_flows(
        &mut self,
        first: (Result<Value, Flow>, Saved<H>),
        second: Flow,
        because: &Unknown,
    ) -> Flow {
        self.merge(first, as_result(second), because).err().unwrap_or(Flow::Normal)
    }

    fn finally(&mut self, frame: &Frame, finally: &Block, flow: Flow) -> Flow {
        if matches!(flow, Flow::Raise(Raise::Stop(_))) {
            return flow;
        }
        match self.block(frame, finally) {
            Flow::Normal => flow,
            other => other,
        }
    }

    fn handle(&mut self, frame: &Frame, handlers: &[Handler], flow: Flow) -> Flow {
        let Flow::Raise(Raise::Exception(exception)) = &flow else { return flow };
        let Some((handler, rest)) = handlers.split_first() else { return flow };
        let caught = match handler.exception {
            None => Some(true),
            Some(class) => match self.expr(frame, class) {
                Ok(class) => self.catches(&class, exception),
                Err(raise) => return Flow::Raise(raise),
            },
        };
        match caught {
            Some(true) => self.caught(frame, handler, exception),
            Some(false) => self.deeper(|this| this.handle(frame, rest, flow)),
            None => {
                let because = Unknown::new(Reason::UndecidedTest, exception.place);
                self.fork_flow(
                    &because,
                    |this| this.caught(frame, handler, exception),
                    |this| this.handle(frame, rest, flow.clone()),
                )
            }
        }
    }

    fn caught(&mut self, frame: &Frame, handler: &Handler, exception: &Exception) -> Flow {
        if let Some(name) = handler.name {
            let value = self.exception_value(exception);
            self.assign_name(frame, name, value, exception.place);
        }
        self.handling.push(Raise::Exception(exception.clone()));
        let flow = self.block(frame, &handler.body);
        self.handling.pop();
        flow
    }

    /// What `except ... as error` binds.
    pub(super) fn exception_value(&mut self, exception: &Exception) -> Value {
        match (&exception.class, exception.args.as_slice()) {
            (Value::Object(_), [value]) if self.class_of(value).as_ref() == Some(&exception.class) => {
                value.clone()
            }
            (Value::Builtin(_), args) => {
                let args = Args::values(args.iter().cloned(), exception.place);
                let call = Call { callee: exception.class.clone(), args, place: exception.place };
                Value::Symbol(Arc::new(Symbol::Call(call)))
            }
            (class, _) => {
                let class = class.as_path().unwrap_or(fact::name("an exception"));
                unknown(Reason::Raised(class.as_str().into()), exception.place)
            }
        }
    }

    pub(super) fn raise(&mut self, frame: &Frame, exception: Option<ExprId>, place: Place) -> Eval<Raise> {
        let Some(exception) = exception else {
            let handled = self.handling.last().cloned();
            return Ok(handled.unwrap_or_else(|| {
                access::raise("RuntimeError", "there is no exception to raise again", place)
            }));
        };
        let mut value = self.expr(frame, exception)?;
        if self.is_class(&value) {
            value = self.call(&value, Args::default(), place)?;
        }
        let (class, args) = match value.as_call() {
            Some(call) => (call.callee.clone(), call.args.list.iter().map(|arg| arg.value.clone()).collect()),
            None => match self.class_of(&value) {
                Some(class) => (class, vec![value]),
                None => (value, Vec::new()),
            },
        };
        Ok(Raise::Exception(Exception { class, args, place }))
    }
}

fn as_result(flow: Flow) -> Result<Value, Flow> {
    match flow {
        Flow::Normal => Ok(Value::None),
        flow => Err(flow),
    }
}
