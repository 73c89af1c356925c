//! Arithmetic and what else operators do.

use super::access::raise;
use super::heap::{Dict, Object};
use super::{Interp, unknown};
use crate::ast::{BinaryOp, UnaryOp};
use crate::host::{Eval, Host};
use crate::value::{Args, Key, Part, Symbol, Value, same};
use fact::{Place, Reason};

/// Longer results of `*` are not worth having.
const MAX_REPEAT: usize = 100_000;

impl<H: Host> Interp<'_, H> {
    pub(super) fn unary(&mut self, op: UnaryOp, value: Value, place: Place) -> Eval {
        let value = self.mixed_in_value(&value).unwrap_or(value);
        Ok(match (op, &value) {
            (_, Value::Unknown(_)) => value,
            (UnaryOp::Minus, Value::Float(float)) => Value::Float(-float),
            (UnaryOp::Plus, Value::Float(_)) => value,
            (op, Value::Int(_) | Value::Bool(_)) => {
                let int = value.as_int().unwrap_or(0);
                let result = match op {
                    UnaryOp::Minus => int.checked_neg(),
                    UnaryOp::Invert => Some(!int),
                    _ => Some(int),
                };
                result.map_or_else(|| overflow(place), Value::Int)
            }
            (_, Value::Symbol(_) | Value::Handle(_)) => {
                self.symbol(Symbol::Unary { op, operand: value }, place)
            }
            (_, Value::Object(_)) => unknown(Reason::UnsupportedSyntax("this operator".into()), place),
            _ => return Err(raise("TypeError", "bad operand of an operator", place)),
        })
    }

    pub(super) fn binary(&mut self, op: BinaryOp, left: Value, right: Value, place: Place) -> Eval {
        if let Some(result) = self.own_operator(op, &left, &right, place) {
            return result;
        }
        // Enum members that are strings or numbers take part as those.
        let left = self.mixed_in_value(&left).unwrap_or(left);
        let is_text = |v: &Value| matches!(v, Value::Str(_) | Value::Partial(_));
        if op == BinaryOp::Mod && is_text(&left) {
            return self.percent(&left, &right, place);
        }
        let right = self.mixed_in_value(&right).unwrap_or(right);
        if op == BinaryOp::Add
            && (is_text(&left) || is_text(&right))
            && let (Some(a), Some(b)) = (as_parts(&left), as_parts(&right))
        {
            let joined = super::format::text(a.into_iter().chain(b).collect());
            return Ok(self.sized_text(joined, place));
        }
        if let (BinaryOp::Add, Value::Bytes(a), Value::Bytes(b)) = (op, &left, &right)
            && a.len() + b.len() <= super::limits::MAX_TEXT
        {
            return Ok(Value::Bytes([&**a, &**b].concat().into()));
        }
        if let Some(unknown) = left.as_unknown().or(right.as_unknown()) {
            return Ok(Value::Unknown(unknown.clone()));
        }
        if let (Value::Symbol(_) | Value::Handle(_), _) | (_, Value::Symbol(_) | Value::Handle(_)) =
            (&left, &right)
        {
            // `Mapped[int | None]`, `Path(..) / "x.sql"`, `table.c.n + 1`.
            if let Some(value) = super::stdlib::operator(op, &left, &right) {
                return Ok(value);
            }
            let (left, right) = (self.freeze(&left), self.freeze(&right));
            return Ok(self.symbol(Symbol::Binary { op, left, right }, place));
        }
        if op == BinaryOp::BitOr && self.is_type(&left) && (self.is_type(&right) || right.is_none()) {
            return Ok(self.symbol(Symbol::Binary { op, left, right }, place));
        }
        if let Some(value) = self.sequences(op, &left, &right, place) {
            return Ok(value);
        }
        if let Some(value) = number(op, &left, &right, place)? {
            return Ok(value);
        }
        let refused = |v: &Value| match v {
            Value::Object(id) => {
                matches!(self.heap.get(*id), Object::List(_) | Object::Dict(_) | Object::Set(_))
            }
            _ => true,
        };
        if refused(&left) && refused(&right) {
            return Err(raise("TypeError", "unsupported operand types", place));
        }
        let blamed = if refused(&left) { &right } else { &left };
        Ok(Value::unknown(self.why_unknown(blamed, place)))
    }

    /// `__add__` and the like of the project's own classes.
    fn own_operator(&mut self, op: BinaryOp, left: &Value, right: &Value, place: Place) -> Option<Eval> {
        let name = match op {
            BinaryOp::Add => "add",
            BinaryOp::Sub => "sub",
            BinaryOp::Mul => "mul",
            BinaryOp::MatMul => "matmul",
            BinaryOp::Div => "truediv",
            BinaryOp::FloorDiv => "floordiv",
            BinaryOp::Mod => "mod",
            BinaryOp::Pow => "pow",
            BinaryOp::LShift => "lshift",
            BinaryOp::RShift => "rshift",
            BinaryOp::BitAnd => "and",
            BinaryOp::BitOr => "or",
            BinaryOp::BitXor => "xor",
        };
        let (method, arg) = match self.own_method(left, &format!("__{name}__")) {
            Some(method) => (method, right),
            None => (self.own_method(right, &format!("__r{name}__"))?, left),
        };
        Some(self.call(&method, Args::values([arg.clone()], place), place))
    }

    fn is_type(&self, value: &Value) -> bool {
        match value {
            Value::Builtin(_) | Value::None => true,
            value => self.is_class(value),
        }
    }

    /// Lists, tuples, sets and dicts.
    fn sequences(&mut self, op: BinaryOp, left: &Value, right: &Value, place: Place) -> Option<Value> {
        match (op, self.container(left), self.container(right)) {
            (BinaryOp::Add, Some(Container::List), Some(Container::List)) => {
                let mut all = self.known_items(left)?;
                all.extend(self.known_items(right)?);
                Some(self.new_list(all))
            }
            (BinaryOp::Add, Some(Container::Tuple), Some(Container::Tuple)) => {
                let mut all = self.known_items(left)?;
                all.extend(self.known_items(right)?);
                Some(self.sized(Value::tuple(all), place))
            }
            (BinaryOp::Mul, _, _) if right.as_int().is_some() => self.repeated(left, right.as_int()?, place),
            (BinaryOp::Mul, _, _) if left.as_int().is_some() => self.repeated(right, left.as_int()?, place),
            (BinaryOp::BitOr, Some(Container::Dict), Some(Container::Dict)) => {
                let entries = self.dict_entries(left)?.into_iter().chain(self.dict_entries(right)?);
                let dict: Dict = entries.map(|(key, value)| (Key(key), value)).collect();
                Some(Value::Object(self.heap.add(Object::Dict(dict))))
            }
            (
                BinaryOp::Sub | BinaryOp::BitOr | BinaryOp::BitAnd | BinaryOp::BitXor,
                Some(Container::Set),
                Some(Container::Set),
            ) => {
                let (a, b) = (self.known_items(left)?, self.known_items(right)?);
                let set = combine(op, &a, &b);
                Some(Value::Object(self.heap.add(Object::Set(set))))
            }
            _ => None,
        }
    }

    fn repeated(&mut self, value: &Value, times: i64, place: Place) -> Option<Value> {
        let times = usize::try_from(times.max(0)).ok()?;
        if let Value::Str(text) = value {
            if text.len().saturating_mul(times) > super::limits::MAX_TEXT {
                return Some(unknown(Reason::Budget, place));
            }
            return Some(self.sized_text(Value::str(&text.repeat(times)), place));
        }
        if let Value::Bytes(bytes) = value {
            let fits = bytes.len().saturating_mul(times) <= super::limits::MAX_TEXT;
            return Some(if fits {
                Value::Bytes(bytes.repeat(times).into())
            } else {
                unknown(Reason::Budget, place)
            });
        }
        let container = self.container(value)?;
        let items = self.known_items(value)?;
        let times = if items.is_empty() { 0 } else { times };
        if items.len().saturating_mul(times) > MAX_REPEAT {
            return Some(unknown(Reason::Budget, place));
        }
        let repeated: Vec<Value> = std::iter::repeat_n(items, times).flatten().collect();
        self.charge(repeated.len() / 16);
        match container {
            Container::List => Some(self.new_list(repeated)),
            Container::Tuple => Some(self.sized(Value::tuple(repeated), place)),
            Container::Set | Container::Dict => None,
        }
    }

    pub(super) fn container(&self, value: &Value) -> Option<Container> {
        match value {
            Value::List(_) => Some(Container::List),
            Value::Tuple(_) => Some(Container::Tuple),
            Value::Set(_) => Some(Container::Set),
            Value::Dict(_) => Some(Container::Dict),
            Value::Object(id) => match self.heap.get(*id) {
                Object::List(_) => Some(Container::List),
                Object::Set(_) => Some(Container::Set),
                Object::Dict(_) => Some(Container::Dict),
                _ => None,
            },
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    List,
    Tuple,
    Set,
    Dict,
}

/// The set that an operator makes of two.
pub(super) fn combine(op: BinaryOp, a: &[Value], b: &[Value]) -> Dict {
    let set =
        |items: &[Value]| -> Dict { items.iter().map(|item| (Key(item.clone()), Value::None)).collect() };
    let (mut left, mut right) = (set(a), set(b));
    match op {
        BinaryOp::Sub => left.retain(|key, _| !right.contains_key(key)),
        BinaryOp::BitAnd => left.retain(|key, _| right.contains_key(key)),
        BinaryOp::BitXor => {
            right.retain(|key, _| !set_has(a, &key.0));
            left.retain(|key, _| !set_has(b, &key.0));
            left.extend(right);
        }
        _ => left.extend(right),
    }
    left
}

fn set_has(items: &[Value], wanted: &Value) -> bool {
    items.iter().any(|item| same(item, wanted))
}

pub(super) fn overflow(place: Place) -> Value {
    unknown(Reason::UnsupportedSyntax("a very large integer".into()), place)
}

fn as_parts(value: &Value) -> Option<Vec<Part>> {
    match value {
        Value::Str(text) => Some(vec![Part::Text(text.clone())]),
        Value::Partial(parts) => Some(parts.to_vec()),
        Value::Unknown(unknown) => Some(vec![Part::Unknown(unknown.clone())]),
        _ => None,
    }
}

fn number(op: BinaryOp, left: &Value, right: &Value, place: Place) -> Eval<Option<Value>> {
    if let (Some(a), Some(b)) = (left.as_int(), right.as_int()) {
        return integers(op, a, b, (left, right), place);
    }
    let float = |v: &Value| match v {
        Value::Float(f) => Some(*f),
        other => other.as_int().map(|i| i as f64),
    };
    let (Some(a), Some(b)) = (float(left), float(right)) else { return Ok(None) };
    let divides = matches!(op, BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod);
    if divides && b == 0.0 || op == BinaryOp::Pow && a == 0.0 && b < 0.0 {
        return Err(raise("ZeroDivisionError", "division by zero", place));
    }
    Ok(Some(Value::Float(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div => a / b,
        BinaryOp::FloorDiv => (a / b).floor(),
        BinaryOp::Mod => {
            let rest = a % b;
            if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest }
        }
        BinaryOp::Pow if a < 0.0 && b.fract() != 0.0 => {
            return Ok(Some(unknown(Reason::UnsupportedSyntax("a complex number".into()), place)));
        }
        BinaryOp::Pow => a.powf(b),
        _ => return Ok(None),
    })))
}

