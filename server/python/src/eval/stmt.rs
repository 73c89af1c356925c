//! Statements.

use super::call::Definition;
use super::heap::{Object, Scope};
use super::{Flow, Frame, Interp};
use crate::ast::{Expr, ExprId, MatchCase, MatchPattern, Stmt, StmtId};
use crate::host::{Eval, Host, Raise};
use crate::value::Value;
use fact::{Place, Reason, Unknown};

impl<H: Host> Interp<'_, H> {
    pub(super) fn block(&mut self, frame: &Frame, block: &[StmtId]) -> Flow {
        for &id in block {
            match self.stmt(frame, id) {
                Flow::Normal => {}
                other => return other,
            }
        }
        Flow::Normal
    }

    pub(super) fn stmt(&mut self, frame: &Frame, id: StmtId) -> Flow {
        self.deeper(|this| this.try_stmt(frame, id)).unwrap_or_else(Flow::Raise)
    }

    fn try_stmt(&mut self, frame: &Frame, id: StmtId) -> Eval<Flow> {
        self.step()?;
        let tree = frame.tree.clone();
        let place = frame.place(id);
        match tree.stmt(id) {
            Stmt::Expr(expr) => match tree.expr(*expr) {
                Expr::Call { func, args } => {
                    self.call_expr(frame, *expr, *func, args, true)?;
                }
                Expr::Str(_) => {}
                _ => {
                    self.expr(frame, *expr)?;
                }
            },
            Stmt::Assign { targets, value } => {
                let value = self.expr(frame, *value)?;
                for target in targets {
                    self.assign(frame, *target, value.clone())?;
                }
            }
            Stmt::AugAssign { target, op, value } => {
                let before = self.expr(frame, *target)?;
                let value = self.expr(frame, *value)?;
                if !self.extend_in_place(*op, &before, &value, place)? {
                    let after = self.binary(*op, before, value, place)?;
                    self.assign(frame, *target, after)?;
                }
            }
            Stmt::AnnAssign { target, annotation, value } => {
                self.annotate(frame, *target, *annotation)?;
                if let Some(value) = value {
                    let value = self.expr(frame, *value)?;
                    self.assign(frame, *target, value)?;
                }
            }
            Stmt::FunctionDef(def) => {
                let value = self.function(frame, Definition { id, def })?;
                self.assign_name(frame, def.name, value, frame.place(def.name_node));
            }
            Stmt::ClassDef(def) => {
                let value = self.class(frame, def)?;
                self.assign_name(frame, def.name, value, frame.place(def.name_node));
            }
            Stmt::If { test, body, or_else } => {
                return Ok(match self.test(frame, *test)? {
                    Ok(true) => self.block(frame, body),
                    Ok(false) => self.block(frame, or_else),
                    Err(because) => self.fork_flow(
                        &because,
                        |this| this.block(frame, body),
                        |this| this.block(frame, or_else),
                    ),
                });
            }
            Stmt::For { target, iter, body, or_else, .. } => {
                return self.for_loop(frame, (*target, *iter), body, or_else);
            }
            Stmt::While { test, body, or_else } => return Ok(self.while_loop(frame, *test, body, or_else)),
            Stmt::Try { body, handlers, or_else, finally } => {
                return Ok(self.try_block(frame, body, handlers, or_else, finally));
            }
            Stmt::With { .. } => return self.with(frame, id, 0),
            Stmt::Return(value) => {
                return Ok(Flow::Return(match value {
                    Some(value) => self.expr(frame, *value)?,
                    None => Value::None,
                }));
            }
            Stmt::Raise { exception, .. } => return self.raise(frame, *exception, place).map(Flow::Raise),
            Stmt::Import(aliases) => self.import(frame, aliases, place)?,
            Stmt::ImportFrom { module, level, names } => {
                self.import_from(frame, *module, *level, names.as_deref(), place)?;
            }
            Stmt::Global(names) => {
                if let Some(Object::Scope(scope)) = self.heap.get_mut(frame.scope) {
                    scope.globals.extend(names.iter().copied());
                }
            }
            Stmt::Nonlocal(names) => {
                if let Some(Object::Scope(scope)) = self.heap.get_mut(frame.scope) {
                    scope.nonlocals.extend(names.iter().copied());
                }
            }
            Stmt::Delete(targets) => {
                for target in targets {
                    self.delete(frame, *target)?;
                }
            }
            // A run that went through did not fail here.
            Stmt::Assert { test, .. } => {
                if self.test(frame, *test)? == Ok(false) {
                    return Ok(Flow::Raise(super::access::raise(
                        "AssertionError",
                        "assertion failed",
                        place,
                    )));
                }
            }
            Stmt::Match { subject, cases } => {
                let subject = self.expr(frame, *subject)?;
                return self.match_case(frame, &subject, cases, place);
            }
            Stmt::TypeAlias { name, value } => {
                let value = self.expr(frame, *value)?;
                self.assign_name(frame, *name, value, place);
            }
            Stmt::Pass => {}
            Stmt::Break => return Ok(Flow::Break),
            Stmt::Continue => return Ok(Flow::Continue),
            Stmt::Error => return Ok(Flow::Raise(Raise::Stop(Unknown::new(Reason::SyntaxError, place)))),
        }
        Ok(Flow::Normal)
    }

    fn annotate(&mut self, frame: &Frame, target: ExprId, annotation: ExprId) -> Eval<()> {
        let in_class = matches!(self.heap.get(frame.scope), Object::Scope(Scope { class: Some(_), .. }));
        let Expr::Name(name) = frame.tree.expr(target) else { return Ok(()) };
        if !in_class {
            return Ok(());
        }
        let value = self.expr(frame, annotation)?;
        if let Some(Object::Scope(Scope { class: Some(class), .. })) = self.heap.get_mut(frame.scope) {
            class.annotations.push((*name, value));
            class.places.entry(*name).or_insert(frame.place(target));
        }
        Ok(())
    }

    fn match_case(
        &mut self,
        frame: &Frame,
        subject: &Value,
        cases: &[MatchCase],
        place: Place,
    ) -> Eval<Flow> {
        let Some((case, rest)) = cases.split_first() else { return Ok(Flow::Normal) };
        let mut matches = match &case.pattern {
            None => Err(Unknown::new(Reason::UnsupportedSyntax("this match pattern".into()), place)),
            Some(MatchPattern::Wildcard) => Ok(true),
            Some(MatchPattern::Capture(name)) => {
                self.assign_name(frame, *name, subject.clone(), place);
                Ok(true)
            }
            Some(MatchPattern::Values(values)) => {
                let mut matches = Ok(false);
                for value in values {
                    let candidate = self.expr(frame, *value)?;
                    match self.equal(subject, &candidate) {
                        Some(true) => {
                            matches = Ok(true);
                            break;
                        }
                        Some(false) => {}
                        None => matches = Err(self.why_unknown(subject, place)),
                    }
                }
                matches
            }
        };
        if let (Ok(true), Some(guard)) = (&matches, case.guard) {
            matches = self.test(frame, guard)?;
        }
        match matches {
            Ok(true) => Ok(self.block(frame, &case.body)),
            Ok(false) => self.deeper(|this| this.match_case(frame, subject, rest, place)),
            Err(because) => Ok(self.fork_flow(
                &because,
                |this| match case.guard.map_or(Ok(Ok(true)), |guard| this.test(frame, guard)) {
                    Ok(Ok(false)) => this.match_case(frame, subject, rest, place).unwrap_or_else(Flow::Raise),
                    Ok(_) => this.block(frame, &case.body),
                    Err(raise) => Flow::Raise(raise),
                },
                |this| this.match_case(frame, subject, rest, place).unwrap_or_else(Flow::Raise),
            )),
        }
    }
}
