//! Methods of sets.

use super::Interp;
use super::access::raise;
use super::heap::{Dict, Object, ObjectId};
use super::items::key_error;
use super::operators::combine;
use crate::ast::BinaryOp;
use crate::host::{Eval, Host};
use crate::value::{Args, Key, Value, same};
use fact::{Name, Place, Reason};

pub(super) const METHODS: &[&str] = &[
    "add",
    "clear",
    "copy",
    "difference",
    "difference_update",
    "discard",
    "intersection",
    "intersection_update",
    "isdisjoint",
    "issubset",
    "issuperset",
    "pop",
    "remove",
    "symmetric_difference",
    "symmetric_difference_update",
    "union",
    "update",
];
pub(super) fn method<H: Host>(
    interp: &mut Interp<'_, H>,
    id: ObjectId,
    name: Name,
    args: &Args,
    place: Place,
) -> Eval {
    let mine: Vec<Value> = interp.known_items(&Value::Object(id)).unwrap_or_default();
    match name.as_str() {
        "add" | "discard" | "remove" => {
            let item = args.list.first().map_or(Value::None, |arg| arg.value.clone());
            if let Some(unknown) = item.as_unknown().or(args.open.as_ref()) {
                interp.forget(id, (**unknown).clone());
                return Ok(Value::None);
            }
            if let Some(Object::Set(set)) = interp.heap.get_mut(id) {
                if name == "add" {
                    set.insert(Key(item), Value::None);
                } else if set.shift_remove(&Key(item.clone())).is_none() && name == "remove" {
                    return Err(key_error(&item, place));
                }
            }
            return Ok(Value::None);
        }
        "clear" => {
            interp.heap.set(id, Object::Set(Dict::default()));
            return Ok(Value::None);
        }
        "pop" => {
            if let Some(Object::Set(set)) = interp.heap.get_mut(id) {
                match set.len() {
                    0 => return Err(raise("KeyError", "the set is empty", place)),
                    1 => return Ok(set.pop().map_or(Value::None, |(key, _)| key.0)),
                    _ => {}
                }
            }
            // Which of several items `pop` takes is not defined.
            let because = fact::Unknown::new(Reason::UnsupportedSyntax("set.pop()".into()), place);
            interp.forget(id, because.clone());
            return Ok(Value::unknown(because));
        }
        _ if !METHODS.contains(&name.as_str()) => {
            return Err(raise("AttributeError", &format!("set has no attribute '{name}'"), place));
        }
        _ => {}
    }
    let in_place = name.ends_with("update");
    if let Some(open) = &args.open {
        if in_place {
            interp.forget(id, (**open).clone());
        }
        return Ok(Value::Unknown(open.clone()));
    }
    let mut result = mine.clone();
    let op = match name.trim_end_matches("_update") {
        "difference" => BinaryOp::Sub,
        "intersection" => BinaryOp::BitAnd,
        "symmetric_difference" => BinaryOp::BitXor,
        _ => BinaryOp::BitOr,
    };
    for arg in &args.list {
        let items = match interp.iterate(&arg.value, place)? {
            Ok(items) => items,
            Err(because) => {
                if in_place {
                    interp.forget(id, because.clone());
                }
                return Ok(Value::unknown(because));
            }
        };
        let has = |items: &[Value], wanted: &Value| items.iter().any(|item| same(item, wanted));
        match name.as_str() {
            "issubset" => return Ok(Value::Bool(mine.iter().all(|item| has(&items, item)))),
            "issuperset" => return Ok(Value::Bool(items.iter().all(|item| has(&mine, item)))),
            "isdisjoint" => return Ok(Value::Bool(!mine.iter().any(|item| has(&items, item)))),
            _ => {}
        }
        result = combine(op, &result, &items).into_keys().map(|key| key.0).collect();
    }
    let made = interp.new_set(result, place)?;
    if !in_place {
        return Ok(made);
    }
    match made {
        Value::Object(new) => {
            let object = interp.heap.get(new).clone();
            interp.heap.set(id, object);
        }
        other => interp.forget(id, interp.why_unknown(&other, place)),
    }
    Ok(Value::None)
}
