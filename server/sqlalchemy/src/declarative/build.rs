//! From a mapped class to its table.

use super::args::table_args;
use super::attributes::{Brought, Found, columns, is_cascading};
use super::naming::{Flavour, bound, flavour, table_name};
use super::sqlmodel;
use super::type_map::Versions;
use super::{is_mapped, mapped_parent};
use crate::args::why;
use crate::metadata::metadata;
use crate::scope::Scope;
use crate::table::{Builder, table_of_call_in};
use crate::types;
use fact::{Fact, Name, Reason, Unknown};
use python::eval::Interp;
use python::host::Host;
use python::value::Value;
use schema::Table;

/// The table of a mapped class, from the class itself, its mixins and its abstract bases. `None`: the class has no table
/// of its own, or the table's name is not known.
///
/// Subclasses that share the table are not looked at: see [`super::Models::tables`].
pub fn mapped_table<H: Host>(interp: &mut Interp<'_, H>, class: &Value) -> Option<Table> {
    mapped_table_in(interp, &Scope::default(), class, Versions::default()).map(Builder::finish)
}

/// [`mapped_table`], not finished, with the names of other classes' columns.
pub(super) fn mapped_table_in<H: Host>(
    interp: &mut Interp<'_, H>,
    outer: &Scope,
    class: &Value,
    versions: Versions,
) -> Option<Builder> {
    if !is_mapped(interp, class) {
        return None;
    }
    let view = interp.class_view(class)?;
    if let Some(attribute) = view.attributes.iter().find(|a| a.name == "__table__") {
        let value = bound(interp, class, attribute.value.clone()?, attribute.place);
        let table = table_of_call_in(interp, outer, &value)?.ok()?;
        return Some(Builder::of(table));
    }
    let name = table_name(interp, class)?;
    let mut builder = Builder::new(name, view.place);
    builder.metadata_schema =
        metadata(interp, class).and_then(|found| found.schema.known().copied().flatten());
    let mut scope = outer.clone();
    let found = all_columns(interp, &scope, class, versions, &mut builder);
    for column in &found {
        name_in(&mut scope, column, &builder);
    }
    for column in found {
        add(&mut builder, column);
    }
    let args = table_args(interp, class);
    if let Some(value) = &args.unknown {
        builder.open(why(value, "the arguments of the table", view.place));
    }
    for item in &args.items {
        builder.add(interp, &scope, item, view.place);
    }
    for (keyword, value) in &args.keywords {
        builder.option(*keyword, value);
    }
    Some(builder)
}

/// The columns that a class without a table of its own adds to the table of its parent.
pub(super) fn add_shared<H: Host>(
    interp: &mut Interp<'_, H>,
    outer: &Scope,
    class: &Value,
    versions: Versions,
    builder: &mut Builder,
) {
    let mut scope = outer.clone();
    let found = all_columns(interp, &scope, class, versions, builder);
    for column in &found {
        name_in(&mut scope, column, builder);
    }
    for column in found {
        let name = column_name(&column);
        // `use_existing_column=True`, or a column that the parent has too.
        if name.is_none_or(|name| builder.table.column(&name).is_none()) {
            add(builder, column);
        }
    }
    let args = table_args(interp, class);
    let place = builder.table.place;
    for item in &args.items {
        builder.add(interp, &scope, item, place);
    }
}

fn column_name(found: &Found) -> Option<Name> {
    match &found.spec.name {
        None => Some(found.attribute),
        Some(name) => name.known().copied(),
    }
}

fn name_in(scope: &mut Scope, found: &Found, builder: &Builder) {
    if let (Some(value), Some(name)) = (&found.value, column_name(found)) {
        scope.name(value, Some(builder.table.name), name);
    }
}

fn add(builder: &mut Builder, found: Found) {
    let inherits = found.spec.type_value.as_ref().is_some_and(types::inherits_schema);
    match found.spec.finish(Some(found.attribute)) {
        Ok(mut item) => {
            // Constraints of the class know the column by its attribute's name only if `key=` says so.
            if item.column.name == found.attribute {
                item.key = found.attribute;
            }
            builder.column(item, inherits);
        }
        Err(unknown) => builder.open(unknown),
    }
}

