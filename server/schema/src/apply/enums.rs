//! Named enumeration types (PostgreSQL) and the CHECKs that stand in for them elsewhere.

use super::engine::Engine;
use super::{Existing, Failure};
use crate::dialect::{canonical, literal};
use crate::operation::Written;
use crate::types::Enum;
use crate::{Check, Column, EnumType, Kind, Table, TableName, Type};
use fact::{Fact, Reason, Unknown};
use std::sync::Arc;

impl Engine<'_> {
    pub fn create_enum(&mut self, name: &TableName, labels: &Fact<Vec<Arc<str>>>, check_first: bool) {
        if self.rules().is_some_and(|rules| !rules.named_enums()) {
            return;
        }
        let key = self.key(name);
        self.schema.maybe_enums.remove(&key);
        if self.schema.enums.contains_key(&key) {
            if check_first {
                return;
            }
            self.fail(Failure::EnumExists { name: *name });
        }
        self.insert_enum(key, labels.clone(), false);
    }

    /// `CREATE TABLE` makes the types of its columns first.
    pub fn create_enums_of(&mut self, table: &Table) {
        for column in &table.columns {
            let Some(ty) = self.named_enum(column) else { continue };
            let Some(name) = ty.name else { continue };
            let key = self.key(&name);
            if !ty.create_type {
                self.need_enum(&ty);
            } else {
                match self.schema.enums.get(&key) {
                    Some(existing) if !existing.made_with_table && self.written == Written::Op => {
                        self.fail(Failure::EnumExists { name });
                    }
                    Some(_) => {}
                    None => self.insert_enum(key, ty.labels.clone(), true),
                }
            }
        }
    }

    /// Adding a column or changing its type does not make the enum type that it needs.
    pub fn need_enum(&mut self, ty: &Enum) {
        let Some(name) = ty.name else { return };
        let key = self.key(&name);
        if self.schema.enums.contains_key(&key) {
            return;
        }
        if let Some(known) = self.schema.maybe_enums.remove(&key) {
            self.schema.enums.insert(key, known);
            return;
        }
        if self.schema.opaque.is_none() {
            self.fail(Failure::NoSuchEnum { name });
        }
        self.insert_enum(key, ty.labels.clone(), false);
    }

    pub fn need_enum_of(&mut self, column: &Column) {
        if let Some(ty) = self.named_enum(column) {
            self.need_enum(&ty);
        }
    }

    pub fn drop_enum(&mut self, name: &TableName, check_first: bool) {
        if self.rules().is_some_and(|rules| !rules.named_enums()) {
            return;
        }
        let key = self.key(name);
        if self.schema.maybe_enums.remove(&key).is_some() {
            return;
        }
        if self.schema.enums.remove(&key).is_none() {
            if !check_first && self.schema.opaque.is_none() {
                self.fail(Failure::NoSuchEnum { name: *name });
            }
            return;
        }
        let user = self.schema.tables.values().find(|table| {
            table.columns.iter().any(|column| matches!(&column.ty, Fact::Known(ty) if uses(ty, key)))
        });
        if let Some(by) = user.map(|table| table.name) {
            self.fail(Failure::EnumInUse { name: *name, by });
        }
    }

    pub fn add_label(
        &mut self,
        name: &TableName,
        label: &Fact<Arc<str>>,
        before: Option<&Arc<str>>,
        after: Option<&Arc<str>>,
        if_not_exists: bool,
    ) {
        let Some(mut labels) = self.labels_of(name) else { return };
        match (&mut labels, label) {
            (Fact::Known(known), Fact::Known(label)) => {
                if known.contains(label) {
                    if !if_not_exists {
                        let name = fact::name(label);
                        self.fail(Failure::AlreadyExists { kind: Existing::Label, table: None, name });
                    }
                    return;
                }
                let neighbour = before.or(after);
                let at = neighbour.and_then(|neighbour| known.iter().position(|label| label == neighbour));
                if let (Some(missing), None) = (neighbour, at) {
                    self.fail(Failure::NoSuchLabel { name: *name, label: missing.clone() });
                }
                let at = at.map_or(known.len(), |at| if before.is_some() { at } else { at + 1 });
                known.insert(at.min(known.len()), label.clone());
            }
            (Fact::Known(_), Fact::Unknown(unknown)) => labels = Fact::Unknown(unknown.clone()),
            (Fact::Unknown(_), _) => {}
        }
        self.set_labels(name, labels);
    }

    pub fn rename_label(&mut self, name: &TableName, from: &Arc<str>, to: &Arc<str>) {
        let Some(mut labels) = self.labels_of(name) else { return };
        if let Fact::Known(known) = &mut labels {
            match known.iter_mut().find(|label| *label == from) {
                Some(label) => *label = to.clone(),
                None => self.fail(Failure::NoSuchLabel { name: *name, label: from.clone() }),
            }
        }
        self.set_labels(name, labels);
    }

    pub fn rename_enum(&mut self, from: &TableName, to: &TableName) {
        let (old, new) = (self.key(from), self.key(to));
        let known = self.schema.enums.remove(&old).or_else(|| self.schema.maybe_enums.remove(&old));
        match known {
            Some(known) => {
                let replaced = self.schema.enums.insert(new, known);
                if replaced.is_some() {
                    self.fail(Failure::EnumExists { name: *to });
                }
            }
            None if self.schema.opaque.is_none() => self.fail(Failure::NoSuchEnum { name: *from }),
            None => {}
        }
        self.change_types(old, |ty| rename(ty, old, new));
    }

    /// The CHECK that a Boolean or an Enum brings along where it is no type of the database.
    pub fn type_check(&self, column: &Column) -> Option<Check> {
        let Fact::Known(ty) = &column.ty else { return None };
        let rules = self.rules();
        let (constraint, sql) = match self.kind().map_or(ty, |kind| ty.on(kind)) {
            Type::Boolean { constraint } if rules.is_none_or(|rules| !rules.native_boolean()) => {
                (constraint, Fact::Known(format!("{} IN (0, 1)", self.quoted(&column.name))))
            }
            Type::Enum(ty) if !ty.native || rules.is_none_or(|rules| !rules.native_enums()) => {
                let labels = ty.labels.as_ref().map(|labels| {
                    let labels: Vec<String> = labels.iter().map(|label| literal(label)).collect();
                    format!("{} IN ({})", self.quoted(&column.name), labels.join(", "))
                });
                (&ty.constraint, labels)
            }
            _ => return None,
        };
        if !constraint.create {
            return None;
        }
        // Without a dialect it is not known whether the CHECK comes at all, and what is not known is not told.
        rules?;
        let mut check = Check::new(sql.map(Arc::from), column.place);
        check.name = Fact::Known(constraint.name);
        check.of_type = Some(column.name);
        Some(check)
    }

    pub fn quoted(&self, name: &str) -> String {
        self.rules().map_or_else(|| name.to_owned(), |rules| rules.quote(name))
    }

    fn named_enum(&self, column: &Column) -> Option<Enum> {
        if !self.rules()?.named_enums() {
            return None;
        }
        let Fact::Known(ty) = &column.ty else { return None };
        let mut ty = ty.on(Kind::Postgresql);
        while let Type::Array { item, .. } = ty {
            ty = item.on(Kind::Postgresql);
        }
        match ty {
            Type::Enum(ty) if ty.native => Some(ty.clone()),
            _ => None,
        }
    }

    fn insert_enum(&mut self, key: TableName, labels: Fact<Vec<Arc<str>>>, made_with_table: bool) {
        let place = self.place;
        self.schema.enums.insert(key, Arc::new(EnumType { labels, made_with_table, place }));
    }

    fn labels_of(&mut self, name: &TableName) -> Option<Fact<Vec<Arc<str>>>> {
        if self.rules().is_some_and(|rules| !rules.named_enums()) {
            return None;
        }
        let key = self.key(name);
        if let Some(known) = self.schema.enums.get(&key) {
            return Some(known.labels.clone());
        }
        let maybe = self.schema.maybe_enums.remove(&key);
        if maybe.is_none() && self.schema.opaque.is_none() {
            self.fail(Failure::NoSuchEnum { name: *name });
        }
        let unknown = Fact::Unknown(Unknown::new(Reason::Assumed, self.place));
        Some(maybe.map_or(unknown, |known| known.labels.clone()))
    }

    fn set_labels(&mut self, name: &TableName, labels: Fact<Vec<Arc<str>>>) {
        let key = self.key(name);
        let made_with_table = self.schema.enums.get(&key).is_some_and(|known| known.made_with_table);
        self.insert_enum(key, labels.clone(), made_with_table);
        self.change_types(key, |ty| relabel(ty, &labels));
    }

    fn change_types(&mut self, name: TableName, change: impl Fn(&mut Type)) {
        self.each_table(|table| {
            let mut changed = false;
            for column in &mut table.columns {
                if matches!(&column.ty, Fact::Known(ty) if uses(ty, name))
                    && let Fact::Known(ty) = &mut Arc::make_mut(column).ty
                {
                    change(ty);
                    changed = true;
                }
            }
            changed
        });
    }
}

