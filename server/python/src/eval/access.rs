//! Names, attributes, items: reading and binding them.

use super::heap::{Object, ObjectId, Scope};
use super::{Frame, Interp, unknown};
use crate::ast::{Expr, ExprId, ItemTree, Stmt, StmtId};
use crate::host::{Eval, Exception, Host, Raise};
use crate::modules::Found;
use crate::value::{FunctionBody, Method, MethodKind, Symbol, Value};
use fact::{Name, Place, Reason};
use std::sync::Arc;

impl<H: Host> Interp<'_, H> {
    pub(super) fn lookup(&mut self, frame: &Frame, name: Name, place: Place) -> Eval {
        let mut scope = Some(frame.scope);
        while let Some(id) = scope {
            let Object::Scope(current) = self.heap.get(id) else { break };
            if current.module.is_some() || current.globals.contains(&name) {
                break;
            }
            if let Some(value) = current.vars.get(&name) {
                return Ok(value.clone());
            }
            scope = current.parent;
        }
        let source = self.source_of(frame);
        if let Some(source) = &source
            && let Some(value) = self.module_value(source, name)?
        {
            return Ok(value);
        }
        if super::builtins::is_builtin(name.as_str()) {
            return Ok(Value::Builtin(name));
        }
        // Outside of a `try` that is a gap in what was read rather than an error that a project would live with.
        if self.in_try() && source.is_some_and(|source| source.module.errors.is_empty()) {
            return Err(raise("NameError", &format!("name '{name}' is not defined"), place));
        }
        Ok(unknown(Reason::NameNotFound(name.as_str().into()), place))
    }

    /// The scope that functions defined here close over: a class body's names are not visible in its methods.
    pub(super) fn closure_scope(&self, frame: &Frame) -> Option<ObjectId> {
        match self.heap.get(frame.scope) {
            Object::Scope(Scope { module: Some(_), .. }) => None,
            Object::Scope(Scope { class: Some(_), parent, .. }) => *parent,
            _ => Some(frame.scope),
        }
    }

    /// Where `:=` binds: comprehensions have a scope of their own, but not for that.
    pub(super) fn walrus_scope(&self, mut scope: ObjectId) -> ObjectId {
        while let Object::Scope(Scope { around: Some(around), .. }) = self.heap.get(scope) {
            scope = *around;
        }
        scope
    }

    pub(super) fn assign_name(&mut self, frame: &Frame, name: Name, value: Value, place: Place) {
        let mut target = frame.scope;
        if let Object::Scope(scope) = self.heap.get(target) {
            if scope.globals.contains(&name) {
                if let Some(source) = self.source_of(frame) {
                    self.bind_module_name(&source, name, value);
                }
                return;
            }
            if scope.nonlocals.contains(&name) {
                target = self.scope_with(scope.parent, name).unwrap_or(target);
            }
        }
        if let Some(Object::Scope(scope)) = self.heap.get_mut(target) {
            scope.vars.insert(name, value);
            if let Some(class) = &mut scope.class {
                class.places.insert(name, place);
            }
        }
    }

    /// `locals()` or `vars()` in the body of a class: the one place where writing to it binds names.
    fn is_class_namespace(&self, frame: &Frame, of: ExprId) -> bool {
        let Expr::Call { func, args } = frame.tree.expr(of) else { return false };
        let named =
            matches!(frame.tree.expr(*func), Expr::Name(name) if matches!(name.as_str(), "locals" | "vars"));
        let in_class = matches!(self.heap.get(frame.scope), Object::Scope(scope) if scope.class.is_some());
        named && args.is_empty() && in_class
    }

    /// `locals()[key] = value` in the body of a class. An unknown key may be any name.
    fn assign_key(&mut self, frame: &Frame, key: &Value, value: Value, place: Place) {
        match key.as_str() {
            Some(key) => self.assign_name(frame, fact::name(key), value, place),
            None => {
                let because = Value::unknown(self.why_unknown(key, place));
                if let Some(Object::Scope(scope)) = self.heap.get_mut(frame.scope) {
                    scope.vars.values_mut().for_each(|bound| *bound = because.clone());
                }
            }
        }
    }

    fn scope_with(&self, mut scope: Option<ObjectId>, name: Name) -> Option<ObjectId> {
        while let Some(id) = scope {
            let Object::Scope(current) = self.heap.get(id) else { return None };
            if current.vars.contains_key(&name) {
                return Some(id);
            }
            scope = current.parent;
        }
        None
    }

    /// Binds a target: a name, attribute, item, or a tuple of targets.
    pub(super) fn assign(&mut self, frame: &Frame, target: ExprId, value: Value) -> Eval<()> {
        let tree = frame.tree.clone();
        match tree.expr(target) {
            Expr::Name(name) => self.assign_name(frame, *name, value, frame.place(target)),
            Expr::Tuple(targets) | Expr::List(targets) => self.unpack(frame, targets, &value, target)?,
            Expr::Attribute { value: of, attr } => {
                let of = self.expr(frame, *of)?;
                self.setattr(&of, *attr, value, frame.place(target))?;
            }
            Expr::Subscript { value: of, index } if self.is_class_namespace(frame, *of) => {
                let key = self.expr(frame, *index)?;
                self.assign_key(frame, &key, value, frame.place(target));
            }
            Expr::Subscript { value: of, index } => {
                let of = self.expr(frame, *of)?;
                let index = self.expr(frame, *index)?;
                self.set_item(&of, index, value, frame.place(target))?;
            }
            Expr::Starred(inner) => self.assign(frame, *inner, value)?,
            _ => {}
        }
        Ok(())
    }

    fn unpack(&mut self, frame: &Frame, targets: &[ExprId], value: &Value, node: ExprId) -> Eval<()> {
        let place = frame.place(node);
        let star = targets.iter().position(|t| matches!(frame.tree.expr(*t), Expr::Starred(_)));
        match self.iterate(value, place)? {
            Ok(items) => match star {
                None if items.len() == targets.len() => {
                    for (target, item) in targets.iter().zip(items) {
                        self.assign(frame, *target, item)?;
                    }
                }
                Some(star) if items.len() + 1 >= targets.len() => {
                    let after = targets.len() - star - 1;
                    let middle = items.len() - after;
                    for (target, item) in targets[..star].iter().zip(&items[..star]) {
                        self.assign(frame, *target, item.clone())?;
                    }
                    let list = self.heap.add(Object::List(items[star..middle].to_vec()));
                    self.assign(frame, targets[star], Value::Object(list))?;
                    for (target, item) in targets[star + 1..].iter().zip(&items[middle..]) {
                        self.assign(frame, *target, item.clone())?;
                    }
                }
                _ => {
                    let message = format!("cannot unpack {} values into {}", items.len(), targets.len());
                    return Err(raise("ValueError", &message, place));
                }
            },
            Err(because) => {
                for target in targets {
                    self.assign(frame, *target, Value::unknown(because.clone()))?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn delete(&mut self, frame: &Frame, target: ExprId) -> Eval<()> {
        let tree = frame.tree.clone();
        match tree.expr(target) {
            Expr::Name(name) => {
                if let Some(Object::Scope(scope)) = self.heap.get_mut(frame.scope) {
                    scope.vars.shift_remove(name);
                }
            }
            Expr::Tuple(targets) | Expr::List(targets) => {
                for target in targets {
                    self.delete(frame, *target)?;
                }
            }
            Expr::Attribute { value, attr } => {
                let of = self.expr(frame, *value)?;
                self.delattr(&of, *attr);
            }
            Expr::Subscript { value, index } => {
                let of = self.expr(frame, *value)?;
                let index = self.expr(frame, *index)?;
                self.delete_item(&of, &index, frame.place(target))?;
            }
            _ => {}
        }
        Ok(())
    }

    /// `of.name`
    pub fn getattr(&mut self, of: &Value, name: Name, place: Place) -> Eval {
        match of {
            Value::Unknown(_) => Ok(of.clone()),
            Value::Partial(_) => Ok(Value::unknown(self.why_unknown(of, place))),
            Value::Module(module) => self.module_member(*module, name, place),
            Value::Symbol(symbol) => {
                if let Some(result) = H::getattr(self, of, name, place) {
                    return result.map(|value| self.thaw(value));
                }
                if let Some(value) = super::stdlib::getattr(self, symbol, name, place) {
                    return Ok(value);
                }
                Ok(match &**symbol {
                    Symbol::Path(path) => super::import::outside_name(*path, name),
                    _ => self.symbol(Symbol::Attribute { of: of.clone(), name, place }, place),
                })
            }
            Value::Handle(_) => match H::getattr(self, of, name, place) {
                Some(result) => result.map(|value| self.thaw(value)),
                None => Ok(self.symbol(Symbol::Attribute { of: of.clone(), name, place }, place)),
            },
            Value::Object(id) => self.object_attribute(*id, name, place),
            Value::Function(function) => Ok(match name.as_str() {
                "__name__" | "__qualname__" => Value::str(function.name.as_str()),
                "__doc__" => match function.body {
                    FunctionBody::Def(id) => match function.tree.stmt(id) {
                        Stmt::FunctionDef(def) => doc_string(&function.tree, &def.body),
                        _ => Value::None,
                    },
                    FunctionBody::Lambda(_) => Value::None,
                },
                _ => unknown(Reason::UnsupportedSyntax("an attribute of a function".into()), place),
            }),
            Value::Method(method) if matches!(method.kind, MethodKind::Super(_)) => {
                self.super_attribute(method, name, place)
            }
            Value::Method(_) => {
                Ok(unknown(Reason::UnsupportedSyntax("an attribute of a method".into()), place))
            }
            Value::Builtin(builtin) if name == "__name__" => Ok(Value::str(builtin.as_str())),
            Value::None if !name.starts_with("__") => self.no_attribute(name, place),
            Value::Int(_) | Value::Float(_) if name == "real" => Ok(of.clone()),
            _ if self.has_method(of, &name) == Some(false) => self.no_attribute(name, place),
            _ => Ok(native(of, name)),
        }
    }

    fn module_member(&mut self, module: Name, name: Name, place: Place) -> Eval {
        let found = self.find(module);
        let value = match &found {
            Found::Module(source) => {
                self.module_value(source, name)?.or_else(|| self.made_on_demand(source, name))
            }
            _ => None,
        };
        if let Some(value) = value.or_else(|| self.submodule(module, name)) {
            return Ok(value);
        }
        match &found {
            Found::Module(source) if source.module.errors.is_empty() => {
                if self.in_try() {
                    return self.no_attribute(name, place);
                }
                Ok(unknown(Reason::NameNotFound(format!("{module}.{name}").into()), place))
            }
            Found::Module(source) => Ok(unknown(Reason::SyntaxError, Place::whole_file(source.file))),
            _ => Ok(super::import::outside_name(module, name)),
        }
    }
}

/// What a body starts with, if that is a text.
pub(super) fn doc_string(tree: &ItemTree, body: &[StmtId]) -> Value {
    let Some(Stmt::Expr(first)) = body.first().map(|id| tree.stmt(*id)) else { return Value::None };
    match tree.expr(*first) {
        Expr::Str(text) => Value::Str(text.clone()),
        _ => Value::None,
    }
}

/// A method of a built-in type.
pub(super) fn native(receiver: &Value, name: Name) -> Value {
    Value::Method(Arc::new(Method { receiver: receiver.clone(), kind: MethodKind::Native(name) }))
}

/// A built-in exception. Its message says what is wrong, but not in the words of any Python.
pub(super) fn raise(class: &str, message: &str, place: Place) -> Raise {
    Raise::Exception(Exception {
        class: Value::Builtin(fact::name(class)),
        args: vec![unknown(Reason::Raised(message.into()), place)],
        place,
    })
}
