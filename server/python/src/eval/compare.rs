//! Truth, comparison, membership.

use super::Interp;
use super::access::raise;
use super::heap::{Object, ObjectId};
use super::operators::Container;
use crate::ast::CompareOp;
use crate::host::{Eval, Host};
use crate::value::{Args, Key, Part, Symbol, Value, same};
use fact::{Place, Reason, Unknown};
use std::cmp::Ordering;

impl<H: Host> Interp<'_, H> {
    /// Python's truth value, or why it cannot be told.
    pub fn truth(&mut self, value: &Value, place: Place) -> Result<bool, Unknown> {
        Ok(match value {
            Value::None => false,
            Value::Bool(bool) => *bool,
            Value::Int(int) => *int != 0,
            Value::Float(float) => *float != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Partial(parts) => {
                let known = parts.iter().any(|part| matches!(part, Part::Text(text) if !text.is_empty()));
                if !known {
                    return Err(self.why_unknown(value, place));
                }
                true
            }
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::Tuple(items) | Value::List(items) | Value::Set(items) => !items.is_empty(),
            Value::Dict(entries) => !entries.is_empty(),
            Value::Object(id) => return self.object_truth(*id, value, place),
            Value::Ellipsis
            | Value::Function(_)
            | Value::Method(_)
            | Value::Module(_)
            | Value::Builtin(_) => true,
            Value::Symbol(_) if super::regex::is_true(value) => true,
            Value::Symbol(_) | Value::Handle(_) => match H::truth(self, value) {
                Some(truth) => truth,
                None => return Err(self.why_unknown(value, place)),
            },
            Value::Unknown(unknown) => return Err((**unknown).clone()),
        })
    }

    fn object_truth(&mut self, id: ObjectId, value: &Value, place: Place) -> Result<bool, Unknown> {
        Ok(match self.heap.get(id) {
            Object::List(items) => !items.is_empty(),
            Object::Dict(dict) | Object::Set(dict) => !dict.is_empty(),
            Object::Unknown(because) => return Err(because.clone()),
            Object::Instance(instance) => {
                let class = instance.class;
                if let Some(inner) = self.mixed_in_value(value) {
                    return self.truth(&inner, place);
                }
                if let Some(items) = self.tuple_items(id) {
                    return Ok(!items.is_empty());
                }
                for special in ["__bool__", "__len__"] {
                    if let Some(method) = self.own_method(value, special) {
                        return match self.call(&method, Args::default(), place) {
                            Ok(answer) => self.truth(&answer, place),
                            Err(_) => Err(self.why_unknown(value, place)),
                        };
                    }
                }
                // A subclass of `dict` or `str` is true or false by what it holds.
                let holds = |base: &Value| matches!(base, Value::Builtin(name) if !super::exceptions::is_builtin_exception(name));
                if self.outside_bases(class).iter().any(holds) {
                    return Err(self.why_unknown(value, place));
                }
                true
            }
            _ => true,
        })
    }

    /// Why a value is not one that can be computed with.
    pub fn why_unknown(&self, value: &Value, place: Place) -> Unknown {
        if let Some(unknown) = value.as_unknown() {
            return (**unknown).clone();
        }
        if let Value::Object(id) = value
            && let Object::Unknown(because) = self.heap.get(*id)
        {
            return because.clone();
        }
        let reason = match value.as_symbol().and_then(Symbol::root) {
            Some(path) => Reason::OutsideProject(path.as_str().into()),
            None => Reason::UnreadableArgument("this value".into()),
        };
        Unknown::new(reason, place)
    }

    pub(super) fn compare(&mut self, op: CompareOp, left: &Value, right: &Value, place: Place) -> Eval {
        use CompareOp::*;
        if matches!(op, In | NotIn)
            && matches!(
                right,
                Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Function(_)
            )
        {
            return Err(raise("TypeError", "the value holds nothing", place));
        }
        if matches!(op, In | NotIn)
            && matches!(
                (left, right),
                (Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_), Value::Str(_))
            )
        {
            return Err(raise("TypeError", "a str holds only str", place));
        }
        let decided = match op {
            Is | IsNot => self.identical(left, right).map(|is| is == (op == Is)),
            In | NotIn => self.contains(right, left, place).map(|contains| contains == (op == In)),
            Eq | NotEq => self.equal(left, right).map(|equal| equal == (op == Eq)),
            Lt | LtE | Gt | GtE => match self.container(left).zip(self.container(right)) {
                Some((Container::Set, Container::Set)) => self.compare_sets(op, left, right),
                _ => self.order(left, right, place)?.map(|order| match op {
                    Lt => order == Ordering::Less,
                    LtE => order != Ordering::Greater,
                    Gt => order == Ordering::Greater,
                    _ => order != Ordering::Less,
                }),
            },
        };
        if let Some(decided) = decided {
            return Ok(Value::Bool(decided));
        }
        let outside = |v: &Value| matches!(v, Value::Symbol(_) | Value::Handle(_));
        let is_sql = (outside(left) || outside(right)) && left.as_unknown().or(right.as_unknown()).is_none();
        if is_sql && !matches!(op, In | NotIn) {
            // `table.c.id == 5` is SQL, not a truth value.
            let (left, right) = (self.freeze(left), self.freeze(right));
            return Ok(self.symbol(Symbol::Compare { op, left, right }, place));
        }
        let blame_left = left.as_unknown().is_some() || !outside(right) && right.as_unknown().is_none();
        Ok(Value::unknown(self.why_unknown(if blame_left { left } else { right }, place)))
    }

    /// `a is b`, where it can be told.
    fn identical(&mut self, left: &Value, right: &Value) -> Option<bool> {
        match (left, right) {
            (Value::Unknown(_), _) | (_, Value::Unknown(_)) => None,
            (Value::Object(a), Value::Object(b)) => Some(a == b),
            (Value::None, Value::Symbol(_)) | (Value::Symbol(_), Value::None) => {
                // What a function from outside returns may be None, and so may a constant; a class is not, nor is what
                // calling one makes.
                let symbol = if left.is_none() { right } else { left };
                let path = symbol.as_path().or_else(|| symbol.as_call()?.path())?;
                is_class_name(&path).then_some(false)
            }
            (Value::Symbol(a), Value::Symbol(b)) => match (&**a, &**b) {
                (Symbol::Path(a), Symbol::Path(b)) if a == b => Some(true),
                (Symbol::Path(a), Symbol::Path(b)) if is_class_name(a) && is_class_name(b) => Some(false),
                _ => None,
            },
            (Value::Handle(a), Value::Handle(b)) => Some(a == b),
            (Value::Symbol(_), _) | (_, Value::Symbol(_)) => None,
            (Value::Bool(a), Value::Bool(b)) => Some(a == b),
            (Value::Bool(_), _) | (_, Value::Bool(_)) => Some(false),
            _ => Some(left == right),
        }
    }

    /// `a == b`, where it can be told.
    pub(super) fn equal(&mut self, left: &Value, right: &Value) -> Option<bool> {
        match (left, right) {
            (Value::Unknown(_) | Value::Partial(_), _) | (_, Value::Unknown(_) | Value::Partial(_)) => None,
            (Value::Symbol(a), Value::Symbol(b)) => match (&**a, &**b) {
                (Symbol::Path(a), Symbol::Path(b)) if a == b => Some(true),
                (Symbol::Path(a), Symbol::Path(b)) if is_class_name(a) && is_class_name(b) => Some(false),
                _ => None,
            },
            (Value::Symbol(symbol), _) | (_, Value::Symbol(symbol)) => match &**symbol {
                // A class from outside is no string and no number; a constant may be anything.
                Symbol::Path(path) if is_class_name(path) => Some(false),
                _ => None,
            },
            (Value::Handle(a), Value::Handle(b)) => Some(a == b),
            (Value::Handle(_), _) | (_, Value::Handle(_)) => None,
            (Value::Object(a), Value::Object(b)) if a == b => Some(true),
            _ => match self.equal_instances(left, right) {
                Some(answer) => answer,
                None => {
                    let (a, b) = (self.plain(left)?, self.plain(right)?);
                    self.equal_plain(&a, &b)
                }
            },
        }
    }

    /// Instances of the project's classes: by `__eq__`, by fields, or by identity. `None`: neither side is one.
    fn equal_instances(&mut self, left: &Value, right: &Value) -> Option<Option<bool>> {
        let (mine, theirs) = (self.class_of(left), self.class_of(right));
        let place = Place::whole_file(fact::FileId(0));
        for (value, other) in [(left, right), (right, left)] {
            if let Some(method) = self.own_method(value, "__eq__") {
                let answer = self.call(&method, Args::values([other.clone()], place), place);
                return Some(match answer {
                    Ok(Value::Builtin(name)) if name == "NotImplemented" => None,
                    Ok(answer) => self.truth(&answer, place).ok(),
                    Err(_) => None,
                });
            }
        }
        let (Some(Value::Object(class)), other) = (mine.clone().or(theirs.clone()), &theirs) else {
            return None;
        };
        if self.mixed_in_value(left).or(self.mixed_in_value(right)).is_some() {
            return None;
        }
        let items = |this: &Self, value: &Value| match value {
            Value::Object(id) => this.tuple_items(*id),
            Value::Tuple(items) => Some(items.to_vec()),
            _ => None,
        };
        if let (Some(a), Some(b)) = (items(self, left), items(self, right)) {
            return Some(self.equal_all(&a, &b));
        }
        if mine != *other {
            let known = self.outside_bases(class).is_empty() || self.is_enum(class);
            return Some(known.then_some(false));
        }
        if self.has_fields(class) {
            let values = |this: &Self, value: &Value| -> Option<Vec<Value>> {
                let view = this.instance_view(value)?;
                let attr = |name| view.attributes.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
                this.fields(class).into_iter().map(|field| attr(field.name)).collect()
            };
            let (a, b) = (values(self, left), values(self, right));
            return Some(a.zip(b).and_then(|(a, b)| self.equal_all(&a, &b)));
        }
        let sure = self.outside_bases(class).is_empty() || self.is_enum(class);
        Some(sure.then_some(false))
    }

    fn equal_plain(&mut self, a: &Value, b: &Value) -> Option<bool> {
        match (a, b) {
            (Value::Tuple(a), Value::Tuple(b)) | (Value::List(a), Value::List(b)) => {
                let (a, b) = (a.clone(), b.clone());
                self.deeper(|this| this.equal_all(&a, &b))
            }
            (Value::Set(a), Value::Set(b)) => {
                if a.len() != b.len() {
                    return Some(false);
                }
                let (a, b) = (keys(a), keys(b));
                let outside =
                    |keys: &rustc_hash::FxHashSet<Key>| keys.iter().any(|key| key.0.as_symbol().is_some());
                (!outside(&a) && !outside(&b)).then(|| a == b)
            }
            (Value::Dict(a), Value::Dict(b)) => {
                if a.len() != b.len() {
                    return Some(false);
                }
                let mut all = Some(true);
                for (key, value) in a.iter() {
                    let entry = b.iter().find(|(other, _)| same(key, other));
                    let Some((_, other)) = entry else {
                        return if key.as_symbol().is_some() { None } else { Some(false) };
                    };
                    match self.equal(value, other) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => all = None,
                    }
                }
                all
            }
            _ => Some(same(a, b)),
        }
    }

    fn equal_all(&mut self, a: &[Value], b: &[Value]) -> Option<bool> {
        if a.len() != b.len() {
            return Some(false);
        }
        let mut all = Some(true);
        for (a, b) in a.iter().zip(b) {
            match self.equal(a, b) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => all = None,
            }
        }
        all
    }

    /// The value without the heap, members of a mixed-in enum as their value. `None`: its contents are unknown.
    fn plain(&mut self, value: &Value) -> Option<Value> {
        if let Value::Object(id) = value {
            if matches!(self.heap.get(*id), Object::Unknown(_) | Object::Absent) {
                return None;
            }
            if let Some(inner) = self.mixed_in_value(value) {
                return Some(inner);
            }
            if let Some(items) = self.tuple_items(*id) {
                return Some(self.freeze(&Value::tuple(items)));
            }
        }
        Some(self.freeze(value))
    }

    fn order(&mut self, left: &Value, right: &Value, place: Place) -> Eval<Option<Ordering>> {
        if let Some(order) = super::stdlib::version_order(left, right) {
            return Ok(Some(order));
        }
        let (Some(left), Some(right)) = (self.plain(left), self.plain(right)) else { return Ok(None) };
        order_plain(&left, &right).map_err(|()| raise("TypeError", "the values have no order", place))
    }

    fn compare_sets(&mut self, op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
        let (a, b) = (keys(&self.known_items(left)?), keys(&self.known_items(right)?));
        Some(match op {
            CompareOp::Lt => a.len() < b.len() && a.is_subset(&b),
            CompareOp::LtE => a.is_subset(&b),
            CompareOp::Gt => a.len() > b.len() && b.is_subset(&a),
            _ => b.is_subset(&a),
        })
    }

    /// `item in container`, where it can be told.
    pub(super) fn contains(&mut self, container: &Value, item: &Value, place: Place) -> Option<bool> {
        if let Some(method) = self.own_method(container, "__contains__") {
            let answer = self.call(&method, Args::values([item.clone()], place), place).ok()?;
            return self.truth(&answer, place).ok();
        }
        if let Value::Str(text) = container {
            let part = self.mixed_in_value(item).unwrap_or_else(|| item.clone());
            return part.as_str().map(|part| text.contains(part));
        }
        if let Value::Object(id) = container
            && let Object::Globals(file) = self.heap.get(*id)
        {
            return Some(self.global(*file, item).is_some());
        }
        if let Value::Object(id) = container
            && let Object::Dict(keys) | Object::Set(keys) = self.heap.get(*id)
            && keys.contains_key(&Key(item.clone()))
        {
            return Some(true);
        }
        let items = self.iterate(container, place).ok()?.ok()?;
        let mut decided = Some(false);
        for candidate in &items {
            match self.equal(candidate, item) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => decided = None,
            }
        }
        decided
    }
}

