//! Columns: added, altered, removed.

use super::tables::Pair;
use super::{Changes, identity};
use fact::Fact;
use schema::column::Autoincrement;
use schema::compare::{defaults_differ, types_differ};
use schema::dialect::is_integer;
use schema::operation::Operation;
use schema::{Column, ColumnChange, ServerDefault, Table, TableName, Type};
use std::sync::Arc;

pub(super) fn add_and_alter(pair: &Pair<'_>, out: &mut Changes) {
    let missing = pair.wanted.columns.iter().filter(|column| !is_system(column));
    for column in missing.filter(|column| pair.found.column(&column.name).is_none()) {
        match pair.may_exist() {
            Some(because) => out.withhold(pair.label(&column.name), because),
            None => out.push(add_op(pair.table(), column), drop_op(pair.table(), column)),
        }
    }
    for wanted in &pair.wanted.columns {
        let Some(found) = pair.found.column(&wanted.name) else { continue };
        if let Some((forward, back)) = Alteration::of(pair, wanted, found, out).changes() {
            let alter = |change| Operation::AlterColumn {
                table: pair.table(),
                column: wanted.name,
                change: Box::new(change),
            };
            out.push(alter(forward), alter(back));
        }
    }
}

pub(super) fn remove(pair: &Pair<'_>, out: &mut Changes) {
    for column in pair.found.columns.iter().filter(|column| !is_system(column)) {
        if pair.wanted.column(&column.name).is_some() {
            continue;
        }
        match pair.may_be_wanted() {
            Some(because) => out.withhold(pair.label(&column.name), because),
            None => out.push(drop_op(pair.table(), column), add_op(pair.table(), column)),
        }
    }
}

fn is_system(column: &Column) -> bool {
    column.options.iter().any(|(keyword, text)| *keyword == "system" && &**text == "True")
}

/// Constraints and indexes come in operations of their own.
fn add_op(table: TableName, column: &Arc<Column>) -> Operation {
    Operation::AddColumn {
        table,
        column: column.clone(),
        constraints: Vec::new(),
        indexes: Vec::new(),
        if_not_exists: false,
        primary_key: false,
        inline_references: false,
    }
}

fn drop_op(table: TableName, column: &Column) -> Operation {
    Operation::DropColumn { table, column: column.name, if_exists: false, cascade: false }
}

/// What differs between the two.
struct Alteration<'a> {
    wanted: &'a Column,
    found: &'a Column,
    ty: bool,
    nullable: bool,
    default: bool,
    comment: bool,
    autoincrement: Option<bool>,
}

