//! Which attributes of a class are columns, and what each says.

use super::annotation::{self, Annotated};
use super::naming::bound;
use super::type_map::{self, Versions};
use crate::column::{ColumnSpec, column_spec, is_mapped_column};
use crate::path::core_name;
use crate::scope::Scope;
use fact::{Fact, Name, Place, Unknown};
use python::eval::{Attribute, ClassView, Interp};
use python::host::Host;
use python::value::{Function, FunctionBody, Symbol, Value};
use schema::Type;
use std::sync::Arc;

/// A column of a mapped class, named by its attribute.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub attribute: Name,
    /// The value that other expressions of the class hold.
    pub value: Option<Value>,
    pub spec: ColumnSpec,
}

/// What one attribute brings.
pub(super) enum Brought {
    Columns(Vec<Found>),
    Nothing,
    /// It may be a column.
    Unknown(Unknown),
}

/// What a class body's attribute means for the table of `class`.
pub(super) fn columns<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    class: &Value,
    view: &ClassView,
    attribute: &Attribute,
    versions: Versions,
) -> Brought {
    let (name, place) = (attribute.name, attribute.place);
    if name.starts_with("__") {
        return Brought::Nothing;
    }
    let annotated = match &attribute.annotation {
        Some(annotation) => match annotation::read(interp, annotation, view.module, place) {
            Some(annotated) => Some(annotated),
            None => return Brought::Nothing,
        },
        None => None,
    };
    let mut reader = Reader { interp, scope, class, module: view.module, place, versions };
    match &attribute.value {
        None => match annotated {
            Some(annotated) if annotated.mapped => {
                let spec = reader.annotated(None, &annotated);
                Brought::Columns(vec![Found { attribute: name, value: None, spec }])
            }
            _ => Brought::Nothing,
        },
        Some(value) => reader.value(name, &value.clone(), annotated.as_ref()),
    }
}

struct Reader<'a, 's, H: Host> {
    interp: &'a mut Interp<'s, H>,
    scope: &'a Scope,
    class: &'a Value,
    module: Name,
    place: Place,
    versions: Versions,
}

impl<H: Host> Reader<'_, '_, H> {
    fn value(&mut self, name: Name, value: &Value, annotated: Option<&Annotated>) -> Brought {
        if let Value::Function(function) = value {
            return match is_declared(&function.decorators) {
                true => self.declared(name, value, Some(function)),
                false => Brought::Nothing,
            };
        }
        if let Some((canonical, _)) = crate::path::called(value)
            && matches!(canonical, crate::Canonical::Sqlalchemy(n) if matches!(n.as_str(), "declared_attr" | "directive"))
        {
            return self.declared(name, value, None);
        }
        let value = self.dataclass_field(value).unwrap_or_else(|| value.clone());
        if let Some(spec) = column_spec(self.interp, self.scope, &value) {
            let spec = match annotated {
                Some(annotated) if annotated.mapped && is_mapped_column(self.interp, &value) => {
                    self.annotated(Some(spec), annotated)
                }
                _ => spec,
            };
            return Brought::Columns(vec![Found { attribute: name, value: Some(value), spec }]);
        }
        if crate::path::call_of(&value, "composite").is_some() {
            return self.composite(&value, annotated);
        }
        if let Value::Unknown(unknown) = &value {
            // A value that cannot be told may be a column, unless its annotation says that it is something else.
            return match annotated {
                Some(annotated) if !annotated.mapped => Brought::Nothing,
                _ => Brought::Unknown((**unknown).clone()),
            };
        }
        Brought::Nothing
    }

    /// A `declared_attr`: the function is called with the class.
    fn declared(&mut self, name: Name, value: &Value, function: Option<&Arc<Function>>) -> Brought {
        let result = bound(self.interp, self.class, value.clone(), self.place);
        if let Value::Unknown(unknown) = &result {
            return Brought::Unknown((**unknown).clone());
        }
        let annotated = function.and_then(|function| self.returned(function));
        let Some(mut spec) = column_spec(self.interp, self.scope, &result) else {
            return self.default_of_get(name, &result);
        };
        if let Some(annotated) = annotated.as_ref().filter(|annotated| annotated.mapped) {
            spec = self.annotated(Some(spec), annotated);
        }
        Brought::Columns(vec![Found { attribute: name, value: Some(result), spec }])
    }

    /// `X.__table__.c.get("name", column)`: the column, if it is not there already.
    fn default_of_get(&mut self, name: Name, value: &Value) -> Brought {
        let default = crate::path::method_call(value)
            .filter(|(of, method, _)| *method == "get" && crate::sql::is_columns(of))
            .and_then(|(_, _, call)| call.args.positional().nth(1).map(|arg| arg.value.clone()));
        match default.and_then(|default| Some((column_spec(self.interp, self.scope, &default)?, default))) {
            Some((spec, value)) => {
                Brought::Columns(vec![Found { attribute: name, value: Some(value), spec }])
            }
            None => Brought::Nothing,
        }
    }

