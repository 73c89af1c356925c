//! Calls: binding of arguments, functions of the project, everything else by kind.

use super::access::raise;
use super::heap::{Object, Scope, Vars};
use super::{Flow, Frame, Interp, Yield, unknown};
use crate::ast::{Expr, FunctionDef, Param, ParamKind, Stmt, StmtId};
use crate::host::{Eval, Host, Raise};
use crate::value::{Arg, Args, Call, Function, FunctionBody, Key, Method, MethodKind, Role, Symbol, Value};
use fact::{Place, Reason, Unknown};
use std::sync::Arc;

pub(super) struct Definition<'a> {
    pub id: StmtId,
    pub def: &'a FunctionDef,
}

/// A call of a function that is running.
pub(super) struct Activation {
    tree: usize,
    body: FunctionBody,
    undecided: usize,
}

/// Levels of an endless recursion that are followed.
const LEVELS: usize = 2;

impl<H: Host> Interp<'_, H> {
    /// Calls anything.
    pub fn call(&mut self, callee: &Value, args: Args, place: Place) -> Eval {
        self.step()?;
        match callee {
            Value::Function(function) if function.role == Role::ContextManager => {
                Ok(self.context(callee.clone(), args, place))
            }
            Value::Function(function) => self.call_function(function, args, place),
            Value::Method(method) => self.call_method(method, args, place),
            Value::Builtin(name) => super::builtins::call(self, *name, args, place),
            Value::Object(id) => match self.heap.get(*id) {
                Object::Class(_) => self.instantiate(*id, args, place),
                Object::Instance(_) => {
                    let call = self.getattr(callee, fact::name("__call__"), place)?;
                    match call {
                        Value::Method(_) => self.call(&call, args, place),
                        other => Ok(Value::unknown(self.why_unknown(&other, place))),
                    }
                }
                _ => Ok(Value::unknown(self.why_unknown(callee, place))),
            },
            Value::Symbol(_) | Value::Handle(_) => self.call_outside(callee, args, place),
            Value::Unknown(unknown) => {
                let args = self.freeze_args(args);
                self.requests += 1;
                H::call_unknown(self, unknown, &args, place);
                Ok(callee.clone())
            }
            Value::Partial(_) => Ok(Value::unknown(self.why_unknown(callee, place))),
            _ => Err(raise("TypeError", "object is not callable", place)),
        }
    }

    /// A call of a `@contextmanager` function: nothing runs before the `with`.
    fn context(&self, receiver: Value, args: Args, place: Place) -> Value {
        let method = Method { receiver, kind: MethodKind::Context(args) };
        self.sized(Value::Method(Arc::new(method)), place)
    }

    fn call_outside(&mut self, callee: &Value, args: Args, place: Place) -> Eval {
        if let Some(result) = super::stdlib::call(self, callee, &args, place) {
            return result;
        }
        let args = self.freeze_args(args);
        self.requests += 1;
        if let Some(result) = H::call(self, callee, &args, place) {
            return result.map(|value| self.thaw(value));
        }
        let call = Call { callee: callee.clone(), args, place };
        Ok(self.symbol(Symbol::Call(call), place))
    }

    /// Something outside the project that was made of other values.
    pub(super) fn symbol(&self, symbol: Symbol, place: Place) -> Value {
        self.sized(Value::Symbol(Arc::new(symbol)), place)
    }

    pub(super) fn freeze_args(&self, mut args: Args) -> Args {
        for arg in &mut args.list {
            arg.value = self.freeze(&arg.value);
        }
        args
    }

    fn call_method(&mut self, method: &Arc<Method>, mut args: Args, place: Place) -> Eval {
        match &method.kind {
            MethodKind::Function(function) => {
                args.list.insert(0, Arg { name: None, value: method.receiver.clone(), place });
                match function.role {
                    Role::ContextManager => Ok(self.context(Value::Function(function.clone()), args, place)),
                    _ => self.call_function(function, args, place),
                }
            }
            MethodKind::Partial(first) => {
                let mut all = first.clone();
                all.list.extend(args.list);
                all.open = all.open.or(args.open);
                all.discarded = args.discarded;
                self.deeper(|this| this.call(&method.receiver, all, place))
            }
            MethodKind::Native(name) => super::containers::method(self, &method.receiver, *name, args, place),
            MethodKind::Context(_) | MethodKind::Super(_) => {
                Err(raise("TypeError", "object is not callable", place))
            }
        }
    }

    /// A function's value at its definition: defaults evaluated, decorators applied where they can be.
    pub(super) fn function(&mut self, frame: &Frame, definition: Definition<'_>) -> Eval {
        let def = definition.def;
        let mut defaults = Vec::with_capacity(def.params.len());
        for param in &def.params {
            defaults.push(match param.default {
                Some(default) => Some(self.expr(frame, default)?),
                None => None,
            });
        }
        let owner = match self.heap.get(frame.scope) {
            Object::Scope(Scope { class: Some(_), .. }) => frame.owner.as_ref().map(|(class, _)| *class),
            _ => None,
        };
        let mut function = Function {
            name: def.name,
            file: frame.file,
            item: frame.item,
            tree: frame.tree.clone(),
            body: FunctionBody::Def(definition.id),
            scope: self.closure_scope(frame),
            defaults,
            role: Role::Plain,
            decorators: Vec::new(),
            owner,
            setter: None,
        };
        let mut to_apply = Vec::new();
        for decorator in def.decorators.iter().rev() {
            // `@x.setter` and the like add to what `x` is already.
            if let Expr::Attribute { value, attr } = frame.tree.expr(*decorator)
                && let Expr::Name(name) = frame.tree.expr(*value)
                && *name == def.name
                && let Object::Scope(scope) = self.heap.get(frame.scope)
                && let Some(earlier) = scope.vars.get(name)
            {
                let Value::Function(property) = earlier else { return Ok(earlier.clone()) };
                let mut property = (**property).clone();
                if attr.as_str() == "setter" {
                    property.setter = Some(Arc::new(function));
                }
                return Ok(Value::Function(Arc::new(property)));
            }
            let value = self.expr(frame, *decorator)?;
            match decorator_role(&value) {
                Some(role) => function.role = role,
                None => match &value {
                    Value::Function(_) | Value::Method(_) | Value::Object(_) => {
                        to_apply.push((value, frame.place(*decorator)));
                    }
                    _ => function.decorators.push(value),
                },
            }
        }
        let function = Arc::new(function);
        let value = self.sized(Value::Function(function.clone()), frame.place(def.name_node));
        if function.scope.is_none() {
            let calls = function.decorators.iter().filter(|decorator| decorator.as_call().is_some());
            self.registered.extend(calls.map(|decorator| (decorator.clone(), value.clone())));
        }
        self.decorate(value, to_apply)
    }

    /// Applies decorators of the project, the innermost first.
    pub(super) fn decorate(&mut self, value: Value, decorators: Vec<(Value, Place)>) -> Eval {
        let mut value = value;
        for (decorator, place) in decorators {
            value = self.call(&decorator, Args::values([value], place), place)?;
        }
        Ok(value)
    }

    pub(super) fn call_function(&mut self, function: &Arc<Function>, args: Args, place: Place) -> Eval {
        if self.depth >= self.budget.depth {
            return Err(Raise::Stop(self.out_of_budget()));
        }
        let activation = Activation {
            tree: Arc::as_ptr(&function.tree) as usize,
            body: function.body,
            undecided: self.forks as usize + self.pending.len(),
        };
        if self.is_endless(&activation) {
            return Ok(self.another_level(args, place));
        }
        self.depth += 1;
        self.calls.push(place);
        self.active.push(activation);
        let result = self.deeper(|this| this.run_function(function, args, place));
        self.active.pop();
        self.calls.pop();
        self.depth -= 1;
        result
    }

    /// A function that calls itself, and nothing decides how often: as with a loop, some levels stand for all.
    fn is_endless(&self, next: &Activation) -> bool {
        let mut undecided = next.undecided;
        let mut levels = 0;
        for earlier in self.active.iter().rev().filter(|a| a.tree == next.tree && a.body == next.body) {
            if earlier.undecided >= undecided {
                return false;
            }
            undecided = earlier.undecided;
            levels += 1;
            if levels == LEVELS {
                return true;
            }
        }
        false
    }

    fn another_level(&mut self, args: Args, place: Place) -> Value {
        let because = Unknown::new(Reason::UnknownLoop, place);
        for arg in args.list {
            if let Value::Object(id) = arg.value
                && self.container(&arg.value).is_some()
            {
                self.forget(id, because.clone());
            }
        }
        Value::unknown(because)
    }

    fn run_function(&mut self, function: &Arc<Function>, args: Args, place: Place) -> Eval {
        let tree = function.tree.clone();
        let (params, body) = match function.body {
            FunctionBody::Def(id) => match tree.stmt(id) {
                Stmt::FunctionDef(def) => (&def.params, Ok(&**def)),
                _ => return Ok(unknown(Reason::SyntaxError, place)),
            },
            FunctionBody::Lambda(id) => match tree.expr(id) {
                Expr::Lambda { params, body } => (params, Err(*body)),
                _ => return Ok(unknown(Reason::SyntaxError, place)),
            },
        };
        let receiver = args.positional().next().map(|arg| arg.value.clone());
        let vars = self.bind(function, params, args, place)?;
        let scope = self.heap.add(Object::Scope(Scope { vars, parent: function.scope, ..Scope::default() }));
        let owner = function.owner.map(|class| (class, receiver));
        let frame = Frame { file: function.file, item: function.item, tree: tree.clone(), scope, owner };
        let def = match body {
            Err(expr) => return self.expr(&frame, expr),
            Ok(def) => def,
        };
        let managed = function.role == Role::ContextManager;
        let collected = (def.is_generator && !managed).then(|| self.heap.add(Object::List(Vec::new())));
        if let Some(list) = collected {
            self.yields.push(Yield::Collect(list));
        }
        let mark = self.pending.len();
        let flow = self.block(&frame, &def.body);
        let settled = self.settle(mark, flow, |flow| match flow {
            Flow::Normal => Some(Value::None),
            Flow::Return(value) => Some(value.clone()),
            _ => None,
        });
        if let Some(list) = collected {
            self.yields.pop();
            let items = match self.heap.get(list) {
                Object::List(items) => Object::Iterator { items: items.clone(), next: 0 },
                other => other.clone(),
            };
            self.heap.set(list, items);
        }
        match settled {
            Ok(value) => Ok(collected.map_or(value, Value::Object)),
            Err(Flow::Raise(raise)) => Err(raise),
            Err(_) => Ok(Value::None),
        }
    }

    fn bind(&mut self, function: &Function, params: &[Param], args: Args, place: Place) -> Eval<Vars> {
        let mut vars = Vars::default();
        // A decorator that was not applied may pass more arguments than the call does.
        let decorator = function.decorators.iter().find(|by| !super::stdlib::is_transparent(by));
        let decorator = decorator.map(|by| Arc::new(self.why_unknown(by, place)));
        let lenient = args.open.is_some() || decorator.is_some();
        let (positional, mut keywords): (Vec<Arg>, Vec<Arg>) =
            args.list.into_iter().partition(|arg| arg.name.is_none());
        let mut positional = positional.into_iter().map(|arg| arg.value);
        let type_error =
            |message: String| Err(raise("TypeError", &format!("{}() {message}", function.name), place));
        for (index, param) in params.iter().enumerate() {
            let value = match param.kind {
                ParamKind::Star => match &args.open {
                    Some(unknown) => Value::Unknown(unknown.clone()),
                    None => Value::tuple(positional.by_ref().collect()),
                },
                ParamKind::DoubleStar => {
                    let rest = std::mem::take(&mut keywords);
                    match &args.open {
                        Some(unknown) => Value::Unknown(unknown.clone()),
                        None => {
                            let entry = |arg: Arg| Some((Key(Value::str(&arg.name?)), arg.value));
                            let dict = rest.into_iter().filter_map(entry).collect();
                            Value::Object(self.heap.add(Object::Dict(dict)))
                        }
                    }
                }
                kind => {
                    let by_position = if kind == ParamKind::KeywordOnly { None } else { positional.next() };
                    let by_keyword = keywords
                        .iter()
                        .position(|arg| arg.name == Some(param.name) && kind != ParamKind::PositionalOnly)
                        .map(|at| keywords.remove(at).value);
                    if by_position.is_some() && by_keyword.is_some() && !lenient {
                        return type_error(format!("got multiple values for argument '{}'", param.name));
                    }
                    let default = function.defaults.get(index).cloned().flatten();
                    match (by_position.or(by_keyword), &args.open, default, &decorator) {
                        (Some(value), ..) => value,
                        (None, Some(unknown), ..) => Value::Unknown(unknown.clone()),
                        (None, None, Some(default), _) => default,
                        (None, None, None, Some(unknown)) => Value::Unknown(unknown.clone()),
                        _ => return type_error(format!("is missing argument '{}'", param.name)),
                    }
                }
            };
            vars.insert(param.name, value);
        }
        if lenient {
            return Ok(vars);
        }
        if positional.next().is_some() {
            return type_error("got too many positional arguments".into());
        }
        if let Some(name) = keywords.first().and_then(|arg| arg.name) {
            return type_error(format!("got an unexpected keyword argument '{name}'"));
        }
        Ok(vars)
    }
}

fn decorator_role(value: &Value) -> Option<Role> {
    if let Value::Builtin(name) = value {
        return match name.as_str() {
            "staticmethod" => Some(Role::Static),
            "classmethod" => Some(Role::Class),
            "property" => Some(Role::Property),
            _ => None,
        };
    }
    match value.as_path()?.as_str() {
        "contextlib.contextmanager" | "contextlib.asynccontextmanager" => Some(Role::ContextManager),
        "functools.cached_property" => Some(Role::Property),
        _ => None,
    }
}