fn integers(op: BinaryOp, a: i64, b: i64, values: (&Value, &Value), place: Place) -> Eval<Option<Value>> {
    let divides = matches!(op, BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod);
    if divides && b == 0 || op == BinaryOp::Pow && a == 0 && b < 0 {
        return Err(raise("ZeroDivisionError", "division by zero", place));
    }
    let shifts = matches!(op, BinaryOp::LShift | BinaryOp::RShift);
    if shifts && b < 0 {
        return Err(raise("ValueError", "negative shift count", place));
    }
    let both_bools = matches!(values, (Value::Bool(_), Value::Bool(_)));
    let bits = |result: i64| Some(if both_bools { Value::Bool(result != 0) } else { Value::Int(result) });
    let int = |result: Option<i64>| Some(result.map_or_else(|| overflow(place), Value::Int));
    Ok(match op {
        BinaryOp::Add => int(a.checked_add(b)),
        BinaryOp::Sub => int(a.checked_sub(b)),
        BinaryOp::Mul => int(a.checked_mul(b)),
        BinaryOp::Div => Some(Value::Float(a as f64 / b as f64)),
        BinaryOp::FloorDiv => int(floor_div(a, b)),
        BinaryOp::Mod => {
            int(a.checked_rem(b).map(|rest| if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }))
        }
        BinaryOp::Pow if b < 0 => Some(Value::Float((a as f64).powf(b as f64))),
        BinaryOp::Pow => int(u32::try_from(b).ok().and_then(|b| a.checked_pow(b))),
        BinaryOp::LShift => {
            int(u32::try_from(b).ok().filter(|b| *b < 62).and_then(|b| a.checked_mul(1i64 << b)))
        }
        BinaryOp::RShift => int(Some(a >> b.min(63))),
        BinaryOp::BitAnd => bits(a & b),
        BinaryOp::BitOr => bits(a | b),
        BinaryOp::BitXor => bits(a ^ b),
        BinaryOp::MatMul => None,
    })
}

fn floor_div(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}
