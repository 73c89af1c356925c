//! Enumerations of the project.

use super::Interp;
use super::heap::{Dict, Instance, Object, ObjectId};
use crate::host::{Eval, Host};
use crate::value::{Arg, Args, Key, Value, same};
use fact::{Name, Place, Reason, Unknown, name};

/// Bases that make a class an enumeration.
const ENUMS: [&str; 6] =
    ["enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag", "enum.ReprEnum"];

/// How the members of an enumeration print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mixed {
    /// `class Color(Enum)`
    No,
    /// `class Color(str, Enum)`: equal to its value, but `str()` and format differ by version of Python.
    Old,
    /// `StrEnum`, `IntEnum`: prints as its value.
    Value,
}

impl<H: Host> Interp<'_, H> {
    pub(super) fn is_enum(&self, class: ObjectId) -> bool {
        self.outside_bases(class)
            .iter()
            .any(|base| base.as_path().is_some_and(|path| ENUMS.contains(&path.as_str())))
    }

    fn has_base(&self, class: ObjectId, paths: &[&str]) -> bool {
        self.outside_bases(class)
            .iter()
            .any(|base| base.as_path().is_some_and(|p| paths.contains(&p.as_str())))
    }

    pub(super) fn make_members(&mut self, id: ObjectId) -> Eval<()> {
        let Object::Class(class) = self.heap.get(id) else { return Ok(()) };
        let (attrs, place) = (class.attrs.clone(), class.place);
        let ignored = attrs.get(&name("_ignore_")).cloned();
        let mut values: Vec<Value> = Vec::new();
        let mut seen: Vec<(Value, Value)> = Vec::new();
        for (attr, value) in attrs {
            let is_member = !is_private(&attr)
                && !matches!(value, Value::Function(_) | Value::Method(_))
                && !self.is_class(&value)
                && ignored
                    .as_ref()
                    .is_none_or(|names| self.contains(names, &Value::str(&attr), place) == Some(false));
            if !is_member {
                continue;
            }
            let auto = value.as_call().and_then(|call| call.path()).is_some_and(|path| path == "enum.auto");
            let value = if auto { self.auto_value(id, attr, &values, place)? } else { value };
            values.push(value.clone());
            // A second name of one value is an alias.
            let known = seen.iter().find(|(v, _)| v.as_unknown().is_none() && same(v, &value));
            let member = match known {
                Some((_, member)) => member.clone(),
                None => {
                    let member = self.make_member(id, attr, &value, place)?;
                    seen.push((value, member.clone()));
                    member
                }
            };
            if let Some(Object::Class(class)) = self.heap.get_mut(id) {
                class.attrs.insert(attr, member);
            }
        }
        Ok(())
    }

    fn auto_value(&mut self, class: ObjectId, attr: Name, before: &[Value], place: Place) -> Eval {
        if let Some(Value::Function(generate)) = self.class_attr(class, "_generate_next_value_") {
            let last = Value::Object(self.heap.add(Object::List(before.to_vec())));
            let args = [Value::str(&attr), Value::Int(1), Value::Int(before.len() as i64), last];
            return self.call_function(&generate, Args::values(args, place), place);
        }
        if self.has_base(class, &["enum.StrEnum"]) {
            return Ok(Value::str(&attr.to_lowercase()));
        }
        let last = before.iter().rev().find_map(Value::as_int).unwrap_or(0);
        let flags = self.has_base(class, &["enum.Flag", "enum.IntFlag"]);
        Ok(Value::Int(match (flags, before.is_empty()) {
            (true, true) => 1,
            (true, false) => last.checked_mul(2).unwrap_or(0),
            (false, _) => last.saturating_add(1),
        }))
    }

    fn make_member(&mut self, class: ObjectId, attr: Name, value: &Value, place: Place) -> Eval {
        let mut stored = value.clone();
        if self.class_attr(class, "__new__").is_some() {
            let reason = Reason::UnsupportedSyntax("an enum with __new__".into());
            stored = Value::unknown(Unknown::new(reason, place));
        }
        let attrs = ["name", "_name_"].map(|key| (name(key), Value::str(&attr)));
        let values = ["value", "_value_"].map(|key| (name(key), stored.clone()));
        let instance =
            Instance { class, attrs: attrs.into_iter().chain(values).collect(), args: Args::default() };
        let member = Value::Object(self.heap.add(Object::Instance(instance)));
        if let Some(Value::Function(init)) = self.class_attr(class, "__init__") {
            let mut args = match value {
                Value::Tuple(items) => Args::values(items.iter().cloned(), place),
                other => Args::values([other.clone()], place),
            };
            args.list.insert(0, Arg { name: None, value: member.clone(), place });
            self.call_function(&init, args, place)?;
            // `self._value_ = ...` is how a constructor picks another value.
            if let Value::Object(id) = &member
                && let Some(Object::Instance(instance)) = self.heap.get_mut(*id)
                && let Some(chosen) =
                    instance.attrs.iter().find(|(n, _)| n == "_value_").map(|(_, v)| v.clone())
                && let Some((_, value)) = instance.attrs.iter_mut().find(|(n, _)| n == "value")
            {
                *value = chosen;
            }
        }
        Ok(member)
    }

    /// The members of an enumeration in order, aliases left out.
    pub(super) fn enum_members(&self, id: ObjectId) -> Option<Vec<Value>> {
        if !self.is_enum(id) {
            return None;
        }
        let mut members: Vec<Value> = Vec::new();
        for class in self.lineage(id).iter() {
            let Object::Class(class) = self.heap.get(*class) else { continue };
            for value in class.attrs.values() {
                if self.member_value(value).is_some() && !members.contains(value) {
                    members.push(value.clone());
                }
            }
        }
        Some(members)
    }

    /// `Color.__members__`
    pub(super) fn enum_members_by_name(&mut self, class: ObjectId) -> Value {
        let Object::Class(found) = self.heap.get(class) else { return Value::None };
        let dict: Dict = found
            .attrs
            .iter()
            .filter(|(_, value)| self.member_value(value).is_some())
            .map(|(name, member)| (Key(Value::str(name)), member.clone()))
            .collect();
        Value::Object(self.heap.add(Object::Dict(dict)))
    }

    /// `Color("red")` looks a member up by value.
    pub(super) fn enum_member_of(&mut self, class: ObjectId, args: &Args, place: Place) -> Eval {
        let unsupported = || {
            let reason = Reason::UnsupportedSyntax("this call of an enum".into());
            Ok(Value::unknown(Unknown::new(reason, place)))
        };
        let members = self.enum_members(class).unwrap_or_default();
        let [Arg { name: None, value: wanted, .. }] = args.list.as_slice() else { return unsupported() };
        if members.is_empty() {
            return unsupported();
        }
        if members.contains(wanted) {
            return Ok(wanted.clone());
        }
        let mut undecided = wanted.as_unknown().map(|unknown| (**unknown).clone());
        for member in members {
            let Some(value) = self.member_value(&member) else { continue };
            match self.equal(&value, wanted) {
                Some(true) => return Ok(member),
                Some(false) => {}
                None => undecided = undecided.or(Some(self.why_unknown(&value, place))),
            }
        }
        match undecided {
            Some(because) => Ok(Value::unknown(because)),
            None if self.class_attr(class, "_missing_").is_some() => unsupported(),
            None => Err(super::access::raise("ValueError", "not a member of the enum", place)),
        }
    }

    /// The value of an enum member.
    pub(super) fn member_value(&self, value: &Value) -> Option<Value> {
        self.member_attr(value, "_value_")
    }

    pub(super) fn member_name(&self, value: &Value) -> Option<Value> {
        self.member_attr(value, "_name_")
    }

    fn member_attr(&self, value: &Value, attr: &str) -> Option<Value> {
        let Value::Object(id) = value else { return None };
        let Object::Instance(instance) = self.heap.get(*id) else { return None };
        let (_, value) = instance.attrs.iter().find(|(name, _)| *name == attr)?;
        self.is_enum(instance.class).then(|| value.clone())
    }

    pub(super) fn mixed(&self, class: ObjectId) -> Mixed {
        if self.has_base(class, &["enum.StrEnum", "enum.IntEnum", "enum.IntFlag"]) {
            return Mixed::Value;
        }
        let bases = self.outside_bases(class);
        let is_plain = |base: &Value| matches!(base, Value::Builtin(name) if matches!(name.as_str(), "str" | "int" | "float"));
        if bases.iter().any(is_plain) { Mixed::Old } else { Mixed::No }
    }

    /// The value of an enum member that is a string or number itself (`class Color(str, Enum)`).
    pub(super) fn mixed_in_value(&self, value: &Value) -> Option<Value> {
        let inner = self.member_value(value)?;
        let Some(Value::Object(class)) = self.class_of(value) else { return None };
        (self.mixed(class) != Mixed::No).then_some(inner)
    }
}

/// `_sunder_` and `__dunder__` names are no members, nor are `__private` ones.
fn is_private(attr: &str) -> bool {
    attr.starts_with("__") || attr.len() > 2 && attr.starts_with('_') && attr.ends_with('_')
}
