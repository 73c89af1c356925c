//! What is certain when either of two courses may have been taken.

use crate::{Column, EnumType, Schema, Table, TableName};
use fact::{Fact, Unknown};
use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What both schemas have; facts that differ are unknown for `because`. A table that only one of them has may exist.
///
/// Two courses leave most of a schema alone, so only what differs is looked at.
pub fn join(a: &Schema, b: &Schema, because: &Unknown) -> Schema {
    let mut out = a.clone();
    for name in differing(&a.tables, &b.tables, &a.maybe_tables, &b.maybe_tables) {
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
        put(&mut out.tables, &mut out.maybe_tables, name, joined, certain);
    }
    for name in differing(&a.enums, &b.enums, &a.maybe_enums, &b.maybe_enums) {
        let side = |s: &Schema| s.enums.get(&name).or_else(|| s.maybe_enums.get(&name)).cloned();
        let certain = a.enums.contains_key(&name) && b.enums.contains_key(&name);
        let Some(joined) = join_enums(side(a), side(b), because) else { continue };
        put(&mut out.enums, &mut out.maybe_enums, name, Arc::new(joined), certain);
    }
    keep_common(&mut out.sequences, &b.sequences);
    keep_common(&mut out.others, &b.others);
    out.opaque = a.opaque.clone().or_else(|| b.opaque.clone());
    out
}

/// The names that do not stand for the same on both sides.
fn differing<V: PartialEq>(
    a: &OrdMap<TableName, V>,
    b: &OrdMap<TableName, V>,
    maybe_a: &OrdMap<TableName, V>,
    maybe_b: &OrdMap<TableName, V>,
) -> BTreeSet<TableName> {
    a.diff(b).chain(maybe_a.diff(maybe_b)).map(|item| *key(&item)).collect()
}

fn key<'a, K, V>(item: &DiffItem<'a, 'a, K, V>) -> &'a K {
    match item {
        DiffItem::Add(key, _) | DiffItem::Update { new: (key, _), .. } | DiffItem::Remove(key, _) => key,
    }
}

/// A name is in one of the maps at most.
fn put<V: Clone>(
    certain: &mut OrdMap<TableName, V>,
    maybe: &mut OrdMap<TableName, V>,
    name: TableName,
    value: V,
    is_certain: bool,
) {
    let (map, other) = if is_certain { (certain, maybe) } else { (maybe, certain) };
    other.remove(&name);
    map.insert(name, value);
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

fn join_enums(a: Option<Arc<EnumType>>, b: Option<Arc<EnumType>>, because: &Unknown) -> Option<EnumType> {
    let labels = match (&a, &b) {
        (Some(a), Some(b)) => a.labels.clone().join(&b.labels, because),
        _ => Fact::Unknown(because.clone()),
    };
    let made_with_table = [&a, &b].into_iter().flatten().all(|ty| ty.made_with_table);
    Some(EnumType { labels, made_with_table, place: a.or(b)?.place })
}

fn keep_common<K: Ord + Clone>(a: &mut OrdMap<K, ()>, b: &OrdMap<K, ()>) {
    let before = a.clone();
    for item in before.diff(b) {
        if let DiffItem::Remove(key, _) = item {
            a.remove(key);
        }
    }
}

/// The entries of `a` that `b` has too.
fn shared<T: PartialEq + Clone>(a: &[T], b: &[T], both: &mut impl FnMut(bool)) -> Vec<T> {
    let out: Vec<T> = a.iter().filter(|item| b.contains(item)).cloned().collect();
    both(out.len() == a.len() && out.len() == b.len());
    out
}
