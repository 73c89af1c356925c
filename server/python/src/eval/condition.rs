//! Tests: truth with a third value. `unknown and False` is false, whatever the unknown side is.

use super::{Frame, Interp};
use crate::ast::{Expr, ExprId, UnaryOp};
use crate::host::{Eval, Host};
use crate::value::Value;
use fact::{Reason, Unknown};

impl<H: Host> Interp<'_, H> {
    /// The truth of an expression in a test, or why it cannot be told.
    pub(super) fn test(&mut self, frame: &Frame, id: ExprId) -> Eval<Result<bool, Unknown>> {
        let tree = frame.tree.clone();
        match tree.expr(id) {
            Expr::Bool { or, left, right } => {
                let (or, left, right) = (*or, *left, *right);
                self.deeper(|this| this.bool_test(frame, or, left, right))
            }
            Expr::Unary { op: UnaryOp::Not, operand } => {
                let operand = *operand;
                self.deeper(|this| Ok(this.test(frame, operand)?.map(|truth| !truth)))
            }
            _ => {
                let value = self.expr(frame, id)?;
                Ok(self.truth(&value, frame.place(id)).map_err(undecided))
            }
        }
    }

    fn bool_test(
        &mut self,
        frame: &Frame,
        or: bool,
        left: ExprId,
        right: ExprId,
    ) -> Eval<Result<bool, Unknown>> {
        let because = match self.test(frame, left)? {
            Ok(truth) if truth == or => return Ok(Ok(or)),
            Ok(_) => return self.test(frame, right),
            Err(because) => because,
        };
        let mut second = None;
        self.fork_value(
            &because,
            |_| Ok(Value::None),
            |this| {
                second = Some(this.test(frame, right)?);
                Ok(Value::None)
            },
        )?;
        Ok(if second == Some(Ok(or)) { Ok(or) } else { Err(because) })
    }

    /// `a and b`, `a or b` as a value.
    pub(super) fn bool_op(&mut self, frame: &Frame, or: bool, left: ExprId, right: ExprId) -> Eval {
        let first = self.expr(frame, left)?;
        match self.truth(&first, frame.place(left)) {
            Ok(truth) if truth == or => Ok(first),
            Ok(_) => self.expr(frame, right),
            Err(because) => {
                self.fork_value(&undecided(because), |_| Ok(first), |this| this.expr(frame, right))
            }
        }
    }

    pub(super) fn conditional(&mut self, frame: &Frame, test: ExprId, then: ExprId, or_else: ExprId) -> Eval {
        match self.test(frame, test)? {
            Ok(true) => self.expr(frame, then),
            Ok(false) => self.expr(frame, or_else),
            Err(because) => {
                self.fork_value(&because, |this| this.expr(frame, then), |this| this.expr(frame, or_else))
            }
        }
    }
}

/// A value of which no more can be said than that its truth is not known.
fn undecided(because: Unknown) -> Unknown {
    match because.reason {
        Reason::UnreadableArgument(_) => Unknown { reason: Reason::UndecidedTest, place: because.place },
        _ => because,
    }
}
