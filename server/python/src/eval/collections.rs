//! Methods of built-in types; those of strings are in `strings`.

use super::access::{position, raise};
use super::heap::{Dict, Object, ObjectId};
use super::{Interp, unknown};
use crate::ast::BinaryOp;
use crate::host::{Eval, Host};
use crate::value::{Args, Key, Value};
use fact::{Name, Place, Reason, Unknown};

const LIST: &[&str] = &[
    "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort",
];
const DICT: &[&str] = &[
    "clear", "copy", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values", "fromkeys",
    "move_to_end",
];
const SET: &[&str] = &[
    "add", "clear", "copy", "difference", "difference_update", "discard", "intersection", "isdisjoint", "issubset",
    "issuperset", "pop", "remove", "symmetric_difference", "union", "update",
];

/// Whether a built-in value has a method of that name.
pub(super) fn is_method(receiver: &Value, name: &str) -> bool {
    match receiver {
        Value::Str(_) => super::strings::METHODS.contains(&name),
        Value::List(_) => LIST.contains(&name),
        Value::Dict(_) => DICT.contains(&name),
        Value::Set(_) => SET.contains(&name),
        Value::Object(_) => LIST.contains(&name) || DICT.contains(&name) || SET.contains(&name),
        _ => false,
    }
}

pub(super) fn method<H: Host>(
    interp: &mut Interp<'_, H>,
    receiver: &Value,
    name: Name,
    args: Args,
    place: Place,
) -> Eval {
    match receiver {
        Value::Str(text) => super::strings::method(interp, text, name, &args, place),
        Value::Bytes(bytes) if name == "decode" => Ok(match std::str::from_utf8(bytes) {
            Ok(text) => Value::str(text),
            Err(_) => unknown(Reason::UnreadableArgument("these bytes".into()), place),
        }),
        Value::Builtin(class) => class_method(interp, *class, name, args, place),
        Value::Object(id) => match interp.heap.get(*id) {
            Object::List(_) => list(interp, *id, name, &args, place),
            Object::Dict(_) => dict(interp, *id, name, &args, place),
            Object::Set(_) => set(interp, *id, name, &args, place),
            Object::Instance(_) => {
                if name == "super().__init__"
                    && let Some(Object::Instance(instance)) = interp.heap.get(*id).clone().into()
                {
                    let args = interp.freeze_args(args);
                    interp.heap.set(*id, Object::Instance(super::heap::Instance { args, ..instance }));
                    return Ok(Value::None);
                }
                Ok(Value::unknown(interp.why_unknown(receiver, place)))
            }
            Object::Unknown(because) => Ok(Value::unknown(because.clone())),
            _ => Ok(Value::unknown(interp.why_unknown(receiver, place))),
        },
        Value::Tuple(items) | Value::List(items) => match name.as_str() {
            "index" | "count" | "copy" => {
                let items = items.to_vec();
                let id = interp.heap.add(Object::List(items));
                list(interp, id, name, &args, place)
            }
            _ => Ok(unknown(Reason::UnsupportedSyntax(format!("the method {name}").into()), place)),
        },
        Value::Dict(_) | Value::Set(_) => {
            let thawed = interp.thaw(receiver.clone());
            method(interp, &thawed, name, args, place)
        }
        Value::None => {
            Err(raise("AttributeError", &format!("'NoneType' object has no attribute '{name}'"), place))
        }
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
            Ok(keys) => {
                let dict = keys.into_iter().map(|key| (Key(key), value.clone())).collect();
                Value::Object(interp.heap.add(Object::Dict(dict)))
            }
            Err(because) => Value::unknown(because),
        });
    }
    if args.list.is_empty() {
        return Ok(Value::None);
    }
    let receiver = args.list.remove(0).value;
    match receiver {
        Value::Builtin(_) => Ok(Value::None),
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
        match (op, self.heap.get(*id)) {
            (BinaryOp::Add, Object::List(_)) => {
                let args = Args::values([value.clone()], place);
                list(self, *id, fact::name("extend"), &args, place)?;
                Ok(true)
            }
            (BinaryOp::BitOr, Object::Set(_) | Object::Dict(_)) => {
                let args = Args::values([value.clone()], place);
                method(self, target, fact::name("update"), args, place)?;
                Ok(true)
            }
            (_, Object::Unknown(_)) => Ok(true),
            _ => Ok(false),
        }
    }

    /// From here on nothing is known of what the object holds.
    fn forget(&mut self, id: ObjectId, because: Unknown) {
        self.heap.set(id, Object::Unknown(because));
    }
}

