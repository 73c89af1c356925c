//! Instances of the project's classes, data classes and named tuples among them.

use super::heap::{Instance, Object, ObjectId};
use super::{Interp, access, unknown};
use crate::host::{Eval, Host};
use crate::value::{Arg, Args, Role, Symbol, Value};
use fact::{Name, Place, Reason, name};

const DATA_CLASSES: [&str; 8] = [
    "dataclasses.dataclass",
    "attr.s",
    "attr.attrs",
    "attr.define",
    "attr.frozen",
    "attrs.define",
    "attrs.frozen",
    "attrs.mutable",
];

const FIELDS: [&str; 5] = ["dataclasses.field", "attr.ib", "attr.attrib", "attr.field", "attrs.field"];

/// A field of a data class.
pub(super) struct Field {
    pub name: Name,
    pub default: Option<Value>,
    is_parameter: bool,
}

impl<H: Host> Interp<'_, H> {
    pub(super) fn instantiate(&mut self, class: ObjectId, args: Args, place: Place) -> Eval {
        if self.is_enum(class) {
            return self.enum_member_of(class, &args, place);
        }
        let this = match self.class_attr(class, "__new__") {
            Some(Value::Function(function)) => {
                let mut all = args.clone();
                all.list.insert(0, Arg { name: None, value: Value::Object(class), place });
                let made = self.call_function(&function, all, place)?;
                if !self.is_instance_of(&made, class) {
                    return Ok(made);
                }
                made
            }
            Some(_) => return Ok(unknown(Reason::UnsupportedSyntax("this __new__".into()), place)),
            None => self.bare_instance(class, args.clone()),
        };
        let Value::Object(id) = this else { return Ok(this) };
        let is_model = self.pydantic_model(class).is_some();
        match self.class_attr(class, "__init__") {
            Some(Value::Function(function)) => {
                let mut all = args;
                all.list.insert(0, Arg { name: None, value: this.clone(), place });
                self.call_function(&function, all, place)?;
            }
            _ if is_model => self.fill_model(class, id, &args, place)?,
            _ if self.has_fields(class) => {
                self.fill_fields(class, id, &args, place)?;
                if let Some(Value::Function(function)) = self.class_attr(class, "__post_init__") {
                    self.call_function(&function, Args::values([this.clone()], place), place)?;
                }
            }
            _ if !args.list.is_empty()
                && self.outside_bases(class).is_empty()
                && self.class_attr(class, "__new__").is_none() =>
            {
                return Err(access::raise("TypeError", "the class takes no arguments", place));
            }
            _ => {}
        }
        Ok(this)
    }

    /// What `object.__new__(class)` gives: an instance before its `__init__`.
    pub(super) fn bare_instance(&mut self, class: ObjectId, args: Args) -> Value {
        let args = self.freeze_args(args);
        Value::Object(self.heap.add(Object::Instance(Instance { class, attrs: Vec::new(), args })))
    }

    /// `object.__new__(cls)`, `super().__new__(cls)`: what a base from outside the project makes is not known.
    pub(super) fn new_instance(&mut self, args: &Args, place: Place) -> Value {
        match args.positional().next().map(|arg| arg.value.clone()) {
            Some(Value::Object(class))
                if matches!(self.heap.get(class), Object::Class(_))
                    && self.outside_bases(class).is_empty() =>
            {
                self.bare_instance(class, Args::default())
            }
            _ => unknown(Reason::UnsupportedSyntax("this __new__".into()), place),
        }
    }

    fn is_instance_of(&self, value: &Value, class: ObjectId) -> bool {
        let Value::Object(id) = value else { return false };
        matches!(self.heap.get(*id), Object::Instance(made) if self.lineage(made.class).contains(&class))
    }

    pub(super) fn is_named_tuple(&self, class: ObjectId) -> bool {
        self.outside_bases(class).iter().any(|b| b.as_path().is_some_and(|p| p == "typing.NamedTuple"))
    }

    /// Whether the class's constructor takes its fields.
    pub(super) fn has_fields(&self, class: ObjectId) -> bool {
        let by_decorator = self.lineage(class).iter().any(|id| match self.heap.get(*id) {
            Object::Class(class) => class.decorators.iter().any(|decorator| {
                let path = decorator.as_path().or_else(|| decorator.as_call()?.path());
                path.is_some_and(|path| DATA_CLASSES.contains(&path.as_str()))
            }),
            _ => false,
        });
        by_decorator || self.is_named_tuple(class)
    }

    /// The fields in the order of the constructor, those of bases first.
    pub(super) fn fields(&self, class: ObjectId) -> Vec<Field> {
        let mut fields: Vec<Field> = Vec::new();
        for id in self.lineage(class).iter().rev() {
            let Object::Class(class) = self.heap.get(*id) else { continue };
            for (field, annotation) in &class.body.annotations {
                let root = annotation.as_symbol().and_then(Symbol::root);
                if root.is_some_and(|root| root == "typing.ClassVar") {
                    continue;
                }
                let default = class.attrs.get(field).cloned();
                let off = |default: &Value| {
                    let init = default.as_call().and_then(|call| call.args.keyword("init"));
                    init.is_some_and(|init| init.value == Value::Bool(false))
                };
                let is_parameter = !default.as_ref().is_some_and(off);
                let new = Field { name: *field, default, is_parameter };
                match fields.iter_mut().find(|old| old.name == *field) {
                    Some(old) => *old = new,
                    None => fields.push(new),
                }
            }
        }
        fields
    }

    fn fill_fields(&mut self, class: ObjectId, instance: ObjectId, args: &Args, place: Place) -> Eval<()> {
        let mut positional = args.positional().map(|arg| arg.value.clone());
        for field in self.fields(class) {
            let given = match field.is_parameter {
                true => positional.next().or_else(|| args.keyword(&field.name).map(|arg| arg.value.clone())),
                false => None,
            };
            let value = match (given, &args.open, field.default) {
                (Some(value), _, _) => value,
                (None, Some(unknown), _) if field.is_parameter => Value::Unknown(unknown.clone()),
                (None, _, Some(default)) => self.field_default(default)?,
                (None, _, None) if !field.is_parameter => continue,
                (None, _, None) => {
                    let message = format!("missing argument '{}'", field.name);
                    return Err(access::raise("TypeError", &message, place));
                }
            };
            self.setattr(&Value::Object(instance), field.name, value, place)?;
        }
        if positional.next().is_some() {
            return Err(access::raise("TypeError", "too many arguments", place));
        }
        Ok(())
    }

    /// `field(default=..., default_factory=...)` or a plain default.
    fn field_default(&mut self, default: Value) -> Eval {
        let Some(call) = default.as_call().filter(|c| c.path().is_some_and(|p| FIELDS.contains(&p.as_str())))
        else {
            return Ok(default);
        };
        if let Some(value) = call.args.keyword("default") {
            return Ok(value.value.clone());
        }
        match call.args.keyword("default_factory").or_else(|| call.args.keyword("factory")) {
            Some(factory) => self.call(&factory.value, Args::default(), call.place),
            None => Ok(unknown(Reason::UnsupportedSyntax("this default of a field".into()), call.place)),
        }
    }

    /// The items of a named tuple.
    pub(super) fn tuple_items(&self, id: ObjectId) -> Option<Vec<Value>> {
        let Object::Instance(instance) = self.heap.get(id) else { return None };
        if !self.is_named_tuple(instance.class) {
            return None;
        }
        let attr =
            |field: Field| instance.attrs.iter().find(|(n, _)| *n == field.name).map(|(_, v)| v.clone());
        self.fields(instance.class).into_iter().map(attr).collect()
    }

    /// `collections.namedtuple("Point", "x y")`
    pub(super) fn named_tuple(
        &mut self,
        called: Name,
        fields: Vec<(Name, Option<Value>)>,
        place: Place,
    ) -> Value {
        let id = self.new_class(called, name(""), vec![Value::path("typing.NamedTuple")], place);
        if let Some(Object::Class(class)) = self.heap.get_mut(id) {
            for (field, default) in fields {
                class.body.annotations.push((field, Value::path("typing.Any")));
                class.attrs.extend(default.map(|default| (field, default)));
            }
        }
        Value::Object(id)
    }

    pub(super) fn setattr(&mut self, of: &Value, attr: Name, value: Value, place: Place) -> Eval<()> {
        match of {
            Value::Object(id) => {
                let property = match self.heap.get(*id) {
                    Object::Instance(instance) => match self.class_attr(instance.class, &attr) {
                        Some(Value::Function(function)) if function.role == Role::Property => Some(function),
                        _ => None,
                    },
                    _ => None,
                };
                if let Some(setter) = property.and_then(|property| property.setter.clone()) {
                    return self
                        .call_function(&setter, Args::values([of.clone(), value], place), place)
                        .map(drop);
                }
                match self.heap.get_mut(*id) {
                    Some(Object::Instance(instance)) => {
                        match instance.attrs.iter_mut().find(|(n, _)| *n == attr) {
                            Some((_, slot)) => *slot = value,
                            None => instance.attrs.push((attr, value)),
                        }
                    }
                    Some(Object::Class(class)) => {
                        class.attrs.insert(attr, value);
                    }
                    _ => {}
                }
            }
            Value::Module(module) => self.set_module_name(*module, attr, value),
            Value::Symbol(_) | Value::Handle(_) => H::setattr(self, of, attr, &value, place),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn delattr(&mut self, of: &Value, attr: Name) {
        let Value::Object(id) = of else { return };
        match self.heap.get_mut(*id) {
            Some(Object::Instance(instance)) => instance.attrs.retain(|(name, _)| *name != attr),
            Some(Object::Class(class)) => {
                class.attrs.shift_remove(&attr);
            }
            _ => {}
        }
    }
}
