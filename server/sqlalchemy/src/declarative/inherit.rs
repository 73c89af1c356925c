//! Which classes are mapped, and which mapped class they inherit from.

use super::naming::{Flavour, declared, flavour, is_table_model};
use super::{is_abstract, is_mapped_base};
use python::eval::Interp;
use python::host::Host;
use python::value::{Symbol, Value};

/// Is the class mapped to a table: its own or that of a parent?
pub fn is_mapped<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> bool {
    let Some(view) = interp.class_view(class) else { return false };
    if is_abstract(&view) || view.bases.iter().any(is_declarative_base) {
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

/// May a subclass with nothing in its body have a table of its own: does this mixin or abstract base make up the name?
pub fn brings_a_table<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> bool {
    let Some(view) = interp.class_view(class) else { return false };
    let names = view
        .attributes
        .iter()
        .any(|a| a.name == "__tablename__" && matches!(a.value, Some(Value::Function(_) | Value::Symbol(_))));
    names || is_abstract(&view) && flavour(interp, class) == Flavour::Flask
}

/// The nearest class above that is mapped itself.
pub fn mapped_parent<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> Option<Value> {
    let lineage = interp.class_lineage(class);
    lineage.into_iter().skip(1).find(|base| is_mapped(interp, base))
}

/// The classes of the project that bring a class its attributes, itself first: those that it derives from, and what
/// `declarative_base(cls=...)` or `SQLAlchemy(model_class=...)` put under its base.
pub(super) fn lineage<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> Vec<Value> {
    let mut all = interp.class_lineage(class);
    for base in interp.class_outside_bases(class) {
        let given = match given_class(interp, &base) {
            Some(Value::Tuple(classes) | Value::List(classes)) => classes.to_vec(),
            Some(one) => vec![one],
            None => continue,
        };
        for owner in given.iter().flat_map(|class| interp.class_lineage(class)) {
            if !all.contains(&owner) {
                all.push(owner);
            }
        }
    }
    all
}

/// The class that a call which makes a base was given.
fn given_class<H: Host>(interp: &mut Interp<'_, H>, base: &Value) -> Option<Value> {
    let call = match base.as_symbol()? {
        Symbol::Call(call) => call.clone(),
        // `db.Model`
        Symbol::Attribute { of, name, .. } if name == "Model" => crate::column::as_call(interp, of)?,
        _ => return None,
    };
    let keyword = |name: &str| call.args.keyword(name).map(|arg| arg.value.clone());
    keyword("cls").or_else(|| keyword("model_class")).map(|value| interp.freeze(&value))
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
