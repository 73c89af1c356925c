//! Methods of lists and dicts.

use super::access::raise;
use super::heap::{Dict, Object, ObjectId};
use super::items::{key_error, position};
use super::{Interp, unknown};
use crate::ast::BinaryOp;
use crate::host::{Eval, Host};
use crate::value::{Args, Key, Value};
use fact::{Name, Place, Reason};
use std::sync::Arc;

const LIST: &[&str] =
    &["append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort"];
const DICT: &[&str] = &[
    "clear",
    "copy",
    "fromkeys",
    "get",
    "items",
    "keys",
    "move_to_end",
    "pop",
    "popitem",
    "setdefault",
    "update",
    "values",
];
const TUPLE: &[&str] = &["count", "index"];
const NUMBER: &[&str] = &[
    "as_integer_ratio",
    "bit_count",
    "bit_length",
    "conjugate",
    "denominator",
    "from_bytes",
    "fromhex",
    "hex",
    "imag",
    "is_integer",
    "numerator",
    "real",
    "to_bytes",
];

impl<H: Host> Interp<'_, H> {
    /// Whether a built-in value has a method of that name; `None` for other values.
    pub(super) fn has_method(&self, receiver: &Value, name: &str) -> Option<bool> {
        let names = match receiver {
            Value::Str(_) => super::strings::METHODS,
            Value::List(_) => LIST,
            Value::Dict(_) => DICT,
            Value::Set(_) => super::sets::METHODS,
            Value::Tuple(_) => TUPLE,
            Value::Bool(_) | Value::Int(_) | Value::Float(_) => NUMBER,
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(_) => LIST,
                Object::Dict(_) | Object::Globals(_) => DICT,
                Object::Set(_) => super::sets::METHODS,
                // Of what was a container it is not known any more which.
                Object::Unknown(_) => {
                    return Some(
                        [LIST, DICT, super::sets::METHODS].iter().any(|names| names.contains(&name)),
                    );
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(names.contains(&name) || name.starts_with("__"))
    }
}

/// A method of a built-in value.
pub(super) fn method<H: Host>(
    interp: &mut Interp<'_, H>,
    receiver: &Value,
    name: Name,
    args: Args,
    place: Place,
) -> Eval {
    if let Value::Builtin(class) = receiver {
        return class_method(interp, *class, name, args, place);
    }
    if name.starts_with("__") {
        return Ok(unknown(Reason::UnsupportedSyntax(format!("the method {name}").into()), place));
    }
    match receiver {
        Value::Str(text) => super::strings::method(interp, text, name, &args, place),
        Value::Bytes(bytes) if name == "decode" => Ok(match std::str::from_utf8(bytes) {
            Ok(text) => Value::str(text),
            Err(_) => unknown(Reason::UnreadableArgument("these bytes".into()), place),
        }),
        Value::Object(id) => match interp.heap.get(*id) {
            Object::List(_) => list(interp, *id, name, &args, place),
            Object::Dict(_) => dict(interp, *id, name, &args, place),
            Object::Globals(file) => interp.globals_method(*id, *file, name, args, place),
            Object::Set(_) => super::sets::method(interp, *id, name, &args, place),
            Object::Instance(_) if name.starts_with("super().") => {
                if name == "super().__init__" {
                    let args = interp.freeze_args(args);
                    if let Some(Object::Instance(instance)) = interp.heap.get_mut(*id) {
                        instance.args = args;
                    }
                    return Ok(Value::None);
                }
                // What the base class from outside does is the host's to know.
                let of = receiver.clone();
                let callee = Value::Symbol(Arc::new(crate::value::Symbol::Attribute { of, name, place }));
                let id = *id;
                let args = interp.freeze_args(args);
                match H::call(interp, &callee, &args, place) {
                    Some(answer) => answer,
                    None => Ok(Value::unknown(interp.why_unknown_instance(id, place))),
                }
            }
            Object::Class(_) if name == "super().__new__" => Ok(interp.new_instance(&args, place)),
            Object::Unknown(because) => Ok(Value::unknown(because.clone())),
            _ => Ok(Value::unknown(interp.why_unknown(receiver, place))),
        },
        Value::Tuple(items) if TUPLE.contains(&name.as_str()) => {
            let items = items.to_vec();
            search(interp, &items, name, &args, place).map(|(value, _)| value)
        }
        Value::List(_) | Value::Dict(_) | Value::Set(_) => {
            let thawed = interp.thaw(receiver.clone());
            method(interp, &thawed, name, args, place)
        }
        Value::None => Err(raise("AttributeError", &format!("None has no attribute '{name}'"), place)),
        _ => Ok(unknown(Reason::UnsupportedSyntax(format!("the method {name}").into()), place)),
    }
}

/// `dict.fromkeys(...)`, `str.upper(x)`.
fn class_method<H: Host>(
    interp: &mut Interp<'_, H>,
    class: Name,
    name: Name,
    mut args: Args,
    place: Place,
) -> Eval {
    if class == "dict" && name == "fromkeys" {
        let value = args.get(1, "value").map_or(Value::None, |arg| arg.value.clone());
        let keys = args.list.first().map_or(Value::None, |arg| arg.value.clone());
        return Ok(match interp.iterate(&keys, place)? {
            Ok(keys) => interp.new_dict(keys.into_iter().map(|key| (key, value.clone()))),
            Err(because) => Value::unknown(because),
        });
    }
    if name == "__new__" {
        return Ok(match class == "object" {
            true => interp.new_instance(&args, place),
            false => unknown(Reason::UnsupportedSyntax("this __new__".into()), place),
        });
    }
    // What `object` has is of no consequence: `object.__init__(self)`.
    if class == "object" || args.list.is_empty() {
        return Ok(Value::None);
    }
    if super::exceptions::is_builtin_exception(&class) {
        let receiver = args.list.remove(0).value;
        if name == "__init__"
            && let Value::Object(id) = receiver
        {
            let args = interp.freeze_args(args);
            if let Some(Object::Instance(instance)) = interp.heap.get_mut(id) {
                instance.args = args;
            }
        }
        return Ok(Value::None);
    }
    let receiver = args.list.remove(0).value;
    match receiver {
        Value::Builtin(_) => Ok(unknown(Reason::UnsupportedSyntax(format!("{class}.{name}").into()), place)),
        receiver => {
            let bound = interp.getattr(&receiver, name, place)?;
            interp.call(&bound, args, place)
        }
    }
}

impl<H: Host> Interp<'_, H> {
    /// `a += b` where a is a list, set or dict: the object itself changes.
    pub(super) fn extend_in_place(
        &mut self,
        op: BinaryOp,
        target: &Value,
        value: &Value,
        place: Place,
    ) -> Eval<bool> {
        let Value::Object(id) = target else { return Ok(false) };
        let name = match (op, self.heap.get(*id)) {
            (BinaryOp::Add, Object::List(_)) => "extend",
            (BinaryOp::BitOr, Object::Set(_) | Object::Dict(_)) => "update",
            (BinaryOp::Sub, Object::Set(_)) => "difference_update",
            (BinaryOp::BitAnd, Object::Set(_)) => "intersection_update",
            (BinaryOp::BitXor, Object::Set(_)) => "symmetric_difference_update",
            (_, Object::Unknown(_)) => return Ok(true),
            _ => return Ok(false),
        };
        method(self, target, fact::name(name), Args::values([value.clone()], place), place)?;
        Ok(true)
    }

    /// A dict; with a key that is not known nobody can tell which of the others it is equal to.
    pub(super) fn new_dict(&mut self, entries: impl IntoIterator<Item = (Value, Value)>) -> Value {
        let mut dict = Dict::default();
        for (key, value) in entries {
            if let Some(unknown) = key.as_unknown() {
                return Value::Unknown(unknown.clone());
            }
            dict.insert(Key(key), value);
        }
        Value::Object(self.heap.add(Object::Dict(dict)))
    }

    fn why_unknown_instance(&self, id: ObjectId, place: Place) -> fact::Unknown {
        let Object::Instance(instance) = self.heap.get(id) else {
            return self.why_unknown(&Value::Object(id), place);
        };
        let base = self.outside_bases(instance.class).into_iter().next();
        self.why_unknown(&base.unwrap_or(Value::Object(id)), place)
    }
}

