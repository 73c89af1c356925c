//! Whole tables, and the order in which what is in them is compared.

use super::{Changes, Options, checks, columns, foreign_keys, indexes};
use fact::{Reason, Unknown};
use rustc_hash::{FxHashMap, FxHashSet};
use schema::operation::Operation;
use schema::{Index, Schema, Table, TableName};
use std::sync::Arc;

type Tables<'a> = FxHashMap<TableName, &'a Arc<Table>>;

pub(super) fn compare(desired: &Schema, actual: &Schema, options: &Options, out: &mut Changes) {
    let by_key = |schema: &'_ Schema| -> Vec<(TableName, Arc<Table>)> {
        let tables = schema.tables.iter().map(|(name, table)| (options.key(name), table.clone()));
        tables.filter(|(key, _)| *key != options.key(&options.version_table)).collect()
    };
    let (wanted, found) = (by_key(desired), by_key(actual));
    let wanted_by: Tables<'_> = wanted.iter().map(|(key, table)| (*key, table)).collect();
    let found_by: Tables<'_> = found.iter().map(|(key, table)| (*key, table)).collect();

    for table in in_order(&wanted_by, options) {
        if found_by.contains_key(&options.key(&table.name)) {
            continue;
        }
        match maybe(actual, &table.name).or(assumed(actual)) {
            Some(because) => out.withhold(table.name.to_string(), because),
            None => create(table, out),
        }
    }
    for table in in_order(&found_by, options).into_iter().rev() {
        if wanted_by.contains_key(&options.key(&table.name)) {
            continue;
        }
        match table.open.as_ref().or(maybe(desired, &table.name)) {
            Some(because) => out.withhold(table.name.to_string(), because),
            None => remove(table, out),
        }
    }
    let mut both: Vec<TableName> =
        wanted_by.keys().filter(|key| found_by.contains_key(*key)).copied().collect();
    both.sort_by_key(|key| (key.schema.map(|schema| schema.to_string()), key.name.to_string()));
    for key in both {
        let (Some(wanted), Some(found)) = (wanted_by.get(&key), found_by.get(&key)) else { continue };
        alter(&Pair { wanted, found, options }, out);
    }
}

/// A table as it is demanded and as it is.
pub(super) struct Pair<'a> {
    pub wanted: &'a Table,
    pub found: &'a Table,
    pub options: &'a Options,
}

impl Pair<'_> {
    /// The name that operations use.
    pub fn table(&self) -> TableName {
        self.wanted.name
    }

    /// Why something may be there although it is not told.
    pub fn may_exist(&self) -> Option<&Unknown> {
        self.found.open.as_ref()
    }

    /// Why something may be wanted although it is not told.
    pub fn may_be_wanted(&self) -> Option<&Unknown> {
        self.wanted.open.as_ref()
    }

    pub fn label(&self, part: &str) -> String {
        format!("{}.{part}", self.wanted.name)
    }
}

fn alter(pair: &Pair<'_>, out: &mut Changes) {
    columns::add_and_alter(pair, out);
    indexes::compare(pair, out);
    if pair.options.checks {
        checks::compare(pair, out);
    }
    foreign_keys::compare(pair, out);
    comment(pair, out);
    columns::remove(pair, out);
}

fn comment(pair: &Pair<'_>, out: &mut Changes) {
    let text = |table: &Table| table.comment.clone().filter(|text| !text.is_empty());
    let (wanted, found) = (text(pair.wanted), text(pair.found));
    if wanted == found || !pair.options.kind.rules().comments() {
        return;
    }
    let set = |comment, existing| Operation::SetTableComment { table: pair.table(), comment, existing };
    // What removes a comment, or adds the first one, has no other to go back to.
    let back = match (&wanted, &found) {
        (Some(_), Some(_)) | (Some(_), None) => set(found.clone(), wanted.clone()),
        (None, _) => set(found.clone(), None),
    };
    out.push(set(wanted, found), back);
}

/// Why the table may exist although it is not told.
fn maybe<'a>(schema: &'a Schema, name: &TableName) -> Option<&'a Unknown> {
    let undecided = schema.maybe_tables.get(name).and_then(|table| table.open.as_ref());
    undecided.or(schema.opaque.as_ref())
}

/// A history that takes one table for granted may take others too.
fn assumed(schema: &Schema) -> Option<&Unknown> {
    let mut open = schema.tables.values().filter_map(|table| table.open.as_ref());
    open.find(|because| because.reason == Reason::Assumed)
}

fn create(table: &Table, out: &mut Changes) {
    out.push(create_op(table), drop_op(table));
    for index in by_name(table) {
        out.push(indexes::create_op(table.name, index), indexes::drop_op(table.name, index));
    }
}

fn remove(table: &Table, out: &mut Changes) {
    for index in by_name(table) {
        out.push(indexes::drop_op(table.name, index), indexes::create_op(table.name, index));
    }
    out.push(drop_op(table), create_op(table));
}

/// Indexes come in operations of their own.
fn create_op(table: &Table) -> Operation {
    let table = Arc::new(Table { indexes: Vec::new(), ..table.clone() });
    Operation::CreateTable { table, if_not_exists: false }
}

fn drop_op(table: &Table) -> Operation {
    Operation::DropTable { table: table.name, if_exists: false, cascade: false }
}

fn by_name(table: &Table) -> Vec<&Index> {
    let mut indexes: Vec<&Index> = table.indexes.iter().filter(|index| !index.server_made).collect();
    indexes.sort_by_key(|index| index.name.known().copied().flatten().map(|name| name.to_string()));
    indexes
}

/// Tables before those that refer to them, else by name.
fn in_order<'a>(tables: &Tables<'a>, options: &Options) -> Vec<&'a Table> {
    let mut names: Vec<TableName> = tables.keys().copied().collect();
    names.sort_by_key(|name| (name.name.to_string(), name.schema.map(|schema| schema.to_string())));
    let mut seen = FxHashSet::default();
    let mut out = Vec::with_capacity(names.len());
    for start in names {
        // What waits for its referents, the innermost last.
        let mut waiting = vec![(start, false)];
        while let Some((name, ready)) = waiting.pop() {
            let Some(table) = tables.get(&name) else { continue };
            if ready {
                out.push(&***table);
                continue;
            }
            if !seen.insert(name) {
                continue;
            }
            waiting.push((name, true));
            let mut referents: Vec<TableName> =
                table.foreign_keys.iter().map(|key| options.key(&key.ref_table)).collect();
            referents.sort_by_key(|name| std::cmp::Reverse(name.to_string()));
            waiting.extend(referents.into_iter().map(|name| (name, false)));
        }
    }
    out
}
