//! Names, attributes, items: reading and binding them.

use super::heap::{Object, ObjectId, Scope};
use super::{Frame, Interp, unknown};
use crate::ast::{Expr, ExprId};
use crate::host::{Eval, Exception, Host, Raise};
use crate::modules::Found;
use crate::value::{Key, Method, MethodKind, Symbol, Value};
use fact::{Name, Place, Reason, Unknown};
use std::sync::Arc;

impl<H: Host> Interp<'_, H> {
    pub(super) fn lookup(&mut self, frame: &Frame, name: Name, place: Place) -> Value {
        let mut scope = Some(frame.scope);
        while let Some(id) = scope {
            let Object::Scope(current) = self.heap.get(id) else { break };
            if current.module.is_some() {
                break;
            }
            if current.globals.contains(&name) {
                break;
            }
            if let Some(value) = current.vars.get(&name) {
                return value.clone();
            }
            scope = current.parent;
        }
        if let Some(source) = self.source_of(frame)
            && let Some(value) = self.module_name(&source, name)
        {
            return value;
        }
        if super::builtins::is_builtin(name.as_str()) {
            return Value::Builtin(name);
        }
        unknown(Reason::NameNotFound(name.as_str().into()), place)
    }

    /// The scope that functions defined here close over: a class body's names are not visible in its methods.
    pub(super) fn closure_scope(&self, frame: &Frame) -> Option<ObjectId> {
        match self.heap.get(frame.scope) {
            Object::Scope(Scope { module: Some(_), .. }) => None,
            Object::Scope(Scope { class: Some(_), parent, .. }) => *parent,
            _ => Some(frame.scope),
        }
    }

    pub(super) fn assign_name(&mut self, frame: &Frame, name: Name, value: Value, place: Place) {
        let mut target = frame.scope;
        if let Object::Scope(scope) = self.heap.get(target) {
            if scope.globals.contains(&name) {
                if let Some(module) = self.modules.get(&frame.file) {
                    target = module.scope;
                }
            } else if scope.nonlocals.contains(&name) {
                let mut outer = scope.parent;
                while let Some(id) = outer {
                    let Object::Scope(scope) = self.heap.get(id) else { break };
                    if scope.vars.contains_key(&name) {
                        target = id;
                        break;
                    }
                    outer = scope.parent;
                }
            }
        }
        if let Some(Object::Scope(scope)) = self.heap.get_mut(target) {
            scope.vars.insert(name, value);
            if let Some(class) = &mut scope.class {
                class.places.insert(name, place);
            }
        }
    }

    /// Binds a target: a name, attribute, item, or a tuple of targets.
    pub(super) fn assign(&mut self, frame: &Frame, target: ExprId, value: Value) -> Eval<()> {
        let tree = frame.tree.clone();
        match tree.expr(target) {
            Expr::Name(name) => self.assign_name(frame, *name, value, frame.place(target)),
            Expr::Tuple(targets) | Expr::List(targets) => self.unpack(frame, targets, &value, target)?,
            Expr::Attribute { value: of, attr } => {
                let of = self.expr(frame, *of)?;
                self.setattr(&of, *attr, value);
            }
            Expr::Subscript { value: of, index } => {
                let of = self.expr(frame, *of)?;
                let index = self.expr(frame, *index)?;
                self.set_item(&of, index, value, frame.place(target));
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
            Expr::Tuple(targets) => {
                for target in targets {
                    self.delete(frame, *target)?;
                }
            }
            Expr::Subscript { value, index } => {
                let of = self.expr(frame, *value)?;
                let index = self.expr(frame, *index)?;
                self.delete_item(&of, &index, frame.place(target));
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
            Value::Module(module) => Ok(self.module_member(*module, name, place)),
            Value::Symbol(symbol) => {
                if let Some(result) = H::getattr(self, of, name, place) {
                    return result.map(|value| self.thaw(value));
                }
                if let Some(value) = super::stdlib::getattr(self, symbol, name, place) {
                    return Ok(value);
                }
                Ok(match &**symbol {
                    Symbol::Path(path) => Value::path(&format!("{path}.{name}")),
                    _ => Value::Symbol(Arc::new(Symbol::Attribute { of: of.clone(), name, place })),
                })
            }
            Value::Handle(_) => match H::getattr(self, of, name, place) {
                Some(result) => result.map(|value| self.thaw(value)),
                None => Ok(Value::Symbol(Arc::new(Symbol::Attribute { of: of.clone(), name, place }))),
            },
            Value::Object(id) => self.object_attribute(*id, name, place),
            Value::Function(function) => Ok(match name.as_str() {
                "__name__" | "__qualname__" => Value::str(function.name.as_str()),
                "__doc__" => Value::None,
                _ => unknown(Reason::UnsupportedSyntax("an attribute of a function".into()), place),
            }),
            Value::Method(method) if matches!(method.kind, MethodKind::Super(_)) => {
                self.super_attribute(method, name, place)
            }
            Value::Builtin(builtin) => Ok(match name.as_str() {
                "__name__" => Value::str(builtin.as_str()),
                _ => native(of, name),
            }),
            _ => Ok(native(of, name)),
        }
    }

    fn module_member(&mut self, module: Name, name: Name, place: Place) -> Value {
        let found = self.find(module);
        if let Found::Module(source) = &found
            && let Some(value) = self.module_name(source, name)
        {
            return value;
        }
        if let Some(value) = self.submodule(module, name) {
            return value;
        }
        let broken = matches!(&found, Found::Module(source) if !source.module.errors.is_empty());
        let reason = if broken {
            Reason::SyntaxError
        } else {
            Reason::NameNotFound(format!("{module}.{name}").into())
        };
        unknown(reason, place)
    }

    pub(super) fn setattr(&mut self, of: &Value, name: Name, value: Value) {
        let Value::Object(id) = of else { return };
        match self.heap.get_mut(*id) {
            Some(Object::Instance(instance)) => match instance.attrs.iter_mut().find(|(n, _)| *n == name) {
                Some((_, slot)) => *slot = value,
                None => instance.attrs.push((name, value)),
            },
            Some(Object::Class(class)) => {
                class.attrs.insert(name, value);
            }
            _ => {}
        }
    }

    /// `of[index]`
    pub fn subscript(&mut self, of: &Value, index: &Value, place: Place) -> Eval {
        if let Value::Unknown(_) = of {
            return Ok(of.clone());
        }
        if let Some(call) = index.as_call()
            && call.path().is_some_and(|path| path == "builtins.slice")
            && !matches!(of, Value::Symbol(_) | Value::Handle(_))
        {
            let bounds: Vec<Value> = call.args.list.iter().map(|arg| arg.value.clone()).collect();
            return Ok(self.slice(of, &bounds, place));
        }
        match of {
            Value::Symbol(_) | Value::Handle(_) => {
                if let Some(result) = H::subscript(self, of, index, place) {
                    return result.map(|value| self.thaw(value));
                }
                if let Some(value) = super::stdlib::subscript(self, of, index, place) {
                    return Ok(value);
                }
                let index = self.freeze(index);
                return Ok(Value::Symbol(Arc::new(Symbol::Item { of: of.clone(), index })));
            }
            Value::Builtin(_) => {
                let index = self.freeze(index);
                return Ok(Value::Symbol(Arc::new(Symbol::Item { of: of.clone(), index })));
            }
            Value::Object(id) => match self.heap.get(*id) {
                Object::Class(class) => {
                    // `Color["RED"]`, or a generic class's parameters.
                    let member = index.as_str().and_then(|name| class.attrs.get(&fact::name(name)).cloned());
                    return Ok(member.unwrap_or_else(|| of.clone()));
                }
                Object::Unknown(because) => return Ok(Value::unknown(because.clone())),
                Object::Dict(dict) => {
                    if index.as_unknown().is_some() {
                        return Ok(Value::unknown(self.why_unknown(index, place)));
                    }
                    return match dict.get(&Key(index.clone())) {
                        Some(value) => Ok(value.clone()),
                        None if dict.keys().any(|key| key.0.as_unknown().is_some()) => {
                            Ok(unknown(Reason::UnreadableArgument("the key".into()), place))
                        }
                        None => self.missing_key(*id, index, place),
                    };
                }
                _ => {}
            },
            Value::Dict(entries) => {
                if let Some(unknown) = index.as_unknown() {
                    return Ok(Value::Unknown(unknown.clone()));
                }
                let found = entries.iter().find(|(key, _)| crate::value::same(key, index));
                return match found {
                    Some((_, value)) => Ok(value.clone()),
                    None => Err(key_error(index, place)),
                };
            }
            _ => {}
        }
        let Some(index) = index.as_int() else {
            return Ok(Value::unknown(self.why_unknown(index, place)));
        };
        match self.iterate(of, place)? {
            Ok(items) => match position(index, items.len()).and_then(|at| items.get(at)) {
                Some(item) => Ok(item.clone()),
                None => Err(raise("IndexError", "index out of range", place)),
            },
            Err(because) => Ok(Value::unknown(because)),
        }
    }

    fn missing_key(&mut self, id: ObjectId, index: &Value, place: Place) -> Eval {
        // `defaultdict(list)`: the factory stands under a key that no program can write.
        if let Object::Dict(dict) = self.heap.get(id)
            && let Some(factory) = dict.get(&Key(super::stdlib::default_factory_key())).cloned()
        {
            let value = self.call(&factory, Default::default(), place)?;
            if let Some(Object::Dict(dict)) = self.heap.get_mut(id) {
                dict.insert(Key(index.clone()), value.clone());
            }
            return Ok(value);
        }
        Err(key_error(index, place))
    }

    fn slice(&mut self, of: &Value, bounds: &[Value], place: Place) -> Value {
        let bound = |i: usize| bounds.get(i).filter(|v| !v.is_none());
        let ints: Vec<Option<i64>> = (0..3).map(|i| bound(i).and_then(Value::as_int)).collect();
        if (0..3).any(|i| bound(i).is_some() && ints[i].is_none()) {
            return unknown(Reason::UnreadableArgument("the bounds of a slice".into()), place);
        }
        let items = match self.iterate(of, place) {
            Ok(Ok(items)) => items,
            Ok(Err(because)) => return Value::unknown(because),
            Err(_) => return unknown(Reason::UnsupportedSyntax("this slice".into()), place),
        };
        let picked = slice_items(&items, ints[0], ints[1], ints[2].unwrap_or(1));
        match of {
            Value::Str(_) => {
                let text: String = picked.iter().filter_map(Value::as_str).collect();
                Value::str(&text)
            }
            Value::Tuple(_) => Value::tuple(picked),
            _ => Value::Object(self.heap.add(Object::List(picked))),
        }
    }

    fn set_item(&mut self, of: &Value, index: Value, value: Value, place: Place) {
        let Value::Object(id) = of else { return };
        let because = || Unknown::new(Reason::UnreadableArgument("the key of an item".into()), place);
        match self.heap.get_mut(*id) {
            Some(Object::Dict(dict)) => {
                if index.as_unknown().is_some() {
                    self.heap.set(*id, Object::Unknown(because()));
                } else {
                    dict.insert(Key(index), value);
                }
            }
            Some(Object::List(items)) => {
                let slot = index.as_int().and_then(|i| position(i, items.len())).and_then(|i| items.get_mut(i));
                match slot {
                    Some(slot) => *slot = value,
                    None => self.heap.set(*id, Object::Unknown(because())),
                }
            }
            _ => {}
        }
    }

    fn delete_item(&mut self, of: &Value, index: &Value, place: Place) {
        let Value::Object(id) = of else { return };
        match self.heap.get_mut(*id) {
            Some(Object::Dict(dict)) if index.as_unknown().is_none() => {
                dict.shift_remove(&Key(index.clone()));
            }
            Some(Object::List(items)) => {
                if let Some(at) = index.as_int().and_then(|i| position(i, items.len())).filter(|i| *i < items.len()) {
                    items.remove(at);
                }
            }
            _ => {
                let because = Unknown::new(Reason::UnreadableArgument("a deleted item".into()), place);
                self.heap.set(*id, Object::Unknown(because));
            }
        }
    }

    /// The items that a loop over `value` sees, or why they are not known.
    pub fn iterate(&mut self, value: &Value, place: Place) -> Eval<Result<Vec<Value>, Unknown>> {
        Ok(match value {
            Value::Tuple(items) | Value::List(items) | Value::Set(items) => Ok(items.to_vec()),
            Value::Dict(entries) => Ok(entries.iter().map(|(key, _)| key.clone()).collect()),
            Value::Str(text) => {
                let mut buffer = [0; 4];
                Ok(text.chars().map(|c| Value::str(c.encode_utf8(&mut buffer))).collect())
            }
            Value::Object(id) => match self.heap.get_mut(*id) {
                Some(Object::List(items)) => Ok(items.clone()),
                Some(Object::Dict(dict)) | Some(Object::Set(dict)) => {
                    let hidden = super::stdlib::default_factory_key();
                    Ok(dict.keys().map(|key| key.0.clone()).filter(|key| *key != hidden).collect())
                }
                Some(Object::Iterator { items, next }) => {
                    let rest = items.get(*next..).map(<[Value]>::to_vec).unwrap_or_default();
                    *next = items.len();
                    Ok(rest)
                }
                Some(Object::Class(_)) => match self.enum_members(*id) {
                    Some(members) => Ok(members),
                    None => Err(self.why_unknown(value, place)),
                },
                Some(Object::Unknown(because)) => Err(because.clone()),
                Some(Object::Instance(_)) => {
                    let iter = self.getattr(value, fact::name("__iter__"), place)?;
                    if matches!(iter, Value::Method(_)) {
                        let items = self.call(&iter, Default::default(), place)?;
                        if items != *value {
                            return self.iterate(&items, place);
                        }
                    }
                    Err(self.why_unknown(value, place))
                }
                _ => Err(self.why_unknown(value, place)),
            },
            Value::Symbol(_) | Value::Handle(_) => match H::iterate(self, value, place) {
                Some(items) => Ok(items?),
                None => Err(self.why_unknown(value, place)),
            },
            Value::None | Value::Int(_) | Value::Bool(_) | Value::Float(_) => {
                return Err(raise("TypeError", "object is not iterable", place));
            }
            _ => Err(self.why_unknown(value, place)),
        })
    }

    /// The items of a built-in container, when it is one and all are known.
    pub(super) fn known_items(&mut self, value: &Value) -> Option<Vec<Value>> {
        match value {
            Value::Tuple(items) | Value::List(items) | Value::Set(items) => Some(items.to_vec()),
            Value::Dict(_) | Value::Object(_) => {
                let place = Place::whole_file(fact::FileId(0));
                self.iterate(value, place).ok()?.ok()
            }
            _ => None,
        }
    }

    /// Keys and values of a dict.
    pub fn dict_entries(&self, value: &Value) -> Option<Vec<(Value, Value)>> {
        match value {
            Value::Dict(entries) => Some(entries.to_vec()),
            Value::Object(id) => match self.heap.get(*id) {
                Object::Dict(dict) => {
                    let hidden = super::stdlib::default_factory_key();
                    let entries = dict.iter().filter(|(key, _)| key.0 != hidden);
                    Some(entries.map(|(key, value)| (key.0.clone(), value.clone())).collect())
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The value by content: lists, sets and dicts of the heap become frozen ones.
    pub fn freeze(&self, value: &Value) -> Value {
        self.freeze_at(value, 0)
    }

    fn freeze_at(&self, value: &Value, depth: u32) -> Value {
        if depth > 20 {
            return value.clone();
        }
        let all = |items: &[Value]| -> Arc<[Value]> {
            items.iter().map(|item| self.freeze_at(item, depth + 1)).collect()
        };
        match value {
            Value::Tuple(items) => Value::Tuple(all(items)),
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(items) => Value::List(all(items)),
                Object::Iterator { items, next } => Value::List(all(items.get(*next..).unwrap_or_default())),
                Object::Set(set) => {
                    Value::Set(set.keys().map(|key| self.freeze_at(&key.0, depth + 1)).collect())
                }
                Object::Dict(dict) => Value::Dict(
                    dict.iter()
                        .map(|(k, v)| (self.freeze_at(&k.0, depth + 1), self.freeze_at(v, depth + 1)))
                        .collect(),
                ),
                Object::Unknown(because) => Value::unknown(because.clone()),
                _ => value.clone(),
            },
            _ => value.clone(),
        }
    }

    /// What a host returns becomes an ordinary, mutable container.
    pub(super) fn thaw(&mut self, value: Value) -> Value {
        let object = match value {
            Value::List(items) => Object::List(items.to_vec()),
            Value::Set(items) => Object::Set(items.iter().map(|item| (Key(item.clone()), Value::None)).collect()),
            Value::Dict(entries) => {
                Object::Dict(entries.iter().map(|(k, v)| (Key(k.clone()), v.clone())).collect())
            }
            other => return other,
        };
        Value::Object(self.heap.add(object))
    }
}

/// A method of a built-in type.
pub(super) fn native(receiver: &Value, name: Name) -> Value {
    Value::Method(Arc::new(Method { receiver: receiver.clone(), kind: MethodKind::Native(name) }))
}

/// A built-in exception.
pub(super) fn raise(class: &str, message: &str, place: Place) -> Raise {
    Raise::Exception(Exception {
        class: Value::Builtin(fact::name(class)),
        args: vec![Value::str(message)],
        place,
    })
}

fn key_error(key: &Value, place: Place) -> Raise {
    let args = vec![key.clone()];
    Raise::Exception(Exception { class: Value::Builtin(fact::name("KeyError")), args, place })
}

/// A Python index, negative ones from the end.
pub(super) fn position(index: i64, len: usize) -> Option<usize> {
    if index < 0 { len.checked_sub(usize::try_from(index.checked_neg()?).ok()?) } else { usize::try_from(index).ok() }
}

fn slice_items(items: &[Value], lower: Option<i64>, upper: Option<i64>, step: i64) -> Vec<Value> {
    let len = items.len() as i64;
    let clamp = |bound: i64, low: i64, high: i64| (if bound < 0 { bound.saturating_add(len) } else { bound }).clamp(low, high);
    let mut picked = Vec::new();
    if step > 0 {
        let mut at = lower.map_or(0, |b| clamp(b, 0, len));
        let end = upper.map_or(len, |b| clamp(b, 0, len));
        while at < end {
            picked.push(items[at as usize].clone());
            at = at.saturating_add(step);
        }
    } else if step < 0 {
        let mut at = lower.map_or(len - 1, |b| clamp(b, -1, len - 1));
        let end = upper.map_or(-1, |b| clamp(b, -1, len - 1));
        while at > end {
            picked.push(items[at as usize].clone());
            at = at.saturating_add(step);
        }
    }
    picked
}
