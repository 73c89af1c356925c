//! What is certain when either of two courses may have been taken.

use crate::{Column, EnumType, Schema, Table, TableName};
use fact::{Fact, Unknown};
use imbl::OrdMap;
use std::sync::Arc;

/// What both schemas have; facts that differ are unknown for `because`. A table that only one of them has may exist.
pub fn join(a: &Schema, b: &Schema, because: &Unknown) -> Schema {
    let mut out = Schema::default();
    let names =
        |s: &Schema| -> Vec<TableName> { s.tables.keys().chain(s.maybe_tables.keys()).copied().collect() };
    for name in names(a).into_iter().chain(names(b)) {
        if out.tables.contains_key(&name) || out.maybe_tables.contains_key(&name) {
            continue;
        }
        let side = |s: &Schema| s.tables.get(&name).or_else(|| s.maybe_tables.get(&name)).cloned();
        let certain = a.tables.contains_key(&name) && b.tables.contains_key(&name);
        let joined = match (side(a), side(b)) {
            (Some(x), Some(y)) if Arc::ptr_eq(&x, &y) || x == y => x,
            (Some(x), Some(y)) => Arc::new(join_tables(&x, &y, because)),
            (Some(x), None) | (None, Some(x)) => {
                let mut table = Table::clone(&x);
                table.open.get_or_insert_with(|| because.clone());
                Arc::new(table)
            }
            (None, None) => continue,
        };
        let map = if certain { &mut out.tables } else { &mut out.maybe_tables };
        map.insert(name, joined);
    }
    join_enums(a, b, because, &mut out);
    out.sequences = common(&a.sequences, &b.sequences);
    out.others = common(&a.others, &b.others);
    out.opaque = a.opaque.clone().or_else(|| b.opaque.clone());
    out
}

/// What both tables have. The result is open where one has something that the other lacks.
pub fn join_tables(a: &Table, b: &Table, because: &Unknown) -> Table {
    let mut out = Table::new(a.name, a.place);
    let mut same = true;
    for column in &a.columns {
        match b.column(&column.name) {
            Some(other) if column == other => out.columns.push(column.clone()),
            Some(other) => out.columns.push(Arc::new(join_columns(column, other, because))),
            None => same = false,
        }
    }
    same &= b.columns.len() == out.columns.len();
    let mut both = |equal: bool| same &= equal;
    both(a.primary_key == b.primary_key);
    out.primary_key = a.primary_key.clone().filter(|key| b.primary_key.as_ref() == Some(key));
    out.uniques = shared(&a.uniques, &b.uniques, &mut both);
    out.foreign_keys = shared(&a.foreign_keys, &b.foreign_keys, &mut both);
    out.checks = shared(&a.checks, &b.checks, &mut both);
    out.excludes = shared(&a.excludes, &b.excludes, &mut both);
    out.indexes = shared(&a.indexes, &b.indexes, &mut both);
    out.comment = a.comment.clone().filter(|comment| b.comment.as_ref() == Some(comment));
    out.options = shared(&a.options, &b.options, &mut |_| {});
    out.open = a.open.clone().or_else(|| b.open.clone());
    if !same {
        out.open.get_or_insert_with(|| because.clone());
    }
    out
}

fn join_columns(a: &Column, b: &Column, because: &Unknown) -> Column {
    Column {
        name: a.name,
        ty: a.ty.clone().join(&b.ty, because),
        nullable: a.nullable.clone().join(&b.nullable, because),
        default: a.default.clone().join(&b.default, because),
        computed: a.computed.clone().filter(|computed| b.computed.as_ref() == Some(computed)),
        identity: a.identity.clone().filter(|identity| b.identity.as_ref() == Some(identity)),
        autoincrement: if a.autoincrement == b.autoincrement { a.autoincrement } else { Default::default() },
        comment: a.comment.clone().filter(|comment| b.comment.as_ref() == Some(comment)),
        options: a.options.iter().filter(|option| b.options.contains(option)).cloned().collect(),
        spelling: a.spelling.clone(),
        place: a.place,
    }
}

fn join_enums(a: &Schema, b: &Schema, because: &Unknown, out: &mut Schema) {
    let names =
        |s: &Schema| -> Vec<TableName> { s.enums.keys().chain(s.maybe_enums.keys()).copied().collect() };
    for name in names(a).into_iter().chain(names(b)) {
        let side = |s: &Schema| s.enums.get(&name).or_else(|| s.maybe_enums.get(&name)).cloned();
        let (x, y) = (side(a), side(b));
        let Some(first) = x.clone().or_else(|| y.clone()) else { continue };
        let labels = match (&x, &y) {
            (Some(x), Some(y)) => x.labels.clone().join(&y.labels, because),
            _ => Fact::Unknown(because.clone()),
        };
        let made_with_table = [&x, &y].into_iter().flatten().all(|ty| ty.made_with_table);
        let joined = Arc::new(EnumType { labels, made_with_table, place: first.place });
        let certain = a.enums.contains_key(&name) && b.enums.contains_key(&name);
        let map = if certain { &mut out.enums } else { &mut out.maybe_enums };
        map.insert(name, joined);
    }
}

fn common<K: Ord + Clone>(a: &OrdMap<K, ()>, b: &OrdMap<K, ()>) -> OrdMap<K, ()> {
    a.keys().filter(|key| b.contains_key(*key)).map(|key| (key.clone(), ())).collect()
}

/// The entries of `a` that `b` has too.
fn shared<T: PartialEq + Clone>(a: &[T], b: &[T], both: &mut impl FnMut(bool)) -> Vec<T> {
    let out: Vec<T> = a.iter().filter(|item| b.contains(item)).cloned().collect();
    both(out.len() == a.len() && out.len() == b.len());
    out
}
