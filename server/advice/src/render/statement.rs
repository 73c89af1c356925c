//! What has no directive: types of the database and sequences. What is known of a change of rows is not its whole text.

use super::Style;
use super::literal::flag;
use super::operation::execute;
use schema::dialect::literal;
use schema::{Kind, Operation, TableName};
use std::sync::Arc;

/// `None`: a directive does it, or there is no certain text.
pub(super) fn sql_statement(operation: &Operation, style: &Style) -> Option<String> {
    let (sa, op) = (&style.sa, &style.op);
    let enumeration = |name: &TableName, labels: &[Arc<str>]| {
        let mut args: Vec<String> = labels.iter().map(|label| style.string(label)).collect();
        args.push(format!("name={}", style.string(&name.name)));
        args.extend(name.schema.map(|schema| format!("schema={}", style.string(&schema))));
        format!("{sa}.Enum({})", args.join(", "))
    };
    let sequence = |name: &TableName| {
        let schema = name.schema.map(|schema| format!(", schema={}", style.string(&schema)));
        format!("{sa}.Sequence({}{})", style.string(&name.name), schema.unwrap_or_default())
    };
    let quoted = |name: &TableName| {
        let part = |text: &str| Kind::Postgresql.rules().quote(text);
        match name.schema {
            Some(schema) => format!("{}.{}", part(&schema), part(&name.name)),
            None => part(&name.name),
        }
    };
    Some(match operation {
        Operation::CreateEnum { name, labels, check_first } => {
            let ty = enumeration(name, labels.known()?);
            format!("{ty}.create({op}.get_bind(), checkfirst={})", flag(*check_first))
        }
        // Without a type of its own a database has nothing to drop, and is not asked.
        Operation::DropEnum { name, .. } => {
            format!("{}.drop({op}.get_bind(), checkfirst=True)", enumeration(name, &[]))
        }
        Operation::AddEnumLabel { name, label, before, after, if_not_exists } => {
            let mut sql = format!("ALTER TYPE {} ADD VALUE ", quoted(name));
            if *if_not_exists {
                sql.push_str("IF NOT EXISTS ");
            }
            sql.push_str(&literal(label.known()?));
            for (word, other) in [("BEFORE", before), ("AFTER", after)] {
                if let Some(other) = other {
                    sql.push_str(&format!(" {word} {}", literal(other)));
                }
            }
            execute(&sql, style)
        }
        Operation::RenameEnumLabel { name, from, to } => {
            let (from, to) = (literal(from), literal(to));
            execute(&format!("ALTER TYPE {} RENAME VALUE {from} TO {to}", quoted(name)), style)
        }
        Operation::RenameEnum { from, to } if from.schema == to.schema => {
            let to = Kind::Postgresql.rules().quote(&to.name);
            execute(&format!("ALTER TYPE {} RENAME TO {to}", quoted(from)), style)
        }
        Operation::CreateSequence { name, if_not_exists } => {
            let option = if *if_not_exists { ", if_not_exists=True" } else { "" };
            format!("{op}.execute({sa}.schema.CreateSequence({}{option}))", sequence(name))
        }
        Operation::DropSequence { name, if_exists } => {
            let option = if *if_exists { ", if_exists=True" } else { "" };
            format!("{op}.execute({sa}.schema.DropSequence({}{option}))", sequence(name))
        }
        _ => return None,
    })
}
