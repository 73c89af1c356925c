//! `MetaData(...)`: its schema and naming convention, wherever it hangs.

use crate::args::plain_text;
use crate::path::{Canonical, called, canonical, core_name, is_flask_object};
use crate::scope::identity;
use fact::{Fact, FileId, Name, Place, Reason, Unknown, name};
use python::eval::Interp;
use python::host::Host;
use python::value::{Call, ObjectId, Symbol, Value};
use schema::naming::NamingConvention;
use std::sync::Arc;

/// What a MetaData says of the tables in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    pub schema: Fact<Option<Name>>,
    pub convention: Fact<NamingConvention>,
    pub key: MetadataKey,
}

/// Which MetaData it is: two that are written alike are still two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MetadataKey {
    /// Made by a call: `MetaData()`, `declarative_base()`, `SQLAlchemy()`.
    Call(usize),
    /// That of a base class which makes its own.
    Class(ObjectId),
    /// SQLModel's.
    Sqlmodel,
    /// Of another package: named by its path.
    Path(Name),
}

impl Metadata {
    fn plain(key: MetadataKey) -> Metadata {
        Metadata { schema: Fact::Known(None), convention: Fact::Known(NamingConvention::default()), key }
    }
}

/// Follows `value` to a MetaData: itself, `Base.metadata`, `db.metadata`, a declarative base, a registry, a mapped class.
/// `None`: it leads to none.
pub fn metadata<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<Metadata> {
    follow(interp, value, 0)
}

/// The file in which the MetaData that `value` leads to is made.
pub fn made_in<H: Host>(interp: &mut Interp<'_, H>, value: &Value) -> Option<FileId> {
    let mut at = value.clone();
    for _ in 0..MAX_DEPTH {
        let next = match &at {
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Call(call) => return Some(call.place.file),
                Symbol::Attribute { of, .. } => of.clone(),
                _ => return None,
            },
            // The class that derives from nothing else of the project has it.
            Value::Object(_) => match interp.instance_view(&at) {
                Some(view) => view.class,
                None => {
                    let first = interp.class_lineage(&at).pop()?;
                    return Some(interp.class_view(&first)?.place.file);
                }
            },
            _ => return None,
        };
        at = next;
    }
    None
}

const MAX_DEPTH: u32 = 20;

fn follow<H: Host>(interp: &mut Interp<'_, H>, value: &Value, depth: u32) -> Option<Metadata> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value {
        Value::Object(id) => {
            if interp.class_view(value).is_some() {
                return of_class(interp, value, depth);
            }
            // An instance: of a subclass of MetaData, registry or SQLAlchemy.
            let call = crate::column::as_call(interp, value)?;
            let mut found = of_call(interp, &call, MetadataKey::Class(*id), depth)?;
            if found.key != MetadataKey::Class(*id) {
                return Some(found);
            }
            found.key = MetadataKey::Class(*id);
            Some(found)
        }
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Call(call) => of_call(interp, call, MetadataKey::Call(identity(value)?), depth),
            Symbol::Attribute { of, name, .. } => match name.as_str() {
                "metadata" | "registry" | "Model" | "__metadata__" => follow(interp, of, depth + 1),
                _ => None,
            },
            Symbol::Item { of, index } => {
                // `db.metadatas["key"]`
                let Symbol::Attribute { of, name, .. } = of.as_symbol()? else { return None };
                (name == "metadatas" && index.as_str().is_some())
                    .then(|| follow(interp, of, depth + 1))
                    .flatten()
            }
            Symbol::Path(path) => of_path(value, *path),
            _ => None,
        },
        _ => None,
    }
}

fn of_path(value: &Value, path: Name) -> Option<Metadata> {
    if path == "sqlmodel.SQLModel.metadata" || canonical(value) == Some(Canonical::Sqlmodel(name("SQLModel")))
    {
        return Some(Metadata::plain(MetadataKey::Sqlmodel));
    }
    if is_flask_object(value) {
        return Some(unread(path));
    }
    match canonical(value)? {
        // `invenio_db.db.metadata`, `flask_appbuilder.Model.metadata`: made where it cannot be seen.
        Canonical::Flask(name) if matches!(name.as_str(), "metadata" | "Model") => Some(unread(path)),
        Canonical::Package(package, name)
            if package == "flask_appbuilder" && matches!(name.as_str(), "Model" | "metadata") =>
        {
            Some(unread(path))
        }
        _ => None,
    }
}

