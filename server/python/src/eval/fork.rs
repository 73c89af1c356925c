//! Undecided tests: both courses run from the same state, and what differs afterwards is unknown.
//!
//! A course may leave early (return, break, continue, raise). Such exits wait in `pending` until the construct that they
//! leave to is reached; there they are joined with whatever else arrives.

use super::heap::Heap;
use super::{Flow, Interp};
use crate::host::{Eval, Host, Raise};
use crate::value::Value;
use fact::Unknown;

/// What a course may have changed.
pub(crate) struct Saved<H: Host> {
    heap: Heap,
    host: H::State,
}

/// A course that left early.
pub(crate) struct Pending<H: Host> {
    pub flow: Flow,
    pub state: Saved<H>,
    pub because: Unknown,
}

impl<H: Host> Interp<'_, H> {
    pub(crate) fn save(&self) -> Saved<H> {
        self.charge(self.heap.cost());
        Saved { heap: self.heap.clone(), host: self.host.save() }
    }

    pub(crate) fn put_back(&mut self, state: Saved<H>) {
        self.heap.put_back(state.heap);
        self.host.restore(state.host);
    }

    /// The present state becomes what is certain after either itself or `other`; so does a value of each.
    fn join(&mut self, mut other: Saved<H>, values: (&Value, &Value), because: &Unknown) -> Value {
        self.even_out(&mut other.heap);
        let (value, _) = super::join::join(&mut self.heap, &other.heap, values, because);
        self.join_host(other, because);
        value
    }

    /// Makes unknown what the state `after` has otherwise; whether that is anything.
    pub(crate) fn blur(&mut self, after: &mut Saved<H>, because: &Unknown) -> bool {
        self.even_out(&mut after.heap);
        super::join::join(&mut self.heap, &after.heap, (&Value::None, &Value::None), because).1
    }

    pub(crate) fn join_host(&mut self, other: Saved<H>, because: &Unknown) {
        let joined = H::join(self.host.save(), other.host, because);
        self.host.restore(joined);
    }

    /// Runs both courses of an undecided test as statements.
    pub(crate) fn fork_flow(
        &mut self,
        because: &Unknown,
        left: impl FnOnce(&mut Self) -> Flow,
        right: impl FnOnce(&mut Self) -> Flow,
    ) -> Flow {
        let result = self.fork(
            because,
            |this| match left(this) {
                Flow::Normal => Ok(Value::None),
                flow => Err(flow),
            },
            |this| match right(this) {
                Flow::Normal => Ok(Value::None),
                flow => Err(flow),
            },
        );
        result.err().unwrap_or(Flow::Normal)
    }

    /// Runs both courses of an undecided test as expressions.
    pub(crate) fn fork_value(
        &mut self,
        because: &Unknown,
        left: impl FnOnce(&mut Self) -> Eval,
        right: impl FnOnce(&mut Self) -> Eval,
    ) -> Eval {
        let result = self.fork(
            because,
            |this| left(this).map_err(Flow::Raise),
            |this| right(this).map_err(Flow::Raise),
        );
        result.map_err(|flow| match flow {
            Flow::Raise(raise) => raise,
            other => Raise::Leave(Box::new(other)),
        })
    }

    fn fork(
        &mut self,
        because: &Unknown,
        left: impl FnOnce(&mut Self) -> Result<Value, Flow>,
        right: impl FnOnce(&mut Self) -> Result<Value, Flow>,
    ) -> Result<Value, Flow> {
        if !self.enter_fork() {
            return Err(Flow::Raise(Raise::Stop(self.out_of_budget())));
        }
        let before = self.save();
        let first = left(self);
        if let Err(Flow::Raise(Raise::Stop(_))) = first {
            // One course that cannot be followed is enough: what comes after it is not known.
            self.leave_fork();
            return first;
        }
        let after_first = self.save();
        self.put_back(before);
        let second = right(self);
        self.leave_fork();
        self.merge((first, after_first), second, because)
    }

    /// Two courses that ended, the second in the present state: joined when both go on, else one waits.
    pub(crate) fn merge(
        &mut self,
        (first, after_first): (Result<Value, Flow>, Saved<H>),
        second: Result<Value, Flow>,
        because: &Unknown,
    ) -> Result<Value, Flow> {
        match (first, second) {
            (stop @ Err(Flow::Raise(Raise::Stop(_))), _) | (_, stop @ Err(Flow::Raise(Raise::Stop(_)))) => {
                stop
            }
            (Ok(first), Ok(second)) => Ok(self.join(after_first, (&second, &first), because)),
            (Ok(first), Err(flow)) => {
                let state = self.save();
                self.pending.push(Pending { flow, state, because: because.clone() });
                self.put_back(after_first);
                Ok(first)
            }
            (Err(flow), second) => {
                self.pending.push(Pending { flow, state: after_first, because: because.clone() });
                second
            }
        }
    }

    /// Brings the exits that waited since `mark`, and the present course, to a boundary. Those that `absorb` accepts end
    /// there and are joined into one course, with the values that it gives for them; the others go on waiting.
    ///
    /// `Ok` is the joined value of the absorbed courses, `Err` the flow of a course that goes further out.
    pub(crate) fn settle(
        &mut self,
        mark: usize,
        current: Flow,
        absorb: impl Fn(&Flow) -> Option<Value>,
    ) -> Result<Value, Flow> {
        if let Flow::Raise(Raise::Stop(_)) = current {
            return Err(current);
        }
        let mut arrived = absorb(&current);
        let mut current = Some(current).filter(|_| arrived.is_none());
        let mut further = Vec::new();
        // The latest fork is the innermost: joining from the end pairs the courses as they parted.
        for exit in self.pending.split_off(mark.min(self.pending.len())).into_iter().rev() {
            match (absorb(&exit.flow), arrived.take()) {
                (Some(value), Some(so_far)) => {
                    arrived = Some(self.join(exit.state, (&so_far, &value), &exit.because));
                }
                (Some(value), None) => {
                    if let Some(flow) = current.take() {
                        let state = self.save();
                        further.push(Pending { flow, state, because: exit.because });
                    }
                    self.put_back(exit.state);
                    arrived = Some(value);
                }
                (None, so_far) => {
                    further.push(exit);
                    arrived = so_far;
                }
            }
        }
        self.pending.extend(further.into_iter().rev());
        match current {
            Some(flow) => Err(flow),
            None => Ok(arrived.unwrap_or(Value::None)),
        }
    }

    /// Runs `exit` on every course that has waited since `mark`, as it passes by on its way out.
    pub(crate) fn on_the_way_out(&mut self, mark: usize, exit: impl Fn(&mut Self, Flow) -> Flow) {
        if self.pending.len() <= mark {
            return;
        }
        let present = self.save();
        for course in self.pending.split_off(mark) {
            self.put_back(course.state);
            let flow = exit(self, course.flow);
            let state = self.save();
            self.pending.push(Pending { flow, state, because: course.because });
        }
        self.put_back(present);
    }
}
