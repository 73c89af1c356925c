//! Mapped classes.

mod annotation;
mod args;
mod attributes;
mod build;
mod host;
mod inherit;
mod models;
mod naming;
mod sqlmodel;
mod type_map;

use crate::column::column_spec;
use crate::path::{Canonical, canonical, core_name};
use crate::scope::Scope;
use fact::{Fact, Name};
use python::eval::{ClassView, Interp};
use python::host::Host;
use python::value::{Symbol, Value};

pub use build::mapped_table;
pub use host::ModelHost;
pub use inherit::{brings_a_table, is_mapped, mapped_parent};
pub use models::{MappedTable, Models};
pub use naming::table_name;
pub use type_map::Versions;

/// The database's name of an attribute of a mapped class.
pub fn attribute_column<H: Host>(interp: &mut Interp<'_, H>, class: &Value, attribute: Name) -> Option<Name> {
    for class in inherit::lineage(interp, class) {
        let Some(view) = interp.class_view(&class) else { continue };
        let Some(found) = view.attributes.iter().find(|a| a.name == attribute) else { continue };
        let value = found.value.clone()?;
        let spec = column_spec(interp, &Scope::default(), &value)?;
        return match spec.name {
            None => Some(attribute),
            Some(Fact::Known(name)) => Some(name),
            Some(Fact::Unknown(_)) => None,
        };
    }
    None
}

/// Tells a scope what the columns that a mapped class and its bases define are called, and which table has them.
pub fn name_columns<H: Host>(interp: &mut Interp<'_, H>, class: &Value, scope: &mut Scope) {
    if !is_mapped(interp, class) {
        return;
    }
    for owner in inherit::lineage(interp, class) {
        let Some(view) = interp.class_view(&owner) else { continue };
        let table = table_name(interp, &owner).or_else(|| table_name(interp, class));
        for attribute in &view.attributes {
            let Some(value) = &attribute.value else { continue };
            let Some(spec) = column_spec(interp, &Scope::default(), value) else { continue };
            match spec.name {
                None => scope.name(value, table, attribute.name),
                Some(Fact::Known(name)) => scope.name(value, table, name),
                Some(Fact::Unknown(_)) => {}
            }
        }
    }
}

/// `__abstract__ = True` in the class itself.
fn is_abstract(view: &ClassView) -> bool {
    view.attributes.iter().any(|a| a.name == "__abstract__" && a.value == Some(Value::Bool(true)))
}

/// Does the body of the class itself make a primary key column?
fn has_own_primary_key<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> bool {
    let Some(view) = interp.class_view(class) else { return false };
    view.attributes.iter().filter_map(|a| a.value.clone()).any(|value| {
        column_spec(interp, &Scope::default(), &value).is_some_and(|spec| spec.primary_key == Some(true))
    })
}

/// A base from outside the project under which classes are mapped.
fn is_mapped_base(value: &Value) -> bool {
    match canonical(value) {
        Some(Canonical::Sqlalchemy(name)) => {
            matches!(name.as_str(), "DeclarativeBase" | "DeclarativeBaseNoMeta")
        }
        Some(Canonical::Flask(name)) => name == "Model",
        Some(Canonical::Sqlmodel(name)) => name == "SQLModel",
        Some(Canonical::Package(package, name)) => package == "flask_appbuilder" && name == "Model",
        Some(_) => false,
        None => match value.as_symbol() {
            Some(Symbol::Call(call)) => match call.callee.as_symbol() {
                Some(Symbol::Attribute { name, .. }) => name == "generate_base",
                _ => core_name(&call.callee)
                    .is_some_and(|name| matches!(name.as_str(), "declarative_base" | "automap_base")),
            },
            // `db.Model` of an instance of the project's own subclass.
            Some(Symbol::Attribute { name, .. }) => name == "Model",
            _ => false,
        },
    }
}
