//! Statements.

use super::call::Definition;
use super::fork::Pending;
use super::heap::{Object, Scope};
use super::{Flow, Frame, Interp, Yield, unknown};
use crate::ast::{Block, Expr, ExprId, Handler, MatchCase, MatchPattern, Stmt, StmtId, WithItem};
use crate::host::{Eval, Exception, Host, Raise};
use crate::value::{MethodKind, Role, Value};
use fact::{Place, Reason, Unknown};

/// Rounds of one loop; more is a budget's business.
const MAX_ROUNDS: usize = 100_000;

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
        match self.try_stmt(frame, id) {
            Ok(flow) => flow,
            Err(raise) => Flow::Raise(raise),
        }
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
                let value = self.expr(frame, *test)?;
                return Ok(match self.truth(&value, frame.place(*test)) {
                    Ok(true) => self.block(frame, body),
                    Ok(false) => self.block(frame, or_else),
                    Err(mut because) => {
                        if because.reason == Reason::UnreadableArgument("this value".into()) {
                            because.reason = Reason::UndecidedTest;
                        }
                        self.fork_flow(&because, |this| this.block(frame, body), |this| this.block(frame, or_else))
                    }
                });
            }
            Stmt::For { target, iter, body, or_else, .. } => {
                return self.for_loop(frame, *target, *iter, body, or_else);
            }
            Stmt::While { test, body, or_else } => return self.while_loop(frame, *test, body, or_else),
            Stmt::Try { body, handlers, or_else, finally } => {
                return Ok(self.try_block(frame, body, handlers, or_else, finally));
            }
            Stmt::With { items, body, .. } => return self.with(frame, items, body),
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
            Stmt::Assert { test, .. } => {
                let value = self.expr(frame, *test)?;
                if self.truth(&value, place) == Ok(false) {
                    return Ok(Flow::Raise(super::access::raise("AssertionError", "assertion failed", place)));
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

    fn for_loop(
        &mut self,
        frame: &Frame,
        target: ExprId,
        iter: ExprId,
        body: &Block,
        or_else: &Block,
    ) -> Eval<Flow> {
        let value = self.expr(frame, iter)?;
        match self.iterate(&value, frame.place(iter))? {
            Ok(items) => {
                let mut items = items.into_iter();
                self.rounds(
                    |this| match items.next() {
                        Some(item) => this.assign(frame, target, item).map(|()| true),
                        None => Ok(false),
                    },
                    |this| this.block(frame, body),
                    |this| this.block(frame, or_else),
                )
            }
            Err(because) => {
                let why = because.clone();
                Ok(self.unknown_rounds(&because, |this| {
                    match this.assign(frame, target, Value::unknown(why.clone())) {
                        Ok(()) => this.block(frame, body),
                        Err(raise) => Flow::Raise(raise),
                    }
                }))
            }
        }
    }

    fn while_loop(&mut self, frame: &Frame, test: ExprId, body: &Block, or_else: &Block) -> Eval<Flow> {
        let mut undecided = None;
        let flow = self.rounds(
            |this| {
                let value = this.expr(frame, test)?;
                Ok(match this.truth(&value, frame.place(test)) {
                    Ok(truth) => truth,
                    Err(because) => {
                        undecided = Some(because);
                        false
                    }
                })
            },
            |this| this.block(frame, body),
            |_| Flow::Normal,
        )?;
        match (undecided, &flow) {
            (Some(because), Flow::Normal) => Ok(self.unknown_rounds(&because, |this| this.block(frame, body))),
            (None, Flow::Normal) => Ok(self.block(frame, or_else)),
            _ => Ok(flow),
        }
    }

    /// A loop whose rounds are known one after the other.
    fn rounds(
        &mut self,
        mut next: impl FnMut(&mut Self) -> Eval<bool>,
        body: impl Fn(&mut Self) -> Flow,
        or_else: impl FnOnce(&mut Self) -> Flow,
    ) -> Eval<Flow> {
        let start = self.pending.len();
        let mut rounds = 0;
        let mut flow = loop {
            if !next(self)? {
                break or_else(self);
            }
            rounds += 1;
            if rounds > MAX_ROUNDS {
                return Err(Raise::Stop(self.out_of_budget()));
            }
            let mark = self.pending.len();
            let flow = body(self);
            match self.settle(mark, flow, |flow| match flow {
                Flow::Normal | Flow::Continue => Some(Value::None),
                _ => None,
            }) {
                Ok(_) => {}
                Err(flow) => break flow,
            }
        };
        // Courses that broke out meet behind the loop.
        if flow == Flow::Break {
            flow = Flow::Normal;
        }
        if self.pending[start..].iter().any(|exit| exit.flow == Flow::Break) {
            return Ok(match self.settle(start, flow, |flow| match flow {
                Flow::Normal | Flow::Break => Some(Value::None),
                _ => None,
            }) {
                Ok(_) => Flow::Normal,
                Err(flow) => flow,
            });
        }
        Ok(flow)
    }

    /// A loop that runs any number of times.
    fn unknown_rounds(&mut self, because: &Unknown, body: impl Fn(&mut Self) -> Flow) -> Flow {
        let because = &Unknown { reason: loop_reason(&because.reason), place: because.place };
        if !self.enter_fork() {
            return Flow::Raise(Raise::Stop(self.out_of_budget()));
        }
        // A first round shows what rounds change; whatever that is, is unknown at the start of the round that counts.
        let before = self.save();
        let mark = self.pending.len();
        body(self);
        self.pending.truncate(mark);
        let changed = self.save_heap();
        self.put_back(before);
        self.heap.join(&changed, because);
        self.forks -= 1;
        self.fork_flow(
            because,
            |_| Flow::Normal,
            |this| {
                let mark = this.pending.len();
                let flow = body(this);
                match this.settle(mark, flow, |flow| match flow {
                    Flow::Normal | Flow::Continue | Flow::Break => Some(Value::None),
                    _ => None,
                }) {
                    Ok(_) => Flow::Normal,
                    Err(flow) => flow,
                }
            },
        )
    }

    fn try_block(
        &mut self,
        frame: &Frame,
        body: &Block,
        handlers: &[Handler],
        or_else: &Block,
        finally: &Block,
    ) -> Flow {
        let mark = self.pending.len();
        self.tries += u32::from(!handlers.is_empty());
        let mut flow = self.block(frame, body);
        self.tries -= u32::from(!handlers.is_empty());
        let (raised, others): (Vec<_>, Vec<_>) =
            self.pending.drain(mark..).partition(|exit| matches!(exit.flow, Flow::Raise(Raise::Exception(_))));
        self.pending.extend(others);
        flow = match flow {
            Flow::Normal => self.block(frame, or_else),
            Flow::Raise(raise @ Raise::Exception(_)) => self.handle(frame, handlers, raise),
            other => other,
        };
        for exit in raised {
            let Flow::Raise(raise) = exit.flow else { continue };
            let present = self.save();
            let mut state = exit.state;
            state.pad(&present);
            self.put_back(state);
            let handled = self.handle(frame, handlers, raise);
            flow = self.merge(flow, present, handled, &exit.because);
        }
        if finally.is_empty() {
            return flow;
        }
        self.finally(frame, finally, mark);
        match self.block(frame, finally) {
            Flow::Normal => flow,
            other => other,
        }
    }

    /// Runs a `finally` on the courses that leave through it.
    fn finally(&mut self, frame: &Frame, finally: &Block, mark: usize) {
        if self.pending.len() == mark {
            return;
        }
        let mut present = self.save();
        let leaving: Vec<Pending<H>> = self.pending.drain(mark..).collect();
        for mut exit in leaving {
            exit.state.pad(&present);
            self.put_back(exit.state);
            let flow = self.block(frame, finally);
            if flow != Flow::Normal {
                exit.flow = flow;
            }
            exit.state = self.save();
            present.pad(&exit.state);
            self.pending.push(exit);
        }
        self.put_back(present);
    }

    fn handle(&mut self, frame: &Frame, handlers: &[Handler], raise: Raise) -> Flow {
        let Raise::Exception(exception) = &raise else { return Flow::Raise(raise) };
        for handler in handlers {
            let caught = match handler.exception {
                None => true,
                Some(class) => match self.expr(frame, class) {
                    // An exception class that cannot be told is taken to be the right one.
                    Ok(class) => self.catches(&class, exception).unwrap_or(true),
                    Err(_) => false,
                },
            };
            if !caught {
                continue;
            }
            if let Some(name) = handler.name {
                let value = self.exception_value(exception);
                self.assign_name(frame, name, value, exception.place);
            }
            self.handling.push(raise.clone());
            let flow = self.block(frame, &handler.body);
            self.handling.pop();
            return flow;
        }
        Flow::Raise(raise)
    }

    fn exception_value(&mut self, exception: &Exception) -> Value {
        match exception.args.as_slice() {
            // `str(error)` of what the project itself raised is known.
            [value @ Value::Object(_)] if exception.class == *value => value.clone(),
            _ => {
                let class = exception.class.as_path().unwrap_or(fact::name("an exception"));
                unknown(Reason::Raised(class.as_str().into()), exception.place)
            }
        }
    }

    fn raise(&mut self, frame: &Frame, exception: Option<ExprId>, place: Place) -> Eval<Raise> {
        let Some(exception) = exception else {
            return Ok(self.handling.last().cloned().unwrap_or_else(|| {
                super::access::raise("RuntimeError", "No active exception to reraise", place)
            }));
        };
        let value = self.expr(frame, exception)?;
        let (class, args) = match value.as_call() {
            Some(call) => {
                (call.callee.clone(), call.args.list.iter().map(|arg| arg.value.clone()).collect())
            }
            None => (self.class_of(&value).unwrap_or(value), Vec::new()),
        };
        Ok(Raise::Exception(Exception { class, args, place }))
    }

    fn with(&mut self, frame: &Frame, items: &[WithItem], body: &Block) -> Eval<Flow> {
        let Some((item, rest)) = items.split_first() else { return Ok(self.block(frame, body)) };
        let place = frame.place(item.context);
        let context = self.expr(frame, item.context)?;
        if let Value::Method(method) = &context
            && let MethodKind::Context(args) = &method.kind
            && let Value::Function(function) = &method.receiver
            && function.role == Role::ContextManager
            && rest.is_empty()
        {
            let (function, args) = (function.clone(), args.clone());
            self.yields.push(Yield::Body {
                frame: frame.clone(),
                target: item.target,
                body: body.clone(),
                ran: false,
            });
            let result = self.call_function(&function, args, place);
            self.yields.pop();
            return Ok(match result {
                Ok(_) => self.unwrap_left(Flow::Normal),
                Err(Raise::Leave(flow)) => self.unwrap_left(*flow),
                Err(raise) => self.unwrap_left(Flow::Raise(raise)),
            });
        }
        let entered = self.enter(&context, place)?;
        if let Some(target) = item.target {
            self.assign(frame, target, entered)?;
        }
        let flow = match self.with(frame, rest, body) {
            Ok(flow) => flow,
            Err(raise) => Flow::Raise(raise),
        };
        self.leave(&context, place)?;
        // `contextlib.suppress` and managers whose exit returns true.
        if matches!(flow, Flow::Raise(Raise::Exception(_))) && self.suppresses(&context) {
            return Ok(Flow::Normal);
        }
        Ok(flow)
    }

    /// Early exits of a managed body that travelled through the generator come out as what they were.
    fn unwrap_left(&mut self, flow: Flow) -> Flow {
        for exit in &mut self.pending {
            if let Flow::Raise(Raise::Leave(inner)) = &exit.flow {
                exit.flow = (**inner).clone();
            }
        }
        flow
    }

    fn enter(&mut self, context: &Value, place: Place) -> Eval {
        match context {
            Value::Symbol(_) | Value::Handle(_) => match H::enter(self, context, place) {
                Some(value) => value,
                None => Ok(context.clone()),
            },
            Value::Object(_) => {
                let enter = self.getattr(context, fact::name("__enter__"), place)?;
                match enter {
                    Value::Method(_) => self.call(&enter, Default::default(), place),
                    _ => Ok(context.clone()),
                }
            }
            _ => Ok(context.clone()),
        }
    }

    fn leave(&mut self, context: &Value, place: Place) -> Eval<()> {
        match context {
            Value::Symbol(_) | Value::Handle(_) => H::exit(self, context, place),
            Value::Object(_) => {
                let exit = self.getattr(context, fact::name("__exit__"), place)?;
                if matches!(exit, Value::Method(_)) {
                    let args = crate::value::Args::values([Value::None, Value::None, Value::None], place);
                    self.call(&exit, args, place)?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn suppresses(&self, context: &Value) -> bool {
        context.as_call().and_then(|call| call.path()).is_some_and(|path| path == "contextlib.suppress")
    }

    fn match_case(&mut self, frame: &Frame, subject: &Value, cases: &[MatchCase], place: Place) -> Eval<Flow> {
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
            let value = self.expr(frame, guard)?;
            matches = self.truth(&value, frame.place(guard));
        }
        match matches {
            Ok(true) => Ok(self.block(frame, &case.body)),
            Ok(false) => self.match_case(frame, subject, rest, place),
            Err(because) => Ok(self.fork_flow(
                &because,
                |this| this.block(frame, &case.body),
                |this| match this.match_case(frame, subject, rest, place) {
                    Ok(flow) => flow,
                    Err(raise) => Flow::Raise(raise),
                },
            )),
        }
    }
}

fn loop_reason(reason: &Reason) -> Reason {
    match reason {
        Reason::UnreadableArgument(_) => Reason::UnknownLoop,
        other => other.clone(),
    }
}
