//! A required column on a table that has rows: add it nullable, fill it, require it.

use fact::{Fact, Place};
use schema::operation::{BatchOptions, ColumnChange, Operation, Step, Written};
use schema::{Column, Kind, TableName};

/// The steps after the column was added nullable: the statement that fills it, and the operation that requires it.
pub(crate) struct Required {
    pub backfill: String,
    pub require: Operation,
}

/// `value` is SQL. On SQLite, or where the project uses blocks everywhere, the column is required in a batch block.
pub(crate) fn required(
    table: &TableName,
    column: &Column,
    value: &str,
    kinds: &[Kind],
    in_block: bool,
    place: Place,
) -> Required {
    let quoted = |name: &str| -> String {
        // One text for all databases: quotes only where all of them have the same ones.
        let spellings: Vec<String> = kinds.iter().map(|kind| kind.rules().quote(name)).collect();
        match spellings.split_first() {
            Some((first, rest)) if rest.iter().all(|other| other == first) => first.clone(),
            _ => name.to_owned(),
        }
    };
    let target = match table.schema {
        Some(schema) => format!("{}.{}", quoted(&schema), quoted(&table.name)),
        None => quoted(&table.name),
    };
    let name = quoted(&column.name);
    let change = ColumnChange {
        existing_ty: Some(column.ty.clone()),
        nullable: Some(Fact::Known(false)),
        ..ColumnChange::default()
    };
    let alter = Operation::AlterColumn { table: *table, column: column.name, change: Box::new(change) };
    let require = match in_block {
        false => alter,
        true => {
            let step =
                Step { operation: alter, place, call_site: None, written: Written::Batch, autocommit: false };
            Operation::Batch { table: *table, options: BatchOptions::default(), steps: vec![step] }
        }
    };
    Required { backfill: format!("UPDATE {target} SET {name} = {value} WHERE {name} IS NULL"), require }
}