fn list<H: Host>(interp: &mut Interp<'_, H>, id: ObjectId, name: Name, args: &Args, place: Place) -> Eval {
    let arg = |index: usize| args.positional().nth(index).map(|arg| arg.value.clone());
    if let Some(open) = &args.open {
        interp.forget(id, (**open).clone());
        return Ok(Value::None);
    }
    if name == "sort" {
        let Object::List(items) = interp.heap.get(id).clone() else { return Ok(Value::None) };
        match super::builtins::sort(interp, items, args, place)? {
            Ok(sorted) => interp.heap.set(id, Object::List(sorted)),
            Err(value) => interp.forget(id, interp.why_unknown(&value, place)),
        }
        return Ok(Value::None);
    }
    if name == "extend" {
        let value = arg(0).unwrap_or(Value::None);
        match interp.iterate(&value, place)? {
            Ok(more) => {
                if let Some(Object::List(items)) = interp.heap.get_mut(id) {
                    items.extend(more);
                }
            }
            Err(because) => interp.forget(id, because),
        }
        return Ok(Value::None);
    }
    if matches!(name.as_str(), "index" | "count" | "remove") {
        let wanted = arg(0).unwrap_or(Value::None);
        let Object::List(items) = interp.heap.get(id).clone() else { return Ok(Value::None) };
        let mut found = Vec::new();
        for (at, item) in items.iter().enumerate() {
            match interp.equal(item, &wanted) {
                Some(true) => found.push(at),
                Some(false) => {}
                None => {
                    let because = interp.why_unknown(item, place);
                    if name == "remove" {
                        interp.forget(id, because.clone());
                    }
                    return Ok(Value::unknown(because));
                }
            }
        }
        return match (name.as_str(), found.first()) {
            ("count", _) => Ok(Value::Int(found.len() as i64)),
            ("index", Some(at)) => Ok(Value::Int(*at as i64)),
            ("remove", Some(at)) => {
                if let Some(Object::List(items)) = interp.heap.get_mut(id) {
                    items.remove(*at);
                }
                Ok(Value::None)
            }
            _ => Err(raise("ValueError", "the item is not in the list", place)),
        };
    }
    let Some(Object::List(items)) = interp.heap.get_mut(id) else { return Ok(Value::None) };
    Ok(match name.as_str() {
        "append" => {
            items.push(arg(0).unwrap_or(Value::None));
            Value::None
        }
        "insert" => {
            let at = arg(0).and_then(|v| v.as_int()).map(|at| position(at, items.len()).unwrap_or(0));
            match at {
                Some(at) => items.insert(at.min(items.len()), arg(1).unwrap_or(Value::None)),
                None => {
                    let because = Unknown::new(Reason::UnreadableArgument("the position".into()), place);
                    interp.forget(id, because);
                }
            }
            Value::None
        }
        "pop" => {
            let at = match arg(0) {
                None => items.len().checked_sub(1),
                Some(at) => at.as_int().and_then(|at| position(at, items.len())),
            };
            match at.filter(|at| *at < items.len()) {
                Some(at) => items.remove(at),
                None => return Err(raise("IndexError", "pop from an empty list", place)),
            }
        }
        "reverse" => {
            items.reverse();
            Value::None
        }
        "clear" => {
            items.clear();
            Value::None
        }
        "copy" => {
            let copy = items.clone();
            Value::Object(interp.heap.add(Object::List(copy)))
        }
        _ => unknown(Reason::UnsupportedSyntax(format!("the method {name} of a list").into()), place),
    })
}

fn dict<H: Host>(interp: &mut Interp<'_, H>, id: ObjectId, name: Name, args: &Args, place: Place) -> Eval {
    let arg = |index: usize| args.positional().nth(index).map(|arg| arg.value.clone());
    if name == "update" {
        let mut more: Vec<(Value, Value)> = Vec::new();
        let mut open = args.open.as_deref().cloned();
        if let Some(value) = arg(0) {
            match interp.dict_entries(&value) {
                Some(entries) => more.extend(entries),
                None => match interp.iterate(&value, place)? {
                    Ok(pairs) => {
                        for pair in pairs {
                            match interp.known_items(&pair).as_deref() {
                                Some([key, value]) => more.push((key.clone(), value.clone())),
                                _ => open = Some(interp.why_unknown(&pair, place)),
                            }
                        }
                    }
                    Err(because) => open = Some(because),
                },
            }
        }
        more.extend(args.keywords().map(|(name, arg)| (Value::str(&name), arg.value.clone())));
        match open {
            Some(because) => interp.forget(id, because),
            None => {
                if let Some(Object::Dict(dict)) = interp.heap.get_mut(id) {
                    dict.extend(more.into_iter().map(|(k, v)| (Key(k), v)));
                }
            }
        }
        return Ok(Value::None);
    }
    let entries = interp.dict_entries(&Value::Object(id)).unwrap_or_default();
    let key = arg(0);
    if let Some(key) = &key
        && let Some(unknown) = key.as_unknown()
    {
        return Ok(Value::Unknown(unknown.clone()));
    }
    let found = key.as_ref().and_then(|key| entries.iter().find(|(k, _)| crate::value::same(k, key)));
    let doubtful = entries.iter().any(|(k, _)| k.as_unknown().is_some());
    Ok(match name.as_str() {
        "get" => match found {
            Some((_, value)) => value.clone(),
            None if doubtful => unknown(Reason::UnreadableArgument("the keys of the dict".into()), place),
            None => args.get(1, "default").map_or(Value::None, |arg| arg.value.clone()),
        },
        "keys" => {
            Value::Object(interp.heap.add(Object::List(entries.into_iter().map(|(key, _)| key).collect())))
        }
        "values" => {
            Value::Object(interp.heap.add(Object::List(entries.into_iter().map(|(_, v)| v).collect())))
        }
        "items" => {
            let pairs = entries.into_iter().map(|(k, v)| Value::tuple(vec![k, v])).collect();
            Value::Object(interp.heap.add(Object::List(pairs)))
        }
        "copy" => {
            let copy: Dict = entries.into_iter().map(|(k, v)| (Key(k), v)).collect();
            Value::Object(interp.heap.add(Object::Dict(copy)))
        }
        "setdefault" => match found {
            Some((_, value)) => value.clone(),
            None => {
                let value = arg(1).unwrap_or(Value::None);
                if let (Some(Object::Dict(dict)), Some(key)) = (interp.heap.get_mut(id), key) {
                    dict.insert(Key(key), value.clone());
                }
                value
            }
        },
        "pop" => {
            let removed = match (interp.heap.get_mut(id), &key) {
                (Some(Object::Dict(dict)), Some(key)) => dict.shift_remove(&Key(key.clone())),
                _ => None,
            };
            match removed.or_else(|| arg(1)) {
                Some(value) => value,
                None => return Err(raise("KeyError", "no such key", place)),
            }
        }
        "popitem" => match interp.heap.get_mut(id) {
            Some(Object::Dict(dict)) => match dict.pop() {
                Some((key, value)) => Value::tuple(vec![key.0, value]),
                None => return Err(raise("KeyError", "the dict is empty", place)),
            },
            _ => Value::None,
        },
        "clear" => {
            interp.heap.set(id, Object::Dict(Dict::default()));
            Value::None
        }
        "move_to_end" => Value::None,
        _ => unknown(Reason::UnsupportedSyntax(format!("the method {name} of a dict").into()), place),
    })
}