fn unread(path: Name) -> Metadata {
    let because = || Unknown::nowhere(Reason::OutsideProject(path.as_str().into()));
    Metadata {
        schema: Fact::Unknown(because()),
        convention: Fact::Unknown(because()),
        key: MetadataKey::Path(name(path.rsplit_once('.').map_or(path.as_str(), |(of, _)| of))),
    }
}

fn of_call<H: Host>(
    interp: &mut Interp<'_, H>,
    call: &Call,
    key: MetadataKey,
    depth: u32,
) -> Option<Metadata> {
    if is_flask_call(call) {
        return match call.args.keyword("metadata").filter(|arg| !arg.value.is_none()) {
            Some(arg) => follow(interp, &arg.value.clone(), depth + 1),
            None => match call.args.keyword("model_class").filter(|arg| !arg.value.is_none()) {
                // `model_class=Base` with a metadata of its own.
                Some(arg) => {
                    follow(interp, &arg.value.clone(), depth + 1).map(|found| Metadata { key, ..found })
                }
                None => Some(Metadata::plain(key)),
            },
        };
    }
    // `mapper_registry.generate_base()`
    if let Some(Symbol::Attribute { of, name, .. }) = call.callee.as_symbol()
        && matches!(name.as_str(), "generate_base" | "as_declarative_base")
    {
        return follow(interp, of, depth + 1);
    }
    let name = core_name(&call.callee)?;
    match name.as_str() {
        "MetaData" | "ThreadLocalMetaData" => Some(own(interp, call, key)),
        "declarative_base" | "registry" | "automap_base" | "as_declarative" => {
            match call.args.keyword("metadata").filter(|arg| !arg.value.is_none()) {
                Some(arg) => follow(interp, &arg.value.clone(), depth + 1),
                None => {
                    // A `cls=` or `class_registry=` says nothing of the metadata, unless the class has one.
                    let of_class = call.args.keyword("cls").map(|arg| arg.value.clone());
                    let found = of_class.and_then(|class| class_metadata(interp, &class, depth));
                    Some(found.unwrap_or_else(|| Metadata::plain(key)))
                }
            }
        }
        _ => None,
    }
}

fn is_flask_call(call: &Call) -> bool {
    crate::path::is_flask_class(&call.callee)
}

/// The attribute `metadata` (or `registry`) that a class or one of its bases in the project has.
fn class_metadata<H: Host>(interp: &mut Interp<'_, H>, class: &Value, depth: u32) -> Option<Metadata> {
    for class in interp.class_lineage(class) {
        let Some(view) = interp.class_view(&class) else { continue };
        for wanted in ["metadata", "registry"] {
            let Some(attribute) = view.attributes.iter().find(|a| a.name == wanted) else { continue };
            let Some(value) = attribute.value.clone() else { continue };
            if let Some(found) = follow(interp, &value, depth + 1) {
                return Some(found);
            }
            if value.as_unknown().is_some() {
                let because = interp.why_unknown(&value, attribute.place);
                let Value::Object(id) = class else { return None };
                return Some(Metadata {
                    schema: Fact::Unknown(because.clone()),
                    convention: Fact::Unknown(because),
                    key: MetadataKey::Class(id),
                });
            }
        }
    }
    None
}