    /// What the return annotation of a function says.
    fn returned(&mut self, function: &Function) -> Option<Annotated> {
        let FunctionBody::Def(id) = function.body else { return None };
        let python::ast::Stmt::FunctionDef(def) = function.tree.stmt(id) else { return None };
        let returns = def.returns?;
        let value = annotation::expression(self.interp, &function.tree, returns, self.module, self.place, 0);
        annotation::read(self.interp, &value, self.module, self.place)
    }

    /// `field(metadata={"sa": Column(...)})` of a dataclass.
    fn dataclass_field(&mut self, value: &Value) -> Option<Value> {
        let call =
            value.as_call().filter(|call| call.path().is_some_and(|path| path == "dataclasses.field"))?;
        let metadata = call.args.keyword("metadata")?.value.clone();
        let key =
            self.interp.getattr(self.class, fact::name("__sa_dataclass_metadata_key__"), self.place).ok()?;
        let entries = self.interp.dict_entries(&metadata)?;
        let (_, value) = entries.into_iter().find(|(k, _)| *k == key)?;
        match &value {
            Value::Function(_) => Some(bound(self.interp, self.class, value, self.place)),
            _ => Some(value),
        }
    }

    /// `composite(Point, mapped_column("x"), mapped_column("y"))`
    fn composite(&mut self, value: &Value, annotated: Option<&Annotated>) -> Brought {
        let Some(call) = value.as_call() else { return Brought::Nothing };
        let args: Vec<Value> = call.args.positional().map(|arg| arg.value.clone()).collect();
        let class = args.first().filter(|first| self.interp.class_view(first).is_some()).cloned();
        let class = class.or_else(|| annotated.map(|annotated| annotated.inner.clone()));
        let fields: Vec<(Value, Name)> = class
            .and_then(|class| self.interp.class_view(&class))
            .map(|view| {
                let module = view.module;
                view.attributes.into_iter().filter_map(|a| Some((a.annotation?, module))).collect()
            })
            .unwrap_or_default();
        let mut found = Vec::new();
        let mut at = 0;
        for arg in args {
            let Some(mut spec) = column_spec(self.interp, self.scope, &arg) else { continue };
            if let Some((field, module)) = fields.get(at)
                && let Some(mut field) = annotation::read(self.interp, field, *module, self.place)
            {
                field.mapped = true;
                spec = self.annotated(Some(spec), &field);
            }
            at += 1;
            if let Some(Fact::Known(name)) = spec.name {
                found.push(Found { attribute: name, value: Some(arg), spec });
            }
        }
        Brought::Columns(found)
    }

    /// A column under a `Mapped[...]` annotation.
    fn annotated(&mut self, own: Option<ColumnSpec>, annotated: &Annotated) -> ColumnSpec {
        let own = own.unwrap_or_else(|| ColumnSpec::new(self.place));
        let inside = annotated.column(self.interp);
        let mut spec = match inside {
            Some(inside) => own.over(inside),
            None => own,
        };
        if spec.ty.is_none() {
            // A foreign key takes the type of the column that it points at, whatever the annotation says.
            spec.ty = Some(match spec.foreign_keys.is_empty() {
                true => type_map::column_type(
                    self.interp,
                    self.class,
                    annotated,
                    (self.module, self.place),
                    self.versions,
                ),
                false => Fact::Known(Type::Null),
            });
        }
        if spec.nullable.is_none() {
            spec.nullable = Some(match annotated.inner.as_unknown() {
                Some(unknown) if !annotated.optional => Fact::Unknown((**unknown).clone()),
                _ => Fact::Known(annotated.optional),
            });
        }
        spec
    }
}

/// `@declared_attr.cascading`
pub(super) fn is_cascading(value: &Value) -> bool {
    let Value::Function(function) = value else { return false };
    function.decorators.iter().any(|decorator| match decorator.as_symbol() {
        Some(Symbol::Path(path)) => path.ends_with("declared_attr.cascading"),
        Some(Symbol::Attribute { name, .. }) => name == "cascading",
        _ => false,
    })
}

/// `@declared_attr` in any of its forms.
pub(super) fn is_declared(decorators: &[Value]) -> bool {
    decorators.iter().any(|decorator| {
        let callee = decorator.as_call().map_or(decorator, |call| &call.callee);
        match callee.as_symbol() {
            Some(Symbol::Path(path)) => path.contains("declared_attr"),
            _ => core_name(callee)
                .is_some_and(|name| matches!(name.as_str(), "declared_attr" | "directive" | "cascading")),
        }
    })
}