/// `index`, `count`, `remove`: the answer, and where the item stands.
fn search<H: Host>(
    interp: &mut Interp<'_, H>,
    items: &[Value],
    name: Name,
    args: &Args,
    place: Place,
) -> Eval<(Value, Option<usize>)> {
    let wanted = args.positional().next().map_or(Value::None, |arg| arg.value.clone());
    interp.charge(items.len() / 16);
    let mut found = Vec::new();
    for (at, item) in items.iter().enumerate() {
        match interp.equal(item, &wanted) {
            Some(true) if name != "count" => return Ok((Value::Int(at as i64), Some(at))),
            Some(true) => found.push(at),
            Some(false) => {}
            None => {
                let blamed = if wanted.as_unknown().is_some() { &wanted } else { item };
                return Ok((Value::unknown(interp.why_unknown(blamed, place)), None));
            }
        }
    }
    if name == "count" {
        return Ok((Value::Int(found.len() as i64), None));
    }
    Err(raise("ValueError", "the item is not there", place))
}

fn list<H: Host>(interp: &mut Interp<'_, H>, id: ObjectId, name: Name, args: &Args, place: Place) -> Eval {
    let arg = |index: usize| args.positional().nth(index).map(|arg| arg.value.clone());
    let missing = || raise("TypeError", &format!("{name}() is missing an argument"), place);
    if let Some(open) = &args.open {
        interp.forget(id, (**open).clone());
        return Ok(Value::Unknown(open.clone()));
    }
    let Object::List(items) = interp.heap.get(id) else { return Ok(Value::None) };
    match name.as_str() {
        "sort" => {
            let items = items.clone();
            match super::iterables::sort(interp, items, args, place)? {
                Ok(sorted) => interp.heap.set(id, Object::List(sorted)),
                Err(value) => interp.forget(id, interp.why_unknown(&value, place)),
            }
            return Ok(Value::None);
        }
        "extend" => {
            match interp.iterate(&arg(0).ok_or_else(missing)?, place)? {
                Ok(more) => {
                    interp.charge(more.len() / 16);
                    if let Some(Object::List(items)) = interp.heap.get_mut(id) {
                        items.extend(more);
                    }
                }
                Err(because) => interp.forget(id, because),
            }
            return Ok(Value::None);
        }
        "index" | "count" | "remove" => {
            if name == "index" && arg(1).is_some() {
                return Ok(unknown(Reason::UnsupportedSyntax("index() within bounds".into()), place));
            }
            let items = items.clone();
            let (answer, at) = search(interp, &items, name, args, place)?;
            if name != "remove" {
                return Ok(answer);
            }
            match (at, interp.heap.get_mut(id)) {
                (Some(at), Some(Object::List(items))) => {
                    items.remove(at);
                }
                _ => interp.forget(id, interp.why_unknown(&answer, place)),
            }
            return Ok(Value::None);
        }
        "copy" => {
            let copy = items.clone();
            return Ok(interp.new_list(copy));
        }
        _ => {}
    }
    let Some(Object::List(items)) = interp.heap.get_mut(id) else { return Ok(Value::None) };
    match name.as_str() {
        "append" => items.push(arg(0).ok_or_else(missing)?),
        "insert" => {
            let (at, item) = (arg(0).ok_or_else(missing)?, arg(1).ok_or_else(missing)?);
            match at.as_int().map(|at| position(at, items.len()).unwrap_or(0)) {
                Some(at) => items.insert(at.min(items.len()), item),
                None => interp.forget(id, interp.why_unknown(&at, place)),
            }
        }
        "pop" => {
            let index = arg(0).unwrap_or(Value::Int(-1));
            let Some(at) = index.as_int() else {
                let because = interp.why_unknown(&index, place);
                interp.forget(id, because.clone());
                return Ok(Value::unknown(because));
            };
            match position(at, items.len()).filter(|at| *at < items.len()) {
                Some(at) => return Ok(items.remove(at)),
                None => return Err(raise("IndexError", "pop index out of range", place)),
            }
        }
        "reverse" => items.reverse(),
        "clear" => items.clear(),
        _ => return Err(raise("AttributeError", &format!("list has no attribute '{name}'"), place)),
    }
    Ok(Value::None)
}

