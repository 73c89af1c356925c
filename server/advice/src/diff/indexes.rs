//! Indexes and unique constraints, which databases and models take for one another.

use super::Changes;
use super::expression::{names_operator_class, normal};
use super::tables::Pair;
use fact::{Fact, Name, Unknown};
use schema::dialect::{Nameless, Unnamed};
use schema::operation::Operation;
use schema::{Constraint, ConstraintKind, Index, IndexItem, Kind, Table, TableName, Unique};
use std::collections::BTreeMap;

pub(super) fn compare(pair: &Pair<'_>, out: &mut Changes) {
    let found = Side::of(pair.found, |_| true);
    let unnamed: Vec<&Unique> =
        pair.wanted.uniques.iter().filter(|unique| has_no_name_of_its_own(pair, unique, &found)).collect();
    let wanted = Side::of(pair.wanted, |unique| !unnamed.iter().any(|other| std::ptr::eq(*other, unique)));

    for (name, object) in found.named.iter().filter(|(name, _)| !wanted.named.contains_key(*name)) {
        let stands_for_unnamed = matches!(object, Object::Unique(unique)
            if unnamed.iter().any(|other| same_columns(&other.columns, &unique.columns)));
        if stands_for_unnamed {
            continue;
        }
        match pair.may_be_wanted().or(wanted.hidden.as_ref()) {
            Some(because) => out.withhold(pair.label(name), because),
            None => remove(pair, object, out),
        }
    }
    for (name, object) in &wanted.named {
        let Some(other) = found.named.get(name) else { continue };
        match differ(pair, object, other) {
            Fact::Known(true) => {
                remove(pair, other, out);
                add(pair, object, out);
            }
            Fact::Known(false) => {}
            Fact::Unknown(because) => out.withhold(pair.label(name), &because),
        }
    }
    for (name, object) in wanted.named.iter().filter(|(name, _)| !found.named.contains_key(*name)) {
        if is_invisible(pair, object) || doubles_a_constraint(pair, object) {
            continue;
        }
        match hides(pair, object, &found) {
            Some(because) => out.withhold(pair.label(name), because),
            None => add(pair, object, out),
        }
    }
    for unique in unnamed {
        if pair.found.uniques.iter().any(|other| same_columns(&other.columns, &unique.columns)) {
            continue;
        }
        let object = Object::Unique(unique);
        match hides(pair, &object, &found) {
            Some(because) => out.withhold(pair.label("an unnamed unique constraint"), because),
            None => add(pair, &object, out),
        }
    }
}

#[derive(Clone, Copy)]
enum Object<'a> {
    Index(&'a Index),
    Unique(&'a Unique),
}

/// Did the model leave the name to the server? It then does not matter what the constraint is called.
fn has_no_name_of_its_own(pair: &Pair<'_>, unique: &Unique, found: &Side<'_>) -> bool {
    let name = match &unique.name {
        Fact::Known(Some(name)) => *name,
        Fact::Known(None) | Fact::Unknown(_) => return true,
    };
    if found.named.contains_key(name.as_str()) {
        return false;
    }
    let others = pair.wanted.uniques.iter().filter(|other| !std::ptr::eq(*other, unique)).cloned();
    let table = Table { uniques: others.collect(), ..pair.wanted.clone() };
    let made = Unnamed { what: Nameless::Unique(&unique.columns), table: &table, taken: &|_| false };
    pair.options.kind.rules().implicit_name(&made) == Fact::Known(Some(name))
}

/// What one side has, by name.
struct Side<'a> {
    named: BTreeMap<String, Object<'a>>,
    /// Why there is something whose name is not known.
    hidden: Option<Unknown>,
}

impl<'a> Side<'a> {
    fn of(table: &'a Table, takes: impl Fn(&Unique) -> bool) -> Side<'a> {
        let mut side = Side { named: BTreeMap::new(), hidden: None };
        for unique in table.uniques.iter().filter(|unique| takes(unique)) {
            side.take(&unique.name, Object::Unique(unique));
        }
        for index in table.indexes.iter().filter(|index| !index.server_made) {
            side.take(&index.name, Object::Index(index));
        }
        side
    }

    fn take(&mut self, name: &Fact<Option<Name>>, object: Object<'a>) {
        match name {
            Fact::Known(Some(name)) => {
                self.named.insert(name.to_string(), object);
            }
            Fact::Known(None) => {}
            Fact::Unknown(because) => {
                self.hidden.get_or_insert_with(|| because.clone());
            }
        }
    }
}

/// Why the object may be there although it is not told. On a column that is not there, nothing is.
fn hides<'a>(pair: &'a Pair<'_>, object: &Object<'_>, found: &'a Side<'_>) -> Option<&'a Unknown> {
    let columns: Vec<Name> = match object {
        Object::Index(index) => index.columns().collect(),
        Object::Unique(unique) => unique.columns.clone(),
    };
    let because = pair.may_exist().or(found.hidden.as_ref())?;
    columns.iter().all(|column| pair.found.column(column).is_some()).then_some(because)
}

/// Databases whose expression indexes are not seen cannot lack one.
fn is_invisible(pair: &Pair<'_>, object: &Object<'_>) -> bool {
    match object {
        Object::Index(index) => !pair.options.expression_indexes && has_expression(index),
        Object::Unique(_) => false,
    }
}

