//! What a direction does, in a few words, and whether it does anything.

use crate::text::list;
use crate::walk::Visit;
use schema::operation::{DataKind, Operation};
use schema::{Constraint, Step};

/// Whether any of the operations changes the schema, or rows.
pub(crate) fn changes_anything(visits: &[Visit<'_>]) -> bool {
    visits.iter().any(changes)
}

pub(crate) fn changes(visit: &Visit<'_>) -> bool {
    match &visit.step.operation {
        Operation::Data(_) | Operation::Opaque { .. } => true,
        Operation::Nothing { .. } => false,
        _ => visit.before != visit.after,
    }
}

/// Whether any of the operations changes the schema.
pub(crate) fn changes_schema(visits: &[Visit<'_>]) -> bool {
    visits.iter().any(|visit| visit.before != visit.after)
}

/// `creates tasks, adds tasks.priority and 3 more`.
pub(crate) fn summary(visits: &[Visit<'_>]) -> String {
    let mut phrases: Vec<String> = Vec::new();
    for visit in visits.iter().filter(|visit| changes(visit)) {
        if let Some(phrase) = phrase(visit.step)
            && !phrases.contains(&phrase)
        {
            phrases.push(phrase);
        }
    }
    let more = phrases.len().saturating_sub(3);
    if more > 1 {
        phrases.truncate(3);
        phrases.push(format!("{more} more changes"));
    }
    match phrases.is_empty() {
        true => "changes the schema".to_owned(),
        false => list(phrases),
    }
}

fn phrase(step: &Step) -> Option<String> {
    Some(match &step.operation {
        Operation::CreateTable { table, .. } => format!("creates table {}", table.name),
        Operation::DropTable { table, .. } => format!("drops table {table}"),
        Operation::RenameTable { from, to } => format!("renames table {from} to {to}"),
        Operation::AddColumn { table, column, .. } => format!("adds {table}.{}", column.name),
        Operation::DropColumn { table, column, .. } => format!("drops {table}.{column}"),
        Operation::AlterColumn { table, column, change } => match &change.new_name {
            Some(_) => format!("renames {table}.{column}"),
            None => format!("changes {table}.{column}"),
        },
        Operation::AddConstraint { table, constraint, .. } => {
            let what = match constraint {
                Constraint::PrimaryKey(_) => "a primary key",
                Constraint::Unique(_) => "a unique constraint",
                Constraint::ForeignKey(_) => "a foreign key",
                Constraint::Check(_) => "a check constraint",
                Constraint::Exclude(_) => "an exclusion constraint",
            };
            format!("adds {what} to {table}")
        }
        Operation::DropConstraint { table, .. } => format!("drops a constraint of {table}"),
        Operation::RenameConstraint { table, .. } => format!("renames a constraint of {table}"),
        Operation::CreateIndex { table, .. } => format!("creates an index on {table}"),
        Operation::DropIndex { .. } => "drops an index".to_owned(),
        Operation::RenameIndex { .. } => "renames an index".to_owned(),
        Operation::SetTableComment { table, .. } => format!("comments {table}"),
        Operation::CreateEnum { name, .. } => format!("creates type {name}"),
        Operation::DropEnum { name, .. } => format!("drops type {name}"),
        Operation::AddEnumLabel { name, .. } | Operation::RenameEnumLabel { name, .. } => {
            format!("changes type {name}")
        }
        Operation::RenameEnum { from, to } => format!("renames type {from} to {to}"),
        Operation::CreateSequence { name, .. } => format!("creates sequence {name}"),
        Operation::DropSequence { name, .. } => format!("drops sequence {name}"),
        Operation::CreateObject { name, .. } => format!("creates {name}"),
        Operation::DropObject { name, .. } => format!("drops {name}"),
        Operation::Data(change) => {
            let verb = match change.kind {
                DataKind::Insert => "inserts rows into",
                DataKind::Update => "updates rows of",
                DataKind::Delete | DataKind::Truncate => "deletes rows of",
            };
            match change.table {
                Some(table) => format!("{verb} {table}"),
                None => format!("{verb} a table"),
            }
        }
        Operation::Opaque { .. } => "runs statements that cannot be read".to_owned(),
        Operation::Batch { .. } | Operation::Either { .. } | Operation::Nothing { .. } => return None,
    })
}