fn dict<H: Host>(interp: &mut Interp<'_, H>, id: ObjectId, name: Name, args: &Args, place: Place) -> Eval {
    let this = Value::Object(id);
    let arg = |index: usize| args.positional().nth(index).map(|arg| arg.value.clone());
    if name == "update" {
        return update(interp, id, args, place);
    }
    if let Some(open) = &args.open {
        interp.forget(id, (**open).clone());
        return Ok(Value::Unknown(open.clone()));
    }
    let entries = interp.dict_entries(&this).unwrap_or_default();
    match name.as_str() {
        "get" | "setdefault" | "pop" => {}
        "keys" => return interp.new_set(entries.into_iter().map(|(key, _)| key), place),
        "values" => return Ok(interp.new_list(entries.into_iter().map(|(_, value)| value).collect())),
        "items" => {
            let pairs = entries.into_iter().map(|(key, value)| Value::tuple(vec![key, value])).collect();
            return Ok(interp.new_list(pairs));
        }
        "copy" => return Ok(interp.new_dict(entries)),
        "popitem" => match interp.heap.get_mut(id) {
            Some(Object::Dict(dict)) => match dict.pop() {
                Some((key, value)) => return Ok(Value::tuple(vec![key.0, value])),
                None => return Err(raise("KeyError", "the dict is empty", place)),
            },
            _ => return Ok(Value::None),
        },
        "clear" => {
            interp.heap.set(id, Object::Dict(Dict::default()));
            return Ok(Value::None);
        }
        "move_to_end" => {
            let key = Key(arg(0).unwrap_or(Value::None));
            let last = args.get(1, "last").is_none_or(|arg| arg.value != Value::Bool(false));
            if let Some(Object::Dict(dict)) = interp.heap.get_mut(id) {
                match dict.shift_remove(&key) {
                    Some(value) if last => {
                        dict.insert(key, value);
                    }
                    Some(value) => {
                        dict.shift_insert(0, key, value);
                    }
                    None => return Err(key_error(&key.0, place)),
                }
            }
            return Ok(Value::None);
        }
        _ => return Err(raise("AttributeError", &format!("dict has no attribute '{name}'"), place)),
    }
    let key = arg(0).ok_or_else(|| raise("TypeError", &format!("{name}() is missing an argument"), place))?;
    let found = match key.as_unknown() {
        Some(unknown) => Err((**unknown).clone()),
        None => interp.find_entry(&this, &entries, &key),
    };
    let default = args.get(1, "default").map(|arg| arg.value.clone());
    match (name.as_str(), found) {
        ("get", Err(because)) => Ok(Value::unknown(because)),
        (_, Err(because)) => {
            interp.forget(id, because.clone());
            Ok(Value::unknown(because))
        }
        ("pop", Ok(Some(at))) => match interp.heap.get_mut(id) {
            Some(Object::Dict(dict)) => {
                Ok(dict.shift_remove_index(at).map_or(Value::None, |(_, value)| value))
            }
            _ => Ok(Value::None),
        },
        (_, Ok(Some(at))) => Ok(entries.get(at).map_or(Value::None, |(_, value)| value.clone())),
        ("pop", Ok(None)) => default.ok_or_else(|| key_error(&key, place)),
        ("setdefault", Ok(None)) => {
            let value = default.unwrap_or(Value::None);
            if let Some(Object::Dict(dict)) = interp.heap.get_mut(id) {
                dict.insert(Key(key), value.clone());
            }
            Ok(value)
        }
        (_, Ok(None)) => Ok(default.unwrap_or(Value::None)),
    }
}

/// `dict.update(...)`
fn update<H: Host>(interp: &mut Interp<'_, H>, id: ObjectId, args: &Args, place: Place) -> Eval {
    let more = match super::conversions::dict_items(interp, args, place)? {
        Ok(more) => more,
        Err(because) => {
            interp.forget(id, because);
            return Ok(Value::None);
        }
    };
    if let Some(unknown) = more.iter().find_map(|(key, _)| key.as_unknown().cloned()) {
        interp.forget(id, (*unknown).clone());
        return Ok(Value::None);
    }
    if let Some(Object::Dict(dict)) = interp.heap.get_mut(id) {
        dict.extend(more.into_iter().map(|(key, value)| (Key(key), value)));
    }
    Ok(Value::None)
}