/// Is this the enum type of that name, or an array of it?
fn uses(ty: &Type, name: TableName) -> bool {
    match ty.on(Kind::Postgresql) {
        Type::Enum(ty) => {
            ty.native && ty.name.is_some_and(|own| canonical(own, Some(Kind::Postgresql)) == name)
        }
        Type::Array { item, .. } => uses(item, name),
        Type::Native { text, .. } => native_name(text) == name.to_string(),
        _ => false,
    }
}

fn native_name(text: &str) -> String {
    let text = text.trim().trim_end_matches("[]");
    let text = text.strip_prefix("public.").unwrap_or(text);
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(quoted) => quoted.to_owned(),
        None => text.to_lowercase(),
    }
}

fn rename(ty: &mut Type, from: TableName, to: TableName) {
    match ty {
        Type::Enum(ty) => ty.name = Some(to),
        Type::Array { item, .. } => rename(item, from, to),
        Type::Native { text, .. } if native_name(text) == from.to_string() => {
            let quoted: Vec<String> = to
                .schema
                .iter()
                .chain(std::iter::once(&to.name))
                .map(|part| Kind::Postgresql.rules().quote(part))
                .collect();
            let array = if text.trim_end().ends_with("[]") { "[]" } else { "" };
            *text = format!("{}{array}", quoted.join(".")).into();
        }
        Type::Variants { base, others } => {
            match others.iter_mut().find(|(kind, _)| *kind == Kind::Postgresql) {
                Some((_, other)) => rename(other, from, to),
                None => rename(base, from, to),
            }
        }
        _ => {}
    }
}

fn relabel(ty: &mut Type, labels: &Fact<Vec<Arc<str>>>) {
    match ty {
        Type::Enum(ty) => ty.labels = labels.clone(),
        Type::Array { item, .. } => relabel(item, labels),
        Type::Variants { base, others } => {
            match others.iter_mut().find(|(kind, _)| *kind == Kind::Postgresql) {
                Some((_, other)) => relabel(other, labels),
                None => relabel(base, labels),
            }
        }
        _ => {}
    }
}