fn keys(items: &[Value]) -> rustc_hash::FxHashSet<Key> {
    items.iter().map(|item| Key(item.clone())).collect()
}

fn is_class_name(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or_default();
    last.starts_with(char::is_uppercase) && last.contains(char::is_lowercase)
}

/// `Ok(None)`: it cannot be told. `Err`: Python has no order for them.
pub(super) fn order_plain(left: &Value, right: &Value) -> Result<Option<Ordering>, ()> {
    let is_plain = |value: &Value| {
        matches!(
            value,
            Value::None
                | Value::Bool(_)
                | Value::Int(_)
                | Value::Float(_)
                | Value::Str(_)
                | Value::Tuple(_)
                | Value::List(_)
                | Value::Dict(_)
                | Value::Bytes(_)
        )
    };
    Ok(match (left, right) {
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Bytes(a), Value::Bytes(b)) => Some(a.cmp(b)),
        (Value::Tuple(a), Value::Tuple(b)) | (Value::List(a), Value::List(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                if is_plain(a) && same(a, b) {
                    continue;
                }
                match order_plain(a, b)? {
                    Some(Ordering::Equal) => {}
                    other => return Ok(other),
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Float(a), b) if b.as_int().is_some() => b.as_int().and_then(|b| a.partial_cmp(&(b as f64))),
        (a, Value::Float(b)) if a.as_int().is_some() => a.as_int().and_then(|a| (a as f64).partial_cmp(b)),
        (a, b) => match (a.as_int(), b.as_int()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ if is_plain(a) && is_plain(b) => return Err(()),
            _ => None,
        },
    })
}