fn of_class<H: Host>(interp: &mut Interp<'_, H>, class: &Value, depth: u32) -> Option<Metadata> {
    if let Some(found) = class_metadata(interp, class, depth) {
        return Some(found);
    }
    // The base that makes one: the last class of the project over DeclarativeBase, or a base from a call.
    for class in interp.class_lineage(class) {
        let Some(view) = interp.class_view(&class) else { continue };
        for decorator in &view.decorators {
            // `@registry.mapped`, `@as_declarative()`
            if let Some(found) = of_decorator(interp, decorator, &class, depth) {
                return Some(found);
            }
        }
        for base in &view.bases {
            if matches!(base, Value::Object(_)) {
                continue;
            }
            if let Some(name) = core_name(base)
                && matches!(name.as_str(), "DeclarativeBase" | "DeclarativeBaseNoMeta")
            {
                let Value::Object(id) = class else { return None };
                return Some(Metadata::plain(MetadataKey::Class(id)));
            }
            if let Some(found) = follow(interp, base, depth + 1) {
                return Some(found);
            }
        }
    }
    None
}

fn of_decorator<H: Host>(
    interp: &mut Interp<'_, H>,
    decorator: &Value,
    class: &Value,
    depth: u32,
) -> Option<Metadata> {
    if let Some((Canonical::Sqlalchemy(name), call)) = called(decorator) {
        let Value::Object(id) = class else { return None };
        return (name == "as_declarative")
            .then(|| of_call(interp, &call.clone(), MetadataKey::Class(*id), depth))
            .flatten();
    }
    let callee = decorator.as_call().map_or(decorator, |call| &call.callee);
    match callee.as_symbol()? {
        Symbol::Attribute { of, name, .. }
            if matches!(name.as_str(), "mapped" | "mapped_as_dataclass" | "as_declarative_base") =>
        {
            follow(interp, &of.clone(), depth + 1)
        }
        _ => None,
    }
}

/// `MetaData(schema=, naming_convention=)`
fn own<H: Host>(interp: &mut Interp<'_, H>, call: &Call, key: MetadataKey) -> Metadata {
    let place = call.place;
    let mut found = Metadata::plain(key);
    if let Some(unknown) = &call.args.open {
        found.schema = Fact::Unknown((**unknown).clone());
        found.convention = Fact::Unknown((**unknown).clone());
    }
    // Before 2.0 `bind` came first.
    let schema = call
        .args
        .keyword("schema")
        .or_else(|| call.args.positional().next().filter(|arg| matches!(arg.value, Value::Str(_))));
    if let Some(arg) = schema {
        found.schema = match &arg.value {
            Value::None => Fact::Known(None),
            value => match plain_text(value) {
                Some(text) => Fact::Known(Some(name(&text))),
                None => Fact::Unknown(crate::args::why(value, "the schema", place)),
            },
        };
    }
    if let Some(arg) = call.args.keyword("naming_convention").filter(|arg| !arg.value.is_none()) {
        found.convention = naming_convention(interp, &arg.value.clone(), arg.place);
    }
    found
}

/// A `naming_convention` dict. Keys that are no part of it are tokens of the project's own.
pub fn naming_convention<H: Host>(
    interp: &mut Interp<'_, H>,
    value: &Value,
    place: Place,
) -> Fact<NamingConvention> {
    let Some(entries) = interp.dict_entries(value) else {
        return Fact::Unknown(interp.why_unknown(value, place));
    };
    let mut convention = NamingConvention::empty();
    for (key, value) in entries {
        let key_name = match &key {
            Value::Str(text) => text.to_string(),
            other => match core_name(other) {
                Some(class) => class.to_string(),
                None => return Fact::Unknown(interp.why_unknown(other, place)),
            },
        };
        let slot = match key_name.as_str() {
            "ix" | "Index" => &mut convention.ix,
            "uq" | "UniqueConstraint" => &mut convention.uq,
            "ck" | "CheckConstraint" => &mut convention.ck,
            "fk" | "ForeignKeyConstraint" => &mut convention.fk,
            "pk" | "PrimaryKeyConstraint" => &mut convention.pk,
            other => {
                convention.custom.push(name(other));
                continue;
            }
        };
        *slot = match &value {
            Value::Str(text) => Some(Arc::clone(text)),
            Value::None => None,
            other => return Fact::Unknown(interp.why_unknown(other, place)),
        };
    }
    Fact::Known(convention)
}