/// The columns of a class in the order of its table: its own, then those of mixins and abstract bases.
fn all_columns<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    class: &Value,
    versions: Versions,
    builder: &mut Builder,
) -> Vec<Found> {
    if flavour(interp, class) == Flavour::Sqlmodel {
        return sqlmodel_columns(interp, scope, class, versions, builder);
    }
    let inherited = match mapped_parent(interp, class) {
        Some(parent) => super::inherit::lineage(interp, &parent),
        None => Vec::new(),
    };
    let mut taken: Vec<Name> = Vec::new();
    let mut all: Vec<Found> = Vec::new();
    for owner in super::inherit::lineage(interp, class) {
        let is_inherited = inherited.contains(&owner);
        if is_inherited && is_mapped(interp, &owner) {
            continue;
        }
        let Some(view) = interp.class_view(&owner) else { continue };
        let mut own = Vec::new();
        for attribute in &view.attributes {
            // What a nearer class binds hides what is further away.
            if taken.contains(&attribute.name) {
                continue;
            }
            // The parent's table has the columns of its mixins, but for those that every class is to have.
            if is_inherited && !attribute.value.as_ref().is_some_and(is_cascading) {
                continue;
            }
            own.push(attribute.name);
            match columns(interp, scope, class, &view, attribute, versions) {
                Brought::Columns(found) => all.extend(found),
                Brought::Nothing => {}
                Brought::Unknown(unknown) => builder.open(unknown),
            }
        }
        taken.extend(own);
    }
    for base in interp.class_outside_bases(class) {
        if let Some(unknown) = hidden_columns(&base) {
            builder.open(unknown);
        }
    }
    all.sort_by_key(|found| found.spec.sort_order);
    all
}

/// A base from outside the project may bring columns, unless it is known to bring none.
fn hidden_columns(base: &Value) -> Option<Unknown> {
    match base {
        Value::Unknown(unknown) => Some((**unknown).clone()),
        Value::Symbol(symbol) => {
            let root = symbol.root()?;
            const PLAIN: &[&str] = &[
                "abc",
                "builtins",
                "collections",
                "dataclasses",
                "enum",
                "flask_sqlalchemy",
                "pydantic",
                "sqlalchemy",
                "sqlmodel",
                "typing",
                "typing_extensions",
                "flask_login",
                "invenio_db",
            ];
            let package = root.split('.').next().unwrap_or_default();
            let plain = PLAIN.contains(&package) || crate::path::canonical(base).is_some();
            (!plain).then(|| Unknown::nowhere(Reason::OutsideProject(root.as_str().into())))
        }
        _ => None,
    }
}

/// SQLModel's fields: those of the bases first, a field that is given again in its old place.
fn sqlmodel_columns<H: Host>(
    interp: &mut Interp<'_, H>,
    scope: &Scope,
    class: &Value,
    versions: Versions,
    builder: &mut Builder,
) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    let inherited = match mapped_parent(interp, class) {
        Some(parent) => super::inherit::lineage(interp, &parent),
        None => Vec::new(),
    };
    for owner in super::inherit::lineage(interp, class).into_iter().rev() {
        if inherited.contains(&owner) {
            continue;
        }
        let Some(view) = interp.class_view(&owner) else { continue };
        for attribute in &view.attributes {
            let found = match attribute.annotation {
                Some(_) => sqlmodel::field(interp, &view, attribute, versions),
                None => match columns(interp, scope, class, &view, attribute, versions) {
                    Brought::Columns(found) => found.into_iter().next(),
                    Brought::Nothing | Brought::Unknown(_) => None,
                },
            };
            let Some(found) = found else { continue };
            match all.iter_mut().find(|other| other.attribute == found.attribute) {
                Some(slot) => *slot = found,
                None => all.push(found),
            }
        }
    }
    for base in interp.class_outside_bases(class) {
        if let Some(unknown) = hidden_columns(&base) {
            builder.open(unknown);
        }
    }
    all
}

/// A table whose unknown column types may still come from the columns that they refer to.
pub(super) fn lacks_type(column: &schema::Column) -> bool {
    matches!(column.ty, Fact::Known(schema::Type::Null))
}
