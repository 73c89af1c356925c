//! Calls: binding of arguments, functions of the project, everything else by kind.

use super::access::raise;
use super::heap::{Object, Scope, Vars};
use super::{Flow, Frame, Interp, Yield, unknown};
use crate::ast::{Expr, FunctionDef, Param, ParamKind, Stmt, StmtId};
use crate::host::{Eval, Host, Raise};
use crate::value::{Arg, Args, Function, FunctionBody, Method, MethodKind, Role, Symbol, Value};
use fact::{Place, Reason};
use std::sync::Arc;

pub(super) struct Definition<'a> {
    pub id: StmtId,
    pub def: &'a FunctionDef,
}

impl<H: Host> Interp<'_, H> {
    /// Calls anything.
    pub fn call(&mut self, callee: &Value, args: Args, place: Place) -> Eval {
        self.step()?;
        match callee {
            Value::Function(function) if function.role == Role::ContextManager => {
                Ok(Value::Method(Arc::new(Method {
                    receiver: callee.clone(),
                    kind: MethodKind::Context(args),
                })))
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
                H::call_unknown(self, unknown, &args, place);
                Ok(callee.clone())
            }
            Value::Partial(_) => Ok(Value::unknown(self.why_unknown(callee, place))),
            _ => Err(raise("TypeError", "object is not callable", place)),
        }
    }

    fn call_outside(&mut self, callee: &Value, args: Args, place: Place) -> Eval {
        if let Some(result) = super::stdlib::call(self, callee, &args, place) {
            return result;
        }
        let args = self.freeze_args(args);
        if let Some(result) = H::call(self, callee, &args, place) {
            return result.map(|value| self.thaw(value));
        }
        let call = crate::value::Call { callee: callee.clone(), args, place };
        Ok(Value::Symbol(Arc::new(Symbol::Call(call))))
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
                    Role::ContextManager => Ok(Value::Method(Arc::new(Method {
                        receiver: Value::Function(function.clone()),
                        kind: MethodKind::Context(args),
                    }))),
                    _ => self.call_function(function, args, place),
                }
            }
            MethodKind::Partial(first) => {
                let mut all = first.clone();
                all.list.extend(args.list);
                all.open = all.open.or(args.open);
                all.discarded = args.discarded;
                self.call(&method.receiver, all, place)
            }
            MethodKind::Native(name) => super::collections::method(self, &method.receiver, *name, args, place),
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
        };
        let mut to_apply = Vec::new();
        for decorator in def.decorators.iter().rev() {
            let value = self.expr(frame, *decorator)?;
            match decorator_role(&value) {
                Some(role) => function.role = role,
                None => match &value {
                    Value::Function(_) | Value::Method(_) => to_apply.push((value, frame.place(*decorator))),
                    Value::Object(_) if to_apply.is_empty() && self.is_class(&value) => {
                        to_apply.push((value, frame.place(*decorator)));
                    }
                    _ => function.decorators.push(value),
                },
            }
        }
        let mut value = Value::Function(Arc::new(function));
        for (decorator, place) in to_apply {
            let decorated = self.call(&decorator, Args::values([value.clone()], place), place)?;
            // A decorator that cannot be followed is taken to leave the function as it is.
            if !matches!(decorated, Value::Unknown(_) | Value::None) {
                value = decorated;
            }
        }
        Ok(value)
    }

    pub(super) fn call_function(&mut self, function: &Arc<Function>, args: Args, place: Place) -> Eval {
        if self.depth >= self.budget.depth {
            return Err(Raise::Stop(self.out_of_budget()));
        }
        self.depth += 1;
        self.calls.push(place);
        let result = stacker::maybe_grow(256 * 1024, 4 * 1024 * 1024, || self.run_function(function, args, place));
        self.calls.pop();
        self.depth -= 1;
        result
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
        let scope =
            self.heap.add(Object::Scope(Scope { vars, parent: function.scope, ..Scope::default() }));
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
        let open = args.open.clone();
        let mut positional: Vec<Value> = Vec::new();
        let mut keywords: Vec<(fact::Name, Value)> = Vec::new();
        for arg in args.list {
            match arg.name {
                None => positional.push(arg.value),
                Some(name) => keywords.push((name, arg.value)),
            }
        }
        let mut positional = positional.into_iter();
        for (index, param) in params.iter().enumerate() {
            let value = match param.kind {
                ParamKind::Star => Value::tuple(positional.by_ref().collect()),
                ParamKind::DoubleStar => {
                    let rest = std::mem::take(&mut keywords);
                    let dict = rest.into_iter().map(|(n, v)| (crate::value::Key(Value::str(&n)), v)).collect();
                    Value::Object(self.heap.add(Object::Dict(dict)))
                }
                kind => {
                    let by_position =
                        if kind == ParamKind::KeywordOnly { None } else { positional.next() };
                    let by_keyword = keywords
                        .iter()
                        .position(|(name, _)| *name == param.name && kind != ParamKind::PositionalOnly)
                        .map(|at| keywords.swap_remove(at).1);
                    match (by_position.or(by_keyword), &open, function.defaults.get(index)) {
                        (Some(value), _, _) => value,
                        (None, Some(unknown), _) => Value::Unknown(unknown.clone()),
                        (None, None, Some(Some(default))) => default.clone(),
                        _ => {
                            let message =
                                format!("{}() missing argument '{}'", function.name, param.name);
                            return Err(raise("TypeError", &message, place));
                        }
                    }
                }
            };
            vars.insert(param.name, value);
        }
        if positional.next().is_some() {
            let message = format!("{}() takes {} positional arguments", function.name, params.len());
            return Err(raise("TypeError", &message, place));
        }
        if let Some((name, _)) = keywords.first() {
            let message = format!("{}() got an unexpected keyword argument '{name}'", function.name);
            return Err(raise("TypeError", &message, place));
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