impl<'a> Alteration<'a> {
    fn of(pair: &Pair<'_>, wanted: &'a Column, found: &'a Column, out: &mut Changes) -> Alteration<'a> {
        let mut decide = |answer: Fact<bool>| match answer {
            Fact::Known(answer) => answer,
            Fact::Unknown(because) => {
                out.withhold(pair.label(&wanted.name), &because);
                false
            }
        };
        Alteration {
            ty: pair.options.types && decide(ty(pair, wanted, found)),
            nullable: decide(nullable(wanted, found)),
            default: pair.options.defaults && decide(default(pair, wanted, found)),
            comment: pair.options.kind.rules().comments() && comment(wanted) != comment(found),
            autoincrement: counts(pair.wanted, wanted),
            wanted,
            found,
        }
    }

    /// Forward and back; `None`: nothing differs.
    fn changes(&self) -> Option<(ColumnChange, ColumnChange)> {
        let differs = self.ty || self.nullable || self.default || self.comment;
        differs.then(|| (self.change(self.found, self.wanted), self.change(self.wanted, self.found)))
    }

    /// What does not differ is on both sides as the database has it.
    fn change(&self, from: &Column, to: &Column) -> ColumnChange {
        let side = |differs: bool| if differs { from } else { self.found };
        let (of_type, of_default) = (side(self.ty), side(self.default));
        let mut change = ColumnChange {
            existing_ty: of_type.ty.is_known().then(|| of_type.ty.clone()),
            existing_spelling: of_type.spelling.clone(),
            existing_nullable: Some(side(self.nullable).nullable.clone()).filter(Fact::is_known),
            existing_comment: Some(comment(side(self.comment))).filter(Option::is_some),
            existing_default: Some(of_default.default.clone()).filter(|default| {
                // Every column has "no default" to tell.
                !matches!(default, Fact::Known(None | Some(ServerDefault::Sequence(_))) | Fact::Unknown(_))
            }),
            existing_generated: of_default.generated(),
            autoincrement: self.autoincrement,
            ..ColumnChange::default()
        };
        if self.ty {
            change.ty = Some(to.ty.clone());
            change.spelling = to.spelling.clone();
        }
        if self.nullable {
            change.nullable = Some(to.nullable.clone());
        }
        if self.comment {
            change.comment = Some(comment(to));
        }
        if self.default {
            match &to.identity {
                Some(identity) => change.identity = Some(Some(identity.clone())),
                None if from.identity.is_some() => change.identity = Some(None),
                None => change.default = Some(to.default.clone()),
            }
        }
        change
    }
}

fn ty(pair: &Pair<'_>, wanted: &Column, found: &Column) -> Fact<bool> {
    match (&found.ty, &wanted.ty) {
        (Fact::Known(found), Fact::Known(wanted)) => types_differ(found, wanted, pair.options.kind),
        (Fact::Unknown(because), _) | (_, Fact::Unknown(because)) => Fact::Unknown(because.clone()),
    }
}

fn nullable(wanted: &Column, found: &Column) -> Fact<bool> {
    let (a, b) = match (&wanted.nullable, &found.nullable) {
        (Fact::Known(a), Fact::Known(b)) => (*a, *b),
        (Fact::Unknown(because), _) | (_, Fact::Unknown(because)) => return Fact::Unknown(because.clone()),
    };
    // An identity is NOT NULL whatever is said, and a generated column is what its expression is.
    let identity = wanted.identity.is_some() || found.identity.is_some();
    let computed = wanted.computed.is_some() || found.computed.is_some();
    Fact::Known(a != b && !identity && !(computed && a))
}

fn default(pair: &Pair<'_>, wanted: &Column, found: &Column) -> Fact<bool> {
    // No database changes the expression of a generated column in place.
    if wanted.computed.is_some() || found.computed.is_some() {
        return Fact::Known(false);
    }
    if wanted.identity.is_some() || found.identity.is_some() {
        let differs = identity::differ(found.identity.as_ref(), wanted.identity.as_ref());
        return Fact::Known(differs);
    }
    let (found_default, wanted_default) = match (&found.default, &wanted.default) {
        (Fact::Known(found), Fact::Known(wanted)) => (found.as_ref(), wanted.as_ref()),
        (Fact::Unknown(because), _) | (_, Fact::Unknown(because)) => return Fact::Unknown(because.clone()),
    };
    // The numbering of a serial column comes with its type.
    let serial = matches!(found_default, Some(ServerDefault::Sequence(_)));
    if (serial && wanted_default.is_none()) || (found_default, wanted_default) == (None, None) {
        return Fact::Known(false);
    }
    if pair.wanted.is_primary(&wanted.name) && counts(pair.wanted, wanted) == Some(true) {
        return Fact::Known(false);
    }
    let Fact::Known(ty) = &wanted.ty else { return Fact::Known(false) };
    defaults_differ(found_default, wanted_default, ty, pair.options.kind)
}

fn comment(column: &Column) -> Option<Arc<str>> {
    column.comment.clone().filter(|text| !text.is_empty())
}

/// Does the database number the column: the single integer column of the primary key, or what says so? `None` for a
/// column of which nobody asks.
fn counts(table: &Table, column: &Column) -> Option<bool> {
    match column.autoincrement {
        Autoincrement::On => Some(true),
        Autoincrement::Off => table.is_primary(&column.name).then_some(false),
        Autoincrement::Auto => {
            let alone = table.primary_key.as_ref().is_some_and(|key| *key.columns == [column.name]);
            let refers = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
            let filled = !matches!(column.default, Fact::Known(None));
            let number = column.ty.known().is_some_and(is_number);
            (alone && !refers && !filled && number).then_some(true)
        }
    }
}

fn is_number(ty: &Type) -> bool {
    match ty {
        Type::Variants { base, .. } => is_number(base),
        Type::Numeric { .. } => true,
        other => is_integer(other),
    }
}