fn has_expression(index: &Index) -> bool {
    index.items.iter().any(|item| matches!(item, IndexItem::Expression(_)))
}

/// MySQL and MariaDB have unique constraints as unique indexes.
fn doubles_a_constraint(pair: &Pair<'_>, object: &Object<'_>) -> bool {
    let Object::Index(index) = object else { return false };
    let columns: Vec<Name> = index.columns().collect();
    pair.options.kind.is_mysql_like()
        && index.unique == Fact::Known(true)
        && pair.found.uniques.iter().any(|unique| unique.columns == columns && unique.name == index.name)
}

fn remove(pair: &Pair<'_>, object: &Object<'_>, out: &mut Changes) {
    let (create, drop) = operations(pair.table(), object);
    out.push(drop, create);
}

fn add(pair: &Pair<'_>, object: &Object<'_>, out: &mut Changes) {
    let (create, drop) = operations(pair.table(), object);
    out.push(create, drop);
}

fn operations(table: TableName, object: &Object<'_>) -> (Operation, Operation) {
    match object {
        Object::Index(index) => (create_op(table, index), drop_op(table, index)),
        Object::Unique(unique) => {
            let create = Operation::AddConstraint {
                table,
                constraint: Constraint::Unique(Unique::clone(unique)),
                if_not_exists: false,
            };
            let drop = Operation::DropConstraint {
                table,
                name: unique.name.clone(),
                kind: Some(ConstraintKind::Unique),
                if_exists: false,
                cascade: false,
                name_is_final: unique.name_is_final,
            };
            (create, drop)
        }
    }
}

pub(super) fn create_op(table: TableName, index: &Index) -> Operation {
    Operation::CreateIndex { table, index: Box::new(index.clone()), if_not_exists: false }
}

pub(super) fn drop_op(table: TableName, index: &Index) -> Operation {
    let name = match &index.name {
        Fact::Known(Some(name)) => Fact::Known(*name),
        Fact::Known(None) => Fact::Unknown(Unknown::nowhere(fact::Reason::UnreadableArgument(
            "the name of an index without one".into(),
        ))),
        Fact::Unknown(because) => Fact::Unknown(because.clone()),
    };
    Operation::DropIndex {
        table: Some(table),
        name,
        if_exists: false,
        concurrently: false,
        options: index.options.clone(),
    }
}

fn differ(pair: &Pair<'_>, wanted: &Object<'_>, found: &Object<'_>) -> Fact<bool> {
    match (wanted, found) {
        (Object::Unique(wanted), Object::Unique(found)) => Fact::Known(
            !same_columns(&wanted.columns, &found.columns)
                || (pair.options.kind == Kind::Postgresql
                    && nulls_not_distinct(&wanted.options) != nulls_not_distinct(&found.options)),
        ),
        (Object::Index(wanted), Object::Index(found)) => indexes_differ(pair, wanted, found),
        // MySQL and MariaDB have only the index.
        (Object::Index(index), Object::Unique(unique)) | (Object::Unique(unique), Object::Index(index))
            if pair.options.kind.is_mysql_like() =>
        {
            let columns: Vec<Name> = index.columns().collect();
            Fact::Known(index.unique != Fact::Known(true) || !same_columns(&columns, &unique.columns))
        }
        _ => Fact::Known(true),
    }
}

fn indexes_differ(pair: &Pair<'_>, wanted: &Index, found: &Index) -> Fact<bool> {
    match (&wanted.unique, &found.unique) {
        (Fact::Known(wanted), Fact::Known(found)) if wanted != found => return Fact::Known(true),
        (Fact::Known(_), Fact::Known(_)) => {}
        (Fact::Unknown(because), _) | (_, Fact::Unknown(because)) => return Fact::Unknown(because.clone()),
    }
    if pair.options.kind != Kind::Postgresql {
        let (wanted, found): (Vec<Name>, Vec<Name>) = (wanted.columns().collect(), found.columns().collect());
        return Fact::Known(wanted != found);
    }
    if wanted.items.len() != found.items.len() {
        return Fact::Known(true);
    }
    let mut differs = false;
    for (a, b) in wanted.items.iter().zip(&found.items) {
        let (a, b) = match (text(a), text(b)) {
            (Ok(a), Ok(b)) => (a, b),
            (Err(because), _) | (_, Err(because)) => return Fact::Unknown(because),
        };
        if normal(&a, &pair.wanted.name.name) != normal(&b, &pair.wanted.name.name) {
            // What PostgreSQL gives back of an operator class is no evidence for a difference.
            differs |= !names_operator_class(&a);
        }
    }
    let options = nulls_not_distinct(&wanted.options) != nulls_not_distinct(&found.options);
    Fact::Known(options || differs)
}

fn text(item: &IndexItem) -> Result<String, Unknown> {
    match item {
        IndexItem::Column(name) => Ok(name.to_string()),
        IndexItem::Expression(Fact::Known(text)) => Ok(text.to_string()),
        IndexItem::Expression(Fact::Unknown(because)) => Err(because.clone()),
    }
}

fn nulls_not_distinct(options: &[(Name, std::sync::Arc<str>)]) -> bool {
    options.iter().any(|(name, text)| *name == "postgresql_nulls_not_distinct" && &**text == "True")
}

/// Their order does not matter to a unique constraint.
fn same_columns(a: &[Name], b: &[Name]) -> bool {
    a.len() == b.len() && a.iter().all(|column| b.contains(column))
}
