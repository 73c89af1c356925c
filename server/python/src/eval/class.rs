//! Classes of the project: their bodies, attributes, instances; enums and dataclasses.

use super::heap::{Class, ClassBody, Instance, Object, ObjectId, Scope, Vars};
use super::{Flow, Frame, Interp, unknown};
use crate::ast::{ArgKind, ClassDef};
use crate::host::{Eval, Host};
use crate::value::{Args, Method, MethodKind, Role, Symbol, Value};
use fact::{Name, Place, Reason, Unknown, name};
use std::sync::Arc;

/// Bases that make a class an enumeration.
const ENUMS: [&str; 5] = ["enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"];

impl<H: Host> Interp<'_, H> {
    pub(super) fn class(&mut self, frame: &Frame, def: &ClassDef) -> Eval {
        let mut bases = Vec::new();
        let mut keywords = Vec::new();
        for arg in &def.args {
            let value = self.expr(frame, arg.value)?;
            match arg.kind {
                ArgKind::Positional => bases.push(value),
                ArgKind::Keyword(keyword) => keywords.push((keyword, value)),
                ArgKind::Star | ArgKind::DoubleStar => bases.push(Value::unknown(Unknown::new(
                    Reason::UnsupportedSyntax("spread base classes".into()),
                    frame.place(arg.value),
                ))),
            }
        }
        let module = self.source_of(frame).map_or(name(""), |source| source.name);
        let place = frame.place(def.name_node);
        let id = self.heap.add(Object::Class(Class {
            name: def.name,
            module,
            bases,
            keywords,
            attrs: Vars::default(),
            decorators: Vec::new(),
            place,
            body: ClassBody::default(),
        }));
        let scope = self.heap.add(Object::Scope(Scope {
            parent: self.closure_scope(frame),
            class: Some(ClassBody::default()),
            ..Scope::default()
        }));
        let inner = Frame { scope, owner: Some((id, None)), ..frame.clone() };
        let mark = self.pending.len();
        let flow = self.block(&inner, &def.body);
        if let Err(Flow::Raise(raise)) = self.settle(mark, flow, |flow| match flow {
            Flow::Raise(_) => None,
            _ => Some(Value::None),
        }) {
            return Err(raise);
        }
        let mut decorators = Vec::new();
        for decorator in def.decorators.iter().rev() {
            decorators.push(self.expr(frame, *decorator)?);
        }
        let (attrs, body) = match self.heap.get(scope) {
            Object::Scope(scope) => (scope.vars.clone(), scope.class.clone().unwrap_or_default()),
            _ => Default::default(),
        };
        if let Some(Object::Class(class)) = self.heap.get_mut(id) {
            class.attrs = attrs;
            class.body = body;
            class.decorators = decorators;
        }
        if self.is_enum(id) {
            self.make_members(id);
        }
        Ok(Value::Object(id))
    }

    pub(super) fn is_class(&self, value: &Value) -> bool {
        matches!(value, Value::Object(id) if matches!(self.heap.get(*id), Object::Class(_)))
    }

    /// The class and its bases inside the project, nearest first.
    pub(super) fn lineage(&self, class: ObjectId) -> Vec<ObjectId> {
        let mut order = vec![class];
        let mut next = 0;
        while let Some(&id) = order.get(next) {
            next += 1;
            let Object::Class(class) = self.heap.get(id) else { continue };
            for base in &class.bases {
                if let Value::Object(base) = base {
                    // A class reached twice comes after both of its users, as in Python's own order.
                    if let Some(at) = order.iter().position(|seen| seen == base) {
                        if at >= next {
                            order.remove(at);
                            order.push(*base);
                        }
                    } else {
                        order.push(*base);
                    }
                }
            }
        }
        order
    }

    /// Bases from outside the project, of the class and of its bases.
    pub(super) fn outside_bases(&self, class: ObjectId) -> Vec<Value> {
        let mut bases = Vec::new();
        for id in self.lineage(class) {
            if let Object::Class(class) = self.heap.get(id) {
                bases.extend(class.bases.iter().filter(|base| !matches!(base, Value::Object(_))).cloned());
            }
        }
        bases
    }

    fn is_enum(&self, class: ObjectId) -> bool {
        self.outside_bases(class)
            .iter()
            .any(|base| base.as_path().is_some_and(|path| ENUMS.contains(&path.as_str())))
    }

    fn make_members(&mut self, id: ObjectId) {
        let Object::Class(class) = self.heap.get(id) else { return };
        let attrs = class.attrs.clone();
        let str_enum = self.outside_bases(id).iter().any(|b| b.as_path().is_some_and(|p| p == "enum.StrEnum"));
        let mut counter = 0;
        let mut seen: Vec<(Value, Value)> = Vec::new();
        for (attr, value) in attrs {
            let is_member = !attr.starts_with('_')
                && !matches!(value, Value::Function(_) | Value::Method(_))
                && !self.is_class(&value);
            if !is_member {
                continue;
            }
            let auto = value.as_call().and_then(|call| call.path()).is_some_and(|path| path == "enum.auto");
            let value = match (auto, str_enum) {
                (true, true) => Value::str(&attr.to_lowercase()),
                (true, false) => Value::Int(counter + 1),
                _ => value,
            };
            counter = value.as_int().unwrap_or(counter + 1);
            // A second name of one value is an alias.
            let member = match seen.iter().find(|(v, _)| v.as_unknown().is_none() && *v == value) {
                Some((_, member)) => member.clone(),
                None => {
                    let attrs = vec![
                        (name("name"), Value::str(&attr)),
                        (name("value"), value.clone()),
                        (name("_name_"), Value::str(&attr)),
                        (name("_value_"), value.clone()),
                    ];
                    let instance = Instance { class: id, attrs, args: Args::default() };
                    let member = Value::Object(self.heap.add(Object::Instance(instance)));
                    seen.push((value, member.clone()));
                    member
                }
            };
            if let Some(Object::Class(class)) = self.heap.get_mut(id) {
                class.attrs.insert(attr, member);
            }
        }
    }

    /// The members of an enumeration in order, aliases left out.
    pub(super) fn enum_members(&self, id: ObjectId) -> Option<Vec<Value>> {
        if !self.is_enum(id) {
            return None;
        }
        let mut members: Vec<Value> = Vec::new();
        for class in self.lineage(id) {
            let Object::Class(class) = self.heap.get(class) else { continue };
            for value in class.attrs.values() {
                if self.member_value(value).is_some() && !members.contains(value) {
                    members.push(value.clone());
                }
            }
        }
        Some(members)
    }

    /// The value of an enum member.
    pub(super) fn member_value(&self, value: &Value) -> Option<Value> {
        let Value::Object(id) = value else { return None };
        let Object::Instance(instance) = self.heap.get(*id) else { return None };
        if !self.is_enum(instance.class) {
            return None;
        }
        instance.attrs.iter().find(|(attr, _)| attr == "_value_").map(|(_, value)| value.clone())
    }

    /// The value of an enum member that is a string or number itself (`class Color(str, Enum)`).
    pub(super) fn mixed_in_value(&self, value: &Value) -> Option<Value> {
        let inner = self.member_value(value)?;
        let Value::Object(id) = value else { return None };
        let Object::Instance(instance) = self.heap.get(*id) else { return None };
        let mixed = self.outside_bases(instance.class).iter().any(|base| match base {
            Value::Builtin(name) => matches!(name.as_str(), "str" | "int" | "float"),
            other => {
                other.as_path().is_some_and(|p| matches!(p.as_str(), "enum.StrEnum" | "enum.IntEnum" | "enum.IntFlag"))
            }
        });
        mixed.then_some(inner)
    }

    pub(super) fn object_attribute(&mut self, id: ObjectId, wanted: Name, place: Place) -> Eval {
        match self.heap.get(id) {
            Object::Instance(instance) => {
                if let Some((_, value)) = instance.attrs.iter().find(|(attr, _)| *attr == wanted) {
                    return Ok(value.clone());
                }
                let class = instance.class;
                self.class_attribute(class, class, Some(id), wanted, place)
            }
            Object::Class(_) => self.class_attribute(id, id, None, wanted, place),
            Object::Unknown(because) => Ok(Value::unknown(because.clone())),
            _ => Ok(super::access::native(&Value::Object(id), wanted)),
        }
    }

    /// An attribute that the classes from `start` on have, bound to the instance or class it was asked of.
    fn class_attribute(
        &mut self,
        class: ObjectId,
        start: ObjectId,
        instance: Option<ObjectId>,
        wanted: Name,
        place: Place,
    ) -> Eval {
        let lineage = self.lineage(class);
        let from = lineage.iter().position(|id| *id == start).unwrap_or(0);
        self.attribute_of(&lineage[from..], class, instance, wanted, place)
    }

    fn attribute_of(
        &mut self,
        lineage: &[ObjectId],
        class: ObjectId,
        instance: Option<ObjectId>,
        wanted: Name,
        place: Place,
    ) -> Eval {
        for id in lineage {
            let Object::Class(found) = self.heap.get(*id) else { continue };
            let Some(value) = found.attrs.get(&wanted).cloned() else { continue };
            let Value::Function(function) = &value else { return Ok(value) };
            let bound = |receiver: ObjectId| {
                Value::Method(Arc::new(Method {
                    receiver: Value::Object(receiver),
                    kind: MethodKind::Function(function.clone()),
                }))
            };
            return match (function.role, instance) {
                (Role::Static, _) => Ok(value.clone()),
                (Role::Class, _) => Ok(bound(class)),
                (Role::Property, Some(receiver)) => {
                    let args = Args::values([Value::Object(receiver)], place);
                    self.call_function(function, args, place)
                }
                (_, Some(receiver)) => Ok(bound(receiver)),
                (_, None) if is_declared_attr(function.decorators.as_slice()) => {
                    let args = Args::values([Value::Object(class)], place);
                    self.call_function(function, args, place)
                }
                (_, None) => Ok(value.clone()),
            };
        }
        let Object::Class(found) = self.heap.get(class) else {
            return Ok(unknown(Reason::NameNotFound(wanted.as_str().into()), place));
        };
        match wanted.as_str() {
            "__name__" | "__qualname__" => return Ok(Value::str(found.name.as_str())),
            "__module__" => return Ok(Value::str(found.module.as_str())),
            "__class__" if instance.is_some() => return Ok(Value::Object(class)),
            "__members__" => {
                if let Some(members) = self.enum_members(class) {
                    let entries = members.into_iter().filter_map(|member| {
                        let Value::Object(id) = &member else { return None };
                        let Object::Instance(instance) = self.heap.get(*id) else { return None };
                        let name = instance.attrs.iter().find(|(attr, _)| attr == "_name_")?.1.clone();
                        Some((crate::value::Key(name), member))
                    });
                    let dict = entries.collect();
                    return Ok(Value::Object(self.heap.add(Object::Dict(dict))));
                }
            }
            "__doc__" => return Ok(Value::None),
            _ => {}
        }
        let of = Value::Object(instance.unwrap_or(class));
        if let Some(result) = H::getattr(self, &of, wanted, place) {
            return result;
        }
        if self.mixed_in_value(&of).is_some() {
            let inner = self.mixed_in_value(&of).unwrap_or(Value::None);
            return Ok(super::access::native(&inner, wanted));
        }
        let outside = self.outside_bases(class);
        let base = outside.iter().find(|base| !matches!(base, Value::Builtin(_)));
        Ok(match base {
            Some(base) => Value::unknown(self.why_unknown(base, place)),
            None if wanted == "__init__" => Value::Builtin(name("object")),
            None => unknown(Reason::NameNotFound(wanted.as_str().into()), place),
        })
    }

    /// `super().name`
    pub(super) fn super_attribute(&mut self, method: &Method, wanted: Name, place: Place) -> Eval {
        let MethodKind::Super(owner) = method.kind else { return Ok(Value::None) };
        let (class, instance) = match &method.receiver {
            Value::Object(id) => match self.heap.get(*id) {
                Object::Instance(instance) => (instance.class, Some(*id)),
                Object::Class(_) => (*id, None),
                _ => return Ok(unknown(Reason::UnsupportedSyntax("super() here".into()), place)),
            },
            _ => return Ok(unknown(Reason::UnsupportedSyntax("super() here".into()), place)),
        };
        let lineage = self.lineage(class);
        let after = lineage.iter().position(|id| *id == owner).map_or(lineage.len(), |at| at + 1);
        let has = lineage[after..].iter().any(
            |id| matches!(self.heap.get(*id), Object::Class(class) if class.attrs.contains_key(&wanted)),
        );
        if !has {
            // The base outside the project: what it is given may matter to a host (`TypeDecorator.__init__`).
            return Ok(super::access::native(&method.receiver, name(&format!("super().{wanted}"))));
        }
        self.attribute_of(&lineage[after..], class, instance, wanted, place)
    }

    pub(super) fn instantiate(&mut self, class: ObjectId, args: Args, place: Place) -> Eval {
        if let Some(members) = self.enum_members(class) {
            // `Color("red")` looks a member up by value.
            let Some(wanted) = args.list.first().map(|arg| arg.value.clone()) else {
                return Ok(unknown(Reason::UnsupportedSyntax("this call of an enum".into()), place));
            };
            if let Some(unknown) = wanted.as_unknown() {
                return Ok(Value::Unknown(unknown.clone()));
            }
            let member = members.into_iter().find(|m| self.member_value(m).as_ref() == Some(&wanted));
            return member.ok_or_else(|| super::access::raise("ValueError", "not a member of the enum", place));
        }
        let frozen = self.freeze_args(args.clone());
        let instance = Instance { class, attrs: Vec::new(), args: frozen };
        let id = self.heap.add(Object::Instance(instance));
        let this = Value::Object(id);
        let init = name("__init__");
        let own = self.lineage(class).into_iter().find_map(|id| match self.heap.get(id) {
            Object::Class(class) => class.attrs.get(&init).cloned(),
            _ => None,
        });
        match own {
            Some(Value::Function(function)) => {
                let mut all = args;
                all.list.insert(0, crate::value::Arg { name: None, value: this.clone(), place });
                self.call_function(&function, all, place)?;
            }
            _ if self.is_dataclass(class) => self.fill_fields(class, id, &args),
            _ => {}
        }
        Ok(this)
    }

    fn is_dataclass(&self, class: ObjectId) -> bool {
        let by_decorator = self.lineage(class).iter().any(|id| match self.heap.get(*id) {
            Object::Class(class) => class.decorators.iter().any(|decorator| {
                let path = decorator.as_path().or_else(|| decorator.as_call()?.path());
                path.is_some_and(|path| matches!(path.as_str(), "dataclasses.dataclass" | "attr.s" | "attrs.define"))
            }),
            _ => false,
        });
        by_decorator
            || self.outside_bases(class).iter().any(|b| b.as_path().is_some_and(|p| p == "typing.NamedTuple"))
    }

    fn fill_fields(&mut self, class: ObjectId, instance: ObjectId, args: &Args) {
        let mut fields: Vec<(Name, Option<Value>)> = Vec::new();
        for id in self.lineage(class).into_iter().rev() {
            let Object::Class(class) = self.heap.get(id) else { continue };
            for (field, _) in &class.body.annotations {
                let default = class.attrs.get(field).cloned();
                match fields.iter_mut().find(|(name, _)| name == field) {
                    Some(entry) => entry.1 = default,
                    None => fields.push((*field, default)),
                }
            }
        }
        let mut positional = args.positional().map(|arg| arg.value.clone()).collect::<Vec<_>>().into_iter();
        for (field, default) in fields {
            let given = positional.next().or_else(|| args.keyword(&field).map(|arg| arg.value.clone()));
            let value = match (given, &args.open, default) {
                (Some(value), _, _) => value,
                (None, Some(unknown), _) => Value::Unknown(unknown.clone()),
                (None, None, Some(default)) => self.field_default(default),
                (None, None, None) => continue,
            };
            self.setattr(&Value::Object(instance), field, value);
        }
    }

    /// `field(default=..., default_factory=...)` or a plain default.
    fn field_default(&mut self, default: Value) -> Value {
        let Some(call) = default.as_call().filter(|c| c.path().is_some_and(|p| p == "dataclasses.field")) else {
            return default;
        };
        if let Some(value) = call.args.keyword("default") {
            return value.value.clone();
        }
        let place = call.place;
        match call.args.keyword("default_factory").map(|arg| arg.value.clone()) {
            Some(factory) => self
                .call(&factory, Args::default(), place)
                .unwrap_or_else(|_| unknown(Reason::UnsupportedSyntax("this default_factory".into()), place)),
            None => Value::None,
        }
    }

    /// The class of an instance.
    pub(super) fn class_of(&self, value: &Value) -> Option<Value> {
        let Value::Object(id) = value else { return None };
        match self.heap.get(*id) {
            Object::Instance(instance) => Some(Value::Object(instance.class)),
            _ => None,
        }
    }
}

fn is_declared_attr(decorators: &[Value]) -> bool {
    decorators.iter().any(|decorator| {
        let path = match decorator.as_symbol() {
            Some(Symbol::Path(path)) => Some(*path),
            _ => None,
        };
        path.is_some_and(|path| path.contains("declared_attr"))
    })
}
