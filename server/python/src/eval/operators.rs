//! Truth, comparison, arithmetic.

use super::heap::Object;
use super::{Interp, unknown};
use crate::ast::{BinaryOp, CompareOp};
use crate::host::{Eval, Host};
use crate::value::{Key, Part, Symbol, Value, same};
use fact::{Place, Reason, Unknown};
use std::cmp::Ordering;
use std::sync::Arc;

/// Longer results of `*` are not worth having.
const MAX_REPEAT: usize = 100_000;

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
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(items) => !items.is_empty(),
                Object::Dict(dict) | Object::Set(dict) => !dict.is_empty(),
                Object::Unknown(because) => return Err(because.clone()),
                Object::Instance(_) => match self.member_value(value) {
                    Some(inner) if inner.as_int().is_some() => return self.truth(&inner, place),
                    _ => true,
                },
                _ => true,
            },
            Value::Ellipsis
            | Value::Function(_)
            | Value::Method(_)
            | Value::Module(_)
            | Value::Builtin(_) => true,
            Value::Symbol(_) | Value::Handle(_) => match H::truth(self, value) {
                Some(truth) => truth,
                None => return Err(self.why_unknown(value, place)),
            },
            Value::Unknown(unknown) => return Err((**unknown).clone()),
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
        let decided = match op {
            Is | IsNot => self.identical(left, right).map(|is| is == (op == Is)),
            In | NotIn => self.contains(right, left, place).map(|contains| contains == (op == In)),
            Eq | NotEq => self.equal(left, right).map(|equal| equal == (op == Eq)),
            Lt | LtE | Gt | GtE => self.order(left, right).map(|order| match op {
                Lt => order == Ordering::Less,
                LtE => order != Ordering::Greater,
                Gt => order == Ordering::Greater,
                _ => order != Ordering::Less,
            }),
        };
        if let Some(decided) = decided {
            return Ok(Value::Bool(decided));
        }
        let outside = |v: &Value| matches!(v, Value::Symbol(_) | Value::Handle(_));
        if matches!(op, Eq | NotEq | Lt | LtE | Gt | GtE | Is | IsNot)
            && (outside(left) || outside(right))
            && left.as_unknown().is_none()
            && right.as_unknown().is_none()
        {
            // `table.c.id == 5` is SQL, not a truth value.
            let (left, right) = (self.freeze(left), self.freeze(right));
            return Ok(Value::Symbol(Arc::new(Symbol::Compare { op, left, right })));
        }
        let blamed = if left.as_unknown().is_some() || !outside(right) && right.as_unknown().is_none() {
            left
        } else {
            right
        };
        Ok(Value::unknown(self.why_unknown(blamed, place)))
    }

    /// `a is b`, where it can be told.
    fn identical(&mut self, left: &Value, right: &Value) -> Option<bool> {
        match (left, right) {
            (Value::Unknown(_), _) | (_, Value::Unknown(_)) => None,
            (Value::Object(a), Value::Object(b)) => Some(a == b),
            (Value::None, Value::Symbol(_)) | (Value::Symbol(_), Value::None) => {
                // What a function from outside returns may be None; a class or function itself is not.
                let symbol = left.as_symbol().or(right.as_symbol());
                matches!(symbol, Some(Symbol::Path(_))).then_some(false)
            }
            (Value::Symbol(a), Value::Symbol(b)) => match (&**a, &**b) {
                (Symbol::Path(a), Symbol::Path(b)) => Some(a == b),
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
                (Symbol::Path(a), Symbol::Path(b)) => Some(a == b),
                _ => None,
            },
            (Value::Symbol(symbol), _) | (_, Value::Symbol(symbol)) => match &**symbol {
                // A class or function from outside is no string and no number; a constant may be anything.
                Symbol::Path(path) if is_class_name(path) => Some(false),
                _ => None,
            },
            (Value::Handle(a), Value::Handle(b)) => Some(a == b),
            (Value::Object(a), Value::Object(b)) if a == b => Some(true),
            _ => {
                let (a, b) = (self.plain(left)?, self.plain(right)?);
                self.equal_plain(&a, &b)
            }
        }
    }

    fn equal_plain(&mut self, a: &Value, b: &Value) -> Option<bool> {
        match (a, b) {
            (Value::Tuple(a), Value::Tuple(b)) | (Value::List(a), Value::List(b)) => {
                if a.len() != b.len() {
                    return Some(false);
                }
                let pairs: Vec<_> = a.iter().cloned().zip(b.iter().cloned()).collect();
                let mut all = Some(true);
                for (a, b) in pairs {
                    match self.equal(&a, &b) {
                        Some(true) => {}
                        Some(false) => return Some(false),
                        None => all = None,
                    }
                }
                all
            }
            (Value::Set(a), Value::Set(b)) => {
                Some(a.len() == b.len() && a.iter().all(|x| b.iter().any(|y| same(x, y))))
            }
            (Value::Dict(a), Value::Dict(b)) => {
                let covered = a.iter().all(|(k, v)| b.iter().any(|(l, w)| same(k, l) && same(v, w)));
                Some(a.len() == b.len() && covered)
            }
            _ => Some(same(a, b)),
        }
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
        }
        Some(self.freeze(value))
    }

    fn order(&mut self, left: &Value, right: &Value) -> Option<Ordering> {
        let (left, right) = (self.plain(left)?, self.plain(right)?);
        order_plain(&left, &right)
    }

    /// `item in container`, where it can be told.
    pub(super) fn contains(&mut self, container: &Value, item: &Value, place: Place) -> Option<bool> {
        if item.as_unknown().is_some() {
            return match self.iterate(container, place) {
                Ok(Ok(items)) if items.is_empty() => Some(false),
                _ => None,
            };
        }
        match container {
            Value::Str(text) => item.as_str().map(|part| text.contains(part)),
            Value::Dict(entries) => Some(entries.iter().any(|(key, _)| same(key, item))),
            Value::Object(id) if matches!(self.heap.get(*id), Object::Dict(_) | Object::Set(_)) => {
                let (Object::Dict(dict) | Object::Set(dict)) = self.heap.get(*id) else { return None };
                if dict.contains_key(&Key(item.clone())) {
                    return Some(true);
                }
                let open = dict.keys().any(|key| key.0.as_unknown().is_some());
                if open { None } else { Some(false) }
            }
            _ => {
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
    }
}

fn is_class_name(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or_default();
    last.starts_with(char::is_uppercase) && last.contains(char::is_lowercase)
}

fn order_plain(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Tuple(a), Value::Tuple(b)) | (Value::List(a), Value::List(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                match order_plain(a, b)? {
                    Ordering::Equal => {}
                    other => return Some(other),
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Float(a), b) => a.partial_cmp(&(b.as_int()? as f64)),
        (a, Value::Float(b)) => (a.as_int()? as f64).partial_cmp(b),
        _ => Some(left.as_int()?.cmp(&right.as_int()?)),
    }
}

/// For `sorted`, `min` and `max`.
pub(super) fn order_values(left: &Value, right: &Value) -> Option<Ordering> {
    order_plain(left, right)
}

pub(super) fn binary<H: Host>(
    interp: &mut Interp<'_, H>,
    op: BinaryOp,
    left: Value,
    right: Value,
    place: Place,
) -> Eval {
    // Enum members that are strings or numbers take part as those.
    let left = interp.mixed_in_value(&left).unwrap_or(left);
    let right = interp.mixed_in_value(&right).unwrap_or(right);
    if op == BinaryOp::Mod && matches!(left, Value::Str(_) | Value::Partial(_)) {
        return Ok(interp.percent(&left, &right, place));
    }
    let texts = |v: &Value| matches!(v, Value::Str(_) | Value::Partial(_));
    if op == BinaryOp::Add && (texts(&left) || texts(&right)) {
        if let (Some(a), Some(b)) = (as_parts(&left), as_parts(&right)) {
            return Ok(super::format::text(a.into_iter().chain(b).collect()));
        }
    }
    if let Some(unknown) = left.as_unknown().or(right.as_unknown()) {
        return Ok(Value::Unknown(unknown.clone()));
    }
    if let (Value::Symbol(_) | Value::Handle(_), _) | (_, Value::Symbol(_) | Value::Handle(_)) = (&left, &right) {
        // `Mapped[int | None]`, `Path(..) / "x.sql"`, `table.c.n + 1`.
        if let Some(value) = super::stdlib::operator(interp, op, &left, &right) {
            return Ok(value);
        }
        let (left, right) = (interp.freeze(&left), interp.freeze(&right));
        return Ok(Value::Symbol(Arc::new(Symbol::Binary { op, left, right })));
    }
    if op == BinaryOp::BitOr && is_type(interp, &left) && (is_type(interp, &right) || right.is_none()) {
        return Ok(Value::Symbol(Arc::new(Symbol::Binary { op, left, right })));
    }
    if let Some(value) = sequence(interp, op, &left, &right) {
        return Ok(value);
    }
    Ok(number(op, &left, &right, place)
        .unwrap_or_else(|| unknown(Reason::UnsupportedSyntax("this operator on these values".into()), place)))
}

fn is_type<H: Host>(interp: &Interp<'_, H>, value: &Value) -> bool {
    match value {
        Value::Builtin(_) | Value::None => true,
        Value::Object(id) => matches!(interp.heap.get(*id), Object::Class(_)),
        _ => false,
    }
}

fn as_parts(value: &Value) -> Option<Vec<Part>> {
    match value {
        Value::Str(text) => Some(vec![Part::Text(text.clone())]),
        Value::Partial(parts) => Some(parts.to_vec()),
        Value::Unknown(unknown) => Some(vec![Part::Unknown(unknown.clone())]),
        _ => None,
    }
}

/// Lists, tuples, sets and dicts.
fn sequence<H: Host>(interp: &mut Interp<'_, H>, op: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    let kind = |interp: &Interp<'_, H>, v: &Value| match v {
        Value::List(_) => Some('l'),
        Value::Tuple(_) => Some('t'),
        Value::Set(_) => Some('s'),
        Value::Dict(_) => Some('d'),
        Value::Object(id) => match interp.heap.get(*id) {
            Object::List(_) => Some('l'),
            Object::Set(_) => Some('s'),
            Object::Dict(_) => Some('d'),
            _ => None,
        },
        _ => None,
    };
    let items = |interp: &mut Interp<'_, H>, v: &Value| interp.known_items(v);
    match (op, kind(interp, left), kind(interp, right)) {
        (BinaryOp::Add, Some('l'), Some('l')) => {
            let mut all = items(interp, left)?;
            all.extend(items(interp, right)?);
            Some(Value::Object(interp.heap.add(Object::List(all))))
        }
        (BinaryOp::Add, Some('t'), Some('t')) => {
            let mut all = items(interp, left)?;
            all.extend(items(interp, right)?);
            Some(Value::tuple(all))
        }
        (BinaryOp::Mul, Some(kind @ ('l' | 't')), None) => {
            let times = usize::try_from(right.as_int()?.max(0)).ok()?;
            let all = items(interp, left)?;
            if all.len().checked_mul(times)? > MAX_REPEAT {
                return None;
            }
            let repeated: Vec<Value> = std::iter::repeat_n(all, times).flatten().collect();
            Some(match kind {
                'l' => Value::Object(interp.heap.add(Object::List(repeated))),
                _ => Value::tuple(repeated),
            })
        }
        (BinaryOp::Mul, None, None) => {
            let text = left.as_str()?;
            let times = usize::try_from(right.as_int()?.max(0)).ok()?;
            (text.len().checked_mul(times)? <= MAX_REPEAT).then(|| Value::str(&text.repeat(times)))
        }
        (BinaryOp::BitOr, Some('d'), Some('d')) => {
            let mut dict: super::heap::Dict =
                interp.dict_entries(left)?.into_iter().map(|(k, v)| (Key(k), v)).collect();
            dict.extend(interp.dict_entries(right)?.into_iter().map(|(k, v)| (Key(k), v)));
            Some(Value::Object(interp.heap.add(Object::Dict(dict))))
        }
        (BinaryOp::Sub | BinaryOp::BitOr | BinaryOp::BitAnd | BinaryOp::BitXor, Some('s'), Some('s')) => {
            let (a, b) = (items(interp, left)?, items(interp, right)?);
            let has = |list: &[Value], v: &Value| list.iter().any(|x| same(x, v));
            let kept: Vec<Value> = match op {
                BinaryOp::Sub => a.iter().filter(|v| !has(&b, v)).cloned().collect(),
                BinaryOp::BitAnd => a.iter().filter(|v| has(&b, v)).cloned().collect(),
                BinaryOp::BitOr => a.iter().chain(b.iter().filter(|v| !has(&a, v))).cloned().collect(),
                _ => a.iter().filter(|v| !has(&b, v)).chain(b.iter().filter(|v| !has(&a, v))).cloned().collect(),
            };
            let set = kept.into_iter().map(|v| (Key(v), Value::None)).collect();
            Some(Value::Object(interp.heap.add(Object::Set(set))))
        }
        _ => None,
    }
}

fn number(op: BinaryOp, left: &Value, right: &Value, place: Place) -> Option<Value> {
    if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
        let int = |value: Option<i64>| Some(value.map_or_else(|| super::expr::overflow(place), Value::Int));
        return match op {
            BinaryOp::Add => int(a.checked_add(b)),
            BinaryOp::Sub => int(a.checked_sub(b)),
            BinaryOp::Mul => int(a.checked_mul(b)),
            BinaryOp::Div if b != 0 => Some(Value::Float(a as f64 / b as f64)),
            BinaryOp::FloorDiv if b != 0 => int(floor_div(a, b)),
            BinaryOp::Mod if b != 0 => int(floor_div(a, b).and_then(|q| a.checked_sub(q.checked_mul(b)?))),
            BinaryOp::Pow => int(u32::try_from(b).ok().and_then(|b| a.checked_pow(b))),
            BinaryOp::LShift => int(u32::try_from(b).ok().filter(|b| *b < 62).and_then(|b| {
                a.checked_mul(1i64 << b)
            })),
            BinaryOp::RShift => int(u32::try_from(b).ok().map(|b| a >> b.min(63))),
            BinaryOp::BitAnd => Some(bits(left, right, a & b)),
            BinaryOp::BitOr => Some(bits(left, right, a | b)),
            BinaryOp::BitXor => Some(bits(left, right, a ^ b)),
            _ => None,
        };
    }
    let float = |v: &Value| match v {
        Value::Float(f) => Some(*f),
        other => other.as_int().map(|i| i as f64),
    };
    let (a, b) = (float(left)?, float(right)?);
    let result = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b != 0.0 => a / b,
        BinaryOp::FloorDiv if b != 0.0 => (a / b).floor(),
        BinaryOp::Mod if b != 0.0 => a - (a / b).floor() * b,
        BinaryOp::Pow => a.powf(b),
        _ => return None,
    };
    Some(Value::Float(result))
}

fn floor_div(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}

fn bits(left: &Value, right: &Value, result: i64) -> Value {
    match (left, right) {
        (Value::Bool(_), Value::Bool(_)) => Value::Bool(result != 0),
        _ => Value::Int(result),
    }
}
