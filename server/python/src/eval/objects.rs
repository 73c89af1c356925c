//! What a host may see of the classes and instances of the project.

use super::Interp;
use super::heap::Object;
use crate::host::Host;
use crate::value::{Args, Value};
use fact::{Name, Place};

/// A class of the project, as evaluated.
#[derive(Debug, Clone)]
pub struct ClassView {
    pub name: Name,
    /// The dotted name of its module.
    pub module: Name,
    pub bases: Vec<Value>,
    pub keywords: Vec<(Name, Value)>,
    pub decorators: Vec<Value>,
    /// What the body itself binds or annotates, in order.
    pub attributes: Vec<Attribute>,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct Attribute {
    pub name: Name,
    /// `None`: annotated only.
    pub value: Option<Value>,
    pub annotation: Option<Value>,
    pub place: Place,
}

/// An instance of a class of the project.
#[derive(Debug, Clone)]
pub struct InstanceView {
    /// The class, to be looked at with [`Interp::class_view`].
    pub class: Value,
    pub attributes: Vec<(Name, Value)>,
    /// What the constructor, or the base class's constructor through `super()`, was given.
    pub args: Args,
}

impl<H: Host> Interp<'_, H> {
    pub fn class_view(&self, value: &Value) -> Option<ClassView> {
        let Value::Object(id) = value else { return None };
        let Object::Class(class) = self.heap.get(*id) else { return None };
        let annotation = |name: Name| {
            class.body.annotations.iter().rev().find(|(n, _)| *n == name).map(|(_, value)| value.clone())
        };
        let place = |name: &Name| class.body.places.get(name).copied().unwrap_or(class.place);
        // Annotated names come where their annotation stands, the others where they were bound.
        let mut attributes: Vec<Attribute> = class
            .attrs
            .iter()
            .map(|(name, value)| Attribute {
                name: *name,
                value: Some(value.clone()),
                annotation: annotation(*name),
                place: place(name),
            })
            .collect();
        for (name, value) in &class.body.annotations {
            if !attributes.iter().any(|attribute| attribute.name == *name) {
                let place = place(name);
                attributes.push(Attribute {
                    name: *name,
                    value: None,
                    annotation: Some(value.clone()),
                    place,
                });
            }
        }
        attributes.sort_by_key(|attribute| attribute.place.key());
        Some(ClassView {
            name: class.name,
            module: class.module,
            bases: class.bases.clone(),
            keywords: class.keywords.clone(),
            decorators: class.decorators.clone(),
            attributes,
            place: class.place,
        })
    }

    pub fn instance_view(&self, value: &Value) -> Option<InstanceView> {
        let Value::Object(id) = value else { return None };
        let Object::Instance(instance) = self.heap.get(*id) else { return None };
        Some(InstanceView {
            class: Value::Object(instance.class),
            attributes: instance.attrs.clone(),
            args: instance.args.clone(),
        })
    }

    /// The classes of the project that a class derives from, itself first, in the order of attribute look-up.
    pub fn class_lineage(&self, value: &Value) -> Vec<Value> {
        match value {
            Value::Object(id) => self.lineage(*id).iter().copied().map(Value::Object).collect(),
            _ => Vec::new(),
        }
    }

    /// The bases from outside the project that a class derives from, directly or not.
    pub fn class_outside_bases(&self, value: &Value) -> Vec<Value> {
        match value {
            Value::Object(id) => self.outside_bases(*id),
            _ => Vec::new(),
        }
    }

    /// Names and values of an enum class's members, in order; `None` for another class.
    pub fn enum_labels(&self, value: &Value) -> Option<Vec<(Name, Value)>> {
        let Value::Object(id) = value else { return None };
        let Object::Class(_) = self.heap.get(*id) else { return None };
        let members = self.enum_members(*id)?;
        let labels = members.iter().filter_map(|member| {
            let view = self.instance_view(member)?;
            let name =
                view.attributes.iter().find(|(name, _)| name == "_name_")?.1.as_str().map(fact::name)?;
            Some((name, self.member_value(member)?))
        });
        Some(labels.collect())
    }

    /// The value of an enum member; `None` for anything else.
    pub fn enum_member_value(&self, value: &Value) -> Option<Value> {
        self.member_value(value)
    }
}