fn set<H: Host>(interp: &mut Interp<'_, H>, id: ObjectId, name: Name, args: &Args, place: Place) -> Eval {
    let mine: Vec<Value> = interp.known_items(&Value::Object(id)).unwrap_or_default();
    let has = |items: &[Value], v: &Value| items.iter().any(|item| crate::value::same(item, v));
    match name.as_str() {
        "add" | "discard" | "remove" => {
            let item = args.list.first().map_or(Value::None, |arg| arg.value.clone());
            if let Some(Object::Set(set)) = interp.heap.get_mut(id) {
                if name == "add" {
                    set.insert(Key(item), Value::None);
                } else if set.shift_remove(&Key(item)).is_none() && name == "remove" {
                    return Err(raise("KeyError", "no such item", place));
                }
            }
            return Ok(Value::None);
        }
        "clear" => {
            interp.heap.set(id, Object::Set(Dict::default()));
            return Ok(Value::None);
        }
        "pop" => {
            if let Some(Object::Set(set)) = interp.heap.get_mut(id)
                && set.len() == 1
                && let Some((key, _)) = set.pop()
            {
                return Ok(key.0);
            }
            // Which of several items `pop` takes is not defined.
            let because = Unknown::new(Reason::UnsupportedSyntax("set.pop()".into()), place);
            interp.forget(id, because.clone());
            return Ok(Value::unknown(because));
        }
        _ => {}
    }
    let mut theirs = Vec::new();
    for arg in &args.list {
        match interp.iterate(&arg.value, place)? {
            Ok(items) => theirs.extend(items),
            Err(because) => {
                if name.ends_with("update") {
                    interp.forget(id, because.clone());
                }
                return Ok(Value::unknown(because));
            }
        }
    }
    let result: Vec<Value> = match name.as_str() {
        "union" | "update" | "copy" => {
            mine.iter().chain(theirs.iter().filter(|v| !has(&mine, v))).cloned().collect()
        }
        "difference" | "difference_update" => mine.iter().filter(|v| !has(&theirs, v)).cloned().collect(),
        "intersection" => mine.iter().filter(|v| has(&theirs, v)).cloned().collect(),
        "symmetric_difference" => mine
            .iter()
            .filter(|v| !has(&theirs, v))
            .chain(theirs.iter().filter(|v| !has(&mine, v)))
            .cloned()
            .collect(),
        "issubset" => return Ok(Value::Bool(mine.iter().all(|v| has(&theirs, v)))),
        "issuperset" => return Ok(Value::Bool(theirs.iter().all(|v| has(&mine, v)))),
        "isdisjoint" => return Ok(Value::Bool(!mine.iter().any(|v| has(&theirs, v)))),
        _ => return Ok(unknown(Reason::UnsupportedSyntax(format!("the method {name} of a set").into()), place)),
    };
    let result = Object::Set(result.into_iter().map(|v| (Key(v), Value::None)).collect());
    if name.ends_with("update") {
        interp.heap.set(id, result);
        return Ok(Value::None);
    }
    Ok(Value::Object(interp.heap.add(result)))
}
