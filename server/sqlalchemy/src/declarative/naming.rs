//! Which table a mapped class has: `__tablename__`, `__table__`, and what Flask-SQLAlchemy and SQLModel make up.

use crate::args::{plain_text, unreadable, why};
use crate::path::{Canonical, canonical, is_flask_class};
use crate::table_ref::table_ref;
use fact::{Place, Unknown, name};
use python::eval::{ClassView, Interp};
use python::host::Host;
use python::value::{Args, Symbol, Value};
use schema::TableName;

/// The table of a mapped class. `None`: the class has none, or its name is not known.
pub fn table_name<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> Option<TableName> {
    let view = interp.class_view(class)?;
    if let Some(table) = own(interp, class, &view, "__table__") {
        return table_ref(interp, &table);
    }
    let text = match declared(interp, class, &view)? {
        Value::Str(text) => text.to_string(),
        other => plain_text(&other)?.to_string(),
    };
    let schema = super::args::schema(interp, class)?;
    Some(TableName { schema, name: name(&text) })
}

/// Why a class that says that it has a table of its own has none with a name. `None`: it does not say so.
pub(super) fn why_unnamed<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> Option<Unknown> {
    let view = interp.class_view(class)?;
    if let Some(table) = own(interp, class, &view, "__table__") {
        return Some(why(&table, "the table of the class", view.place));
    }
    let name = declared(interp, class, &view)?;
    if plain_text(&name).is_none() {
        return Some(why(&name, "the name of the table", view.place));
    }
    Some(unreadable("the schema of the table", view.place))
}

/// The value of `__tablename__` for this very class; None where the class is mapped to the table of its parent.
pub(super) fn declared<H: Host>(
    interp: &mut Interp<'_, H>,
    class: &Value,
    view: &ClassView,
) -> Option<Value> {
    if let Some(value) = own(interp, class, view, "__tablename__") {
        return Some(value).filter(|value| !value.is_none());
    }
    if super::is_abstract(view) {
        return None;
    }
    let flavour = flavour(interp, class);
    let mapped_parent = super::inherit::mapped_parent(interp, class);
    if let Some(value) = inherited_name(interp, class) {
        return Some(value).filter(|value| !value.is_none());
    }
    match flavour {
        Flavour::Plain => None,
        Flavour::Flask if mapped_parent.is_some() && !super::has_own_primary_key(interp, class) => None,
        Flavour::Flask => Some(Value::str(&snake_case(&view.name))),
        Flavour::Sqlmodel if mapped_parent.is_some() || !is_table_model(view) => None,
        Flavour::Sqlmodel => Some(Value::str(&view.name.to_lowercase())),
    }
}

/// The `__tablename__` that a class has from its bases. That of a mixin, an abstract base or a function holds for every
/// class below; a text in a mapped parent is about the parent's own table.
fn inherited_name<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> Option<Value> {
    for base in super::inherit::lineage(interp, class).into_iter().skip(1) {
        let Some(view) = interp.class_view(&base) else { continue };
        let Some(attribute) = view.attributes.iter().find(|a| a.name == "__tablename__") else { continue };
        let Some(value) = attribute.value.clone() else { continue };
        let is_text = matches!(value, Value::Str(_) | Value::None);
        if is_text && super::is_mapped(interp, &base) {
            return None;
        }
        return Some(bound(interp, class, value, attribute.place));
    }
    None
}

fn own<H: Host>(interp: &mut Interp<'_, H>, class: &Value, view: &ClassView, wanted: &str) -> Option<Value> {
    let attribute = view.attributes.iter().find(|a| a.name == wanted)?;
    let value = attribute.value.clone()?;
    Some(bound(interp, class, value, attribute.place))
}

/// The value that a mapped class sees: a `declared_attr` function is called with the class.
pub(super) fn bound<H: Host>(interp: &mut Interp<'_, H>, class: &Value, value: Value, place: Place) -> Value {
    match &value {
        Value::Function(_) | Value::Method(_) => {
            let result = interp.call_whole(&value, Args::values([class.clone()], place), place);
            match result {
                Ok(result) => interp.freeze(&result),
                Err(_) => Value::unknown(unreadable("a declared attribute", place)),
            }
        }
        // `declared_attr(lambda cls: ...)`
        Value::Symbol(_) => match crate::path::called(&value) {
            Some((Canonical::Sqlalchemy(attr), call)) if attr == "declared_attr" || attr == "directive" => {
                match call.args.list.first().map(|arg| arg.value.clone()) {
                    Some(function) => bound(interp, class, function, place),
                    None => value,
                }
            }
            _ => value,
        },
        _ => interp.freeze(&value),
    }
}

/// Names that are there without an import and stand for types.
pub(super) fn is_name(name: &str) -> bool {
    matches!(name, "bool" | "bytes" | "dict" | "float" | "int" | "list" | "object" | "set" | "str" | "tuple")
}

/// What makes up the names that are not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    Plain,
    Flask,
    Sqlmodel,
}

pub(super) fn flavour<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> Flavour {
    for base in interp.class_outside_bases(class) {
        match canonical(&base) {
            Some(Canonical::Flask(name)) if name == "Model" => return Flavour::Flask,
            Some(Canonical::Package(package, name)) if package == "flask_appbuilder" && name == "Model" => {
                return Flavour::Plain;
            }
            Some(Canonical::Sqlmodel(name)) if name == "SQLModel" => return Flavour::Sqlmodel,
            _ => {}
        }
        // `db.Model` of an instance of a subclass of SQLAlchemy.
        if let Some(Symbol::Attribute { of, name, .. }) = base.as_symbol()
            && name == "Model"
            && let Some(instance) = interp.instance_view(of)
            && interp.class_outside_bases(&instance.class).iter().any(is_flask_class)
        {
            return Flavour::Flask;
        }
    }
    Flavour::Plain
}

/// `class X(SQLModel, table=True)`
pub(super) fn is_table_model(view: &ClassView) -> bool {
    view.keywords.iter().any(|(keyword, value)| keyword == "table" && *value == Value::Bool(true))
}

/// Flask-SQLAlchemy's name of a table: an underscore before every word of a camel case name.
fn snake_case(class: &str) -> String {
    let chars: Vec<char> = class.chars().collect();
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        if c.is_ascii_uppercase() && at > 0 {
            let before = chars.get(at - 1).copied().unwrap_or(' ');
            let after = chars.get(at + 1).copied().unwrap_or(' ');
            if before.is_ascii_lowercase() || before.is_ascii_digit() || after.is_ascii_lowercase() {
                out.push('_');
            }
        }
        out.extend(c.to_lowercase());
    }
    out.trim_start_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn flask_names() {
        for (class, want) in [
            ("HTTPServer", "http_server"),
            ("UserID", "user_id"),
            ("OAuth2Token", "o_auth2_token"),
            ("User2", "user2"),
            ("User", "user"),
            ("userProfile", "user_profile"),
            ("_Hidden", "hidden"),
        ] {
            assert_eq!(snake_case(class), want, "{class}");
        }
    }
}
