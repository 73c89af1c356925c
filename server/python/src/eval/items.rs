//! Items of containers: reading, binding, iterating; containers by content.

use super::Interp;
use super::access::raise;
use super::heap::{Dict, Object, ObjectId};
use crate::host::{Eval, Exception, Host, Raise};
use crate::value::{Key, Symbol, Value};
use fact::{FileId, Place, Reason, Unknown};
use std::sync::Arc;

/// How deep containers in containers are looked into, and how many items in all.
const MAX_FREEZE_DEPTH: usize = 40;
const MAX_FREEZE_ITEMS: usize = 100_000;

impl<H: Host> Interp<'_, H> {
    /// `of[index]`
    pub fn subscript(&mut self, of: &Value, index: &Value, place: Place) -> Eval {
        match of {
            Value::Unknown(_) => return Ok(of.clone()),
            Value::Symbol(_) | Value::Handle(_) => {
                if let Some(result) = H::subscript(self, of, index, place) {
                    return result.map(|value| self.thaw(value));
                }
                if let Some(value) = super::stdlib::subscript(of, index, place) {
                    return Ok(value);
                }
                let index = self.freeze(index);
                return Ok(self.symbol(Symbol::Item { of: of.clone(), index }, place));
            }
            Value::Builtin(_) => {
                let index = self.freeze(index);
                return Ok(self.symbol(Symbol::Item { of: of.clone(), index }, place));
            }
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
                return Err(raise("TypeError", "the value has no items", place));
            }
            _ => {}
        }
        if let Some(bounds) = slice_bounds(index) {
            return self.slice(of, &bounds, place);
        }
        if let Value::Object(id) = of {
            match self.heap.get(*id) {
                Object::Class(_) => return self.class_item(*id, of, index, place),
                Object::Unknown(because) => return Ok(Value::unknown(because.clone())),
                Object::Globals(file) => return self.global_item(*file, index, place),
                Object::Instance(_) if self.tuple_items(*id).is_none() => {
                    return match self.own_method(of, "__getitem__") {
                        Some(method) => {
                            let args = crate::value::Args::values([index.clone()], place);
                            self.call(&method, args, place)
                        }
                        None => Ok(Value::unknown(self.why_unknown(of, place))),
                    };
                }
                _ => {}
            }
        }
        if let Some(unknown) = index.as_unknown() {
            return Ok(Value::Unknown(unknown.clone()));
        }
        if let Some(entries) = self.dict_entries(of) {
            return match self.find_entry(of, &entries, index) {
                Ok(Some(at)) => Ok(entries.get(at).map_or(Value::None, |(_, value)| value.clone())),
                Ok(None) => self.missing_key(of, index, place),
                Err(because) => Ok(Value::unknown(because)),
            };
        }
        let index = self.mixed_in_value(index).unwrap_or_else(|| index.clone());
        let Some(index) = index.as_int() else {
            return match index {
                Value::Str(_) | Value::None | Value::Float(_) => {
                    Err(raise("TypeError", "indices must be integers", place))
                }
                other => Ok(Value::unknown(self.why_unknown(&other, place))),
            };
        };
        match self.iterate(of, place)? {
            Ok(items) => match position(index, items.len()).and_then(|at| items.get(at)) {
                Some(item) => Ok(item.clone()),
                None => Err(raise("IndexError", "index out of range", place)),
            },
            Err(because) => Ok(Value::unknown(because)),
        }
    }

    /// `Color["RED"]`, or a generic class's parameters.
    fn class_item(&mut self, class: ObjectId, of: &Value, index: &Value, place: Place) -> Eval {
        if !self.is_enum(class) {
            return Ok(of.clone());
        }
        match index {
            Value::Str(name) => match self.class_attr(class, name) {
                Some(member) if self.member_value(&member).is_some() => Ok(member),
                _ => Err(key_error(index, place)),
            },
            other => Ok(Value::unknown(self.why_unknown(other, place))),
        }
    }

    /// Where a key stands among the entries of a dict. `Err`: one of the keys may be equal to it.
    pub(super) fn find_entry(
        &mut self,
        of: &Value,
        entries: &[(Value, Value)],
        key: &Value,
    ) -> Result<Option<usize>, Unknown> {
        if let Value::Object(id) = of
            && let Object::Dict(dict) = self.heap.get(*id)
            && let Some(at) = dict.get_index_of(&Key(key.clone()))
        {
            return Ok(Some(at));
        }
        let mut doubt = None;
        for (at, (candidate, _)) in entries.iter().enumerate() {
            match self.equal(candidate, key) {
                Some(true) => return Ok(Some(at)),
                Some(false) => {}
                None => doubt = Some(self.why_unknown(candidate, Place::whole_file(FileId(0)))),
            }
        }
        doubt.map_or(Ok(None), Err)
    }

    fn missing_key(&mut self, of: &Value, index: &Value, place: Place) -> Eval {
        let Value::Object(id) = of else { return Err(key_error(index, place)) };
        let Some(factory) = self.factories.get(id).cloned() else { return Err(key_error(index, place)) };
        let value = self.call(&factory, Default::default(), place)?;
        if let Some(Object::Dict(dict)) = self.heap.get_mut(*id) {
            dict.insert(Key(index.clone()), value.clone());
        }
        Ok(value)
    }

    fn slice(&mut self, of: &Value, bounds: &[Value; 3], place: Place) -> Eval {
        let mut ints = [None; 3];
        for (bound, int) in bounds.iter().zip(&mut ints) {
            *int = bound.as_int();
            if int.is_none() && !bound.is_none() {
                return Ok(Value::unknown(self.why_unknown(bound, place)));
            }
        }
        let [lower, upper, step] = ints;
        if step == Some(0) {
            return Err(raise("ValueError", "slice step cannot be zero", place));
        }
        let items = match self.iterate(of, place)? {
            Ok(items) => items,
            Err(because) => return Ok(Value::unknown(because)),
        };
        let picked = slice_items(&items, lower, upper, step.unwrap_or(1));
        Ok(match of {
            Value::Str(_) => {
                let text: String = picked.iter().filter_map(Value::as_str).collect();
                Value::str(&text)
            }
            Value::Tuple(_) => Value::tuple(picked),
            _ => self.new_list(picked),
        })
    }

    pub(super) fn set_item(&mut self, of: &Value, index: Value, value: Value, place: Place) -> Eval<()> {
        let Value::Object(id) = of else { return Ok(()) };
        if let Object::Globals(file) = self.heap.get(*id) {
            self.set_global(*file, &index, value);
            return Ok(());
        }
        if let Some(bounds) = slice_bounds(&index)
            && let Object::List(_) = self.heap.get(*id)
        {
            let new = self.iterate(&value, place)?;
            return self.replace_slice(*id, &bounds, new, place);
        }
        match self.heap.get_mut(*id) {
            Some(Object::Dict(dict)) => match index.as_unknown() {
                Some(unknown) => {
                    let because = (**unknown).clone();
                    self.heap.set(*id, Object::Unknown(because));
                }
                None => {
                    dict.insert(Key(index), value);
                }
            },
            Some(Object::List(items)) => match index.as_int() {
                Some(at) => match position(at, items.len()).and_then(|at| items.get_mut(at)) {
                    Some(slot) => *slot = value,
                    None => return Err(raise("IndexError", "index out of range", place)),
                },
                None => self.forget(*id, self.why_unknown(&index, place)),
            },
            Some(Object::Instance(_)) => {
                if let Some(method) = self.own_method(of, "__setitem__") {
                    self.call(&method, crate::value::Args::values([index, value], place), place)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// `list[lower:upper] = new`
    fn replace_slice(
        &mut self,
        list: ObjectId,
        bounds: &[Value; 3],
        new: Result<Vec<Value>, Unknown>,
        place: Place,
    ) -> Eval<()> {
        let unreadable = bounds.iter().find(|bound| bound.as_int().is_none() && !bound.is_none());
        let because = match (unreadable, &new) {
            (Some(bound), _) => Some(self.why_unknown(bound, place)),
            (None, Err(because)) => Some(because.clone()),
            (None, Ok(_)) if !matches!(bounds, [_, _, Value::None | Value::Int(1)]) => {
                let reason = Reason::UnsupportedSyntax("an assignment to every other item".into());
                Some(Unknown::new(reason, place))
            }
            _ => None,
        };
        if let Some(because) = because {
            self.forget(list, because);
            return Ok(());
        }
        let new = new.unwrap_or_default();
        self.charge(new.len());
        if let Some(Object::List(items)) = self.heap.get_mut(list) {
            let len = items.len();
            let at = |bound: &Value, default: usize| match bound.as_int() {
                None => default,
                Some(bound) => position(bound, len).unwrap_or(if bound < 0 { 0 } else { len }).min(len),
            };
            let [lower, upper, _] = bounds;
            let (lower, upper) = (at(lower, 0), at(upper, len));
            items.splice(lower..upper.max(lower), new);
        }
        Ok(())
    }

    pub(super) fn delete_item(&mut self, of: &Value, index: &Value, place: Place) -> Eval<()> {
        let Value::Object(id) = of else { return Ok(()) };
        if let Some(bounds) = slice_bounds(index)
            && let Object::List(_) = self.heap.get(*id)
        {
            return self.replace_slice(*id, &bounds, Ok(Vec::new()), place);
        }
        match self.heap.get_mut(*id) {
            Some(Object::Dict(dict)) if index.as_unknown().is_none() => {
                dict.shift_remove(&Key(index.clone())).ok_or_else(|| key_error(index, place))?;
            }
            Some(Object::List(items)) if index.as_int().is_some() => {
                let at =
                    index.as_int().and_then(|at| position(at, items.len())).filter(|at| *at < items.len());
                match at {
                    Some(at) => {
                        items.remove(at);
                    }
                    None => return Err(raise("IndexError", "index out of range", place)),
                }
            }
            Some(Object::List(_) | Object::Dict(_)) => self.forget(*id, self.why_unknown(index, place)),
            _ => {}
        }
        Ok(())
    }

    /// From here on nothing is known of what the object holds.
    pub(super) fn forget(&mut self, id: ObjectId, because: Unknown) {
        self.heap.set(id, Object::Unknown(because));
    }

    /// The items that a loop over `value` sees, or why they are not known.
    pub fn iterate(&mut self, value: &Value, place: Place) -> Eval<Result<Vec<Value>, Unknown>> {
        Ok(match value {
            Value::Tuple(items) | Value::List(items) | Value::Set(items) => Ok(items.to_vec()),
            Value::Dict(entries) => Ok(entries.iter().map(|(key, _)| key.clone()).collect()),
            Value::Str(text) => {
                self.charge(text.len() / 16);
                let mut buffer = [0; 4];
                Ok(text.chars().map(|c| Value::str(c.encode_utf8(&mut buffer))).collect())
            }
            Value::Bytes(bytes) => Ok(bytes.iter().map(|byte| Value::Int(i64::from(*byte))).collect()),
            Value::Object(id) => return self.iterate_object(*id, value, place),
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

    fn iterate_object(
        &mut self,
        id: ObjectId,
        value: &Value,
        place: Place,
    ) -> Eval<Result<Vec<Value>, Unknown>> {
        if let Object::Globals(file) = self.heap.get(id) {
            self.fill_globals(id, *file);
        }
        Ok(match self.heap.get(id) {
            Object::List(items) => Ok(items.clone()),
            Object::Dict(dict) | Object::Set(dict) => Ok(dict.keys().map(|key| key.0.clone()).collect()),
            Object::Iterator { items, next } => {
                let rest = items.get(*next..).unwrap_or_default().to_vec();
                let consumed = Object::Iterator { items: Vec::new(), next: 0 };
                self.heap.set(id, consumed);
                Ok(rest)
            }
            Object::Class(_) => self.enum_members(id).ok_or_else(|| self.why_unknown(value, place)),
            Object::Unknown(because) => Err(because.clone()),
            Object::Instance(_) => {
                if let Some(items) = self.tuple_items(id) {
                    return Ok(Ok(items));
                }
                if let Some(iter) = self.own_method(value, "__iter__") {
                    let items = self.call(&iter, Default::default(), place)?;
                    // An iterator of the project's own would have to be asked item by item.
                    if self.class_of(&items).is_none() {
                        return self.iterate(&items, place);
                    }
                }
                Err(self.why_unknown(value, place))
            }
            Object::Scope(_) | Object::Globals(_) | Object::Absent => Err(self.why_unknown(value, place)),
        })
    }

    /// The items of a built-in container, when it is one and all are known.
    pub(super) fn known_items(&mut self, value: &Value) -> Option<Vec<Value>> {
        match value {
            Value::Tuple(items) | Value::List(items) | Value::Set(items) => Some(items.to_vec()),
            Value::Dict(_) | Value::Object(_) => {
                let place = Place::whole_file(FileId(0));
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
                    Some(dict.iter().map(|(key, value)| (key.0.clone(), value.clone())).collect())
                }
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn new_list(&mut self, items: Vec<Value>) -> Value {
        Value::Object(self.heap.add(Object::List(items)))
    }

    /// A set; of one item that is not known nobody can tell which of the others it is equal to.
    pub(super) fn new_set(&mut self, items: impl IntoIterator<Item = Value>, _: Place) -> Eval {
        let mut set = Dict::default();
        for item in items {
            if let Some(unknown) = item.as_unknown() {
                return Ok(Value::Unknown(unknown.clone()));
            }
            set.insert(Key(item), Value::None);
        }
        Ok(Value::Object(self.heap.add(Object::Set(set))))
    }

    /// The value by content: lists, sets and dicts of the heap become frozen ones.
    pub fn freeze(&self, value: &Value) -> Value {
        let mut left = MAX_FREEZE_ITEMS;
        let frozen = self.freeze_at(value, 0, &mut left);
        self.charge((MAX_FREEZE_ITEMS - left) / 16);
        frozen
    }

    fn freeze_at(&self, value: &Value, depth: usize, left: &mut usize) -> Value {
        if !matches!(value, Value::Tuple(_) | Value::Object(_)) {
            return value.clone();
        }
        if depth > MAX_FREEZE_DEPTH || *left == 0 {
            return Value::unknown(self.out_of_budget());
        }
        let mut all = |items: &[Value]| -> Arc<[Value]> {
            items
                .iter()
                .map(|item| {
                    *left = left.saturating_sub(1);
                    self.freeze_at(item, depth + 1, left)
                })
                .collect()
        };
        match value {
            Value::Tuple(items) => Value::Tuple(all(items)),
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(items) => Value::List(all(items)),
                Object::Iterator { items, next } => Value::List(all(items.get(*next..).unwrap_or_default())),
                Object::Set(set) => {
                    let items: Vec<Value> = set.keys().map(|key| key.0.clone()).collect();
                    Value::Set(all(&items))
                }
                Object::Dict(dict) => {
                    let keys: Vec<Value> = dict.keys().map(|key| key.0.clone()).collect();
                    let values: Vec<Value> = dict.values().cloned().collect();
                    let (keys, values) = (all(&keys), all(&values));
                    Value::Dict(keys.iter().cloned().zip(values.iter().cloned()).collect())
                }
                Object::Unknown(because) => Value::unknown(because.clone()),
                _ => value.clone(),
            },
            _ => value.clone(),
        }
    }

    /// What a host returns becomes ordinary, mutable containers.
    pub(super) fn thaw(&mut self, value: Value) -> Value {
        let object = match value {
            Value::Tuple(items) => {
                return Value::Tuple(items.iter().map(|item| self.thaw(item.clone())).collect());
            }
            Value::List(items) => Object::List(items.iter().map(|item| self.thaw(item.clone())).collect()),
            Value::Set(items) => {
                Object::Set(items.iter().map(|item| (Key(item.clone()), Value::None)).collect())
            }
            Value::Dict(entries) => {
                let entry = |(key, value): &(Value, Value)| (Key(key.clone()), self.thaw(value.clone()));
                Object::Dict(entries.iter().map(entry).collect())
            }
            other => return other,
        };
        Value::Object(self.heap.add(object))
    }
}

pub(super) fn key_error(key: &Value, place: Place) -> Raise {
    let args = vec![key.clone()];
    Raise::Exception(Exception { class: Value::Builtin(fact::name("KeyError")), args, place })
}

/// The bounds of the value that a slice evaluates to.
fn slice_bounds(index: &Value) -> Option<[Value; 3]> {
    let call = index.as_call().filter(|call| call.path().is_some_and(|path| path == "builtins.slice"))?;
    let bounds: Vec<Value> = call.args.list.iter().map(|arg| arg.value.clone()).collect();
    match bounds.as_slice() {
        [upper] => Some([Value::None, upper.clone(), Value::None]),
        [lower, upper] => Some([lower.clone(), upper.clone(), Value::None]),
        [lower, upper, step] => Some([lower.clone(), upper.clone(), step.clone()]),
        _ => None,
    }
}

/// A Python index, negative ones from the end.
pub(super) fn position(index: i64, len: usize) -> Option<usize> {
    if index < 0 {
        len.checked_sub(usize::try_from(index.checked_neg()?).ok()?)
    } else {
        usize::try_from(index).ok()
    }
}

fn slice_items(items: &[Value], lower: Option<i64>, upper: Option<i64>, step: i64) -> Vec<Value> {
    let len = items.len() as i64;
    let (low, high, first, end) = if step > 0 { (0, len, 0, len) } else { (-1, len - 1, len - 1, -1) };
    let bound = |bound: Option<i64>, default: i64| match bound {
        None => default,
        Some(bound) if bound < 0 => bound.saturating_add(len).clamp(low, high.max(low)),
        Some(bound) => bound.clamp(low, high.max(low)),
    };
    let (mut at, end) = (bound(lower, first), bound(upper, end));
    let mut picked = Vec::new();
    while if step > 0 { at < end } else { at > end } {
        picked.extend(usize::try_from(at).ok().and_then(|at| items.get(at)).cloned());
        at = at.saturating_add(step);
    }
    picked
}
