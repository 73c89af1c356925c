//! Which classes are mapped, and which mapped class they inherit from.

use super::naming::{Flavour, declared, flavour, is_table_model};
use super::{is_abstract, is_mapped_base};
use python::eval::Interp;
use python::host::Host;
use python::value::{Symbol, Value};

/// Is the class mapped to a table: its own or that of a parent?
pub fn is_mapped<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> bool {
    let Some(view) = interp.class_view(class) else { return false };
    if is_abstract(&view) || view.bases.iter().any(is_declarative_base) && !names_table(interp, class) {
        return false;
    }
    if is_decorated(interp, class) {
        return true;
    }
    if !interp.class_outside_bases(class).iter().any(is_mapped_base) && !under_decorated_base(interp, class) {
        return false;
    }
    if flavour(interp, class) == Flavour::Sqlmodel {
        return is_table_model(&view);
    }
    names_table(interp, class) || mapped_parent(interp, class).is_some() || {
        let view = interp.class_view(class);
        view.is_some_and(|view| declared(interp, class, &view).is_some())
    }
}

/// The nearest class above that is mapped itself.
pub fn mapped_parent<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> Option<Value> {
    let lineage = interp.class_lineage(class);
    lineage.into_iter().skip(1).find(|base| is_mapped(interp, base))
}

fn names_table<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> bool {
    let Some(view) = interp.class_view(class) else { return false };
    let own = |wanted: &str| {
        view.attributes
            .iter()
            .any(|a| a.name == wanted && a.value.as_ref().is_some_and(|value| !value.is_none()))
    };
    own("__tablename__") || own("__table__")
}

/// `DeclarativeBase` itself: the class under it is the base of a project, not a table.
fn is_declarative_base(base: &Value) -> bool {
    crate::path::core_name(base)
        .is_some_and(|name| matches!(name.as_str(), "DeclarativeBase" | "DeclarativeBaseNoMeta"))
}

/// `@registry.mapped`, `@mapped_as_dataclass(registry)`
fn is_decorated<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> bool {
    let Some(view) = interp.class_view(class) else { return false };
    view.decorators.iter().any(|decorator| {
        let callee = decorator.as_call().map_or(decorator, |call| &call.callee);
        match callee.as_symbol() {
            Some(Symbol::Attribute { name, .. }) => matches!(name.as_str(), "mapped" | "mapped_as_dataclass"),
            Some(Symbol::Path(_)) => {
                crate::path::core_name(callee).is_some_and(|name| name == "mapped_as_dataclass")
            }
            _ => false,
        }
    })
}

/// Is a base of the class made one by `@as_declarative()`?
fn under_decorated_base<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> bool {
    interp.class_lineage(class).into_iter().skip(1).filter_map(|base| interp.class_view(&base)).any(|view| {
        view.decorators.iter().any(|decorator| {
            let callee = decorator.as_call().map_or(decorator, |call| &call.callee);
            match callee.as_symbol() {
                Some(Symbol::Attribute { name, .. }) => name == "as_declarative_base",
                _ => crate::path::core_name(callee).is_some_and(|name| name == "as_declarative"),
            }
        })
    })
}
