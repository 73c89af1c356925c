//! Undecided tests: both courses run from the same state, and what differs afterwards is unknown.
//!
//! A course may leave early (return, break, continue, raise). Such exits wait in `pending` until the construct that they
//! leave to is reached; there they are joined with whatever else arrives.

use super::heap::{Heap, join_values};
use super::{Flow, Interp};
use crate::host::{Host, Raise};
use crate::value::Value;
use fact::Unknown;

pub(crate) struct Saved<H: Host> {
    heap: Heap,
    host: H::State,
}

impl<H: Host> Saved<H> {
    /// Leaves the numbers that `other` gave out since to it.
    pub(crate) fn pad(&mut self, other: &Saved<H>) {
        self.heap.pad(other.heap.len());
    }
}

/// A course that left early.
pub(crate) struct Pending<H: Host> {
    pub flow: Flow,
    pub state: Saved<H>,
    pub because: Unknown,
}

impl<H: Host> Interp<'_, H> {
    pub(crate) fn save(&self) -> Saved<H> {
        Saved { heap: self.heap.clone(), host: self.host.save() }
    }

    pub(crate) fn put_back(&mut self, state: Saved<H>) {
        self.heap = state.heap;
        self.host.restore(state.host);
    }

    /// The present state becomes what is certain after either itself or `other`.
    pub(crate) fn join(&mut self, other: Saved<H>, because: &Unknown) {
        self.heap.join(&other.heap, because);
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
        if !self.enter_fork() {
            return Flow::Raise(Raise::Stop(self.out_of_budget()));
        }
        let mut before = self.save();
        let first = left(self);
        let after_first = self.save();
        before.heap.pad(after_first.heap.len());
        self.put_back(before);
        let second = right(self);
        self.forks -= 1;
        self.merge(first, after_first, second, because)
    }

    /// Two courses that ended, the second in the present state: joined when both go on, else one waits.
    pub(crate) fn merge(&mut self, first: Flow, after_first: Saved<H>, second: Flow, because: &Unknown) -> Flow {
        match (first, second) {
            (Flow::Normal, Flow::Normal) => {
                self.join(after_first, because);
                Flow::Normal
            }
            (Flow::Normal, second) => {
                let state = self.save();
                self.pending.push(Pending { flow: second, state, because: because.clone() });
                self.put_back_padded(after_first);
                Flow::Normal
            }
            (first, second) => {
                let pending = Pending { flow: first, state: after_first, because: because.clone() };
                self.pending.push(pending);
                second
            }
        }
    }

    pub(crate) fn save_heap(&self) -> Heap {
        self.heap.clone()
    }

    /// Runs both courses of an undecided test as expressions.
    pub(crate) fn fork_value(
        &mut self,
        because: &Unknown,
        left: impl FnOnce(&mut Self) -> Result<Value, Raise>,
        right: impl FnOnce(&mut Self) -> Result<Value, Raise>,
    ) -> Result<Value, Raise> {
        if !self.enter_fork() {
            return Err(Raise::Stop(self.out_of_budget()));
        }
        let mut before = self.save();
        let first = left(self);
        let after_first = self.save();
        before.heap.pad(after_first.heap.len());
        self.put_back(before);
        let second = right(self);
        self.forks -= 1;
        match (first, second) {
            (Ok(first), Ok(second)) => {
                self.join(after_first, because);
                Ok(join_values(&first, &second, because))
            }
            (Ok(first), Err(raise)) => {
                let state = self.save();
                self.pending.push(Pending { flow: Flow::Raise(raise), state, because: because.clone() });
                self.put_back_padded(after_first);
                Ok(first)
            }
            (Err(raise), second) => {
                let pending =
                    Pending { flow: Flow::Raise(raise), state: after_first, because: because.clone() };
                self.pending.push(pending);
                second
            }
        }
    }

    fn put_back_padded(&mut self, mut state: Saved<H>) {
        state.heap.pad(self.heap.len());
        self.put_back(state);
    }

    /// Brings the exits that waited since `mark`, and the present course, to a boundary. Exits that `absorb` accepts end
    /// there and are joined into one course, with the values that it gives for them; the others go on waiting.
    ///
    /// `Ok` is the joined value of the absorbed courses, `Err` the flow of a course that goes further out.
    pub(crate) fn settle(
        &mut self,
        mark: usize,
        current: Flow,
        absorb: impl Fn(&Flow) -> Option<Value>,
    ) -> Result<Value, Flow> {
        if self.pending.len() <= mark {
            return absorb(&current).ok_or(current);
        }
        let waiting: Vec<Pending<H>> = self.pending.drain(mark..).collect();
        let mut result = absorb(&current);
        let mut left_over = if result.is_some() { None } else { Some(current) };
        // The latest fork is the innermost: joining from the end pairs the courses as they parted.
        for exit in waiting.into_iter().rev() {
            match (absorb(&exit.flow), result.take()) {
                (Some(value), Some(so_far)) => {
                    self.join(exit.state, &exit.because);
                    result = Some(join_values(&so_far, &value, &exit.because));
                }
                (Some(value), None) => {
                    if let Some(flow) = left_over.take() {
                        let state = self.save();
                        self.pending.insert(mark, Pending { flow, state, because: exit.because.clone() });
                    }
                    self.put_back_padded(exit.state);
                    result = Some(value);
                }
                (None, so_far) => {
                    self.pending.insert(mark, exit);
                    result = so_far;
                }
            }
        }
        match (result, left_over) {
            (Some(value), _) => Ok(value),
            (None, Some(flow)) => Err(flow),
            // Unreachable: either the current course was absorbed or it is left over.
            (None, None) => Ok(Value::None),
        }
    }
}
