//! Loops: round by round while it is known that there is a next one, all at once when it is not.

use super::fork::Pending;
use super::{Flow, Frame, Interp};
use crate::ast::{Block, Expr, ExprId};
use crate::host::{Eval, Host, Raise};
use crate::value::Value;
use fact::{Reason, Unknown};

/// Rounds of a `while` that something undecided may have left, before the number of its rounds is taken to be unknown.
const DOUBTFUL_ROUNDS: usize = 8;

/// What rounds change is found by running them until nothing new turns up; every step of that makes one more fact
/// unknown, so only odd code needs more.
const ATTEMPTS: usize = 20;

fn next_round(flow: &Flow) -> Option<Value> {
    matches!(flow, Flow::Normal | Flow::Continue).then_some(Value::None)
}

fn behind_loop(flow: &Flow) -> Option<Value> {
    matches!(flow, Flow::Normal | Flow::Break).then_some(Value::None)
}

impl<H: Host> Interp<'_, H> {
    pub(super) fn for_loop(
        &mut self,
        frame: &Frame,
        (target, iter): (ExprId, ExprId),
        body: &Block,
        or_else: &Block,
    ) -> Eval<Flow> {
        let value = self.expr(frame, iter)?;
        let items = self.iterate(&value, frame.place(iter))?;
        let start = self.pending.len();
        let flow = match items {
            Ok(items) => self.for_items(frame, target, items, body),
            Err(because) => {
                let item = Value::unknown(because.clone());
                self.unknown_rounds(&because, |this| match this.assign(frame, target, item.clone()) {
                    Ok(()) => this.block(frame, body),
                    Err(raise) => Flow::Raise(raise),
                })
            }
        };
        Ok(self.end_loop(frame, start, flow, or_else))
    }

    fn for_items(&mut self, frame: &Frame, target: ExprId, items: Vec<Value>, body: &Block) -> Flow {
        for item in items {
            if let Err(raise) = self.step().and_then(|()| self.assign(frame, target, item)) {
                return Flow::Raise(raise);
            }
            if let Err(flow) = self.round(frame, body) {
                return flow;
            }
        }
        Flow::Normal
    }

    /// One round; `Err` when no course of it goes on to the next one.
    fn round(&mut self, frame: &Frame, body: &Block) -> Result<(), Flow> {
        let mark = self.pending.len();
        let flow = self.block(frame, body);
        self.settle(mark, flow, next_round).map(|_| ())
    }

    pub(super) fn while_loop(&mut self, frame: &Frame, test: ExprId, body: &Block, or_else: &Block) -> Flow {
        let start = self.pending.len();
        let flow = self.while_rounds(frame, test, body, start);
        self.end_loop(frame, start, flow, or_else)
    }

    fn while_rounds(&mut self, frame: &Frame, test: ExprId, body: &Block, start: usize) -> Flow {
        // Such a loop ends in no other way than from inside.
        let endless = matches!(frame.tree.expr(test), Expr::True | Expr::Int(Some(1)));
        let mut doubtful = if endless { DOUBTFUL_ROUNDS } else { 0 };
        let because = loop {
            match self.step().and_then(|()| self.test(frame, test)) {
                Err(raise) => return Flow::Raise(raise),
                Ok(Ok(false)) => return Flow::Normal,
                Ok(Ok(true)) => {}
                Ok(Err(because)) => break because,
            }
            let mark = self.pending.len();
            if let Err(flow) = self.round(frame, body) {
                return flow;
            }
            if let Some(exit) = self.pending.get(mark) {
                doubtful += 1;
                if doubtful > DOUBTFUL_ROUNDS {
                    break exit.because.clone();
                }
            }
        };
        let flow = self.unknown_rounds(&because, |this| {
            if let Err(flow) = this.round(frame, body) {
                return flow;
            }
            this.test(frame, test).err().map_or(Flow::Normal, Flow::Raise)
        });
        match flow {
            Flow::Normal if endless => self.another_course(start),
            flow => flow,
        }
    }

    /// The present course leads nowhere: one of those that left it since `start` takes its place.
    fn another_course(&mut self, start: usize) -> Flow {
        if self.pending.len() <= start {
            return Flow::Raise(Raise::Stop(self.out_of_budget()));
        }
        match self.pending.pop() {
            Some(course) => {
                self.put_back(course.state);
                course.flow
            }
            None => Flow::Raise(Raise::Stop(self.out_of_budget())),
        }
    }

    /// The `else` of a loop, for the courses that did not break out of it; all of them meet behind it.
    fn end_loop(&mut self, frame: &Frame, start: usize, flow: Flow, or_else: &Block) -> Flow {
        let flow = if flow == Flow::Normal { self.block(frame, or_else) } else { flow };
        self.settle(start, flow, behind_loop).err().unwrap_or(Flow::Normal)
    }

    /// Rounds of a number that is not known, none included.
    ///
    /// What rounds change is found by running them until nothing new turns up; the last of them stands for all. Courses
    /// that leave the loop from inside wait.
    pub(super) fn unknown_rounds(&mut self, because: &Unknown, round: impl Fn(&mut Self) -> Flow) -> Flow {
        let because = &Unknown { reason: loop_reason(&because.reason), place: because.place };
        if !self.enter_fork() {
            return Flow::Raise(Raise::Stop(self.out_of_budget()));
        }
        let flow = self.blur_rounds(because, round);
        self.leave_fork();
        flow
    }

    fn blur_rounds(&mut self, because: &Unknown, round: impl Fn(&mut Self) -> Flow) -> Flow {
        for _ in 0..ATTEMPTS {
            let before = self.save();
            let (mark, requests) = (self.pending.len(), self.requests);
            let flow = round(self);
            match self.settle(mark, flow, next_round) {
                Err(Flow::Raise(stop @ Raise::Stop(_))) => return Flow::Raise(stop),
                Err(flow) => {
                    // The first round is the last one.
                    let state = self.save();
                    self.pending.push(Pending { flow, state, because: because.clone() });
                    self.put_back(before);
                    return Flow::Normal;
                }
                Ok(_) => {}
            }
            let mut after = self.save();
            self.put_back(before);
            if self.blur(&mut after, because) {
                self.pending.truncate(mark);
                continue;
            }
            self.join_host(after, because);
            // What left this round did so without the rounds before it; that is of no importance unless those asked
            // something of the host.
            if self.pending.len() > mark && self.requests > requests {
                self.pending.truncate(mark);
                self.last_round(because, round);
            }
            return Flow::Normal;
        }
        Flow::Raise(Raise::Stop(self.out_of_budget()))
    }

    /// A round of which only the courses that leave the loop count.
    fn last_round(&mut self, because: &Unknown, round: impl Fn(&mut Self) -> Flow) {
        let before = self.save();
        let mark = self.pending.len();
        let flow = round(self);
        if let Err(flow) = self.settle(mark, flow, next_round) {
            let state = self.save();
            self.pending.push(Pending { flow, state, because: because.clone() });
        }
        self.put_back(before);
    }
}

fn loop_reason(reason: &Reason) -> Reason {
    match reason {
        Reason::UnreadableArgument(_) => Reason::UnknownLoop,
        other => other.clone(),
    }
}
